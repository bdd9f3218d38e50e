/* For file*.c only: a file under a temporary name that gets its own name when it is complete. */
#ifndef LABCTL_BASE_FILE_TEMP_H
#define LABCTL_BASE_FILE_TEMP_H

#include "base/err.h"

struct file_temp {
	int fd;
	char *path; /* NULL: it has its own name already, or was never made */
};

#define FILE_TEMP_INIT                                                                                                 \
	{                                                                                                              \
		-1, NULL                                                                                               \
	}

int file_temp_open(struct file_temp *t, const char *path, struct err *e); /* beside `path`, mode 0666 less the umask */
int file_temp_keep(struct file_temp *t, const char *path,
		   struct err *e);	  /* fsync, rename to `path`, fsync of the folder */
void file_temp_drop(struct file_temp *t); /* removes it if it was not kept */
int file_sync_parent(const char *path, struct err *e);

#define AUTO_FILE_TEMP __attribute__((cleanup(file_temp_drop)))

#endif
