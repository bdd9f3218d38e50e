/* Which of a kernel's modules are needed for some of them, and in what order they go in: read from modules.dep,
 * modules.softdep and modules.builtin. */
#ifndef LABCTL_TARGET_KERNEL_MODULES_H
#define LABCTL_TARGET_KERNEL_MODULES_H

#include "base/err.h"

/* Files below modules_folder (…/lib/modules/VERSION, depmod has run there) that give `wanted`, each after all that it
 * needs, NULL-ended; mem_free_list. What is built into the kernel needs no file. ERR_FORMAT: a wanted one is not there.
 */
char **kernel_modules_for(const char *modules_folder, const char *const *wanted, struct err *e);

#endif
