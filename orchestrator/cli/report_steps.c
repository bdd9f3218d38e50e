#include "cli/report_steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "run/outcome.h"

#define LOG_MOST_BYTES ((size_t)1 << 30)

/* The last part of what goes through it. */
struct tail {
	struct str kept;
	int64_t all_bytes;
};

static int add_piece(void *ctx, const char *data, size_t len, struct err *e)
{
	struct tail *t = ctx;

	(void)e;
	t->all_bytes += (int64_t)len;
	str_add_bytes(&t->kept, data, len);
	if (t->kept.len > 4 * REPORT_LOG_BYTES) {
		size_t keep = REPORT_LOG_BYTES;

		memmove(t->kept.text, t->kept.text + t->kept.len - keep, keep);
		str_cut(&t->kept, keep);
	}
	return 0;
}

/* From the first whole line on, where something was cut off. */
static const char *end_of(struct tail *t)
{
	const char *text = str_text(&t->kept), *line;

	if ((int64_t)t->kept.len == t->all_bytes && t->kept.len <= REPORT_LOG_BYTES)
		return text;
	text += t->kept.len > REPORT_LOG_BYTES ? t->kept.len - REPORT_LOG_BYTES : 0;
	line = strchr(text, '\n');
	return line ? line + 1 : text;
}

static void read_log(const char *folder, struct report_steps *all, struct site_step *s)
{
	AUTO_FREE char *name = mem_printf("%s.log.zst", s->name);
	AUTO_FREE char *path = file_join(folder, name);
	struct tail t = { 0 };

	if (file_exists(path) && !compress_read_file_pieces(path, LOG_MOST_BYTES, add_piece, &t, NULL)) {
		/* NUL would end the text early. */
		for (size_t i = 0; i < t.kept.len; i++)
			if (!t.kept.text[i])
				t.kept.text[i] = ' ';
		s->log = arena_dup(all->texts, end_of(&t));
		s->log_left_out = t.all_bytes - (int64_t)strlen(s->log);
	}
	str_free(&t.kept);
}

static bool came_to_tests(const struct outcome_row *row)
{
	return row->verdict == VERDICT_PASSED || row->verdict == VERDICT_FAILED;
}

static void add_step(const char *folder, const struct outcome_row *row, const struct outcome_step *from,
		     struct report_steps *all)
{
	struct site_step *s = &all->items[all->count++];

	*s = (struct site_step){
		.name = arena_dup(all->texts, from->name),
		.how = arena_dup(all->texts, from->how),
		.status = from->status,
		.took_ns = from->took_ns,
		.dropped_bytes = from->dropped_bytes,
	};
	if (!came_to_tests(row) || !strcmp(from->name, "tests") || str_starts(from->name, "measure"))
		read_log(folder, all, s);
}

void report_steps_read(struct context *c, const struct outcome_row *row, struct report_steps *out)
{
	AUTO_FREE char *folder = file_join(c->lab->results_folder, row->folder);
	AUTO_FREE struct outcome *o = mem_new(1, sizeof(*o));

	*out = (struct report_steps){ .texts = arena_new(4096) };
	if (outcome_read(folder, false, o, NULL))
		return;
	out->items = mem_new(o->step_count + 1, sizeof(*out->items));
	for (size_t i = 0; i < o->step_count; i++)
		add_step(folder, row, &o->steps[i], out);
	outcome_free(o);
}

void report_steps_free(struct report_steps *s)
{
	free(s->items);
	arena_free(s->texts);
	*s = (struct report_steps){ 0 };
}
