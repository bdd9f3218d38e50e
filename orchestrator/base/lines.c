#include "base/lines.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

struct lines {
	size_t max_line_bytes;
	lines_fn *fn;
	void *ctx;
	struct str line;  /* at most one byte more than the cap: the CR of a line that just fits */
	bool line_is_cut; /* something of the line at hand was dropped already */
	size_t cut_count;
};

struct lines *lines_new(size_t max_line_bytes, lines_fn *fn, void *ctx)
{
	struct lines *l = mem_new(1, sizeof(*l));

	l->max_line_bytes = max_line_bytes < SIZE_MAX ? max_line_bytes : SIZE_MAX - 1; /* one more is kept */
	l->fn = fn;
	l->ctx = ctx;
	return l;
}

static void deliver(struct lines *l)
{
	struct str *line = &l->line;

	if (!l->line_is_cut && line->len > 0 && line->text[line->len - 1] == '\r')
		str_cut(line, line->len - 1);
	if (line->len > l->max_line_bytes) {
		str_cut(line, l->max_line_bytes);
		l->line_is_cut = true;
	}
	if (l->line_is_cut)
		l->cut_count++;
	l->line_is_cut = false;
	l->fn(l->ctx, str_text(line), line->len);
	str_clear(line);
}

static void keep(struct lines *l, const char *data, size_t len)
{
	size_t room = l->max_line_bytes + 1 - l->line.len;

	if (len > room) {
		len = room;
		l->line_is_cut = true;
	}
	str_add_bytes(&l->line, data, len);
}

void lines_feed(struct lines *l, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		const char *newline = memchr(at, '\n', len);
		size_t piece = newline ? (size_t)(newline - at) : len;

		keep(l, at, piece);
		if (!newline)
			return;
		deliver(l);
		at += piece + 1;
		len -= piece + 1;
	}
}

void lines_finish(struct lines *l)
{
	if (l->line.len > 0)
		deliver(l);
}

size_t lines_cut(const struct lines *l)
{
	return l->cut_count;
}

void lines_free(struct lines *l)
{
	if (!l)
		return;
	str_free(&l->line);
	free(l);
}
