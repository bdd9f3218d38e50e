/* Files as one tar stream. archive.c is the only file that includes libarchive's headers. */
#ifndef LABCTL_BASE_ARCHIVE_H
#define LABCTL_BASE_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* Writes the file or folder `path` as a tar stream (GNU form) through fn (0: go on, -1: stop with its own error in e).
 * Names in the stream begin with `name_inside`; "": only what the folder holds. Owners are root; times, modes and links
 * are kept. The same tree gives the same stream. A pipe, socket or device in it is an error. */
typedef int archive_write_fn(void *ctx, const void *data, size_t len, struct err *e);
int archive_pack(const char *path, const char *name_inside, archive_write_fn *fn, void *ctx, struct err *e);

/* Reads a tar stream through fn (bytes read, 0 at the end, -1 with e set) and lays it out below `folder`.
 * Hostile streams are refused: absolute names, "..", links that lead outside (any absolute one, and ".." behind a
 * name), devices, more than max_bytes or max_files. Modes are cut to 0755, owner is us. What was laid out before the
 * refusal stays. A stream of nothing is an error. Not for threads: the working folder is another one meanwhile, but not
 * inside fn. */
typedef ssize_t archive_read_fn(void *ctx, void *data, size_t room, struct err *e);
int archive_unpack(const char *folder, uint64_t max_bytes, uint64_t max_files, archive_read_fn *fn, void *ctx,
		   struct err *e);
int archive_unpack_bytes(const char *folder, uint64_t max_bytes, uint64_t max_files, const void *data, size_t len,
			 struct err *e);

/* An ISO 9660 image of small files in one folder, with their names as they are (Rock Ridge and Joliet). */
struct archive_text {
	const char *name;
	const char *content;
};
int archive_make_iso(const char *volume, const struct archive_text *files, size_t count, archive_write_fn *fn,
		     void *ctx, struct err *e);

/* Do the bytes begin like gzip or bzip2? */
bool archive_is_compressed(const void *data, size_t len);
/* What one gzip or bzip2 stream holds. Cut, damaged (check sums are verified), or more than max_bytes: ERR_FORMAT. */
int archive_expand(const void *data, size_t len, size_t max_bytes, struct str *out, struct err *e);

const char *archive_library_version(void);

#endif
