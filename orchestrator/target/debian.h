/* Debian roots and packages of any architecture, from this machine's own apt sources, without installing anything here.
 */
#ifndef LABCTL_TARGET_DEBIAN_H
#define LABCTL_TARGET_DEBIAN_H

#include "target/target.h"

struct debian_root {
	const char *arch;	     /* Debian's name */
	const char *release;	     /* code name */
	const char *mirror;	     /* NULL: this machine's apt sources decide */
	const char *const *packages; /* beside the smallest set that has apt; NULL-ended; may be NULL */
	const char *const *extra;    /* further ones; NULL-ended; may be NULL */
};

/* Builds a root folder with all owners right (for an ordinary user: to be read and removed through contain.h). `folder`
 * must not exist yet; its parent does. Package lists stay inside, so apt-get install works there without an update.
 * Tries again when the mirror is in trouble. ERR_UNAVAILABLE: this machine cannot run programs of that architecture, or
 * lacks a program; with what to do. */
int debian_build_root(const struct debian_root *want, const char *folder, const struct target_opts *o, struct err *e);

/* Downloads a package of want->arch (want->packages is not looked at) and unpacks it into `folder`, which is made. A
 * package that is only a name for others (linux-image-s390x) is followed through its dependencies until one holds files
 * below `wanted_path` ("boot" for kernels; NULL: the first is taken). *out_version (may be NULL) is the version that
 * came; the caller frees it. */
int debian_fetch_deb(const struct debian_root *want, const char *package, const char *wanted_path, const char *folder,
		     char **out_version, const struct target_opts *o, struct err *e);

/* Can programs of that architecture run here, natively or through qemu-user? Registers qemu-user with the kernel where
 * it may. ERR_UNAVAILABLE with what to do. */
int binfmt_ensure(const char *arch, struct err *e);

/* What building roots of `arch` (NULL: this machine's) needs here. */
void debian_doctor(const char *arch, target_finding_fn *tell, void *ctx);

#endif
