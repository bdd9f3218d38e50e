/* Test results from plain output, by the recipe's own patterns: the first that matches a line decides. */
#include <stdlib.h>

#include "base/lines.h"
#include "base/mem.h"
#include "base/regex.h"
#include "base/str.h"
#include "parse/format.h"

#define LINE_MAX_BYTES (16 * 1024)
#define GROUPS_MAX     16

struct line_reader {
	struct regex *pattern;
	enum verdict verdict;
	int name, detail, seconds; /* numbers of the groups; -1: it has none */
};

struct regex_lines {
	struct parser base;
	struct lines *lines;
	struct line_reader *readers;
	size_t reader_count;
};

static bool group_of(const struct regex_group *groups, int count, int number, struct regex_group *out)
{
	if (number < 0 || number >= count || groups[number].start > groups[number].end)
		return false;
	*out = groups[number];
	return true;
}

static void add_match(struct regex_lines *p, const struct line_reader *r, const char *line,
		      const struct regex_group *groups, int count)
{
	AUTO_STR name = { 0 }, detail = { 0 };
	struct regex_group g;
	int64_t took_ns = -1;

	if (group_of(groups, count, r->name, &g))
		str_add_bytes(&name, line + g.start, g.end - g.start);
	if (group_of(groups, count, r->detail, &g))
		str_add_bytes(&detail, line + g.start, g.end - g.start);
	if (group_of(groups, count, r->seconds, &g))
		took_ns = seconds_to_ns(line + g.start, g.end - g.start);
	parser_add(&p->base, str_text(&name), r->verdict, took_ns, str_text(&detail));
}

static void read_line(void *ctx, const char *line, size_t len)
{
	struct regex_lines *p = ctx;
	struct regex_group groups[GROUPS_MAX];

	for (size_t i = 0; i < p->reader_count; i++) {
		int count = regex_groups(p->readers[i].pattern, line, len, groups, GROUPS_MAX);

		if (count <= 0)
			continue;
		add_match(p, &p->readers[i], line, groups, count);
		return;
	}
}

static int lines_format_feed(struct parser *base, const char *data, size_t len, struct err *e)
{
	(void)e;
	lines_feed(((struct regex_lines *)base)->lines, data, len);
	return 0;
}

/* Plain output has no mark at its end: whether it came to it is told by the exit status, which is not seen here. */
static int lines_format_finish(struct parser *base, struct err *e)
{
	(void)e;
	lines_finish(((struct regex_lines *)base)->lines);
	base->result.complete = true;
	return 0;
}

static void lines_format_free(struct parser *base)
{
	struct regex_lines *p = (struct regex_lines *)base;

	for (size_t i = 0; i < p->reader_count; i++)
		regex_free(p->readers[i].pattern);
	free(p->readers);
	lines_free(p->lines);
	parser_end(base);
	free(p);
}

static const struct parser_ops lines_ops = { lines_format_feed, lines_format_finish, lines_format_free };

static int reader_open(struct line_reader *r, const struct line_pattern *from, struct err *e)
{
	r->pattern = regex_new(from->pattern, e);
	if (!r->pattern)
		return -1;
	r->verdict = from->verdict;
	r->name = regex_group_number(r->pattern, "name");
	r->detail = regex_group_number(r->pattern, "detail");
	r->seconds = regex_group_number(r->pattern, "seconds");
	if (r->name >= 0 && r->name < GROUPS_MAX && r->detail < GROUPS_MAX && r->seconds < GROUPS_MAX)
		return 0;
	err_set(e, ERR_CONFIG, "the line pattern \"%s\" has no group \"name\" among its first %d", from->pattern,
		GROUPS_MAX - 1);
	return err_hint(e, "write (?<name>…) around what names the test");
}

static struct parser *lines_format_open(const struct parser_opts *o, struct err *e)
{
	struct regex_lines *p = mem_new(1, sizeof(*p));

	parser_begin(&p->base, &lines_ops, o);
	p->lines = lines_new(LINE_MAX_BYTES, read_line, p);
	p->readers = mem_new(o->line_count + 1, sizeof(*p->readers));
	for (size_t i = 0; i < o->line_count; i++) {
		p->reader_count++;
		if (reader_open(&p->readers[i], &o->lines[i], e) < 0) {
			parser_free(&p->base);
			return NULL;
		}
	}
	return &p->base;
}

const struct parser_format lines_format = { "lines", "plain output, read by the recipe's own patterns",
					    lines_format_open };
