/* What recipes/lib/labctl_pytest.py and labctl_suite.py write: one JSON object per line, whose "e" says what happened.
 * labctl_suite.py lists the events. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "parse/format.h"

#define LINE_MAX_BYTES (256 * 1024)

struct events {
	struct parser base;
	struct lines *lines;
	struct str running; /* name of the test that began and did not end yet; empty: none */
	int64_t running_id;
	size_t understood;
	bool finished;
};

struct event {
	const char *key;
	void (*read)(struct events *p, const struct json_value *line);
};

static int64_t event_took_ns(const struct json_value *line)
{
	double seconds = json_number(json_at(line, "s"), -1);

	return seconds >= 0 && seconds < 1e9 ? (int64_t)(seconds * 1e9) : -1;
}

static const char *event_text(const struct json_value *line, const char *key)
{
	return json_text(json_at(line, key), "");
}

/* Somebody has to answer for a test that began: nothing is lost silently. */
static void settle_running(struct events *p, const char *why)
{
	if (p->running.len)
		parser_add(&p->base, p->running.text, VERDICT_BROKEN, -1, why);
	str_clear(&p->running);
}

static void read_start(struct events *p, const struct json_value *line)
{
	settle_running(p, "it began, and the next test began before it ended");
	str_add(&p->running, event_text(line, "t"));
	p->running_id = json_int(json_at(line, "i"), -1);
}

/* The verdict of a test by itself; the name stands in its start. */
static void read_end(struct events *p, const struct json_value *line)
{
	int verdict = verdict_from_key(event_text(line, "v"));

	if (!p->running.len || json_int(json_at(line, "i"), -1) != p->running_id)
		return;
	parser_add(&p->base, p->running.text, verdict < 0 ? VERDICT_BROKEN : (enum verdict)verdict, event_took_ns(line),
		   event_text(line, "d"));
	str_clear(&p->running);
}

static void add_named(struct events *p, const struct json_value *line, enum verdict v)
{
	const char *name = event_text(line, "t");

	if (!strcmp(name, str_text(&p->running)))
		str_clear(&p->running);
	parser_add(&p->base, name, v, event_took_ns(line), event_text(line, "d"));
}

static void read_broken(struct events *p, const struct json_value *line)
{
	add_named(p, line, VERDICT_BROKEN);
}

static void read_skipped(struct events *p, const struct json_value *line)
{
	add_named(p, line, VERDICT_SKIPPED);
}

static void read_died(struct events *p, const struct json_value *line)
{
	add_named(p, line, VERDICT_CRASHED);
}

static void read_timed_out(struct events *p, const struct json_value *line)
{
	add_named(p, line, VERDICT_TIMED_OUT);
}

/* It was stopped for another's sake and will begin once more. */
static void read_again(struct events *p, const struct json_value *line)
{
	(void)line;
	str_clear(&p->running);
}

static void read_session(struct events *p, const struct json_value *line)
{
	(void)line;
	settle_running(p, "it began, and never ended");
}

static void read_finish(struct events *p, const struct json_value *line)
{
	settle_running(p, "it began, and never ended");
	p->finished = true;
	p->base.result.complete = json_bool(json_at(line, "complete"), false);
}

/* For a person who reads the file, or for the supervisor. */
static void read_nothing(struct events *p, const struct json_value *line)
{
	(void)p;
	(void)line;
}

static const struct event events[] = {
	{ "start", read_start },     { "end", read_end },	    { "broken", read_broken },
	{ "skipped", read_skipped }, { "died", read_died },	    { "timed_out", read_timed_out },
	{ "again", read_again },     { "session", read_session },   { "finish", read_finish },
	{ "collect", read_nothing }, { "collected", read_nothing }, { "session_end", read_nothing },
	{ "restart", read_nothing },
};

/* A line that is no event is what a crash left of one: it is passed over. */
static void read_line(void *ctx, const char *line, size_t len)
{
	struct events *p = ctx;
	AUTO_JSON *value = len && line[0] == '{' ? json_parse(line, len, NULL) : NULL;
	const char *key = event_text(value, "e");

	for (size_t i = 0; value && i < COUNT_OF(events); i++) {
		if (strcmp(events[i].key, key) != 0)
			continue;
		p->understood++;
		events[i].read(p, value);
		return;
	}
}

static int events_feed(struct parser *base, const char *data, size_t len, struct err *e)
{
	(void)e;
	lines_feed(((struct events *)base)->lines, data, len);
	return 0;
}

static int events_finish(struct parser *base, struct err *e)
{
	struct events *p = (struct events *)base;

	lines_finish(p->lines);
	settle_running(p, "the record ends in the middle of this test");
	if (!p->finished)
		base->result.complete = false;
	if (p->understood)
		return 0;
	return err_set(e, ERR_FORMAT, "%s: holds no event of the test run", base->what);
}

static void events_free(struct parser *base)
{
	struct events *p = (struct events *)base;

	lines_free(p->lines);
	str_free(&p->running);
	parser_end(base);
	free(p);
}

static const struct parser_ops events_ops = { events_feed, events_finish, events_free };

static struct parser *events_open(const struct parser_opts *o, struct err *e)
{
	struct events *p = mem_new(1, sizeof(*p));

	(void)e;
	parser_begin(&p->base, &events_ops, o);
	p->lines = lines_new(LINE_MAX_BYTES, read_line, p);
	return &p->base;
}

const struct parser_format events_format = { "events", "one JSON object per line, from labctl's own pytest plug-in",
					     events_open };
