/* hyperfine --export-json. Facts from its src/benchmark/benchmark_result.rs. Every time is that of a process of its
 * own: a run with one value. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parse/bench_index.h"
#include "parse/bench_tree.h"

/* What `times` says better, or is told in another place. */
static const char *const not_facts[] = { "command", "mean",  "stddev",	   "median",	 "min",
					 "max",	    "times", "exit_codes", "parameters", "memory_usage_byte",
					 NULL };

#define MOST_REPEATED 100

/* The same command may have been measured twice: the second one gets a number. */
static struct bench_series *add_command(struct bench_set *s, struct bench_index *index, const char *command,
					struct err *e)
{
	AUTO_FREE char *name = mem_dup(command);

	if (bench_check_room(s, e) != 0)
		return NULL;
	for (int i = 2; bench_index_find(index, s, name, NULL) != BENCH_NO_SERIES; i++) {
		if (i > MOST_REPEATED) {
			err_set(e, ERR_FORMAT, "the same command more than %d times", MOST_REPEATED);
			return NULL;
		}
		free(name);
		name = mem_printf("%s (%d)", command, i);
	}
	return bench_index_series(index, s, name, NULL);
}

/* null: a signal killed it. */
static void read_exit_code(struct bench_set *s, struct bench_run *r, const struct json_value *code)
{
	if (json_kind(code) == JSON_IS_NULL) {
		r->kind = BENCH_FAILED;
		r->detail = "a signal killed it";
	} else if (json_int(code, 0) != 0) {
		bench_fact_set_int(s, &r->facts, "exit_code", json_int(code, 0));
	}
}

static int read_peak(struct bench_run *r, const struct json_value *peak, struct err *e)
{
	double bytes = -1;

	if (!peak)
		return 0;
	if (bench_tree_number(peak, "\"memory_usage_byte\"", &bytes, e) != 0 ||
	    bench_check_value(BENCH_BYTES, bytes, e) != 0)
		return -1;
	r->peak_bytes = (int64_t)bytes;
	return 0;
}

/* One entry for each time, where there is such a list at all. */
static int check_length(const struct json_value *result, const char *key, size_t count, struct err *e)
{
	const struct json_value *list = json_at(result, key);

	if (!list || json_kind(list) == JSON_IS_NULL || json_count(list) == count)
		return 0;
	return err_set(e, ERR_FORMAT, "\"%s\" has %zu entries for %zu times", key, json_count(list), count);
}

/* hyperfine takes the shell's own time off, and of a fast command nothing is left. */
static int check_left(const struct bench_numbers *times, struct err *e)
{
	for (size_t i = 0; i < times->count; i++) {
		if (times->items[i] != 0)
			continue;
		err_set(e, ERR_FORMAT, "\"times\", entry %zu: nothing is left of it without the time of the shell",
			i + 1);
		return err_hint(e, "measure without a shell: hyperfine -N");
	}
	return 0;
}

static int read_times(struct bench_set *s, struct bench_series *series, const struct json_value *result, struct err *e)
{
	const struct json_value *codes = json_at(result, "exit_codes"), *peaks = json_at(result, "memory_usage_byte");
	struct bench_numbers times = { 0 };
	int status = bench_tree_numbers(json_at(result, "times"), "\"times\"", BENCH_AS_IT_IS, &times, e);

	if (status == 0)
		status = check_left(&times, e);
	if (status == 0)
		status = check_length(result, "exit_codes", times.count, e);
	if (status == 0)
		status = check_length(result, "memory_usage_byte", times.count, e);
	for (size_t i = 0; status == 0 && i < times.count; i++) {
		struct bench_run *r = bench_add_run(s, series);

		bench_set_values(s, r, &times.items[i], 1);
		read_exit_code(s, r, json_item(codes, i));
		status = read_peak(r, json_item(peaks, i), e) == 0 ? bench_check_room(s, e) : -1;
	}
	vec_free(&times);
	return status;
}

static int read_result(struct bench_set *s, struct bench_index *index, const struct json_value *result, struct err *e)
{
	const struct json_value *command = bench_tree_member(result, "command", JSON_IS_TEXT, e);

	if (!command)
		return -1;
	struct bench_series *series = add_command(s, index, json_text(command, ""), e);
	if (!series)
		return -1;
	bench_tree_facts(s, &series->facts, "", result, not_facts);
	bench_tree_facts(s, &series->facts, "parameter_", json_at(result, "parameters"), NULL);
	return read_times(s, series, result, e);
}

static int read_hyperfine(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_JSON *root = json_parse(from->text, from->len, e);
	AUTO_BENCH_INDEX index = { 0 };
	const struct json_value *results = root ? bench_tree_member(root, "results", JSON_IS_LIST, e) : NULL;

	if (!results)
		return -1;
	for (size_t i = 0; i < json_count(results); i++)
		if (read_result(s, &index, json_item(results, i), e) != 0)
			return err_wrap(e, "result %zu", i + 1);
	return 0;
}

static bool is_hyperfine(const struct bench_look *l)
{
	struct bench_look first;
	const char *results = bench_look_value(l, "results");

	bench_look_at(&first, "", results, strlen(results));
	return first.root == '[' && bench_look_has(&first, "command");
}

const struct bench_kind bench_hyperfine = {
	.about = { "hyperfine", "hyperfine (--export-json)", true, false },
	.recognise = is_hyperfine,
	.read = read_hyperfine,
};
