/* Criterion's folders (criterion.rs): sample.json is what was measured, benchmark.json its name. A folder may be one of
 * them (…/new), that of a benchmark (then its "new" counts) or one that holds many benchmarks. Old files name things in
 * capitals, or sample.json is a list of two lists. All samples are made by one process: they are the values of one run,
 * of whose times each is divided by its own number of loops. */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "parse/bench_tree.h"

#define FILE_MOST_BYTES ((size_t)64 * 1024 * 1024)
#define DEEPEST_FOLDER	16

static int read_tree(const char *folder, const char *name, struct json_value **out, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, name);
	AUTO_STR text = { 0 };

	if (file_read(path, FILE_MOST_BYTES, &text, e) != 0)
		return -1;
	*out = json_parse(text.text, text.len, e);
	return *out ? 0 : err_wrap(e, "%s", path);
}

static bool holds(const char *folder, const char *name)
{
	AUTO_FREE char *path = file_join(folder, name);

	return file_exists(path);
}

/* ---- one benchmark ---- */

/* Times per loop, in seconds. */
static int read_sample(const struct json_value *sample, struct bench_numbers *out, struct err *e)
{
	bool pair = json_kind(sample) == JSON_IS_LIST && json_count(sample) == 2;
	struct bench_numbers loops = { 0 };
	int status = bench_tree_numbers(pair ? json_item(sample, 0) : json_at(sample, "iters"), "\"iters\"",
					BENCH_AS_IT_IS, &loops, e);

	if (status == 0)
		status = bench_tree_numbers(pair ? json_item(sample, 1) : json_at(sample, "times"), "\"times\"",
					    BENCH_FROM_NS, out, e);
	if (status == 0 && loops.count != out->count)
		status =
			err_set(e, ERR_FORMAT, "\"iters\" has %zu entries, \"times\" has %zu", loops.count, out->count);
	for (size_t i = 0; status == 0 && i < loops.count; i++) {
		if (!(loops.items[i] >= 1))
			status = err_set(e, ERR_FORMAT, "\"iters\", entry %zu: less than one loop", i + 1);
		out->items[i] /= loops.items[i];
	}
	vec_free(&loops);
	return status;
}

struct estimates {
	struct bench_set *set;
	struct bench_facts *facts;
};

/* {"Mean": {"point_estimate": 4.7, …}} as facts "mean_ns", "mean_lower_ns", … */
static void add_estimate(void *ctx, const char *key, const struct json_value *estimate)
{
	static const char *const parts[][2] = { { "point_estimate", "ns" },
						{ "standard_error", "standard_error_ns" },
						{ "lower_bound", "lower_ns" },
						{ "upper_bound", "upper_ns" } };
	struct estimates *to = ctx;
	AUTO_FREE char *name = mem_dup(key);

	for (char *c = name; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		AUTO_FREE char *full = mem_printf("%s_%s", name, parts[i][1]);
		const struct json_value *bounds = json_at(estimate, "confidence_interval");

		bench_tree_fact(to->set, to->facts, full, json_at(i < 2 ? estimate : bounds, parts[i][0]));
	}
}

static void add_estimates(struct bench_set *s, struct bench_series *series, const struct json_value *estimates)
{
	struct estimates to = { s, &series->facts };

	if (json_kind(estimates) == JSON_IS_OBJECT)
		json_each(estimates, add_estimate, &to);
}

/* The folder's own name; that of the one above where it is only "new" or "base". */
static char *name_of_folder(const char *folder)
{
	AUTO_FREE char *path = mem_dup(folder);

	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	char *slash = strrchr(path, '/');
	char *name = slash ? slash + 1 : path;
	if (slash && (strcmp(name, "new") == 0 || strcmp(name, "base") == 0)) {
		*slash = '\0';
		slash = strrchr(path, '/');
		name = slash ? slash + 1 : path;
	}
	return mem_dup(name);
}

static struct bench_series *add_benchmark(struct bench_set *s, const char *folder, struct err *e)
{
	AUTO_JSON *about = NULL;
	AUTO_FREE char *otherwise = name_of_folder(folder);

	if (bench_check_room(s, e) != 0)
		return NULL;
	if (holds(folder, "benchmark.json") && read_tree(folder, "benchmark.json", &about, e) != 0)
		return NULL;
	struct bench_series *series = bench_add_series(s, json_text(json_at(about, "full_id"), otherwise), NULL);
	bench_tree_facts(s, &series->facts, "", about, NULL);
	return series;
}

/* Where the samples were thrown away: the slope, or the mean, is all there is. */
static int read_estimate(struct bench_numbers *out, const struct json_value *estimates, struct err *e)
{
	static const char *const best[] = { "slope", "Slope", "mean", "Mean" };
	double value = 0;

	/* change/estimates.json looks alike, but tells by which part the times changed, and of no deviation. */
	if (!json_at(estimates, "std_dev") && !json_at(estimates, "StdDev"))
		return err_set(e, ERR_FORMAT, "these are no estimates of times: no standard deviation is among them");
	for (size_t i = 0; i < COUNT_OF(best); i++) {
		const struct json_value *estimate = json_at(estimates, best[i]);
		if (json_kind(estimate) != JSON_IS_OBJECT)
			continue;
		if (bench_tree_number(json_at(estimate, "point_estimate"), "\"point_estimate\"", &value, e) != 0)
			return -1;
		vec_add(out, bench_scaled(BENCH_FROM_NS, value));
		return 0;
	}
	return err_set(e, ERR_FORMAT, "neither samples nor a slope or mean");
}

static int read_benchmark(const char *folder, struct bench_set *s, struct err *e)
{
	struct bench_series *series = add_benchmark(s, folder, e);
	struct bench_numbers seconds = { 0 };
	AUTO_JSON *sample = NULL;
	AUTO_JSON *estimates = NULL;
	int status = series ? 0 : -1;

	if (status == 0 && holds(folder, "estimates.json"))
		status = read_tree(folder, "estimates.json", &estimates, e);
	if (status == 0 && holds(folder, "sample.json"))
		status = read_tree(folder, "sample.json", &sample, e);
	if (status == 0)
		status = sample ? read_sample(sample, &seconds, e) : read_estimate(&seconds, estimates, e);
	if (status == 0) {
		add_estimates(s, series, estimates);
		bench_set_values(s, bench_add_run(s, series), seconds.items, seconds.count);
	}
	vec_free(&seconds);
	return status;
}

/* ---- folders ---- */

static bool is_benchmark(const char *folder)
{
	return holds(folder, "sample.json") || holds(folder, "estimates.json");
}

static int read_below(const char *folder, unsigned depth, struct bench_set *s, struct err *e)
{
	AUTO_FREE_LIST char **names = NULL;
	AUTO_FREE char *newest = file_join(folder, "new");

	if (depth > DEEPEST_FOLDER)
		return err_set(e, ERR_FORMAT, "folders within folders, more than %d deep", DEEPEST_FOLDER);
	if (is_benchmark(folder) || is_benchmark(newest)) {
		const char *which = is_benchmark(folder) ? folder : newest;
		return read_benchmark(which, s, e) == 0 ? 0 : err_wrap(e, "%s", which);
	}
	if (file_list(folder, NULL, &names, e) != 0)
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *path = file_join(folder, *name);
		bool results = strcmp(*name, "report") != 0 && strcmp(*name, "change") != 0;
		if (results && file_is_folder(path) && read_below(path, depth + 1, s, e) != 0)
			return -1;
	}
	return 0;
}

static int read_folder(const char *path, struct bench_set *s, struct err *e)
{
	if (read_below(path, 0, s, e) != 0)
		return -1;
	if (s->count == 0)
		return err_set(e, ERR_FORMAT, "no folder of a benchmark of Criterion's is in it");
	return 0;
}

/* ---- files ---- */

static int read_criterion(struct bench_source *from, struct bench_set *s, struct err *e)
{
	if (from->path) {
		AUTO_FREE char *folder = file_parent(from->path);
		return read_benchmark(folder, s, e);
	}

	AUTO_JSON *root = json_parse(from->text, from->len, e);
	struct bench_numbers seconds = { 0 };
	if (!root)
		return -1;
	struct bench_series *series = bench_add_series(s, from->name, NULL);
	int status = json_at(root, "iters") || json_kind(root) == JSON_IS_LIST ? read_sample(root, &seconds, e)
									       : read_estimate(&seconds, root, e);
	if (status == 0)
		bench_set_values(s, bench_add_run(s, series), seconds.items, seconds.count);
	add_estimates(s, series, root);
	vec_free(&seconds);
	return status;
}

static bool is_criterion(const struct bench_look *l)
{
	const char *mean = bench_look_value(l, bench_look_has(l, "mean") ? "mean" : "Mean");

	if (l->root == '[' && l->key_count == 0 && strcmp(l->file_name, "sample.json") == 0)
		return true;
	return (bench_look_has(l, "iters") && bench_look_has(l, "times")) ||
	       (bench_look_has(l, "group_id") && bench_look_has(l, "function_id")) || *mean == '{';
}

const struct bench_kind bench_criterion = {
	.about = { "criterion", "Criterion (a folder, sample.json or estimates.json)", true, false },
	.recognise = is_criterion,
	.read = read_criterion,
	.read_folder = read_folder,
};
