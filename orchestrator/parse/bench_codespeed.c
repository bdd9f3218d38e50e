/* What codespeed's servers are told: reading our own lists, and the files of PyPy's runner (unladen-swallow's perf.py),
 * whose numbers its scripts send there. Facts from codespeed/results.py and its tools/. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_codespeed.h"
#include "parse/bench_index.h"
#include "parse/bench_tree.h"

/* ---- a list of results ---- */

/* The same benchmark may be there for more than one commit; then in one unit. */
static int read_unit(struct bench_set *s, struct bench_series *series, const struct json_value *item,
		     struct bench_scale *out, struct err *e)
{
	struct bench_series before = *series;

	*out = bench_set_unit(s, series, json_text(json_at(item, "units"), "seconds"));
	if (json_kind(json_at(item, "lessisbetter")) == JSON_IS_BOOL)
		series->better =
			json_bool(json_at(item, "lessisbetter"), true) ? BENCH_BETTER_LOWER : BENCH_BETTER_HIGHER;
	if (before.run_count == 0 ||
	    (series->unit == before.unit &&
	     strcmp(series->unit_name ? series->unit_name : "", before.unit_name ? before.unit_name : "") == 0))
		return 0;
	return err_set(e, ERR_FORMAT, "\"%.200s\" has another unit here than before", series->name);
}

static int read_item(struct bench_set *s, struct bench_index *index, const struct json_value *item, struct err *e)
{
	static const char *const not_facts[] = { "benchmark",	"executable", "result_value", "units", "lessisbetter",
						 "units_title", NULL };
	const struct json_value *benchmark = bench_tree_member(item, "benchmark", JSON_IS_TEXT, e);
	const struct json_value *executable = json_at(item, "executable");
	double value = 0;

	if (!benchmark || bench_check_room(s, e) != 0 ||
	    (executable && bench_tree_want(executable, JSON_IS_TEXT, "\"executable\"", e) != 0) ||
	    bench_tree_number(json_at(item, "result_value"), "\"result_value\"", &value, e) != 0)
		return -1;
	struct bench_series *series =
		bench_index_series(index, s, json_text(benchmark, ""), json_text(executable, NULL));
	struct bench_scale scale;
	if (read_unit(s, series, item, &scale, e) != 0)
		return -1;
	value = bench_scaled(scale, value);
	struct bench_run *r = bench_add_run(s, series);
	bench_set_values(s, r, &value, 1);
	bench_tree_facts(s, &r->facts, "", item, not_facts);
	return 0;
}

static int read_list(struct bench_set *s, const struct json_value *list, struct err *e)
{
	AUTO_BENCH_INDEX index = { 0 };

	for (size_t i = 0; i < json_count(list); i++)
		if (read_item(s, &index, json_item(list, i), e) != 0)
			return err_wrap(e, "result %zu", i + 1);
	return 0;
}

/* ---- a file of PyPy's runner ---- */

/* As the scripts call the two interpreters that were compared. */
#define BASE_RUNTIME	"cpython"
#define CHANGED_RUNTIME "pypy-c-jit"

struct side {
	const char *runtime;
	const char *times[3]; /* the names that the times have in the three kinds of results */
	const char *deviation;
};

static const struct side sides[] = {
	{ BASE_RUNTIME, { "avg_base", "base_time", "base_times" }, "std_base" },
	{ CHANGED_RUNTIME, { "avg_changed", "changed_time", "changed_times" }, "std_changed" },
};

static const char *const result_kinds[] = { "ComparisonResult", "SimpleComparisonResult", "RawResult" };

static int read_times(struct bench_set *s, struct bench_series *series, const struct json_value *times,
		      const char *name, struct err *e)
{
	AUTO_FREE char *where = mem_printf("\"%s\"", name);
	struct bench_numbers seconds = { 0 };
	double one = 0;
	int status;

	if (json_kind(times) == JSON_IS_LIST) {
		status = bench_tree_numbers(times, where, BENCH_AS_IT_IS, &seconds, e);
	} else {
		status = bench_tree_number(times, where, &one, e);
		vec_add(&seconds, one);
	}
	if (status == 0)
		bench_set_values(s, bench_add_run(s, series), seconds.items, seconds.count);
	vec_free(&seconds);
	return status;
}

/* null: this interpreter was not measured. */
static int read_side(struct bench_set *s, const struct side *side, const char *benchmark, size_t kind,
		     const struct json_value *numbers, struct err *e)
{
	const struct json_value *times = json_at(numbers, side->times[kind]);

	if (json_kind(times) == JSON_IS_NULL || (json_kind(times) == JSON_IS_LIST && json_count(times) == 0))
		return 0;
	if (bench_check_room(s, e) != 0)
		return -1;
	struct bench_series *series = bench_add_series(s, benchmark, side->runtime);
	bench_tree_fact(s, &series->facts, "std_dev", json_at(numbers, side->deviation));
	return read_times(s, series, times, side->times[kind], e);
}

/* [name, kind, {…}] */
static int read_comparison(struct bench_set *s, const struct json_value *result, struct err *e)
{
	const struct json_value *name = json_item(result, 0);
	const char *kind = json_text(json_item(result, 1), "");

	if (bench_tree_want(name, JSON_IS_TEXT, "the name", e) != 0 ||
	    bench_tree_want(json_item(result, 2), JSON_IS_OBJECT, "the numbers", e) != 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(result_kinds); i++) {
		if (strcmp(kind, result_kinds[i]) != 0)
			continue;
		for (size_t j = 0; j < COUNT_OF(sides); j++)
			if (read_side(s, &sides[j], json_text(name, ""), i, json_item(result, 2), e) != 0)
				return err_wrap(e, "%.200s", json_text(name, ""));
		return 0;
	}
	return err_set(e, ERR_FORMAT, "no such kind of result: \"%.100s\"", kind);
}

static int read_runner(struct bench_set *s, const struct json_value *root, struct err *e)
{
	static const char *const not_facts[] = { "results", "options", NULL };
	const struct json_value *results = bench_tree_member(root, "results", JSON_IS_LIST, e);

	if (!results)
		return -1;
	bench_tree_facts(s, &s->facts, "", root, not_facts);
	for (size_t i = 0; i < json_count(results); i++)
		if (read_comparison(s, json_item(results, i), e) != 0)
			return err_wrap(e, "result %zu", i + 1);
	return 0;
}

static int read_codespeed(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_JSON *root = json_parse(from->text, from->len, e);

	if (!root)
		return -1;
	return json_kind(root) == JSON_IS_LIST ? read_list(s, root, e) : read_runner(s, root, e);
}

static bool is_codespeed(const struct bench_look *l)
{
	struct bench_look first;

	if (l->root == '[')
		return bench_look_has(l, "result_value") && bench_look_has(l, "benchmark");
	bench_look_at(&first, "", bench_look_value(l, "results"), strlen(bench_look_value(l, "results")));
	return first.root == '[' && (bench_look_has(l, "revision") || bench_look_has(l, "branch"));
}

const struct bench_kind bench_codespeed = {
	.about = { "codespeed", "codespeed (the list that its server takes; also read: files of PyPy's runner)", true,
		   true },
	.recognise = is_codespeed,
	.read = read_codespeed,
	.write = bench_codespeed_write,
};
