/* Where this machine cannot run a foreign root's programs: packages that were only unpacked are installed by the guest
 * itself, once, when it boots for the first time. Takes minutes, and needs nothing but QEMU. Not included outside
 * target/. */
#ifndef LABCTL_TARGET_GUEST_INSTALL_H
#define LABCTL_TARGET_GUEST_INSTALL_H

#include "target/debian.h"
#include "target/guest_files.h"

/* As debian_build_root, but the packages are only unpacked. */
int guest_install_unpack(const struct debian_root *want, const char *folder, const struct target_opts *o,
			 struct err *e);
/* Was the root made by guest_install_unpack, and nothing more? */
bool guest_install_needed(const char *root_folder);
/* Puts into the root what its first boot does, and what guest_files_add would have put there. */
int guest_install_prepare(const struct target_spec *spec, const char *root_folder, const struct guest_keys *keys,
			  struct err *e);
/* Boots disk, kernel and initrd in `folder` and waits until it has installed itself on that disk. */
int guest_install_run(const struct target_spec *spec, const char *folder, const struct target_opts *o, struct err *e);

#endif
