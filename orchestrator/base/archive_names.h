/* For archive.c only: which names and links of a tar stream may be laid out below a folder. */
#ifndef LABCTL_BASE_ARCHIVE_NAMES_H
#define LABCTL_BASE_ARCHIVE_NAMES_H

#include "base/err.h"

/* Relative, no "..", not empty, neither too long nor too deep. */
int archive_check_name(const char *name, struct err *e);
/* A symbolic link at `name`: where it leads stays below the folder, whatever other links of that kind stand there. */
int archive_check_link(const char *name, const char *target, struct err *e);
unsigned archive_count_parts(const char *name); /* without empty and "." parts; 0: the folder itself */

#endif
