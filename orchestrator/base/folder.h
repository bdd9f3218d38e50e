/* What an open folder holds. For walks that follow no link: digest.c and archive.c. */
#ifndef LABCTL_BASE_FOLDER_H
#define LABCTL_BASE_FOLDER_H

#include <stddef.h>

#include "base/err.h"

/* All names but "." and "..", dot files too, in byte order (the file system and the locale play no part), NULL-ended;
 * free with mem_free_list. `path` is for messages. */
int folder_names(int folder_fd, const char *path, char ***out_names, struct err *e);
/* Where the symbolic link `name` in the folder leads to; cut to `size`. */
int folder_link(int folder_fd, const char *name, const char *path, char *out, size_t size, struct err *e);

#endif
