/* For debian*.c: what mmdebstrap calls while it builds a root. */
#ifndef LABCTL_TARGET_DEBIAN_HOOKS_H
#define LABCTL_TARGET_DEBIAN_HOOKS_H

#include "base/str.h"

struct debian_hooks {
	const char *native; /* folder with this machine's own build of the essential programs; NULL: the root is not a
			       foreign one */
	const char *native_libs; /* "usr/lib/x86_64-linux-gnu" */
	const char *loader;	 /* "lib64/ld-linux-x86-64.so.2" */
	const char *apt_options; /* lines of apt.conf that stay in the root */
};

/* An sh script to be called as `sh FILE setup|extract|customize ROOT`. */
void debian_hooks_script(const struct debian_hooks *h, struct str *out);

#endif
