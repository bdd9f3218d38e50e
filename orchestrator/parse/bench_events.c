/* What recipes/lib/labctl_bench.py writes while it measures: one JSON object per line that begins with "e", what
 * happened, and mostly "x", the number of the process execution. Version 1; the driver lists the events. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_events.h"
#include "parse/bench_inside.h"

bool events_is_whole(struct events_reader *p)
{
	return json_scan_finish(&p->b.json);
}

static const char *text_or_null(struct events_reader *p)
{
	return json_scan_null(&p->b.json) ? NULL : json_scan_text(&p->b.json);
}

void events_read_fact(struct events_reader *p, struct bench_facts *f, const char *key)
{
	struct events_fact fact = { .to = f, .key = arena_dup(p->b.set->arena, key) };
	char kind = json_scan_peek(&p->b.json);

	if (kind == '{' || kind == 'n' || (kind == '[' && !json_scan_is_flat(&p->b.json))) {
		json_scan_skip(&p->b.json);
		return;
	}
	fact.json = json_scan_fact(&p->b.json);
	vec_add(&p->told, fact);
}

static void keep_facts(struct events_reader *p)
{
	for (size_t i = 0; i < p->told.count; i++)
		if (p->told.items[i].to->count < BENCH_MOST_FACTS)
			bench_fact_set(p->b.set, p->told.items[i].to, p->told.items[i].key, p->told.items[i].json);
}

/* ---- the session ---- */

static void read_driver(struct events_reader *p)
{
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');) {
		AUTO_FREE char *key = mem_printf("driver_%s", json_scan_key(&p->b.json));
		events_read_fact(p, &p->b.set->facts, key);
	}
}

static void read_session(struct events_reader *p)
{
	int64_t version = 0;
	const char *benchmark = NULL;

	while (json_scan_more(&p->b.json, '}')) {
		const char *key = json_scan_key(&p->b.json);

		if (strcmp(key, "version") == 0)
			version = bench_scan_int(&p->b, 1, 1, "the version of the events");
		else if (strcmp(key, "benchmark") == 0)
			benchmark = json_scan_text(&p->b.json);
		else if (strcmp(key, "starts_anew") == 0)
			p->starts_anew = json_scan_bool(&p->b.json);
		else if (strcmp(key, "driver") == 0)
			read_driver(p);
		else
			events_read_fact(p, &p->b.set->facts, key);
	}
	if (!events_is_whole(p))
		return;
	if (version != 1 || !benchmark || !*benchmark)
		json_scan_fail(&p->b.json, "a session tells its version and its benchmark");
	else if (p->benchmark)
		json_scan_fail(&p->b.json, "a second session");
	else
		p->benchmark = arena_dup(p->b.set->arena, benchmark);
}

static void read_finish(struct events_reader *p)
{
	while (json_scan_more(&p->b.json, '}'))
		events_read_fact(p, &p->b.set->facts, json_scan_key(&p->b.json));
}

/* ---- an execution begins and ends ---- */

static void begin(struct events_reader *p, const char *runtime, bool calibrates, const char *role)
{
	struct events_execution *x = p->now;

	if (bench_check_room(p->b.set, NULL) != 0) {
		json_scan_fail(&p->b.json, "more executions than can be kept");
		return;
	}
	struct bench_series *series = bench_index_series(&p->index, p->b.set, p->benchmark, runtime);
	series->from_start = !p->starts_anew;
	struct bench_run *r = bench_add_run(p->b.set, series);
	r->role = arena_dup(p->b.set->arena, role);
	x->series = (size_t)(series - p->b.set->series);
	x->run = series->run_count - 1;
	x->begun = true;
	x->calibrates = calibrates;
}

static void read_begin(struct events_reader *p)
{
	const char *runtime = NULL, *kind = "", *role = NULL;

	while (json_scan_more(&p->b.json, '}')) {
		const char *key = json_scan_key(&p->b.json);

		if (strcmp(key, "runtime") == 0)
			runtime = json_scan_text(&p->b.json);
		else if (strcmp(key, "kind") == 0)
			kind = json_scan_text(&p->b.json);
		else if (strcmp(key, "role") == 0)
			role = text_or_null(p);
		else
			json_scan_skip(&p->b.json);
	}
	if (!events_is_whole(p))
		return;
	bool calibrates = strcmp(kind, "calibrate") == 0;
	if (!p->benchmark)
		json_scan_fail(&p->b.json, "an execution begins before its session");
	else if (p->now->begun)
		json_scan_fail(&p->b.json, "this execution has begun before");
	else if (!runtime || !*runtime || (!calibrates && strcmp(kind, "measure") != 0))
		json_scan_fail(&p->b.json, "an execution tells its runtime, and \"calibrate\" or \"measure\"");
	else
		begin(p, runtime, calibrates, role);
}

static void read_end(struct events_reader *p)
{
	const char *status = "", *detail = NULL;
	struct bench_run *r = events_run(p);

	while (json_scan_more(&p->b.json, '}')) {
		const char *key = json_scan_key(&p->b.json);

		if (strcmp(key, "status") == 0)
			status = json_scan_text(&p->b.json);
		else if (strcmp(key, "detail") == 0)
			detail = text_or_null(p);
		else
			events_read_fact(p, &r->facts, strcmp(key, "s") == 0 ? "wall_s" : key);
	}
	if (!events_is_whole(p))
		return;
	if (p->now->ended) {
		json_scan_fail(&p->b.json, "this execution has ended before");
		return;
	}
	p->now->ended = true;
	if (strcmp(status, "ok") == 0)
		return;
	r->kind = BENCH_FAILED;
	bench_fact_set_text(p->b.set, &r->facts, "status", *status ? status : "failed");
	r->detail = arena_printf(p->b.set->arena, "%s%s%s",
				 strcmp(status, "timed_out") == 0 ? "its time limit passed"
				 : *status			  ? status
								  : "failed",
				 detail && *detail ? ": " : "", detail ? detail : "");
}

/* ---- lines ---- */

static const struct event {
	const char *name;
	enum {
		OF_NONE,
		OF_NEW,
		OF_BEGUN
	} execution;
	void (*read)(struct events_reader *p);
} events[] = {
	{ "session", OF_NONE, read_session },	    { "begin", OF_NEW, read_begin },
	{ "system", OF_BEGUN, events_read_system }, { "calibrated", OF_BEGUN, events_read_calibrated },
	{ "facts", OF_BEGUN, events_read_facts },   { "values", OF_BEGUN, events_read_values },
	{ "memory", OF_BEGUN, events_read_memory }, { "end", OF_BEGUN, read_end },
	{ "finish", OF_NONE, read_finish },
};

static void find_execution(struct events_reader *p, const struct event *event)
{
	p->now = NULL;
	if (event->execution == OF_NONE)
		return;
	if (!json_scan_more(&p->b.json, '}') || strcmp(json_scan_key(&p->b.json), "x") != 0) {
		json_scan_fail(&p->b.json, "the event \"%s\" needs an \"x\" behind its name", event->name);
		return;
	}
	size_t number = (size_t)bench_scan_int(&p->b, 0, BENCH_MOST_RUNS - 1, "\"x\"");
	if (p->b.json.failed)
		return;
	while (p->executions.count <= number)
		vec_add(&p->executions, (struct events_execution){ 0 });
	p->now = &p->executions.items[number];
	if (event->execution == OF_BEGUN && !p->now->begun)
		json_scan_fail(&p->b.json, "execution %zu has not begun", number);
}

static void read_event(struct events_reader *p)
{
	json_scan_open(&p->b.json, '{');
	if (!json_scan_more(&p->b.json, '}') || strcmp(json_scan_key(&p->b.json), "e") != 0) {
		json_scan_fail(&p->b.json, "an event begins with \"e\"");
		return;
	}
	const char *name = json_scan_text(&p->b.json);
	for (size_t i = 0; i < COUNT_OF(events) && !p->b.json.failed; i++) {
		if (strcmp(events[i].name, name) != 0)
			continue;
		find_execution(p, &events[i]);
		if (!p->b.json.failed)
			events[i].read(p);
		return;
	}
	while (json_scan_more(&p->b.json, '}')) { /* an event of a later driver */
		json_scan_key(&p->b.json);
		json_scan_skip(&p->b.json);
	}
}

/* A last line without its end is what a killed driver left of one: it tells nothing. */
static int read_lines(struct events_reader *p, char *text, size_t len, struct err *e)
{
	size_t number = 0;

	for (char *line = text, *next; line < text + len; line = next, number++) {
		char *newline = memchr(line, '\n', (size_t)(text + len - line));
		size_t line_len = newline ? (size_t)(newline - line) : (size_t)(text + len - line);

		next = line + line_len + 1;
		line[line_len] = '\0';
		if (line_len == 0)
			continue;
		json_scan_start(&p->b.json, line, line_len, p->b.set->arena, newline ? e : NULL);
		p->b.json.lines_before = number;
		p->told.count = 0;
		read_event(p);
		if (json_scan_finish(&p->b.json))
			keep_facts(p);
		else if (newline)
			return -1;
	}
	return 0;
}

/* ---- at the end ---- */

static void settle(struct events_reader *p, struct events_execution *x)
{
	struct bench_run *r = &p->b.set->series[x->series].runs[x->run];

	bench_set_values(p->b.set, r, x->values.items, x->values.count);
	if (!x->ended) {
		r->kind = BENCH_FAILED;
		r->detail = "the record ends in the middle of it";
	} else if (r->kind == BENCH_MEASURED && x->calibrates) {
		r->kind = BENCH_CALIBRATION;
	} else if (r->kind == BENCH_MEASURED && !r->value_count) {
		r->kind = BENCH_FAILED;
		r->detail = "it told no values";
	}
	if (!x->calibrates)
		return;
	int64_t *loops = arena_items(p->b.set->arena, x->loops.count, sizeof(*loops));
	if (x->loops.count)
		memcpy(loops, x->loops.items, x->loops.count * sizeof(*loops));
	bench_split_warmups(p->b.set, r, r->value_count);
	r->warmup_loops = loops;
}

static int read_events(struct bench_source *from, struct bench_set *s, struct err *e)
{
	struct events_reader p = { .benchmark = NULL };

	bench_scan_start(&p.b, s, TAKE(from->text), from->len, e);
	int status = read_lines(&p, s->text, from->len, e);
	if (status == 0 && !p.benchmark)
		status = err_set(e, ERR_FORMAT, "no session begins in it");
	for (size_t i = 0; i < p.executions.count; i++) {
		struct events_execution *x = &p.executions.items[i];

		if (status == 0 && x->begun)
			settle(&p, x);
		vec_free(&x->values);
		vec_free(&x->loops);
	}
	vec_free(&p.executions);
	vec_free(&p.told);
	bench_index_free(&p.index);
	bench_scan_free(&p.b);
	return status;
}

static bool is_events(const struct bench_look *l)
{
	return bench_look_begins(l, "{\"e\":\"session\"") || bench_look_begins(l, "{\"e\": \"session\"");
}

const struct bench_kind bench_events = {
	.about = { "events", "labctl's own benchmark driver (one event per line)", true, false },
	.recognise = is_events,
	.read = read_events,
};
