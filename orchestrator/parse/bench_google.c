/* Google Benchmark's JSON (json_schema_version 1, and files from before that number). Repetitions of a benchmark are
 * made by one process, one after the other: they are the values of one run. Aggregates are left to those who can
 * reckon. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_index.h"
#include "parse/bench_tree.h"

/* What has a place of its own, or is true of one repetition only. */
static const char *const not_facts[] = { "name",       "run_name",     "run_type",	 "repetition_index",
					 "iterations", "real_time",    "error_occurred", "error_message",
					 "skipped",    "skip_message", "family_index",	 "per_family_instance_index",
					 NULL };

/* One benchmark while its repetitions are read. */
struct repetitions {
	struct bench_numbers seconds;
	int64_t loops; /* 0: not the same in all */
	const char *failure;
};

struct reader {
	struct bench_set *set;
	struct bench_index index;
	VEC(struct repetitions) of_series;
};

/* Before run_type was written, only the ends of names told. */
static bool is_aggregate(const struct json_value *entry, const char *name)
{
	static const char *const endings[] = { "_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS" };
	const char *type = json_text(json_at(entry, "run_type"), NULL);

	if (type)
		return strcmp(type, "aggregate") == 0;
	for (size_t i = 0; i < COUNT_OF(endings); i++)
		if (str_ends(name, endings[i]))
			return true;
	return false;
}

static const char *failure_of(const struct json_value *entry)
{
	if (json_bool(json_at(entry, "error_occurred"), false))
		return json_text(json_at(entry, "error_message"), "an error without a message");
	if (json_bool(json_at(entry, "skipped"), false))
		return json_text(json_at(entry, "skip_message"), "skipped without a message");
	return NULL;
}

static int read_time(const struct json_value *entry, double *out, struct err *e)
{
	const char *unit = json_text(json_at(entry, "time_unit"), "ns");
	struct bench_scale scale;

	if (!bench_time_unit(unit, &scale))
		return err_set(e, ERR_FORMAT, "\"time_unit\" is no unit of time: %.40s", unit);
	if (bench_tree_number(json_at(entry, "real_time"), "\"real_time\"", out, e) != 0)
		return -1;
	*out = bench_scaled(scale, *out);
	return bench_check_value(BENCH_SECONDS, *out, e);
}

static int read_loops(const struct json_value *entry, int64_t *out, struct err *e)
{
	const struct json_value *iterations = json_at(entry, "iterations");

	*out = json_int(iterations, -1);
	if (*out >= 1 && *out <= BENCH_MOST_LOOPS)
		return 0;
	return err_set(e, ERR_FORMAT, "\"iterations\" must be an integer from 1 to %lld", (long long)BENCH_MOST_LOOPS);
}

static int add_repetition(struct reader *p, struct repetitions *of, const struct json_value *entry, struct err *e)
{
	const char *failure = failure_of(entry);
	double seconds = 0;
	int64_t loops = 0;

	if (failure) {
		of->failure = arena_dup(p->set->arena, failure);
		return 0;
	}
	if (read_time(entry, &seconds, e) != 0 || read_loops(entry, &loops, e) != 0)
		return -1;
	of->loops = of->seconds.count == 0 || of->loops == loops ? loops : 0;
	vec_add(&of->seconds, seconds);
	return 0;
}

static int read_entry(struct reader *p, const struct json_value *entry, struct err *e)
{
	const struct json_value *named = bench_tree_member(entry, "name", JSON_IS_TEXT, e);

	if (!named || bench_check_room(p->set, e) != 0)
		return -1;
	const char *name = json_text(named, "");
	if (is_aggregate(entry, name))
		return 0;

	struct bench_series *series =
		bench_index_series(&p->index, p->set, json_text(json_at(entry, "run_name"), name), NULL);
	size_t number = (size_t)(series - p->set->series);
	if (number == p->of_series.count) {
		vec_add(&p->of_series, (struct repetitions){ 0 });
		bench_tree_facts(p->set, &series->facts, "", entry, not_facts);
	}
	return add_repetition(p, &p->of_series.items[number], entry, e);
}

/* The one run of each benchmark. */
static void settle(struct reader *p)
{
	for (size_t i = 0; i < p->of_series.count; i++) {
		struct repetitions *of = &p->of_series.items[i];
		struct bench_run *r = bench_add_run(p->set, &p->set->series[i]);

		bench_set_values(p->set, r, of->seconds.items, of->seconds.count);
		r->loops = of->loops ? of->loops : 1;
		r->kind = of->failure ? BENCH_FAILED : BENCH_MEASURED;
		r->detail = of->failure;
		vec_free(&of->seconds);
	}
}

static int read_google(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_JSON *root = json_parse(from->text, from->len, e);
	struct reader p = { .set = s };
	const struct json_value *list = root ? bench_tree_member(root, "benchmarks", JSON_IS_LIST, e) : NULL;
	int status = list ? 0 : -1;

	for (size_t i = 0; status == 0 && i < json_count(list); i++)
		if (read_entry(&p, json_item(list, i), e) != 0)
			status = err_wrap(e, "benchmark %zu", i + 1);
	bench_tree_facts(s, &s->facts, "", json_at(root, "context"), NULL);
	settle(&p);
	vec_free(&p.of_series);
	bench_index_free(&p.index);
	return status;
}

static bool is_google(const struct bench_look *l)
{
	return bench_look_has(l, "context") && bench_look_has(l, "benchmarks");
}

const struct bench_kind bench_google = {
	.about = { "google", "Google Benchmark (--benchmark_format=json)", true, false },
	.recognise = is_google,
	.read = read_google,
};
