/* Results of asv (airspeed velocity), versions 1 and 2: results/MACHINE/COMMIT-ENVIRONMENT.json. Facts from
 * asv/results.py. What a benchmark measures stands in results/benchmarks.json; without that file its name tells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "parse/bench_tree.h"

#define FILE_MOST_BYTES ((size_t)64 * 1024 * 1024)
#define MOST_PARAMETERS 64
#define MOST_COLUMNS	100 /* of a row of results; asv has thirteen */

struct reader {
	struct bench_set *set;
	const struct json_value *columns;    /* version 2: names of a row's fields */
	const struct json_value *versions;   /* version 1: of each benchmark's source */
	const struct json_value *benchmarks; /* of benchmarks.json; NULL: not there */
	struct bench_numbers samples;
	int status;
	struct err *e;
};

/* One benchmark with all combinations of its parameters, whatever the version. */
struct row {
	const char *name;
	const struct json_value *fields; /* version 1: the object or scalar; version 2: the list */
	const struct json_value *result, *params, *samples;
	const struct json_value *stats; /* version 1 */
	size_t count;			/* of combinations */
};

/* ---- fields ---- */

static const struct json_value *column(const struct reader *p, const struct row *row, const char *name)
{
	for (size_t i = 0; i < json_count(p->columns); i++)
		if (strcmp(json_text(json_item(p->columns, i), ""), name) == 0)
			return json_item(row->fields, i);
	return NULL;
}

/* An entry for a combination. A list has one for each; anything else stands for the only one. */
static const struct json_value *entry(const struct json_value *v, size_t i)
{
	if (json_kind(v) == JSON_IS_LIST)
		return json_item(v, i);
	return i == 0 ? v : NULL;
}

/* How many combinations a benchmark has; 0: more than can be. */
static size_t count_combinations(const struct json_value *params)
{
	size_t count = 1;

	for (size_t i = 0; i < json_count(params); i++) {
		size_t values = json_count(json_item(params, i));
		if (values == 0 || count > BENCH_MOST_SERIES / values)
			return 0;
		count *= values;
	}
	return count;
}

static int read_row(struct reader *p, struct row *row, struct err *e)
{
	bool object = json_kind(row->fields) == JSON_IS_OBJECT;

	if (p->columns) {
		if (bench_tree_want(row->fields, JSON_IS_LIST, "a row of results", e) != 0)
			return -1;
		row->result = column(p, row, "result");
		row->params = column(p, row, "params");
		row->samples = column(p, row, "samples");
	} else {
		row->result = object ? json_at(row->fields, "result") : row->fields;
		row->params = json_at(row->fields, "params");
		row->samples = json_at(row->fields, "samples");
		row->stats = json_at(row->fields, "stats");
	}
	if (json_count(row->params) > MOST_PARAMETERS)
		return err_set(e, ERR_FORMAT, "more than %d parameters", MOST_PARAMETERS);
	row->count = count_combinations(row->params);
	if (row->count == 0)
		return err_set(e, ERR_FORMAT, "parameters without values, or with too many combinations");
	if (json_kind(row->result) == JSON_IS_LIST && json_count(row->result) != row->count)
		return err_set(e, ERR_FORMAT, "%zu results for %zu combinations of parameters", json_count(row->result),
			       row->count);
	return 0;
}

/* ---- names and units ---- */

/* name(1, 'a'): the last parameter changes fastest. */
static char *name_of(const struct row *row, size_t combination)
{
	size_t dimensions = json_count(row->params), at[MOST_PARAMETERS];
	AUTO_STR name = { 0 };

	str_add(&name, row->name);
	for (size_t i = dimensions; i-- > 0;) {
		size_t values = json_count(json_item(row->params, i));
		at[i] = combination % values;
		combination /= values;
	}
	for (size_t i = 0; i < dimensions; i++)
		str_addf(&name, "%s%s", i ? ", " : "(", json_text(json_item(json_item(row->params, i), at[i]), "?"));
	if (dimensions)
		str_add_char(&name, ')');
	return str_take(&name);
}

/* By asv's own rule: the name of the function begins with its kind, like time_this or TimeThat. */
static const char *unit_by_name(const char *name)
{
	static const struct {
		const char *prefix, *capital_prefix, *unit;
	} kinds[] = { { "time_", "Time", "seconds" },
		      { "timeraw_", "Timeraw", "seconds" },
		      { "mem_", "Mem", "bytes" },
		      { "peakmem_", "PeakMem", "bytes" } };
	const char *dot = strrchr(name, '.');
	const char *function = dot ? dot + 1 : name;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const char *capital = kinds[i].capital_prefix;
		char next = str_starts(function, capital) ? function[strlen(capital)] : 'x';

		if (str_starts(function, kinds[i].prefix) || next == '_' || (next >= 'A' && next <= 'Z'))
			return kinds[i].unit;
	}
	return NULL;
}

static const char *unit_of(const struct reader *p, const struct row *row)
{
	const struct json_value *about = json_at(p->benchmarks, row->name);
	const char *unit = json_text(json_at(about, "unit"), NULL);
	const char *type = json_text(json_at(about, "type"), "");

	if (unit)
		return unit;
	return strcmp(type, "track") == 0 ? NULL : unit_by_name(row->name);
}

/* ---- one combination ---- */

/* What asv itself compares by: labctl compare --as asv reads them, and "result", "unit" and "skipped" with them. */
static const char *const stats_kept[] = { "ci_99_a", "ci_99_b", "q_25", "q_75", "repeat" };

/* The statistics that asv made of samples which it may have thrown away. */
static void add_stats(struct reader *p, const struct row *row, size_t i, struct bench_run *r)
{
	const struct json_value *stats = entry(row->stats, i);
	int64_t number = json_int(json_at(stats, "number"), 1);

	bench_tree_facts(p->set, &r->facts, "", stats, NULL);
	bench_tree_fact(p->set, &r->facts, "ci_99_a", json_item(json_at(stats, "ci_99"), 0));
	bench_tree_fact(p->set, &r->facts, "ci_99_b", json_item(json_at(stats, "ci_99"), 1));
	for (size_t j = 0; p->columns && j < COUNT_OF(stats_kept); j++) {
		AUTO_FREE char *name = mem_printf("stats_%s", stats_kept[j]);
		bench_tree_fact(p->set, &r->facts, stats_kept[j], entry(column(p, row, name), i));
	}
	if (p->columns)
		number = json_int(entry(column(p, row, "stats_number"), i), 1);
	if (number >= 1 && number <= BENCH_MOST_LOOPS)
		r->loops = number;
}

static int read_values(struct reader *p, const struct row *row, size_t i, struct bench_scale scale, struct bench_run *r,
		       struct err *e)
{
	const struct json_value *samples = json_kind(row->samples) == JSON_IS_LIST ? json_item(row->samples, i) : NULL;
	double value = 0;

	p->samples.count = 0;
	if (json_kind(samples) == JSON_IS_LIST && json_count(samples) > 0) {
		if (bench_tree_numbers(samples, "\"samples\"", scale, &p->samples, e) != 0)
			return -1;
	} else {
		if (bench_tree_number(entry(row->result, i), "\"result\"", &value, e) != 0)
			return -1;
		vec_add(&p->samples, bench_scaled(scale, value));
	}
	bench_set_values(p->set, r, p->samples.items, p->samples.count);
	bench_tree_fact(p->set, &r->facts, "result", entry(row->result, i));
	add_stats(p, row, i, r);
	return 0;
}

static bool is_skipped(const struct json_value *result)
{
	return json_kind(result) == JSON_IS_NUMBER && isnan(json_number(result, 0));
}

/* null: it failed. NaN: it was skipped, or never run. */
static const char *failure_of(const struct json_value *result)
{
	if (!result || json_kind(result) == JSON_IS_NULL)
		return "it failed";
	return is_skipped(result) ? "it was skipped" : NULL;
}

static int read_combination(struct reader *p, const struct row *row, size_t i, struct err *e)
{
	AUTO_FREE char *name = name_of(row, i);

	if (bench_check_room(p->set, e) != 0)
		return -1;
	struct bench_series *series = bench_add_series(p->set, name, NULL);
	struct bench_scale scale = bench_set_unit(p->set, series, unit_of(p, row));
	struct bench_run *r = bench_add_run(p->set, series);

	bench_tree_fact(p->set, &series->facts, "version",
			p->columns ? column(p, row, "version") : json_at(p->versions, row->name));
	bench_fact_set_text(p->set, &series->facts, "unit", unit_of(p, row));
	bench_tree_fact(p->set, &series->facts, "started_at_ms", column(p, row, "started_at"));
	bench_tree_fact(p->set, &series->facts, "duration_s", column(p, row, "duration"));
	r->detail = failure_of(entry(row->result, i));
	if (r->detail) {
		r->kind = BENCH_FAILED;
		bench_fact_set(p->set, &r->facts, "skipped", is_skipped(entry(row->result, i)) ? "true" : "false");
		return 0;
	}
	return read_values(p, row, i, scale, r, e);
}

static void read_benchmark(void *ctx, const char *name, const struct json_value *value)
{
	struct reader *p = ctx;
	struct row row = { .name = name, .fields = value };

	if (p->status != 0)
		return;
	p->status = read_row(p, &row, p->e);
	for (size_t i = 0; p->status == 0 && i < row.count; i++)
		p->status = read_combination(p, &row, i, p->e);
	if (p->status != 0)
		err_wrap(p->e, "\"%.300s\"", name);
}

/* ---- the file ---- */

/* results/MACHINE/FILE -> results/benchmarks.json. A file that cannot be read is passed over: names tell then. */
static struct json_value *read_benchmarks(const char *path)
{
	AUTO_STR text = { 0 };

	if (!path)
		return NULL;
	AUTO_FREE char *machine = file_parent(path);
	AUTO_FREE char *beside = file_join(machine, "../benchmarks.json");
	if (!file_exists(beside) || file_read(beside, FILE_MOST_BYTES, &text, NULL) != 0)
		return NULL;
	return json_parse_with_nan(text.text, text.len, NULL);
}

static int check_version(const struct json_value *root, struct err *e)
{
	int64_t version = json_int(json_at(root, "version"), -1);

	if (version == 1 || version == 2)
		return 0;
	if (json_kind(json_at(root, "version")) == JSON_IS_NUMBER)
		return err_set(e, ERR_FORMAT, "version %lld of asv's results is not known; 1 and 2 are",
			       (long long)version);
	return err_set(e, ERR_FORMAT, "it tells no \"version\", as results of asv do");
}

static int read_root(const struct bench_source *from, struct bench_set *s, const struct json_value *root, struct err *e)
{
	static const char *const not_facts[] = { "results",	      "result_columns", "version",
						 "benchmark_version", "durations",	NULL };
	const struct json_value *results = NULL;

	if (check_version(root, e) != 0 || !(results = bench_tree_member(root, "results", JSON_IS_OBJECT, e)))
		return -1;
	struct reader p = { .set = s, .versions = json_at(root, "benchmark_version"), .e = e };
	if (json_int(json_at(root, "version"), 0) == 2 &&
	    !(p.columns = bench_tree_member(root, "result_columns", JSON_IS_LIST, e)))
		return -1;
	if (json_count(p.columns) > MOST_COLUMNS)
		return err_set(e, ERR_FORMAT, "more than %d columns of results", MOST_COLUMNS);
	AUTO_JSON *benchmarks = read_benchmarks(from->path);
	p.benchmarks = benchmarks;
	bench_tree_facts(s, &s->facts, "", root, not_facts);
	bench_tree_facts(s, &s->facts, "", json_at(root, "params"), not_facts);
	bench_tree_facts(s, &s->facts, "requirement_", json_at(root, "requirements"), NULL);
	json_each(results, read_benchmark, &p);
	vec_free(&p.samples);
	return p.status;
}

static int read_asv(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_JSON *root = json_parse_with_nan(from->text, from->len, e);

	if (!root || bench_tree_want(root, JSON_IS_OBJECT, "the file", e) != 0)
		return -1;
	return read_root(from, s, root, e);
}

static bool is_asv(const struct bench_look *l)
{
	return bench_look_has(l, "commit_hash") && (bench_look_has(l, "params") || bench_look_has(l, "results"));
}

const struct bench_kind bench_asv = {
	.about = { "asv", "asv (results/MACHINE/COMMIT-ENVIRONMENT.json, versions 1 and 2)", true, false },
	.recognise = is_asv,
	.read = read_asv,
};
