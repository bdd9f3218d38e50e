/* What is planted, and the file that tells it. */
#include "year.h"

#include <math.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/vec.h"

static const char *const causes[] = { "byte order", "rounding", NULL };

static int some_or_all(struct rng *r, unsigned count)
{
	return rng_uniform(r) < 0.5 ? -1 : (int)rng_index(r, count);
}

static void plant_regressions(struct year *y, struct rng *r)
{
	const struct year_size *s = &y->size;
	AUTO_FREE unsigned *next_test = mem_new(s->packages + 1, sizeof(*next_test));

	y->regressions = mem_new(s->regressions + 1, sizeof(*y->regressions));
	for (unsigned i = 0; i < s->regressions; i++) {
		struct year_regression *p = &y->regressions[i];
		unsigned left, lasts = 4 + (unsigned)rng_index(r, 60);

		p->package = (unsigned)rng_index(r, s->packages);
		/* The last night brings some, for what is asked of it. */
		p->from = i < 4 ? s->nights - 1 - i % 2 : 4 + (unsigned)rng_index(r, s->nights - 6);
		p->to = rng_uniform(r) < 0.25 || p->from + lasts > s->nights ? s->nights : p->from + lasts;
		p->target = some_or_all(r, s->targets);
		p->runtime = some_or_all(r, s->runtimes);
		p->verdict = rng_uniform(r) < 0.15 ? VERDICT_CRASHED : VERDICT_FAILED;
		p->cause = p->verdict == VERDICT_CRASHED ? "C stack" : causes[rng_index(r, COUNT_OF(causes))];
		p->first_test = YEAR_PLANTED_FROM + next_test[p->package];
		left = s->tests - 5 * YEAR_VERSIONS - p->first_test;
		p->count = 1 + (unsigned)rng_index(r, 8);
		p->count = p->count > left ? left : p->count;
		next_test[p->package] += p->count;
	}
}

static void plant_flaky(struct year *y, struct rng *r)
{
	const struct year_size *s = &y->size;

	y->flaky_count = (size_t)s->packages * s->flaky;
	y->flaky = mem_new(y->flaky_count + 1, sizeof(*y->flaky));
	for (size_t i = 0; i < y->flaky_count; i++)
		y->flaky[i] = (struct year_flaky){
			.package = (unsigned)(i / s->flaky),
			.test = YEAR_FLAKY_FROM + (unsigned)(i % s->flaky),
			.target = (int)rng_index(r, s->targets),
			.runtime = some_or_all(r, s->runtimes),
			.rate = 0.02 + 0.25 * rng_uniform(r) * rng_uniform(r),
		};
}

static void plant_steps(struct year *y, struct rng *r)
{
	const struct year_size *s = &y->size;

	y->steps = mem_new(s->steps + 1, sizeof(*y->steps));
	for (unsigned i = 0; i < s->steps; i++) {
		double size = 0.03 + 0.25 * rng_uniform(r) * rng_uniform(r);

		y->steps[i] = (struct year_step){
			/* Of one benchmark at most one step, so that none hides another. */
			.benchmark = i % s->benchmarks,
			.night = 15 + (unsigned)rng_index(r, s->nights > 40 ? s->nights - 30 : 10),
			.target = some_or_all(r, s->targets),
			.runtime = (int)rng_index(r, s->runtimes),
			.factor = rng_uniform(r) < 0.6 ? 1 + size : 1 / (1 + size),
		};
	}
}

void year_plant(struct year *y)
{
	struct rng r;

	rng_seed(&r, y->size.seed);
	plant_regressions(y, &r);
	plant_flaky(y, &r);
	plant_steps(y, &r);
}

/* ---- truth.json ---- */

static void tell_regressions(const struct year *y, struct json_writer *w)
{
	json_open(w, "regressions", '[');
	for (unsigned i = 0; i < y->size.regressions; i++) {
		const struct year_regression *p = &y->regressions[i];

		json_open(w, NULL, '{');
		json_add_int(w, "package", p->package);
		json_add_int(w, "from", p->from);
		json_add_int(w, "to", p->to);
		json_add_int(w, "target", p->target);
		json_add_int(w, "runtime", p->runtime);
		json_add_int(w, "first_test", p->first_test);
		json_add_int(w, "count", p->count);
		json_add_text(w, "verdict", verdict_key(p->verdict));
		json_add_text(w, "cause", p->cause);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void tell_flaky(const struct year *y, struct json_writer *w)
{
	json_open(w, "flaky", '[');
	for (size_t i = 0; i < y->flaky_count; i++) {
		json_open(w, NULL, '{');
		json_add_int(w, "package", y->flaky[i].package);
		json_add_int(w, "test", y->flaky[i].test);
		json_add_int(w, "target", y->flaky[i].target);
		json_add_int(w, "runtime", y->flaky[i].runtime);
		json_add_real(w, "rate", y->flaky[i].rate);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void tell_steps(const struct year *y, struct json_writer *w)
{
	json_open(w, "steps", '[');
	for (unsigned i = 0; i < y->size.steps; i++) {
		json_open(w, NULL, '{');
		json_add_int(w, "benchmark", y->steps[i].benchmark);
		json_add_int(w, "night", y->steps[i].night);
		json_add_int(w, "target", y->steps[i].target);
		json_add_int(w, "runtime", y->steps[i].runtime);
		json_add_real(w, "factor", y->steps[i].factor);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void tell_nights(const struct year *y, struct json_writer *w)
{
	json_open(w, "ran", '{');
	for (size_t i = 0; i < y->packages->count; i++) {
		AUTO_STR label = { 0 };
		AUTO_FREE char *nights = mem_dup_bytes(y->ran + i * y->size.nights, y->size.nights);

		cell_label(&y->packages->cells[i], &label);
		json_add_text(w, str_text(&label), nights);
	}
	json_close(w, '}');
}

int year_write_truth(const struct year *y, struct err *e)
{
	AUTO_FREE char *path = file_join(y->size.folder, "truth.json");
	AUTO_STR text = { 0 };
	struct json_writer w;

	json_start(&w, &text, false);
	json_open(&w, NULL, '{');
	json_add_int(&w, "nights", y->size.nights);
	json_add_int(&w, "packages", y->size.packages);
	json_add_int(&w, "tests", y->size.tests);
	json_add_int(&w, "benchmarks", y->size.benchmarks);
	json_add_int(&w, "tests_stored", y->tests_stored);
	json_add_int(&w, "changed_verdicts", y->changed_verdicts);
	tell_regressions(y, &w);
	tell_flaky(y, &w);
	tell_steps(y, &w);
	tell_nights(y, &w);
	json_close(&w, '}');
	return file_write(path, str_text(&text), text.len, e);
}
