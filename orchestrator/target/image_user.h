/* Disks that the user brought: a file or a URL, with the SHA-256 that it must have. Not included outside target/. */
#ifndef LABCTL_TARGET_IMAGE_USER_H
#define LABCTL_TARGET_IMAGE_USER_H

#include "target/target.h"

bool image_is_users(const struct target_spec *spec);
int image_user_check(const struct target_spec *spec, struct err *e); /* what is written about it */
/* Makes `disk` in folder, copied or fetched and proved by its hash, and what image_seed_make makes beside it. */
int image_user_make(const struct target_spec *spec, const char *folder, const struct target_opts *o, struct err *e);
void image_user_doctor(const struct target_spec *spec, target_finding_fn *tell, void *ctx);

#endif
