#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parse/bench_index.h"
#include "parse/bench_rebench.h"
#include "parse/bench_tree.h"

/* Identities by their id; a set of series serves as the table that finds them. */
struct table {
	struct bench_set ids;
	struct bench_index index;
	VEC(struct rebench_identity) items;
};

struct rebench_runs {
	struct table benchmarks, runs;
};

struct rebench_runs *rebench_runs_new(void)
{
	struct rebench_runs *runs = mem_new(1, sizeof(*runs));

	bench_start(&runs->benchmarks.ids, "rebench");
	bench_start(&runs->runs.ids, "rebench");
	return runs;
}

static void free_table(struct table *t)
{
	bench_free(&t->ids);
	bench_index_free(&t->index);
	vec_free(&t->items);
}

void rebench_runs_free(struct rebench_runs *runs)
{
	free_table(&runs->benchmarks);
	free_table(&runs->runs);
	free(runs);
}

static const struct rebench_identity *find(const struct table *t, const char *id)
{
	size_t number = bench_index_find(&t->index, &t->ids, id, NULL);

	return number == BENCH_NO_SERIES ? NULL : &t->items.items[number];
}

/* The first to tell of an id is believed: a file that was continued tells the same again. */
static void put(struct table *t, const char *id, const struct rebench_identity *identity)
{
	if (find(t, id) || t->ids.count >= BENCH_MOST_SERIES)
		return;
	bench_index_series(&t->index, &t->ids, id, NULL);
	vec_add(&t->items, *identity);
}

/* A text or an integer as text; anything else: "". */
static const char *text_of(struct table *t, const struct json_value *v)
{
	if (json_kind(v) == JSON_IS_TEXT)
		return arena_dup(t->ids.arena, json_text(v, ""));
	return json_is_whole(v) ? arena_printf(t->ids.arena, "%lld", (long long)json_int(v, 0)) : "";
}

/* A name, or an object that has one. */
static const char *name_of(struct table *t, const struct json_value *v)
{
	return text_of(t, json_kind(v) == JSON_IS_OBJECT ? json_at(v, "name") : v);
}

static const struct json_value *first_of(const struct json_value *a, const struct json_value *b)
{
	return json_kind(a) > JSON_IS_NULL ? a : b;
}

static void read_benchmark(struct table *t, const struct json_value *about, struct rebench_identity *out)
{
	const struct json_value *suite = json_at(about, "suite");

	out->benchmark = name_of(t, about);
	out->suite = name_of(t, suite);
	out->executor = name_of(t, first_of(json_at(about, "executor"), json_at(suite, "executor")));
}

static void read_run(struct rebench_runs *runs, const struct json_value *about, struct rebench_identity *out)
{
	static const char *const parameters[REBENCH_PARAMETERS] = { "extraArgs", "cores",   "inputSize",
								    "varValue",	 "machine", "tag" };
	struct table *t = &runs->runs;
	const struct json_value *benchmark = first_of(json_at(about, "benchmark"), json_at(about, "benchmark_id"));
	const struct rebench_identity *known = find(&runs->benchmarks, text_of(t, benchmark));

	if (known)
		*out = *known;
	else if (json_kind(benchmark) == JSON_IS_OBJECT)
		read_benchmark(t, benchmark, out);
	else
		out->benchmark = text_of(t, benchmark);
	if (!*out->executor)
		out->executor = name_of(t, json_at(about, "executor"));
	if (!*out->suite)
		out->suite = name_of(t, json_at(about, "suite"));
	for (size_t i = 0; i < REBENCH_PARAMETERS; i++)
		out->parameters[i] = text_of(t, json_at(about, parameters[i]));
}

void rebench_runs_declare(struct rebench_runs *runs, const char *comment)
{
	static const char run_prefix[] = "# run_id: ", benchmark_prefix[] = "# benchmark: ";
	bool run = str_starts(comment, run_prefix);
	const char *id = comment + (run ? strlen(run_prefix) : strlen(benchmark_prefix));
	struct rebench_identity identity = { "", "", "", { NULL } };

	if (!run && !str_starts(comment, benchmark_prefix))
		return;
	const char *equals = strchr(id, '=');
	AUTO_JSON *about = equals ? json_parse(equals + 1, strlen(equals + 1), NULL) : NULL;
	AUTO_FREE char *key = about ? mem_dup_bytes(id, (size_t)(equals - id)) : NULL;
	if (!key)
		return;
	if (run)
		read_run(runs, about, &identity);
	else
		read_benchmark(&runs->benchmarks, about, &identity);
	put(run ? &runs->runs : &runs->benchmarks, key, &identity);
}

bool rebench_runs_find(const struct rebench_runs *runs, const char *id, struct rebench_identity *out)
{
	const struct rebench_identity *found = find(&runs->runs, id);

	if (found)
		*out = *found;
	return found != NULL;
}
