/* Files and folders. What is written appears whole or not at all. */
#ifndef LABCTL_BASE_FILE_H
#define LABCTL_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

int file_read(const char *path, size_t max_bytes, struct str *out, struct err *e); /* over the cap: ERR_FORMAT */
/* Temporary name, fsync, rename, fsync of the folder */
int file_write(const char *path, const void *data, size_t len, struct err *e);
int file_append_line(const char *path, const char *line, struct err *e);
int file_make_folders(const char *path, struct err *e);						   /* like mkdir -p */
int file_make_temp_folder(const char *parent, const char *prefix, char **out_path, struct err *e); /* caller frees */
/* Not there: fine; never follows a link, never leaves the file system */
int file_remove_tree(const char *path, struct err *e);
int file_rename(const char *from, const char *to, struct err *e); /* with fsync of the target folder */
int file_copy(const char *from, const char *to, struct err *e);	  /* sparse files stay sparse; reflink where it can */
/* Held until the descriptor is closed or the process dies. `wait_ns` 0: try once, ERR_TIMEOUT when held. <0: for ever.
 * The holder's pid is written into the file. */
int file_lock(const char *path, int64_t wait_ns, int *out_fd, struct err *e);
/* Names (not paths) in a folder that end in suffix (NULL: all), sorted, NULL-ended, no dot files; free with
 * mem_free_list. A folder that is not there is an empty list. */
int file_list(const char *folder, const char *suffix, char ***out_names, struct err *e);
bool file_exists(const char *path);
bool file_is_folder(const char *path);
int64_t file_size_bytes(const char *path); /* as `du`: allocated bytes, folders with all below; -1: not there */
int64_t file_free_bytes(const char *path); /* room for us on its file system; -1: unknown */
char *file_join(const char *folder, const char *name); /* caller frees */
char *file_parent(const char *path);		       /* caller frees; "." where there is none */
/* XDG: what = "cache", "config", "state"; …/labctl, not yet made. $LABCTL_CACHE replaces the cache. Caller frees. */
char *file_user_folder(const char *what);

#endif
