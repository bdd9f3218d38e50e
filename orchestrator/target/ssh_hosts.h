/* known_hosts: which keys a host may show. Pure but for the two functions that name a path. Not included outside
 * target/. */
#ifndef LABCTL_TARGET_SSH_HOSTS_H
#define LABCTL_TARGET_SSH_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct ssh_host_key {
	unsigned line; /* in the file */
	bool revoked;
	char *type;
	struct str blob; /* decoded */
};

struct ssh_host_keys {
	struct ssh_host_key *items;
	size_t count, room;
};

enum ssh_host_verdict {
	SSH_HOST_KNOWN,
	SSH_HOST_UNKNOWN,    /* no line for this host */
	SSH_HOST_OTHER_TYPE, /* lines for this host, but for keys of other types */
	SSH_HOST_CHANGED,    /* a line for this host with another key of the same type */
	SSH_HOST_REVOKED,
};

/* Does a hashed name ("|1|…") stand for `name`? */
typedef bool ssh_hashed_fn(void *ctx, const char *hashed, const char *name);

/* As a line names it: "host", or "[host]:port" where the port is not 22. Caller frees. */
char *ssh_host_name(const char *host, int port);
/* Adds what the text of a known_hosts file says about `name`. Lines that are not understood are passed over, as are
 * certificate authorities. */
void ssh_hosts_find(const char *text, const char *name, ssh_hashed_fn *is_hashed, void *ctx, struct ssh_host_keys *out);
/* *out_known: the line that decided, NULL where there is none. */
enum ssh_host_verdict ssh_hosts_judge(const struct ssh_host_keys *keys, const void *blob, size_t len,
				      const struct ssh_host_key **out_known);
void ssh_hosts_free(struct ssh_host_keys *keys);

/* The line of a file for this host. */
void ssh_hosts_line(const char *name, const void *blob, size_t len, struct str *out);
char *ssh_hosts_path(const char *wish); /* NULL: the user's own. Caller frees */
int ssh_hosts_add(const char *path, const char *name, const void *blob, size_t len,
		  struct err *e); /* with its folder, for nobody else to read */

#endif
