/* An interactive command over a session, on our terminal. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_SHELL_H
#define LABCTL_TARGET_SSH_SHELL_H

#include "target/ssh_session.h"

int ssh_shell(struct ssh_session *s, const char *command, struct err *e);

#endif
