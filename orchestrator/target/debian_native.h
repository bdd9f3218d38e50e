/* For debian*.c: this machine's own build of a release's essential programs, kept in the cache, which make building
 * foreign roots fast. */
#ifndef LABCTL_TARGET_DEBIAN_NATIVE_H
#define LABCTL_TARGET_DEBIAN_NATIVE_H

#include "target/debian.h"
#include "target/debian_sources.h"

struct debian_native {
	char *folder;
	const char *libs, *loader; /* as in struct debian_hooks */
	int lock_fd;		   /* shared */
};

/* Makes them when they are not in the cache yet; one labctl makes them, others wait. Nothing (folder NULL) where the
 * trick is not known to work. */
int debian_native_get(const struct debian_root *want, const struct target_opts *o, struct debian_native *out,
		      struct err *e);
void debian_native_free(struct debian_native *n);

/* For both: mmdebstrap with retries; what is how it is called to people. */
struct debian_run {
	const char *what;
	const char *release;
	const char *folder;	     /* result */
	const char *const *options;  /* NULL-ended */
	const char *const *packages; /* NULL-ended; may be NULL */
	const char *const *extra;    /* as packages */
};

int debian_run(const struct debian_run *r, struct debian_sources *sources, const struct target_opts *o, struct err *e);

#define AUTO_NATIVE __attribute__((cleanup(debian_native_free))) struct debian_native

#endif
