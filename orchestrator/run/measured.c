/* From what was measured to the outcomes of a benchmark's cells. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "parse/bench_format.h"
#include "run/measure_inside.h"

const struct bench_series *measure_series_of(const struct bench_set *set, const char *runtime)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->series[i].runtime && !strcmp(set->series[i].runtime, runtime))
			return &set->series[i];
	return NULL;
}

const struct bench_series *measure_series(const struct measuring *m, size_t runtime)
{
	return measure_series_of(&m->set, m->runs[runtime].cell->runtime->name);
}

static enum verdict verdict_of(const struct bench_run *run)
{
	const char *status = bench_fact(&run->facts, "status");
	int verdict;

	if (run->kind == BENCH_MEASURED)
		return VERDICT_PASSED;
	AUTO_FREE char *text = status ? bench_fact_text(status) : NULL;
	verdict = text ? verdict_from_key(text) : -1;
	return verdict < 0 ? VERDICT_FAILED : (enum verdict)verdict;
}

/* Each process is a test of its own: it gave the right answer and came to its end, or it did not. */
static void add_processes(struct outcome *out, const struct bench_series *s)
{
	char name[48];
	size_t number = 0;

	for (size_t i = 0; i < s->run_count; i++) {
		const struct bench_run *run = &s->runs[i];
		double took_s = bench_fact_number(bench_fact(&run->facts, "wall_s"), -1);

		if (run->kind == BENCH_CALIBRATION)
			continue;
		snprintf(name, sizeof(name), "process %zu", ++number);
		result_add(&out->result, name, verdict_of(run), took_s < 0 ? -1 : (int64_t)(took_s * (double)NS_PER_S),
			   run->detail);
	}
	out->result.complete = true;
}

/* Logs and plans lie in the first runtime's folder; they are the others' as well. */
static int copy_shared(const struct measuring *m, size_t runtime, struct err *e)
{
	static const char *const names[] = { "plan-1.json", "plan-2.json", "measure-1.log.zst", "measure-2.log.zst" };
	const char *into = m->runs[runtime].opts->folder;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		for (size_t k = 0; k < m->count; k++) {
			AUTO_FREE char *from = file_join(m->runs[k].opts->folder, names[i]);
			AUTO_FREE char *to = file_join(into, names[i]);

			if (file_exists(from) && !file_exists(to) && file_copy(from, to, e))
				return -1;
		}
	return 0;
}

static void copy_steps(const struct measuring *m, size_t runtime)
{
	struct outcome *out = m->runs[runtime].out;

	for (size_t k = 0; k < m->count; k++)
		for (size_t i = 0; k != runtime && i < m->runs[k].out->step_count; i++) {
			const struct outcome_step *step = &m->runs[k].out->steps[i];
			bool there = out->step_count && !strcmp(out->steps[out->step_count - 1].name, step->name);

			if (!strncmp(step->name, "measure-", 8) && !there && out->step_count < COUNT_OF(out->steps))
				out->steps[out->step_count++] = *step;
		}
}

int measure_settle(struct measuring *m, size_t runtime, struct err *e)
{
	struct cell_run *r = &m->runs[runtime];
	const struct bench_series *s = measure_series(m, runtime);
	AUTO_FREE char *seed = mem_printf("%llu", (unsigned long long)m->opts->seed);
	struct bench_set one;
	int status;

	facts_set(&r->out->facts, "seed", seed);
	facts_set(&r->out->facts, "baseline", m->opts->baseline);
	if (!s)
		return 0;
	bench_start(&one, "labctl");
	*bench_add_series(&one, s->name, s->runtime) = *s;
	for (size_t i = 0; i < r->out->facts.count; i++)
		bench_fact_set_text(&one, &one.facts, r->out->facts.items[i].name, r->out->facts.items[i].value);
	add_processes(r->out, s);
	if (m->present[runtime])
		outcome_settle(r->out);
	copy_steps(m, runtime);
	status = copy_shared(m, runtime, e) || bench_write("labctl", &one, NULL, &r->out->measured, NULL, e) ? -1 : 0;
	bench_free(&one);
	return status;
}

double measure_took_s(const struct outcome *outs, size_t count)
{
	double longest_s = 0;

	/* The steps of all of them together stand in each. */
	for (size_t i = 0; i < count; i++) {
		double took_s = 0;

		for (size_t k = 0; k < outs[i].step_count; k++)
			if (!strncmp(outs[i].steps[k].name, "measure-", 8))
				took_s += (double)outs[i].steps[k].took_ns / (double)NS_PER_S;
		if (took_s > longest_s)
			longest_s = took_s;
	}
	return longest_s;
}
