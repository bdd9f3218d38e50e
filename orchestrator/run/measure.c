#include "run/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "parse/bench_format.h"
#include "run/measure_inside.h"

#define EVENTS_CAP_BYTES  ((size_t)512 << 20)
#define PILOT_SHARE	  (1.0 / 8) /* of a runtime's budget, for each process of the pilot */
/* The driver itself, and a process at its limit that is being ended. */
#define DRIVER_MARGIN_NS  (120 * NS_PER_S)
#define DRIVER_SILENCE_NS (10 * 60 * NS_PER_S)

static size_t present_count(const struct measuring *m)
{
	size_t count = 0;

	for (size_t i = 0; i < m->count; i++)
		count += m->present[i];
	return count;
}

/* The list of what every runtime that is still in needs, in one chain. */
static int gather_layers(struct measuring *m, struct layer_steps *out, struct err *e)
{
	const struct steps_opts *o = m->runs[0].opts;
	const struct layer_wish wish = { o->lab, target_base_id(m->runs[0].target), o->install_digest,
					 o->index_digest };

	*out = (struct layer_steps){ 0 };
	for (size_t i = 0; i < m->count; i++)
		if (m->present[i] && layer_steps_add(m->runs[i].cell, &wish, i, out, e))
			return -1;
	return 0;
}

/* What the recipes say alone, of each runtime by itself. */
static int drop_unavailable(struct measuring *m, struct err *e)
{
	const struct steps_opts *o = m->runs[0].opts;
	const struct layer_wish wish = { o->lab, target_base_id(m->runs[0].target), o->install_digest,
					 o->index_digest };

	for (size_t i = 0; i < m->count; i++) {
		struct layer_steps own;

		if (layer_steps_of(m->runs[i].cell, &wish, &own, e))
			return -1;
		m->present[i] = !steps_settle_by_recipe(&m->runs[i], &own);
		layer_steps_free(&own);
	}
	return 0;
}

/* Whose installation failed has a verdict now. */
static void drop_failed(struct measuring *m)
{
	for (size_t i = 0; i < m->count; i++)
		m->present[i] = m->present[i] && m->runs[i].out->verdict == VERDICT_PASSED;
}

/* A runtime that cannot be had leaves the machine in a state that nobody knows: the others begin anew without it. */
static int install_all(struct measuring *m, struct err *e)
{
	bool installed = false;

	if (drop_unavailable(m, e))
		return -1;
	while (!installed && present_count(m)) {
		struct layer_steps layers;
		int status = gather_layers(m, &layers, e);

		if (!status)
			status = install_layers(m->runs, &layers, &installed, e);
		drop_failed(m);
		layer_steps_free(&layers);
		if (status)
			return -1;
	}
	return 0;
}

static int check_all(struct measuring *m, struct err *e)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->present[i] && steps_check(&m->runs[i], &m->present[i], e))
			return -1;
	return 0;
}

static int put_program(struct measuring *m, struct err *e)
{
	AUTO_FREE char *folder = benchmark_folder(m->benchmark);

	return folder ? target_put(m->runs[0].target, folder, "bench", e) : 0;
}

static struct cell_run *first_present(struct measuring *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->present[i])
			return &m->runs[i];
	return NULL;
}

static size_t baseline_of(const struct measuring *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->present[i] && !strcmp(m->runs[i].cell->runtime->name, m->opts->baseline))
			return i;
	return m->count;
}

/* Writes the plan into the first attempt's folder, where it stays as a part of the record, and on the target. */
static int put_plan(struct measuring *m, const struct stage *s, struct err *e)
{
	struct cell_run *r = first_present(m);
	AUTO_FREE char *name = mem_printf("plan-%zu.json", m->stage);
	AUTO_FREE char *path = file_join(r->opts->folder, name);
	AUTO_STR text = { 0 };

	measure_write_plan(m, s, &text);
	if (file_write(path, str_text(&text), text.len, e))
		return -1;
	return target_put(r->target, path, "plan.json", e);
}

/* The runs of both stages, in the order in which they ran, under each runtime's name. */
static void join_stages(struct measuring *m)
{
	bench_free(&m->set);
	bench_start(&m->set, "labctl");
	for (size_t stage = 0; stage < COUNT_OF(m->told); stage++)
		for (size_t i = 0; i < m->told[stage].count; i++) {
			const struct bench_series *from = &m->told[stage].series[i];
			struct bench_series *into = (struct bench_series *)measure_series_of(&m->set, from->runtime);

			if (!into) {
				into = bench_add_series(&m->set, from->name, from->runtime);
				into->unit = from->unit;
				into->from_start = from->from_start;
			}
			for (size_t k = 0; k < from->run_count; k++)
				*bench_add_run(&m->set, into) = from->runs[k];
		}
}

/* What the driver told, into the set. What it could not come to the end of counts as far as it goes. */
static int take_events(struct measuring *m, struct err *e)
{
	struct cell_run *r = first_present(m);
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *path = NULL;
	AUTO_STR text = { 0 };
	int status;

	if (file_make_temp_folder(r->opts->folder, "events", &folder, e))
		return -1;
	path = file_join(folder, "bench.jsonl");
	status = target_get(r->target, "bench.jsonl", folder, e);
	if (!status)
		status = file_read(path, EVENTS_CAP_BYTES, &text, e);
	if (!status)
		status =
			bench_read_bytes(str_text(&text), text.len, "bench.jsonl", "events", &m->told[m->stage - 1], e);
	if (!status)
		join_stages(m);
	file_remove_tree(folder, NULL);
	return status;
}

static double stage_limit_s(const struct measuring *m, const struct stage *s)
{
	double limit_s = (double)m->benchmark->limit_ns / (double)NS_PER_S * m->runs[0].opts->slowness;

	return limit_s * (double)(s->count + (s->calibrate ? m->count : 0));
}

/* The driver runs under one of the runtimes; its status says only whether it came to its end. */
static int run_driver(struct measuring *m, const struct stage *s, struct step_end *end, struct err *e)
{
	AUTO_FREE char *name = mem_printf("measure-%zu", m->stage);
	const struct step_command command = {
		.name = name,
		.script = ". lib/install/env.sh\n"
			  "exec \"$LABCTL_PYTHON\" lib/labctl_bench.py --plan plan.json --events bench.jsonl\n",
		.network = false,
		.limit_ns = (int64_t)(stage_limit_s(m, s) * (double)NS_PER_S) + DRIVER_MARGIN_NS,
		.silence_limit_ns = (int64_t)((double)DRIVER_SILENCE_NS * m->runs[0].opts->slowness),
	};

	step_tell(first_present(m), m->stage == 1 ? "first look at" : "measuring", m->benchmark->name);
	return step_command_run(first_present(m), &command, end, e);
}

/* True: every runtime that is in has the verdict that the driver's end means for all of them. */
static bool settle_stage(struct measuring *m, const struct step_end *end)
{
	struct cell_run *first = first_present(m), *r;
	bool settled = step_settle_ending(first, "measuring", end);

	if (!settled && end->end.status != 0 && end->end.status != 1) {
		step_verdict(first, VERDICT_BROKEN, "the driver ended with status %d: %s", end->end.status,
			     end->last_line);
		settled = true;
	}
	for (size_t i = 0; settled && i < m->count; i++) {
		r = &m->runs[i];
		if (m->present[i] && r != first)
			step_verdict(r, first->out->verdict, "%s", first->out->reason);
		m->present[i] = false;
	}
	return settled;
}

static int run_stage(struct measuring *m, const struct stage *s, bool *out_go_on, struct err *e)
{
	int64_t begun_ns = clock_now_ns();
	struct step_end end;

	*out_go_on = false;
	if (put_plan(m, s, e) || run_driver(m, s, &end, e))
		return -1;
	m->spent_s += (double)(clock_now_ns() - begun_ns) / (double)NS_PER_S;
	if (settle_stage(m, &end))
		return 0;
	*out_go_on = true;
	return take_events(m, e);
}

/* Positions among all runtimes for positions among those that are in. */
static void order(const struct measuring *m, size_t first_block, size_t blocks, struct execution *out)
{
	AUTO_FREE size_t *present = mem_new(m->count, sizeof(*present));
	struct campaign_order o = { .seed = m->seed, .first_block = first_block, .blocks = blocks };

	o.baseline = SIZE_MAX;
	for (size_t i = 0; i < m->count; i++) {
		if (!m->present[i])
			continue;
		if (i == baseline_of(m))
			o.baseline = o.runtimes;
		present[o.runtimes++] = i;
	}
	campaign_order(&o, out);
	for (size_t i = 0; i < blocks * o.runtimes; i++)
		out[i].runtime = present[out[i].runtime];
}

/* How long a process of the pilot may iterate. */
static double pilot_max_s(const struct measuring *m)
{
	return m->opts->budget_s / (double)present_count(m) * PILOT_SHARE;
}

/* Of the longest process of the pilot. */
static size_t pilot_iterations(const struct measuring *m, size_t runtime)
{
	const struct bench_series *s = measure_series(m, runtime);
	size_t most = 1;

	for (size_t i = 0; s && i < s->run_count; i++)
		if (s->runs[i].kind == BENCH_MEASURED && s->runs[i].value_count > most)
			most = s->runs[i].value_count;
	return most;
}

static int run_pilot(struct measuring *m, bool *out_go_on, struct err *e)
{
	size_t runtimes = present_count(m), count = PILOT_BLOCKS * runtimes;
	AUTO_FREE struct execution *executions = mem_new(count, sizeof(*executions));
	AUTO_FREE size_t *iterations = mem_new(m->count, sizeof(*iterations));
	AUTO_FREE double *max_s = mem_new(m->count, sizeof(*max_s));
	struct stage s = { true, executions, count, iterations, max_s };

	for (size_t i = 0; i < m->count; i++) {
		iterations[i] = (size_t)m->benchmark->iterations;
		max_s[i] = pilot_max_s(m);
	}
	order(m, 0, PILOT_BLOCKS, executions);
	m->stage = 1;
	return run_stage(m, &s, out_go_on, e);
}

static int run_rest(struct measuring *m, struct err *e)
{
	size_t runtimes = present_count(m), blocks = 0, count = 0;
	double left_s = fmax(m->opts->budget_s - m->spent_s, 0) / (double)runtimes;
	AUTO_FREE struct campaign_size *sizes = mem_new(m->count, sizeof(*sizes));
	AUTO_FREE size_t *iterations = mem_new(m->count, sizeof(*iterations));
	AUTO_FREE double *max_s = mem_new(m->count, sizeof(*max_s));
	AUTO_FREE struct execution *executions = NULL;
	struct stage s = { false, NULL, 0, iterations, max_s };
	bool go_on;

	for (size_t i = 0; i < m->count; i++) {
		if (!m->present[i])
			continue;
		sizes[i] = measure_plan_rest(m, i, left_s);
		/* Starting interpreters may have used up the budget. A process of one iteration would be no
		 * observation, so that each is at least as long as those of the pilot. */
		iterations[i] = sizes[i].iterations;
		if (iterations[i] < pilot_iterations(m, i))
			iterations[i] = pilot_iterations(m, i);
		max_s[i] = fmax(left_s / 2, pilot_max_s(m));
		if (sizes[i].processes > PILOT_BLOCKS + blocks)
			blocks = sizes[i].processes - PILOT_BLOCKS;
	}
	if (!blocks)
		return 0;
	executions = mem_new(blocks * runtimes, sizeof(*executions));
	order(m, PILOT_BLOCKS, blocks, executions);
	for (size_t i = 0; i < blocks * runtimes; i++)
		if (PILOT_BLOCKS + i / runtimes < sizes[executions[i].runtime].processes)
			executions[count++] = executions[i];
	s.executions = executions;
	s.count = count;
	m->stage = 2;
	return run_stage(m, &s, &go_on, e);
}

static int measure(struct measuring *m, struct err *e)
{
	bool go_on = false;

	if (install_all(m, e) || check_all(m, e))
		return -1;
	if (!present_count(m))
		return 0;
	if (put_program(m, e) || run_pilot(m, &go_on, e))
		return -1;
	return go_on ? run_rest(m, e) : 0;
}

/* What ended all of it early is the outcome of those that had none yet. */
static int settle_all(struct measuring *m, int status, struct err *e)
{
	for (size_t i = 0; i < m->count; i++) {
		struct err why = *e;

		if (status && m->present[i] && steps_settle_error(&m->runs[i], &why)) {
			*e = why;
			return -1;
		}
		if (measure_settle(m, i, e))
			return -1;
	}
	return 0;
}

int measure_run(struct target *t, const struct cell *cells, size_t count, const struct steps_opts *opts,
		const struct measure_opts *o, struct outcome *const *outs, struct err *e)
{
	AUTO_FREE struct cell_run *runs = mem_new(count, sizeof(*runs));
	AUTO_FREE bool *present = mem_new(count, sizeof(*present));
	struct measuring m = { .runs = runs,
			       .present = present,
			       .count = count,
			       .benchmark = cells[0].benchmark,
			       .opts = o,
			       .seed = campaign_seed(o->seed, cells[0].benchmark->name) };
	int64_t begun_ns = clock_now_ns();
	int status;

	bench_start(&m.set, "labctl");
	for (size_t i = 0; i < count; i++) {
		runs[i] = (struct cell_run){ .target = t, .cell = &cells[i], .opts = &opts[i], .out = outs[i] };
		cell_run_start(&runs[i]);
		outs[i]->verdict = VERDICT_PASSED;
		present[i] = true;
	}
	status = settle_all(&m, measure(&m, e), e);
	for (size_t i = 0; i < count; i++) {
		outs[i]->took_ns = (clock_now_ns() - begun_ns) / (int64_t)count;
		cell_run_end(&runs[i]);
	}
	bench_free(&m.set);
	bench_free(&m.told[0]);
	bench_free(&m.told[1]);
	return status;
}
