/* The small root that a kernel starts with: busybox, the modules for disk and network, and a script that mounts the
 * real root. */
#ifndef LABCTL_TARGET_INITRAMFS_H
#define LABCTL_TARGET_INITRAMFS_H

#include "base/digest.h"
#include "base/err.h"

/* A program in the real root that is started instead of its init, as long as it is there. */
#define INITRAMFS_FIRST_BOOT "/labctl-first-boot"

struct initramfs {
	const char *arch;
	const char *busybox;	    /* a static one of that architecture */
	const char *modules_folder; /* …/lib/modules/VERSION; depmod has run there */
};

/* Also sets the guest's network up, so that nothing in the real root has to. */
int initramfs_make(const struct initramfs *i, const char *out_path, struct err *e);
void initramfs_digest(struct digest *d);

#endif
