/* Writes what pyperf 1.0 and later read, byte for byte as pyperf writes it: json.dump with sorted keys, compact or
 * indented by four; metadata that all runs share stands at the benchmark, what all benchmarks share at the top. */
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/vec.h"
#include "parse/bench_pyperf.h"

struct writer {
	const struct bench_set *set;
	struct str *out;
	struct bench_set scratch;      /* owns what is made here */
	struct bench_facts common;     /* to all benchmarks */
	struct bench_facts complaints; /* metadata that pyperf would not take: what it wants instead */
	unsigned depth;
	bool fresh; /* nothing was written yet into this list or object */
};

/* ---- layout ---- */

static void new_line(struct writer *w)
{
	if (!w->set->in_lines)
		return;
	str_add_char(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		str_add(w->out, "    ");
}

static void begin(struct writer *w, const char *json_key)
{
	if (!w->fresh)
		str_add_char(w->out, ',');
	new_line(w);
	w->fresh = false;
	if (json_key) {
		str_add(w->out, json_key);
		str_add(w->out, w->set->in_lines ? ": " : ":");
	}
}

static void open_bracket(struct writer *w, char bracket)
{
	str_add_char(w->out, bracket);
	w->depth++;
	w->fresh = true;
}

static void close_bracket(struct writer *w, char bracket)
{
	w->depth--;
	if (!w->fresh)
		new_line(w);
	str_add_char(w->out, bracket);
	w->fresh = false;
}

/* ---- metadata ---- */

/* A list of facts on the heap whose texts are the set's or constants. */
static void put(struct bench_facts *f, const char *key, const char *json)
{
	size_t at = 0;

	while (at < f->count && strcmp(f->items[at].key, key) < 0)
		at++;
	if (at < f->count && strcmp(f->items[at].key, key) == 0) {
		f->items[at].json = json;
		return;
	}
	vec_reserve(f, f->count + 1);
	memmove(f->items + at + 1, f->items + at, (f->count - at) * sizeof(*f->items));
	f->items[at] = (struct bench_fact){ key, json };
	f->count++;
}

static void put_text(struct writer *w, struct bench_facts *f, const char *key, const char *text)
{
	struct bench_facts one = { 0 };
	const char *told = bench_fact(f, key);
	AUTO_FREE char *told_text = told ? bench_fact_text(told) : NULL;

	if (!text || (told_text && strcmp(told_text, text) == 0))
		return;
	bench_fact_set_text(&w->scratch, &one, key, text);
	put(f, key, one.items[0].json);
}

static void put_int(struct writer *w, struct bench_facts *f, const char *key, int64_t value, int64_t otherwise)
{
	const char *told = bench_fact(f, key);

	if (told ? bench_fact_number(told, -1) != (double)value : value != otherwise)
		put(f, key, arena_printf(w->scratch.arena, "%lld", (long long)value));
}

/* Only what pyperf takes stays. */
static void drop_refused(struct writer *w, struct bench_facts *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		const char *complaint = pyperf_complaint(pyperf_known(f->items[i].key), f->items[i].json);

		if (!complaint)
			f->items[kept++] = f->items[i];
		else
			bench_fact_set(&w->scratch, &w->complaints, f->items[i].key, complaint);
	}
	f->count = kept;
}

/* How many runs failed: those that are left out here, and those that were before. */
static void put_failed(struct writer *w, const struct bench_series *series, struct bench_facts *f)
{
	double before = bench_fact_number(bench_fact(f, PYPERF_FAILED), 0);
	int64_t failed = 0;

	for (size_t i = 0; i < series->run_count; i++)
		failed += series->runs[i].kind == BENCH_FAILED;
	if (failed && before >= 0 && before <= BENCH_MOST_RUNS)
		put_int(w, f, PYPERF_FAILED, failed + (int64_t)before, 0);
}

/* All that holds for a run, with what the members of the structs say about it. The caller frees the items. */
static void facts_of_run(struct writer *w, const struct bench_series *series, const struct bench_run *r,
			 struct bench_facts *out)
{
	bench_facts_of(w->set, series, r, out);
	drop_refused(w, out);
	put_text(w, out, "name", series->name);
	if (series->unit != BENCH_SECONDS || bench_fact(out, "unit"))
		put_text(w, out, "unit", bench_unit_key(series->unit));
	put_text(w, out, PYPERF_RUNTIME, series->runtime);
	put_text(w, out, PYPERF_UNIT_NAME, series->unit_name);
	put_text(w, out, PYPERF_BETTER, bench_better_key(series->better));
	put_text(w, out, PYPERF_FROM_START, series->from_start ? "true" : NULL);
	put_text(w, out, PYPERF_ROLE, r->role);
	put_failed(w, series, out);
	put_int(w, out, "loops", r->loops, 1);
	put_int(w, out, "inner_loops", r->inner_loops, 1);
	if (r->peak_bytes >= 0 && !bench_fact(out, "command_max_rss"))
		put_int(w, out, "mem_max_rss", r->peak_bytes, -1);
}

/* Of `common`, what is in `f` too, with the same value. */
static void keep_common(struct bench_facts *common, const struct bench_facts *f)
{
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < common->count; i++) {
		int order = -1;

		while (j < f->count && (order = strcmp(f->items[j].key, common->items[i].key)) < 0)
			j++;
		if (j < f->count && order == 0 && strcmp(f->items[j].json, common->items[i].json) == 0)
			common->items[kept++] = common->items[i];
	}
	common->count = kept;
}

static bool is_written(const struct bench_run *r)
{
	return r->kind != BENCH_FAILED && r->value_count + r->warmup_count > 0;
}

static bool has_written(const struct bench_series *series)
{
	for (size_t i = 0; i < series->run_count; i++)
		if (is_written(&series->runs[i]))
			return true;
	return false;
}

/* Metadata that all runs of the series share. */
static void common_of_series(struct writer *w, const struct bench_series *series, struct bench_facts *common)
{
	bool first = true;

	*common = (struct bench_facts){ 0 };
	for (size_t i = 0; i < series->run_count; i++) {
		struct bench_facts f;

		if (!is_written(&series->runs[i]))
			continue;
		facts_of_run(w, series, &series->runs[i], &f);
		if (first) {
			*common = f;
		} else {
			keep_common(common, &f);
			free(f.items);
		}
		first = false;
	}
}

/* ["a","b"], one text per line where the file has lines. */
static void add_list(struct writer *w, const char *json)
{
	open_bracket(w, '[');
	for (const char *at = json + 1; *at && *at != ']';) {
		const char *first = at;

		for (bool in_text = false; in_text || (*at != ',' && *at != ']'); at++)
			if (*at == '\\')
				at++;
			else if (*at == '"')
				in_text = !in_text;
		begin(w, NULL);
		str_add_bytes(w->out, first, (size_t)(at - first));
		at += *at == ',';
	}
	close_bracket(w, ']');
}

static void add_fact(struct writer *w, const struct bench_fact *fact)
{
	AUTO_FREE char *key = json_scan_quote(fact->key);

	begin(w, key);
	if (fact->json[0] == '[')
		add_list(w, fact->json);
	else
		str_add(w->out, fact->json);
}

/* What of `f` is in neither of the two; nothing at all where that is nothing. */
static void write_metadata(struct writer *w, const struct bench_facts *f, const struct bench_facts *common,
			   const struct bench_facts *common_too)
{
	bool open = false;

	for (size_t i = 0; i < f->count; i++) {
		const struct bench_fact *fact = &f->items[i];

		if (bench_fact(common, fact->key) || (common_too && bench_fact(common_too, fact->key)))
			continue;
		if (!open) {
			begin(w, "\"metadata\"");
			open_bracket(w, '{');
			open = true;
		}
		add_fact(w, fact);
	}
	if (open)
		close_bracket(w, '}');
}

/* ---- numbers ---- */

static void write_values(struct writer *w, const struct bench_run *r)
{
	if (!r->value_count)
		return;
	begin(w, "\"values\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < r->value_count; i++) {
		begin(w, NULL);
		bench_add_number(w->out, r->values[i], r->values_whole && r->values_whole[i]);
	}
	close_bracket(w, ']');
}

static void write_warmups(struct writer *w, const struct bench_run *r)
{
	if (!r->warmup_count)
		return;
	begin(w, "\"warmups\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < r->warmup_count; i++) {
		begin(w, NULL);
		open_bracket(w, '[');
		begin(w, NULL);
		str_addf(w->out, "%lld", (long long)r->warmup_loops[i]);
		begin(w, NULL);
		bench_add_number(w->out, r->warmups[i], r->warmups_whole && r->warmups_whole[i]);
		close_bracket(w, ']');
	}
	close_bracket(w, ']');
}

static void write_run(struct writer *w, const struct bench_series *series, const struct bench_run *r,
		      const struct bench_facts *common)
{
	struct bench_facts f;

	facts_of_run(w, series, r, &f);
	begin(w, NULL);
	open_bracket(w, '{');
	write_metadata(w, &f, common, &w->common);
	write_values(w, r);
	write_warmups(w, r);
	close_bracket(w, '}');
	free(f.items);
}

static void write_series(struct writer *w, const struct bench_series *series, const struct bench_facts *common)
{
	begin(w, NULL);
	open_bracket(w, '{');
	write_metadata(w, common, &w->common, NULL);
	begin(w, "\"runs\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < series->run_count; i++)
		if (is_written(&series->runs[i]))
			write_run(w, series, &series->runs[i], common);
	close_bracket(w, ']');
	close_bracket(w, '}');
}

/* ---- the whole file ---- */

static void write_file(struct writer *w, const struct bench_facts *commons)
{
	static const struct bench_facts none = { 0 };

	w->fresh = true;
	open_bracket(w, '{');
	begin(w, "\"benchmarks\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < w->set->count; i++)
		if (has_written(&w->set->series[i]))
			write_series(w, &w->set->series[i], &commons[i]);
	close_bracket(w, ']');
	write_metadata(w, &w->common, &none, NULL);
	begin(w, "\"version\"");
	str_add(w->out, "\"1.0\"");
	close_bracket(w, '}');
	str_add_char(w->out, '\n');
}

/* Metadata that all benchmarks share. */
static void find_common(struct writer *w, const struct bench_facts *commons)
{
	bool first = true;

	for (size_t i = 0; i < w->set->count; i++) {
		if (!has_written(&w->set->series[i]))
			continue;
		for (size_t j = 0; first && j < commons[i].count; j++)
			vec_add(&w->common, commons[i].items[j]);
		keep_common(&w->common, &commons[i]);
		first = false;
	}
}

static int check_run(const struct bench_series *series, const struct bench_run *r, struct err *e)
{
	if (r->kind == BENCH_FAILED && r->value_count)
		return err_set(e, ERR_FORMAT, "a run of \"%.200s\" failed after %zu values: pyperf has no such runs",
			       series->name, r->value_count);
	for (size_t i = 0; i < r->value_count; i++)
		if (!(r->values[i] > 0))
			return err_set(e, ERR_FORMAT, "\"%.200s\" has a value of %g: pyperf takes only those above 0",
				       series->name, r->values[i]);
	for (size_t i = 0; i < r->warmup_count; i++)
		if (!(r->warmups[i] >= 0))
			return err_set(e, ERR_FORMAT, "\"%.200s\" has a warm-up of %g: pyperf takes none below 0",
				       series->name, r->warmups[i]);
	return 0;
}

/* A text that is to stand in the metadata. NULL: none. */
static int check_text(const char *what, const char *text, struct err *e)
{
	AUTO_FREE char *quoted = text ? json_scan_quote(text) : NULL;
	const char *complaint = quoted ? pyperf_complaint(pyperf_known("name"), quoted) : NULL;

	return complaint ? err_set(e, ERR_FORMAT, "%s: pyperf wants %s", what, complaint) : 0;
}

static int check_texts(const struct bench_series *series, struct err *e)
{
	if (check_text("its name", series->name, e) != 0 || check_text("its runtime", series->runtime, e) != 0 ||
	    check_text("its unit", series->unit_name, e) != 0)
		return -1;
	for (size_t i = 0; i < series->run_count; i++)
		if (check_text("the role of a run", series->runs[i].role, e) != 0)
			return -1;
	return 0;
}

static int check_names(const struct bench_set *s, struct err *e)
{
	const char *twice = bench_name_twice(s);

	for (size_t i = 0; i < s->count; i++)
		if (check_texts(&s->series[i], e) != 0)
			return err_wrap(e, "benchmark %zu", i + 1);
	if (!twice)
		return 0;
	err_set(e, ERR_FORMAT, "\"%.200s\" is there under more than one runtime: a file of pyperf's has one of them",
		twice);
	return err_hint(e, "write one file for each runtime");
}

static int check_set(const struct bench_set *s, struct err *e)
{
	bool any = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct bench_series *series = &s->series[i];

		any = any || has_written(series);
		for (size_t j = 0; j < series->run_count; j++)
			if (check_run(series, &series->runs[j], e) != 0)
				return -1;
	}
	if (!any)
		return err_set(e, ERR_FORMAT, "no run succeeded: pyperf has no files without values");
	return check_names(s, e);
}

static void tell_left_out(struct writer *w, struct bench_written *written)
{
	size_t samples = 0, calibrations = 0;

	for (size_t i = 0; i < w->set->count; i++) {
		const struct bench_series *series = &w->set->series[i];

		if (!has_written(series))
			bench_leave_out(written, "\"%.200s\": all its runs failed", series->name);
		for (size_t j = 0; j < series->run_count; j++) {
			const struct bench_run *r = &series->runs[j];
			samples += r->memory_count != 0;
			calibrations += r->kind == BENCH_CALIBRATION && !is_written(r);
		}
	}
	if (samples)
		bench_leave_out(written, "samples of memory over time, of %zu runs", samples);
	if (calibrations)
		bench_leave_out(written, "%zu calibrations that have no warm-ups", calibrations);
	for (size_t i = 0; i < w->complaints.count; i++)
		bench_leave_out(written, "metadata \"%.200s\": pyperf wants %s", w->complaints.items[i].key,
				w->complaints.items[i].json);
}

int bench_pyperf_write(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *written,
		       struct err *e)
{
	struct writer w = { .set = s, .out = written->out };

	(void)o;
	if (check_set(s, e) != 0)
		return -1;
	bench_start(&w.scratch, "pyperf");
	AUTO_FREE struct bench_facts *commons = mem_new(s->count, sizeof(*commons));
	for (size_t i = 0; i < s->count; i++)
		common_of_series(&w, &s->series[i], &commons[i]);
	find_common(&w, commons);
	write_file(&w, commons);
	tell_left_out(&w, written);
	for (size_t i = 0; i < s->count; i++)
		free(commons[i].items);
	free(w.common.items);
	bench_free(&w.scratch);
	return 0;
}
