/* zstd. compress.c is the only file that includes zstd.h. */
#ifndef LABCTL_BASE_COMPRESS_H
#define LABCTL_BASE_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

void compress_bytes(const void *data, size_t len, int level, struct str *out);
/* Back; over the cap: ERR_FORMAT */
int compress_read(const void *data, size_t len, size_t max_bytes, struct str *out, struct err *e);

/* A file that is compressed while it is written, with a cap: over it the end is dropped and a last line says so. */
struct compress_file;
/* "path.part" until it is closed */
struct compress_file *compress_create(const char *path, uint64_t cap_bytes, struct err *e);
int compress_add(struct compress_file *f, const void *data, size_t len, struct err *e);
uint64_t compress_dropped_bytes(const struct compress_file *f);
int compress_close(struct compress_file *f, struct err *e); /* flush, fsync, rename; frees f always */

/* Where there is no `path`: a "path.part" that was left behind, as far as it goes. */
int compress_read_file(const char *path, size_t max_bytes, struct str *out, struct err *e);
/* The same piece by piece, for what is too large to be in memory at once. -1 from fn ends it with fn's error. */
typedef int compress_piece_fn(void *ctx, const char *data, size_t len, struct err *e);
int compress_read_file_pieces(const char *path, size_t max_bytes, compress_piece_fn *fn, void *ctx, struct err *e);
const char *compress_library_version(void);

#endif
