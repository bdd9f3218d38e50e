/* Who we are to a host: the key file, the agent, and why neither was good enough. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_LOGIN_H
#define LABCTL_TARGET_SSH_LOGIN_H

#include "target/ssh_session.h"

struct ssh_identity {
	const char *user;
	const char *key_file; /* NULL: agent only */
	bool agent;
};

/* `name` is for errors: "host port 22". */
int ssh_login(struct ssh_session *s, const struct ssh_identity *who, const char *name, int64_t deadline_ns, struct err *e);

#endif
