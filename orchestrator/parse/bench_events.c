/* What recipes/lib/labctl_bench.py writes while it measures: one JSON object per line that begins with "e", what
 * happened, and mostly "x", the number of the process execution. Version 1; the driver lists the events. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_index.h"
#include "parse/bench_inside.h"
#include "parse/bench_scan.h"

/* A process execution: its run is in the set from its beginning on, its values come to it at the end. */
struct execution {
	size_t series, run;
	bool begun, ended, calibrates;
	VEC(double) values;
	VEC(int64_t) loops; /* of each value; only where it calibrates */
};

/* Of a line that may yet turn out to be cut: in the middle of a number, perhaps. */
struct told_fact {
	struct bench_facts *to;
	const char *key, *json;
};

struct reader {
	struct bench_scan b;
	struct bench_index index;
	const char *benchmark; /* NULL: no session has begun */
	VEC(struct execution) executions;
	struct execution *now;	    /* the one that the line is about; NULL: none */
	VEC(struct told_fact) told; /* by this line */
};

static struct bench_run *run_of(struct reader *p, const struct execution *x)
{
	return &p->b.set->series[x->series].runs[x->run];
}

static struct json_scan *json_of(struct reader *p)
{
	return &p->b.json;
}

/* The line was whole: what it told may be believed. */
static bool is_whole(struct reader *p)
{
	return json_scan_finish(json_of(p));
}

static const char *text_or_null(struct reader *p)
{
	return json_scan_null(json_of(p)) ? NULL : json_scan_text(json_of(p));
}

/* A number, text, true, false or list of such becomes a fact; anything else is passed over. */
static void read_fact(struct reader *p, struct bench_facts *f, const char *key)
{
	struct told_fact fact = { .to = f, .key = arena_dup(p->b.set->arena, key) };
	char kind = json_scan_peek(json_of(p));

	if (kind == '{' || kind == 'n') {
		json_scan_skip(json_of(p));
		return;
	}
	fact.json = json_scan_fact(json_of(p));
	vec_add(&p->told, fact);
}

static void keep_facts(struct reader *p)
{
	for (size_t i = 0; i < p->told.count; i++)
		if (p->told.items[i].to->count < BENCH_MOST_FACTS)
			bench_fact_set(p->b.set, p->told.items[i].to, p->told.items[i].key, p->told.items[i].json);
}

/* ---- the session ---- */

static void read_driver(struct reader *p)
{
	for (json_scan_open(json_of(p), '{'); json_scan_more(json_of(p), '}');) {
		AUTO_FREE char *key = mem_printf("driver_%s", json_scan_key(json_of(p)));
		read_fact(p, &p->b.set->facts, key);
	}
}

static void read_session(struct reader *p)
{
	int64_t version = 0;
	const char *benchmark = NULL;

	while (json_scan_more(json_of(p), '}')) {
		const char *key = json_scan_key(json_of(p));

		if (strcmp(key, "version") == 0)
			version = bench_scan_int(&p->b, 1, 1, "the version of the events");
		else if (strcmp(key, "benchmark") == 0)
			benchmark = json_scan_text(json_of(p));
		else if (strcmp(key, "driver") == 0)
			read_driver(p);
		else
			read_fact(p, &p->b.set->facts, key);
	}
	if (!is_whole(p))
		return;
	if (version != 1 || !benchmark || !*benchmark)
		json_scan_fail(json_of(p), "a session tells its version and its benchmark");
	else if (p->benchmark)
		json_scan_fail(json_of(p), "a second session");
	else
		p->benchmark = arena_dup(p->b.set->arena, benchmark);
}

static void read_finish(struct reader *p)
{
	while (json_scan_more(json_of(p), '}'))
		read_fact(p, &p->b.set->facts, json_scan_key(json_of(p)));
}

/* ---- an execution begins and ends ---- */

static void begin(struct reader *p, const char *runtime, bool calibrates, const char *role)
{
	struct execution *x = p->now;

	if (bench_check_room(p->b.set, NULL) != 0) {
		json_scan_fail(json_of(p), "more executions than can be kept");
		return;
	}
	struct bench_series *series = bench_index_series(&p->index, p->b.set, p->benchmark, runtime);
	series->from_start = true;
	struct bench_run *r = bench_add_run(p->b.set, series);
	r->role = arena_dup(p->b.set->arena, role);
	x->series = (size_t)(series - p->b.set->series);
	x->run = series->run_count - 1;
	x->begun = true;
	x->calibrates = calibrates;
}

static void read_begin(struct reader *p)
{
	const char *runtime = NULL, *kind = "", *role = NULL;

	while (json_scan_more(json_of(p), '}')) {
		const char *key = json_scan_key(json_of(p));

		if (strcmp(key, "runtime") == 0)
			runtime = json_scan_text(json_of(p));
		else if (strcmp(key, "kind") == 0)
			kind = json_scan_text(json_of(p));
		else if (strcmp(key, "role") == 0)
			role = text_or_null(p);
		else
			json_scan_skip(json_of(p));
	}
	if (!is_whole(p))
		return;
	bool calibrates = strcmp(kind, "calibrate") == 0;
	if (!p->benchmark)
		json_scan_fail(json_of(p), "an execution begins before its session");
	else if (p->now->begun)
		json_scan_fail(json_of(p), "this execution has begun before");
	else if (!runtime || !*runtime || (!calibrates && strcmp(kind, "measure") != 0))
		json_scan_fail(json_of(p), "an execution tells its runtime, and \"calibrate\" or \"measure\"");
	else
		begin(p, runtime, calibrates, role);
}

static void read_end(struct reader *p)
{
	const char *status = "", *detail = NULL;
	struct bench_run *r = run_of(p, p->now);

	while (json_scan_more(json_of(p), '}')) {
		const char *key = json_scan_key(json_of(p));

		if (strcmp(key, "status") == 0)
			status = json_scan_text(json_of(p));
		else if (strcmp(key, "detail") == 0)
			detail = text_or_null(p);
		else
			read_fact(p, &r->facts, strcmp(key, "s") == 0 ? "wall_s" : key);
	}
	if (!is_whole(p))
		return;
	if (p->now->ended)
		json_scan_fail(json_of(p), "this execution has ended before");
	p->now->ended = true;
	if (strcmp(status, "ok") == 0)
		return;
	r->kind = BENCH_FAILED;
	r->detail = arena_printf(p->b.set->arena, "%s%s%s",
				 strcmp(status, "timed_out") == 0 ? "its time limit passed"
				 : *status			  ? status
								  : "failed",
				 detail && *detail ? ": " : "", detail ? detail : "");
}

/* ---- what an execution tells ---- */

static void read_system(struct reader *p)
{
	struct bench_run *r = run_of(p, p->now);
	const char *when = "";

	while (json_scan_more(json_of(p), '}')) {
		const char *key = json_scan_key(json_of(p));

		if (strcmp(key, "when") == 0) {
			when = json_scan_text(json_of(p));
			continue;
		}
		AUTO_FREE char *full = mem_printf("%s%s%s", key, *when ? "_" : "", when);
		read_fact(p, &r->facts, full);
	}
}

static void read_facts(struct reader *p)
{
	while (json_scan_more(json_of(p), '}'))
		read_fact(p, &run_of(p, p->now)->facts, json_scan_key(json_of(p)));
}

static void read_calibrated(struct reader *p)
{
	int64_t loops = 1;

	while (json_scan_more(json_of(p), '}'))
		if (strcmp(json_scan_key(json_of(p)), "loops") == 0)
			loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"loops\"");
		else
			json_scan_skip(json_of(p));
	if (is_whole(p))
		run_of(p, p->now)->loops = loops;
}

/* The iterations of a measurement all have as many loops; only a calibration tries out how many. */
static void add_values(struct reader *p, int64_t loops, int64_t inner_loops)
{
	struct execution *x = p->now;
	struct bench_run *r = run_of(p, x);

	if (!x->calibrates && x->values.count && (r->loops != loops || r->inner_loops != inner_loops)) {
		json_scan_fail(json_of(p), "the number of loops changed within an execution");
		return;
	}
	for (size_t i = 0; i < p->b.numbers.count; i++)
		if (bench_check_value(BENCH_SECONDS, p->b.numbers.items[i], NULL) != 0) {
			json_scan_fail(json_of(p), "%g s is no time", p->b.numbers.items[i]);
			return;
		}
	r->loops = loops;
	r->inner_loops = inner_loops;
	for (size_t i = 0; i < p->b.numbers.count; i++) {
		vec_add(&x->values, p->b.numbers.items[i]);
		if (x->calibrates)
			vec_add(&x->loops, loops);
	}
}

static void read_values(struct reader *p)
{
	int64_t loops = 1, inner_loops = 1;

	bench_scan_no_numbers(&p->b);
	while (json_scan_more(json_of(p), '}')) {
		const char *key = json_scan_key(json_of(p));

		if (strcmp(key, "loops") == 0)
			loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"loops\"");
		else if (strcmp(key, "inner_loops") == 0)
			inner_loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"inner_loops\"");
		else if (strcmp(key, "s") == 0)
			bench_scan_numbers(&p->b);
		else
			json_scan_skip(json_of(p));
	}
	if (is_whole(p))
		add_values(p, loops, inner_loops);
}

static const double *read_list(struct reader *p, size_t *out_count)
{
	bench_scan_no_numbers(&p->b);
	if (!json_scan_null(json_of(p)))
		bench_scan_numbers(&p->b);
	return bench_scan_keep(&p->b, out_count, NULL);
}

static void read_memory(struct reader *p)
{
	struct bench_run *r = run_of(p, p->now);
	const double *at_s = NULL, *bytes = NULL;
	size_t times = 0, samples = 0;
	int64_t peak_bytes = -1;

	while (json_scan_more(json_of(p), '}')) {
		const char *key = json_scan_key(json_of(p));

		if (strcmp(key, "peak_bytes") == 0 && !json_scan_null(json_of(p)))
			peak_bytes = bench_scan_int(&p->b, 0, (int64_t)BENCH_MOST_BYTES, "\"peak_bytes\"");
		else if (strcmp(key, "at_s") == 0)
			at_s = read_list(p, &times);
		else if (strcmp(key, "bytes") == 0)
			bytes = read_list(p, &samples);
		else if (strcmp(key, "peak_bytes") != 0)
			json_scan_skip(json_of(p));
	}
	if (!is_whole(p))
		return;
	if (times != samples)
		json_scan_fail(json_of(p), "%zu times of %zu samples of memory", times, samples);
	r->peak_bytes = peak_bytes;
	r->memory_at_s = at_s;
	r->memory_bytes = bytes;
	r->memory_count = samples;
}

/* ---- lines ---- */

static const struct event {
	const char *name;
	enum {
		OF_NONE,
		OF_NEW,
		OF_BEGUN
	} execution;
	void (*read)(struct reader *p);
} events[] = {
	{ "session", OF_NONE, read_session }, { "begin", OF_NEW, read_begin },
	{ "system", OF_BEGUN, read_system },  { "calibrated", OF_BEGUN, read_calibrated },
	{ "facts", OF_BEGUN, read_facts },    { "values", OF_BEGUN, read_values },
	{ "memory", OF_BEGUN, read_memory },  { "end", OF_BEGUN, read_end },
	{ "finish", OF_NONE, read_finish },
};

static void find_execution(struct reader *p, const struct event *event)
{
	p->now = NULL;
	if (event->execution == OF_NONE)
		return;
	if (!json_scan_more(json_of(p), '}') || strcmp(json_scan_key(json_of(p)), "x") != 0) {
		json_scan_fail(json_of(p), "the event \"%s\" needs an \"x\" behind its name", event->name);
		return;
	}
	size_t number = (size_t)bench_scan_int(&p->b, 0, BENCH_MOST_RUNS - 1, "\"x\"");
	if (json_of(p)->failed)
		return;
	while (p->executions.count <= number)
		vec_add(&p->executions, (struct execution){ 0 });
	p->now = &p->executions.items[number];
	if (event->execution == OF_BEGUN && !p->now->begun)
		json_scan_fail(json_of(p), "execution %zu has not begun", number);
}

static void read_event(struct reader *p)
{
	json_scan_open(json_of(p), '{');
	if (!json_scan_more(json_of(p), '}') || strcmp(json_scan_key(json_of(p)), "e") != 0) {
		json_scan_fail(json_of(p), "an event begins with \"e\"");
		return;
	}
	const char *name = json_scan_text(json_of(p));
	for (size_t i = 0; i < COUNT_OF(events) && !json_of(p)->failed; i++) {
		if (strcmp(events[i].name, name) != 0)
			continue;
		find_execution(p, &events[i]);
		if (!json_of(p)->failed)
			events[i].read(p);
		return;
	}
	while (json_scan_more(json_of(p), '}')) { /* an event of a later driver */
		json_scan_key(json_of(p));
		json_scan_skip(json_of(p));
	}
}

/* A last line without its end is what a killed driver left of one: it tells nothing. */
static int read_lines(struct reader *p, char *text, size_t len, struct err *e)
{
	size_t number = 0;

	for (char *line = text, *next; line < text + len; line = next, number++) {
		char *newline = memchr(line, '\n', (size_t)(text + len - line));
		size_t line_len = newline ? (size_t)(newline - line) : (size_t)(text + len - line);

		next = line + line_len + 1;
		line[line_len] = '\0';
		if (line_len == 0)
			continue;
		json_scan_start(json_of(p), line, line_len, p->b.set->arena, newline ? e : NULL);
		json_of(p)->lines_before = number;
		p->told.count = 0;
		read_event(p);
		if (json_scan_finish(json_of(p)))
			keep_facts(p);
		else if (newline)
			return -1;
	}
	return 0;
}

/* ---- at the end ---- */

static void settle(struct reader *p, struct execution *x)
{
	struct bench_run *r = run_of(p, x);

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
	struct reader p = { .benchmark = NULL };

	bench_scan_start(&p.b, s, TAKE(from->text), from->len, e);
	int status = read_lines(&p, s->text, from->len, e);
	if (status == 0 && !p.benchmark)
		status = err_set(e, ERR_FORMAT, "no session begins in it");
	for (size_t i = 0; i < p.executions.count; i++) {
		struct execution *x = &p.executions.items[i];

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
