/* What a Debian root gets on top to be a quick guest: network and sshd at once, nothing that runs by itself, cheap
 * installs. */
#ifndef LABCTL_TARGET_GUEST_FILES_H
#define LABCTL_TARGET_GUEST_FILES_H

#include "base/digest.h"
#include "base/err.h"

/* user_key_public: one line of authorized_keys. host_key: path of the guest's private host key; host_key_public: its
 * public line. */
struct guest_keys {
	const char *user_key_public;
	const char *host_key, *host_key_public;
};

int guest_files_add(const char *root_folder, const struct guest_keys *keys, struct err *e);
int guest_files_set_shell(const char *root_folder, struct err *e); /* root's, in etc/passwd */
void guest_files_digest(struct digest *d);

#endif
