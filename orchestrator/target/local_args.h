/* The sandbox's command line as a pure function. Not included outside target/. */
#ifndef LABCTL_TARGET_LOCAL_ARGS_H
#define LABCTL_TARGET_LOCAL_ARGS_H

#include <stdbool.h>

#include "base/str.h"

struct local_args {
	const char *root;	 /* folder that becomes / */
	const char *name;	 /* host name inside */
	const char *resolv_conf; /* bound to /etc/resolv.conf; NULL: none */
	bool network;
	bool interactive;	/* on our terminal */
	const char *command;	/* for sh -c */
	const char *const *env; /* NAME=value further to the plain ones, NULL-ended; may be NULL */
};

char **local_args_build(const struct local_args *a); /* NULL-ended; mem_free_list */

#endif
