/* Krun's results: JSON, mostly compressed with bzip2, and the CSV that its csv_to_krun_json takes. Facts from
 * krun/results.py. In-process iterations from the start of each process, warm-up among them; counts of processor cores,
 * which are most of such a file, are passed over. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parse/bench_columns.h"
#include "parse/bench_index.h"
#include "parse/bench_inside.h"
#include "parse/bench_scan.h"

#define FACT_MOST_BYTES 4096 /* the audit has dumps of whole files of the machine: they are no facts of ours */

struct reader {
	struct bench_scan b;
	bool has_times;
	VEC(const char *) keys;	  /* of the series, as they stand in the file */
	struct bench_set flagged; /* series by key, and a letter for each of their runs */
	struct bench_index flagged_index;
	VEC(const char *) flags;
};

static const char crashed[] = "it crashed";

static void fail_run(struct bench_run *r, const char *why)
{
	r->kind = BENCH_FAILED;
	r->detail = why;
}

/* ---- wallclock_times ---- */

/* "fasta:PyPy:default-python": benchmark, runtime, variant. The default variant of a language needs no name. */
static struct bench_series *add_series(struct reader *p, const char *key)
{
	const char *runtime = strchr(key, ':'), *variant = runtime ? strchr(runtime + 1, ':') : NULL;

	if (!variant || runtime == key || variant == runtime + 1) {
		json_scan_fail(&p->b.json, "a key must be benchmark:VM:variant; this is \"%.200s\"", key);
		return NULL;
	}
	bool plain = str_starts(variant + 1, "default");
	AUTO_FREE char *name = mem_printf("%.*s%s", (int)(runtime - key), key, plain ? "" : variant);
	AUTO_FREE char *of = mem_dup_bytes(runtime + 1, (size_t)(variant - runtime - 1));
	if (p->b.set->count >= BENCH_MOST_SERIES) {
		json_scan_fail(&p->b.json, "more than %d benchmarks", BENCH_MOST_SERIES);
		return NULL;
	}
	vec_add(&p->keys, arena_dup(p->b.set->arena, key));
	struct bench_series *series = bench_add_series(p->b.set, name, of);
	series->from_start = true;
	return series;
}

static void read_process(struct reader *p)
{
	struct bench_run r = { .loops = 1, .inner_loops = 1, .peak_bytes = -1 };

	bench_scan_no_numbers(&p->b);
	bench_scan_numbers(&p->b);
	r.values = bench_scan_keep(&p->b, &r.value_count, NULL);
	if (!r.value_count)
		fail_run(&r, crashed);
	if (++p->b.run_total > BENCH_MOST_RUNS)
		json_scan_fail(&p->b.json, "more than %d runs", BENCH_MOST_RUNS);
	vec_add(&p->b.runs, r);
}

static void read_times(struct reader *p)
{
	struct json_scan *json = &p->b.json;

	if (p->has_times)
		json_scan_fail(json, "the times stand there twice");
	p->has_times = true;
	for (json_scan_open(json, '{'); json_scan_more(json, '}');) {
		struct bench_series *series = add_series(p, json_scan_key(json));

		for (json_scan_open(json, '['); json_scan_more(json, ']');)
			read_process(p);
		if (series)
			bench_scan_keep_runs(&p->b, series);
	}
}

/* ---- the rest ---- */

static void read_flags(struct reader *p)
{
	struct json_scan *json = &p->b.json;

	for (json_scan_open(json, '{'); json_scan_more(json, '}');) {
		const char *key = json_scan_key(json);
		AUTO_STR letters = { 0 };

		for (json_scan_open(json, '['); json_scan_more(json, ']');) {
			const char *flag = json_scan_text(json);
			str_add_char(&letters, *flag ? *flag : '?');
		}
		if (json->failed || bench_index_find(&p->flagged_index, &p->flagged, key, NULL) != BENCH_NO_SERIES)
			continue;
		bench_index_series(&p->flagged_index, &p->flagged, key, NULL);
		vec_add(&p->flags, arena_dup(p->flagged.arena, str_text(&letters)));
	}
}

static void read_fact(struct reader *p, const char *key)
{
	char kind = json_scan_peek(&p->b.json);

	if (kind != '"' && kind != '0' && kind != 't' && kind != 'f') {
		json_scan_skip(&p->b.json);
		return;
	}
	const char *json = json_scan_fact(&p->b.json);
	if (strlen(json) <= FACT_MOST_BYTES && p->b.set->facts.count < BENCH_MOST_FACTS)
		bench_fact_set(p->b.set, &p->b.set->facts, key, json);
}

static void read_part(struct reader *p)
{
	struct json_scan *json = &p->b.json;
	const char *key = json_scan_key(json);

	if (strcmp(key, "wallclock_times") == 0 || strcmp(key, "data") == 0)
		read_times(p);
	else if (strcmp(key, "pexec_flags") == 0)
		read_flags(p);
	else if (strcmp(key, "audit") == 0)
		for (json_scan_open(json, '{'); json_scan_more(json, '}');)
			read_fact(p, json_scan_key(json));
	else if (strcmp(key, "error_flag") == 0)
		read_fact(p, key);
	else
		json_scan_skip(json);
}

static void apply_flags(struct reader *p)
{
	for (size_t i = 0; i < p->b.set->count; i++) {
		struct bench_series *series = &p->b.set->series[i];
		size_t number = bench_index_find(&p->flagged_index, &p->flagged, p->keys.items[i], NULL);
		const char *letters = number == BENCH_NO_SERIES ? "" : p->flags.items[number];

		if (strlen(letters) != series->run_count)
			continue;
		for (size_t j = 0; j < series->run_count; j++)
			if (letters[j] != 'C')
				fail_run(&series->runs[j], letters[j] == 'T' ? "its time limit passed" : crashed);
	}
}

static int read_json(struct bench_source *from, struct bench_set *s, struct err *e)
{
	struct reader p = { .has_times = false };

	bench_start(&p.flagged, "krun");
	bench_scan_start(&p.b, s, TAKE(from->text), from->len, e);
	for (json_scan_open(&p.b.json, '{'); json_scan_more(&p.b.json, '}');)
		read_part(&p);
	int status = json_scan_finish(&p.b.json) ? 0 : -1;
	if (status == 0 && !p.has_times)
		status = err_set(e, ERR_FORMAT, "there are no \"wallclock_times\" in it");
	if (status == 0)
		apply_flags(&p);
	bench_scan_free(&p.b);
	bench_free(&p.flagged);
	bench_index_free(&p.flagged_index);
	vec_free(&p.keys);
	vec_free(&p.flags);
	return status;
}

/* ---- CSV ---- */

/* Fields that are missing at the end of a line are none. */
static size_t count_times(const struct bench_row *row)
{
	size_t count = row->count;

	while (count > 2 && !row->items[count - 1][0])
		count--;
	return count;
}

/* A line for each process: its number, the benchmark, then a time for each iteration, or the word "crash". */
static int read_line(struct bench_set *s, struct bench_index *index, const struct bench_row *row,
		     struct bench_scan *numbers, struct err *e)
{
	size_t count = count_times(row);
	bool is_crash = count > 2 && strcmp(row->items[count - 1], "crash") == 0;
	double value = 0;

	if (row->count < 3 || !row->items[1][0])
		return err_set(e, ERR_FORMAT, "line %zu: a number of a process, a benchmark and times were expected",
			       row->line);
	if (bench_check_room(s, e) != 0)
		return -1;
	struct bench_series *series = bench_index_series(index, s, row->items[1], NULL);
	struct bench_run *r = bench_add_run(s, series);
	series->from_start = true;
	numbers->numbers.count = 0;
	for (size_t i = 2; i < count - is_crash; i++) {
		if (bench_field_number(row, row->items[i], "a time", &value, e) != 0)
			return -1;
		vec_add(&numbers->numbers, value);
	}
	bench_set_values(s, r, numbers->numbers.items, numbers->numbers.count);
	if (is_crash || !r->value_count)
		fail_run(r, crashed);
	return 0;
}

static int read_csv(struct bench_source *from, struct bench_set *s, struct err *e)
{
	struct bench_columns c = { .at = from->text, .separator = ',', .quotes = true };
	AUTO_BENCH_INDEX index = { 0 };
	struct bench_row row = { 0 };
	struct bench_scan numbers = { .set = s };
	int status = bench_check_text(from, e) == 0 ? bench_next_row(&c, &row, e) : -1;

	while (status >= 0 && (status = bench_next_row(&c, &row, e)) > 0)
		if (read_line(s, &index, &row, &numbers, e) != 0)
			status = -1;
	vec_free(&row);
	bench_scan_free(&numbers);
	return status;
}

static int read_krun(struct bench_source *from, struct bench_set *s, struct err *e)
{
	return str_starts(from->text, "process_exec_num,") ? read_csv(from, s, e) : read_json(from, s, e);
}

static bool is_krun(const struct bench_look *l)
{
	return bench_look_has(l, "wallclock_times") || bench_look_has(l, "aperf_counts") ||
	       (bench_look_has(l, "audit") && bench_look_has(l, "config")) || str_starts(l->text, "process_exec_num,");
}

const struct bench_kind bench_krun = {
	.about = { "krun", "Krun (JSON, CSV)", true, false },
	.recognise = is_krun,
	.read = read_krun,
};
