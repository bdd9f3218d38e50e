/* Roots and disk images: built from Debian's packages or fetched, cached under the hash of all that makes them, built
 * once even when two labctl ask. */
#ifndef LABCTL_TARGET_IMAGE_H
#define LABCTL_TARGET_IMAGE_H

#include "target/target.h"

struct image {
	char id[65];
	char *folder; /* in the cache: root/ for local; disk, kernel, initrd, host_key.pub, user_key for qemu */
	char *disk, *kernel, *initrd, *seed; /* NULL where it has none */
	char *host_key; /* the guest's public host key, one known_hosts-like line "ssh-ed25519 AAAA…"; NULL: learnt from
			   the first boot */
	char *user_key; /* path of the private key that opens it */
	int lock_fd;	/* shared: pruning passes it over */
};

/* The id alone, without building. */
int image_id(const struct target_spec *spec, char out[static 65], struct err *e);
int image_get(const struct target_spec *spec, const struct target_opts *o, struct image *out, struct err *e);
void image_free(struct image *i);
/* What is missing on this machine to build one: told through doctor's findings. */
void image_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx);

#endif
