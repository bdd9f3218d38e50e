#include <string.h>

#include "base/mem.h"
#include "parse/bench_events.h"

void events_read_system(struct events_reader *p)
{
	struct bench_run *r = events_run(p);
	const char *when = "";

	while (json_scan_more(&p->b.json, '}')) {
		const char *key = json_scan_key(&p->b.json);

		if (strcmp(key, "when") == 0) {
			when = json_scan_text(&p->b.json);
			continue;
		}
		AUTO_FREE char *full = mem_printf("%s%s%s", key, *when ? "_" : "", when);
		events_read_fact(p, &r->facts, full);
	}
}

void events_read_facts(struct events_reader *p)
{
	while (json_scan_more(&p->b.json, '}'))
		events_read_fact(p, &events_run(p)->facts, json_scan_key(&p->b.json));
}

void events_read_calibrated(struct events_reader *p)
{
	int64_t loops = 1;

	while (json_scan_more(&p->b.json, '}'))
		if (strcmp(json_scan_key(&p->b.json), "loops") == 0)
			loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"loops\"");
		else
			json_scan_skip(&p->b.json);
	if (events_is_whole(p))
		events_run(p)->loops = loops;
}

/* The iterations of a measurement all have as many loops; only a calibration tries out how many. */
static void add_values(struct events_reader *p, int64_t loops, int64_t inner_loops)
{
	struct events_execution *x = p->now;
	struct bench_run *r = events_run(p);

	if (!x->calibrates && x->values.count && (r->loops != loops || r->inner_loops != inner_loops)) {
		json_scan_fail(&p->b.json, "the number of loops changed within an execution");
		return;
	}
	for (size_t i = 0; i < p->b.numbers.count; i++)
		if (bench_check_value(BENCH_SECONDS, p->b.numbers.items[i], NULL) != 0) {
			json_scan_fail(&p->b.json, "%g s is no time", p->b.numbers.items[i]);
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

static void read_seconds(struct events_reader *p, bool *told)
{
	if (*told)
		json_scan_fail(&p->b.json, "values stand there twice");
	*told = true;
	bench_scan_numbers(&p->b);
}

void events_read_values(struct events_reader *p)
{
	int64_t loops = 1, inner_loops = 1;
	bool told = false;

	bench_scan_no_numbers(&p->b);
	while (json_scan_more(&p->b.json, '}')) {
		const char *key = json_scan_key(&p->b.json);

		if (strcmp(key, "loops") == 0)
			loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"loops\"");
		else if (strcmp(key, "inner_loops") == 0)
			inner_loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"inner_loops\"");
		else if (strcmp(key, "s") == 0)
			read_seconds(p, &told);
		else
			json_scan_skip(&p->b.json);
	}
	if (events_is_whole(p))
		add_values(p, loops, inner_loops);
}

static const double *read_list(struct events_reader *p, size_t *out_count)
{
	bench_scan_no_numbers(&p->b);
	if (!json_scan_null(&p->b.json))
		bench_scan_numbers(&p->b);
	return bench_scan_keep(&p->b, out_count, NULL);
}

void events_read_memory(struct events_reader *p)
{
	struct bench_run *r = events_run(p);
	const double *at_s = NULL, *bytes = NULL;
	size_t times = 0, samples = 0;
	int64_t peak_bytes = -1;

	while (json_scan_more(&p->b.json, '}')) {
		const char *key = json_scan_key(&p->b.json);

		if (strcmp(key, "peak_bytes") == 0 && !json_scan_null(&p->b.json))
			peak_bytes = bench_scan_int(&p->b, 0, (int64_t)BENCH_MOST_BYTES, "\"peak_bytes\"");
		else if (strcmp(key, "at_s") == 0)
			at_s = read_list(p, &times);
		else if (strcmp(key, "bytes") == 0)
			bytes = read_list(p, &samples);
		else if (strcmp(key, "peak_bytes") != 0)
			json_scan_skip(&p->b.json);
	}
	if (!events_is_whole(p))
		return;
	if (times != samples) {
		json_scan_fail(&p->b.json, "%zu times of %zu samples of memory", times, samples);
		return;
	}
	r->peak_bytes = peak_bytes;
	r->memory_at_s = at_s;
	r->memory_bytes = bytes;
	r->memory_count = samples;
}
