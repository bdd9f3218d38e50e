/* The Test Anything Protocol, versions 12 to 14. Subtests (indented) are told by the line of the test they belong to.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/lines.h"
#include "base/mem.h"
#include "base/str.h"
#include "parse/format.h"

#define LINE_MAX_BYTES	  (16 * 1024)
#define DETAIL_ROOM_BYTES 8192
#define MISSING_MAX	  10000 /* tests that never came and are told one by one */

struct tap {
	struct parser base;
	struct lines *lines;
	int64_t planned; /* -1: no plan seen */
	int64_t last_number;
	int64_t missing;
	bool bailed_out, any;
	bool in_yaml;
	/* The test at hand: its detail comes behind it. */
	bool pending;
	struct str name, detail;
	enum verdict verdict;
	int64_t took_ns;
};

static void flush_test(struct tap *p)
{
	if (p->pending)
		parser_add(&p->base, str_text(&p->name), p->verdict, p->took_ns, str_text(&p->detail));
	p->pending = false;
	p->in_yaml = false;
	str_clear(&p->name);
	str_clear(&p->detail);
}

static void add_detail(struct tap *p, const char *line)
{
	if (!p->pending || p->detail.len > DETAIL_ROOM_BYTES)
		return;
	if (p->detail.len)
		str_add_char(&p->detail, '\n');
	str_add(&p->detail, line);
}

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* The number at *text, which moves behind it; -1: none, or too large to be one of ours. */
static int64_t take_number(const char **text)
{
	int64_t n = 0;
	const char *at = *text;

	for (; isdigit((unsigned char)*at); at++)
		n = n < INT64_C(1000000000000) ? n * 10 + (*at - '0') : n;
	if (at == *text)
		return -1;
	*text = at;
	return n;
}

static void add_missing(struct tap *p, int64_t from, int64_t to)
{
	AUTO_STR name = { 0 };

	p->missing += to - from + 1;
	if (p->missing > MISSING_MAX) {
		str_addf(&name, "tests %lld to %lld", (long long)from, (long long)to);
		parser_add(&p->base, name.text, VERDICT_BROKEN, -1, "announced, and never came");
		return;
	}
	for (; from <= to; from++) {
		str_clear(&name);
		str_addf(&name, "test %lld", (long long)from);
		parser_add(&p->base, name.text, VERDICT_BROKEN, -1, "announced, and never came");
	}
}

static bool is_directive(const char *text)
{
	return !strncasecmp(text, "skip", 4) || !strncasecmp(text, "todo", 4);
}

/* The '#' of " # SKIP why" or " # TODO why" in a description; NULL: none. */
static char *find_directive(char *description)
{
	for (char *hash = description; (hash = strchr(hash, '#')); hash++)
		if ((hash == description || hash[-1] != '\\') && is_directive(skip_blanks(hash + 1)))
			return hash;
	return NULL;
}

/* Takes the directive off the end of the name. */
static void read_directive(struct tap *p)
{
	char *hash = find_directive(p->name.text);
	const char *why = hash ? skip_blanks(hash + 1) : NULL;

	if (!hash)
		return;
	if (!strncasecmp(why, "skip", 4)) {
		p->verdict = VERDICT_SKIPPED;
	} else if (p->verdict != VERDICT_PASSED) {
		p->verdict = VERDICT_SKIPPED;
		add_detail(p, "xfail: expected by the test's author");
	}
	while (isalpha((unsigned char)*why)) /* also "skipped" */
		why++;
	add_detail(p, skip_blanks(*why == ':' ? why + 1 : why));
	while (hash > p->name.text && isblank((unsigned char)hash[-1]))
		hash--;
	str_cut(&p->name, (size_t)(hash - p->name.text));
}

static void read_test(struct tap *p, const char *text, enum verdict v)
{
	int64_t number;

	flush_test(p);
	text = skip_blanks(text);
	number = take_number(&text);
	if (number < 0)
		number = p->last_number + 1;
	if (number > p->last_number + 1 && p->planned >= number)
		add_missing(p, p->last_number + 1, number - 1);
	if (number > p->last_number)
		p->last_number = number;
	text = skip_blanks(text);
	if (text[0] == '-' && (text[1] == ' ' || !text[1]))
		text = skip_blanks(text + 1);
	p->any = p->pending = true;
	p->verdict = v;
	p->took_ns = -1;
	str_add(&p->name, text);
	if (p->name.len)
		read_directive(p);
	if (!p->name.len)
		str_addf(&p->name, "test %lld", (long long)number);
}

static void read_plan(struct tap *p, const char *text)
{
	const char *at = text + 3;
	int64_t n = take_number(&at);

	if (n >= 0 && p->planned < 0) {
		p->planned = n;
		p->any = true;
	}
}

static void read_bail_out(struct tap *p, const char *why)
{
	flush_test(p);
	p->any = p->bailed_out = true;
	parser_add(&p->base, "Bail out!", VERDICT_BROKEN, -1, skip_blanks(why));
}

/* Lines of the YAML block behind a test, which is indented by two; deeper ones belong to subtests. */
static void read_indented(struct tap *p, const char *line)
{
	const char *text = skip_blanks(line);
	bool outer = text == line + 2;

	if (!p->in_yaml) {
		p->in_yaml = p->pending && outer && !strcmp(text, "---");
	} else if (outer && !strcmp(text, "...")) {
		p->in_yaml = false;
	} else if (outer && !strncmp(text, "duration_ms:", 12)) {
		text = skip_blanks(text + 12);
		p->took_ns = seconds_to_ns(text, strlen(text));
		p->took_ns = p->took_ns < 0 ? -1 : p->took_ns / 1000;
	} else {
		add_detail(p, line);
	}
}

static void read_line(void *ctx, const char *line, size_t len)
{
	struct tap *p = ctx;

	if (p->bailed_out || !len)
		return;
	if (isblank((unsigned char)*line))
		read_indented(p, line);
	else if (!strncmp(line, "ok", 2) && (isblank((unsigned char)line[2]) || !line[2]))
		read_test(p, line + 2, VERDICT_PASSED);
	else if (!strncmp(line, "not ok", 6) && (isblank((unsigned char)line[6]) || !line[6]))
		read_test(p, line + 6, VERDICT_FAILED);
	else if (!strncmp(line, "1..", 3))
		read_plan(p, line);
	else if (!strncmp(line, "Bail out!", 9))
		read_bail_out(p, line + 9);
	else if (*line == '#' && p->verdict == VERDICT_FAILED)
		add_detail(p, skip_blanks(line + 1));
}

static int tap_feed(struct parser *base, const char *data, size_t len, struct err *e)
{
	(void)e;
	lines_feed(((struct tap *)base)->lines, data, len);
	return 0;
}

static int tap_finish(struct parser *base, struct err *e)
{
	struct tap *p = (struct tap *)base;

	lines_finish(p->lines);
	flush_test(p);
	if (!p->any)
		return err_set(e, ERR_FORMAT, "%s: neither a TAP plan nor a test line", base->what);
	base->result.complete = p->planned >= 0 && p->planned <= p->last_number && !p->bailed_out;
	if (p->planned > p->last_number && !p->bailed_out)
		add_missing(p, p->last_number + 1, p->planned);
	return 0;
}

static void tap_free(struct parser *base)
{
	struct tap *p = (struct tap *)base;

	lines_free(p->lines);
	str_free(&p->name);
	str_free(&p->detail);
	parser_end(base);
	free(p);
}

static const struct parser_ops tap_ops = { tap_feed, tap_finish, tap_free };

static struct parser *tap_open(const struct parser_opts *o, struct err *e)
{
	struct tap *p = mem_new(1, sizeof(*p));

	(void)e;
	parser_begin(&p->base, &tap_ops, o);
	p->planned = -1;
	p->lines = lines_new(LINE_MAX_BYTES, read_line, p);
	return &p->base;
}

const struct parser_format tap_format = { "tap", "Test Anything Protocol, versions 12 to 14", tap_open };
