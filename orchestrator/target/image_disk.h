/* What a machine boots from, made out of a Debian root folder. Runs no foreign code and mounts nothing. */
#ifndef LABCTL_TARGET_IMAGE_DISK_H
#define LABCTL_TARGET_IMAGE_DISK_H

#include "target/target.h"

/* Packages the root must hold beside the smallest set, NULL-ended: for struct debian_root's `extra`. */
extern const char *const image_disk_packages[];

/* From `root_folder` (the image's own: files of ours are added to it, and it is not needed afterwards) makes in
 * `folder`, which exists:
 *
 *     disk           raw ext4, image.disk_bytes long, sparse
 *     kernel initrd  fetched and put together for spec->arch
 *     host_key.pub   "ssh-ed25519 AAAA…", the guest's key: made with the image, so known before its first boot
 *     user_key       opens it as root; made with the image too */
int image_disk_make(const struct target_spec *spec, const char *root_folder, const char *folder,
		    const struct target_opts *o, struct err *e);

/* For a disk that the user brought, which boots by itself and asks cloud-init who it is: makes in `folder`
 * host_key.pub, user_key and seed (an ISO 9660 image that makes cloud-init take them and let root in). */
int image_seed_make(const struct target_spec *spec, const char *folder, struct err *e);

/* Enters into a digest all that decides what image_disk_make or image_seed_make makes, so that a changed recipe is a
 * new image. */
struct digest;
void image_disk_digest(struct digest *d);

/* Programs that making one needs here. */
void image_disk_doctor(target_finding_fn *tell, void *ctx);

#endif
