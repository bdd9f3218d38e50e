/* make_year FOLDER [nights packages targets runtimes tests benchmarks regressions steps flaky records]
 *
 * Makes a lab in FOLDER with results as of so many nights, and truth.json beside it. Without numbers a year: 365 nights
 * of 64 cells with 20,000 tests each, and 100 benchmarks. The newest night is the present one. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"
#include "year.h"

#define NIGHT_WALL_MS INT64_C(86400000)
#define SEED	      20261125

unsigned year_number(const char *name)
{
	return (unsigned)strtoul(name + strcspn(name, "0123456789"), NULL, 10);
}

int64_t year_night_wall_ms(const struct year *y, unsigned night)
{
	return y->size.until_wall_ms - (int64_t)(y->size.nights - 1 - night) * NIGHT_WALL_MS;
}

struct rng year_rng(const struct year *y, unsigned what, uint64_t a, uint64_t b)
{
	struct rng r;

	rng_seed(&r, (y->size.seed + what) * UINT64_C(0x9e3779b97f4a7c15) ^ a * UINT64_C(0xbf58476d1ce4e5b9) ^
			     b * UINT64_C(0x94d049bb133111eb));
	return r;
}

static int position(const char *name, const char *const *list)
{
	int i = 0;

	while (list[i] && strcmp(list[i], name) != 0)
		i++;
	return i;
}

bool year_applies(int target, int runtime, const struct cell *c)
{
	static const char *const targets[] = { "amd64", "arm64", "s390x", "ppc64el", NULL };
	static const char *const runtimes[] = { "cpython", "pypy", NULL };

	return (target < 0 || target == position(c->target->name, targets)) &&
	       (runtime < 0 || runtime == position(c->runtime->name, runtimes));
}

/* A cell of an older recipe has another id. */
void year_start_outcome(const struct year *y, const struct cell *c, unsigned night, unsigned version,
			struct outcome *out)
{
	char text[32];

	outcome_start(out);
	snprintf(out->cell_id, sizeof(out->cell_id), "%s", c->id);
	if (version + 1 < YEAR_VERSIONS) {
		snprintf(text, sizeof(text), "%02x", 0xa0 + version);
		memcpy(out->cell_id, text, 2);
	}
	snprintf(out->target, sizeof(out->target), "%s", c->target->name);
	snprintf(out->arch, sizeof(out->arch), "%s", c->target->arch);
	snprintf(out->runtime, sizeof(out->runtime), "%s", c->runtime->name);
	snprintf(out->package, sizeof(out->package), "%s", c->package->name);
	snprintf(out->tier, sizeof(out->tier), "%s", c->tier_name);
	snprintf(out->how_run, sizeof(out->how_run), "scripted");
	out->emulated = strcmp(c->target->name, "amd64") != 0;
	out->attempt = 1;
	out->verdict = VERDICT_PASSED;
	out->started_wall_ms = year_night_wall_ms(y, night) + 60000;
	facts_set(&out->facts, "arch", c->target->arch);
	snprintf(text, sizeof(text), "%u.%u", version + 1, 0u);
	facts_set(&out->facts, "package_version", text);
	facts_set(&out->facts, "runtime_version", "3.11.2");
}

int year_add(struct year *y, int64_t run, unsigned night, const struct outcome *o, struct err *e)
{
	bool with_record = night + y->size.records >= y->size.nights;

	return with_record ? store_add_outcome(y->context.store, run, o, e) : store_insert(y->context.store, run, o, e);
}

/* The run itself is final at once: nothing will be looked for in its folder. */
static int begin_run(struct year *y, unsigned night, int64_t *out_run, struct err *e)
{
	struct run_file f = {
		.command = mem_dup("labctl run nightly"),
		.version = mem_dup("simulated"),
		.started_wall_ms = year_night_wall_ms(y, night),
		.ended_wall_ms = year_night_wall_ms(y, night) + 6 * 3600000,
		.complete = true,
		.cells = (int64_t)(y->packages->count + y->benchmarks->count),
	};
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *folder = NULL;
	char utc[32];
	int status;

	clock_format_utc(f.started_wall_ms, utc, sizeof(utc));
	name = mem_printf("%.13s%.2s%.2sZ-%04x", utc, utc + 14, utc + 17, night);
	folder = store_path_of_run(y->context.store, name);
	status = file_make_folders(folder, e) || run_file_write(folder, &f, e) ||
				 spool_run_row(y->context.store, name, &f, out_run, e)
			 ? -1
			 : 0;
	run_file_free(&f);
	return status;
}

static int make_night(struct year *y, unsigned night, struct err *e)
{
	int64_t run;

	if (store_begin(y->context.store, e) || begin_run(y, night, &run, e) || year_test_cells(y, run, night, e) ||
	    year_measure_cells(y, run, night, e))
		return -1;
	return store_commit(y->context.store, e);
}

static int open_plans(struct year *y, struct globals *g, struct err *e)
{
	const struct selection all = { 0 };

	if (context_open(&y->context, g, e) || context_open_store(&y->context, false, e))
		return -1;
	y->packages = context_plan(&y->context, &all, NULL, 0, e);
	y->benchmarks = y->packages ? context_plan_benchmarks(&y->context, &all, NULL, 0, e) : NULL;
	return y->benchmarks ? 0 : -1;
}

static int make_year(struct year *y, struct err *e)
{
	struct globals g = { .lab = y->size.folder, .quiet = true };

	if (year_write_lab(&y->size, e) || open_plans(y, &g, e))
		return -1;
	y->ran = mem_new(y->packages->count * y->size.nights + 1, 1);
	year_plant(y);
	for (unsigned night = 0; night < y->size.nights; night++) {
		if (make_night(y, night, e))
			return -1;
		if (night % 20 == 19)
			fprintf(stderr, "night %u\n", night + 1);
	}
	if (db_run(store_db(y->context.store), "UPDATE run SET settled = 1; ANALYZE", e))
		return -1;
	return year_write_truth(y, e);
}

int main(int argc, char **argv)
{
	struct year y = { .size = { NULL, 365, 8, 4, 2, 20000, 100, 120, 100, 12, 2, SEED, 0 } };
	unsigned *const sizes[] = { &y.size.nights, &y.size.packages,	&y.size.targets,     &y.size.runtimes,
				    &y.size.tests,  &y.size.benchmarks, &y.size.regressions, &y.size.steps,
				    &y.size.flaky,  &y.size.records };
	struct err e = ERR_INIT;

	setlocale(LC_CTYPE, "");
	if (argc < 2 || argc > 2 + (int)COUNT_OF(sizes)) {
		fprintf(stderr,
			"usage: make_year FOLDER [nights packages targets runtimes tests benchmarks regressions steps "
			"flaky records]\n");
		return 2;
	}
	y.size.folder = argv[1];
	for (int i = 2; i < argc; i++)
		*sizes[i - 2] = (unsigned)strtoul(argv[i], NULL, 10);
	y.size.until_wall_ms = clock_wall_ms() - 3600000;
	if (make_year(&y, &e)) {
		fprintf(stderr, "make_year: %s\n", e.text);
		return 1;
	}
	context_close(&y.context);
	return 0;
}
