/* One SSH connection: known hosts, log-in, jumps, commands. libssh2 itself is behind ssh_session.h. */
#ifndef LABCTL_TARGET_SSH_LINK_H
#define LABCTL_TARGET_SSH_LINK_H

#include "target/driver.h"

struct ssh_link;

struct ssh_where {
	const char *host;
	int port;
	const char *user;
	const char *key_file; /* NULL: agent only */
	bool agent;
	const char *known_hosts;     /* file that must hold the host's key; NULL with pinned_key */
	const char *pinned_key;	     /* "ssh-ed25519 AAAA…" that the host must show; NULL: known_hosts decides */
	const struct ssh_hop *jumps; /* passed in order; their keys are looked up in known_hosts */
	size_t jump_count;
	int64_t connect_limit_ns; /* for the whole of it: connecting, keys, log-in */
	int64_t idle_limit_ns;
	int64_t keepalive_ns;
	const char *target_name; /* for what to do next: `labctl target trust NAME`; NULL: none */
	bool retry_refused;	 /* a guest that is still booting: try again until connect_limit_ns */
};

struct ssh_link *ssh_link_open(const struct ssh_where *where, struct err *e); /* host key is always checked */
int ssh_link_exec(struct ssh_link *l, const struct driver_exec *x, enum driver_ending *out, struct err *e);
int ssh_link_shell(struct ssh_link *l, const char *command, struct err *e); /* with a terminal of our size */
bool ssh_link_alive(struct ssh_link *l); /* a keepalive that is answered within a few seconds */
void ssh_link_close(struct ssh_link *l);
/* Connects as far as the host's key and hands it to `ask`; for target_trust. */
int ssh_link_trust(const struct ssh_where *where,
		   bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint), void *ctx,
		   struct err *e);
const char *ssh_link_library_version(void);

#endif
