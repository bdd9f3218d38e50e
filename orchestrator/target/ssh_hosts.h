/* Host keys and the file that knows them, in OpenSSH's known_hosts form. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_HOSTS_H
#define LABCTL_TARGET_SSH_HOSTS_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "target/ssh_session.h"

/* A host key as the server shows it. */
struct host_key {
	const void *blob;
	size_t len;
};

enum host_key_word {
	HOST_KEY_KNOWN,
	HOST_KEY_UNKNOWN, /* nothing is known of this host */
	HOST_KEY_CHANGED, /* another key of this host is known */
	HOST_KEY_REVOKED,
};

void host_key_base64(const struct host_key *k, struct str *out);
void host_key_type(const struct host_key *k, struct str *out);        /* "ssh-ed25519"; "?" when it says none */
void host_key_fingerprint(const struct host_key *k, struct str *out); /* "SHA256:…" as ssh-keygen -l shows it */
void host_name(const char *host, int port, struct str *out);          /* "host", or "[host]:port" for other ports than 22 */

/* The types of the keys that the file knows for this host, at most `room`; the texts are static. A file that is not there knows nothing. */
size_t known_hosts_types(const char *file, struct ssh_session *s, const char *host, int port, const char **types, size_t room);
/* *out_known (may be NULL): the fingerprint of the key that is known instead, for HOST_KEY_CHANGED. */
int known_hosts_look(const char *file, struct ssh_session *s, const char *host, int port, const struct host_key *k,
		     enum host_key_word *out, struct str *out_known, struct err *e);
int known_hosts_add(const char *file, const char *host, int port, const struct host_key *k, struct err *e);

#endif
