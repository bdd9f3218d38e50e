/* What can be told about an SSH key without using it. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_KEYS_H
#define LABCTL_TARGET_SSH_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define SSH_FINGERPRINT_BYTES 64 /* "SHA256:" and 43 characters and NUL */

struct ssh_key {
	char type[48]; /* "ssh-ed25519", "ssh-rsa", …; empty: unknown */
	bool encrypted;
	struct str blob; /* its public half as it goes over the wire; empty: unknown */
};

/* Reads a private key file. ERR_CONFIG or ERR_IO: not there, not readable, no private key, with what to do.
 * ssh_key_free afterwards in any case. */
int ssh_key_read(const char *path, struct ssh_key *out, struct err *e);
int ssh_key_parse(const char *text, struct ssh_key *out); /* -1: no private key */
void ssh_key_free(struct ssh_key *k);

int ssh_base64_decode(const char *text, size_t len, struct str *out); /* -1: it is none */
void ssh_base64_encode(const void *data, size_t len, struct str *out);
void ssh_fingerprint(const void *blob, size_t len,
		     char out[static SSH_FINGERPRINT_BYTES]); /* as ssh-keygen -l prints it */
/* The name of the type that a public key begins with; false: it is none. */
bool ssh_blob_type(const void *blob, size_t len, char *out, size_t size);

#endif
