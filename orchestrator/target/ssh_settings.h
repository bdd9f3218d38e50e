/* From a target's file to a connection: what ssh.c shares with target.c. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_SETTINGS_H
#define LABCTL_TARGET_SSH_SETTINGS_H

#include "target/ssh_link.h"

int ssh_trust(const struct target_spec *spec,
	      bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint), void *ctx,
	      struct err *e);

#endif
