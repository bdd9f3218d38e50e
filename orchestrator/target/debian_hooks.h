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

/* What every root gets: stubs in this folder for programs that the scripts of packages call to no use, and how dpkg and
 * apt work in it. */
#define DEBIAN_STUBS "/usr/local/lib/labctl"
extern const char debian_dpkg_options[], debian_apt_options[];

/* An sh script to be called as `sh FILE setup|extract|customize ROOT`. */
void debian_hooks_script(const struct debian_hooks *h, struct str *out);

#endif
