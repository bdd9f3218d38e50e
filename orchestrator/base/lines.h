/* Bytes in, whole lines out, with a cap on what one line may take. */
#ifndef LABCTL_BASE_LINES_H
#define LABCTL_BASE_LINES_H

#include <stddef.h>

struct lines;

/* `line` is NUL-terminated, without its newline (and without a CR before it), and valid during the call only. */
typedef void lines_fn(void *ctx, const char *line, size_t len);

struct lines *lines_new(size_t max_line_bytes, lines_fn *fn, void *ctx);
void lines_feed(struct lines *l, const void *data, size_t len);
void lines_finish(struct lines *l);	 /* delivers a last line that has no newline */
size_t lines_cut(const struct lines *l); /* how many lines were longer than the cap; what was over it is dropped */
void lines_free(struct lines *l);

#endif
