/* How a benchmark's processes are planned, and how the driver is told. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "run/measure_inside.h"

static const char *kind_of(const struct benchmark *b)
{
	return b->module ? "module" : b->callable ? "callable" : b->command.count ? "command" : "pyperf";
}

static void add_map(struct json_writer *w, const char *key, const struct text_map *map)
{
	json_open(w, key, '{');
	for (size_t i = 0; i < map->count; i++)
		json_add_text(w, map->items[i].key, map->items[i].value);
	json_close(w, '}');
}

static void add_file(struct json_writer *w, const char *key, const char *path)
{
	AUTO_FREE char *there = path ? mem_printf("bench/%s", strrchr(path, '/') + 1) : NULL;

	if (path)
		json_add_text(w, key, there);
}

/* Numbers and truth values as what they look like, all else as texts. */
static void add_argument(struct json_writer *w, const char *text)
{
	AUTO_JSON *value = json_parse(text, strlen(text), NULL);
	double number = json_number(value, NAN);

	if (!strcmp(text, "true") || !strcmp(text, "false"))
		json_add_bool(w, NULL, text[0] == 't');
	else if (!isnan(number) && !strpbrk(text, ".eE"))
		json_add_int(w, NULL, json_int(value, 0));
	else if (!isnan(number))
		json_add_real(w, NULL, number);
	else
		json_add_text(w, NULL, text);
}

static void add_benchmark(struct json_writer *w, const struct benchmark *b)
{
	json_open(w, "benchmark", '{');
	json_add_text(w, "name", b->name);
	json_add_text(w, "kind", kind_of(b));
	add_file(w, "module", b->module);
	add_file(w, "script", b->script);
	if (b->callable)
		json_add_text(w, "callable", b->callable);
	json_open(w, "args", '[');
	for (size_t i = 0; i < b->arguments.count; i++)
		add_argument(w, b->arguments.items[i]);
	json_close(w, ']');
	if (b->command.count) {
		json_open(w, "command", '[');
		for (size_t i = 0; i < b->command.count; i++)
			json_add_text(w, NULL, b->command.items[i]);
		json_close(w, ']');
	}
	if (b->expect)
		json_add_text(w, "expect", b->expect);
	json_add_int(w, "task", b->task);
	add_map(w, "params", &b->parameters);
	add_map(w, "env", &b->env);
	json_close(w, '}');
}

static void add_runtime(struct json_writer *w, const struct cell_run *r)
{
	const char *python = facts_get(&r->out->facts, "runtime_python");
	const char *path = facts_get(&r->out->facts, "runtime_python_path");

	json_open(w, r->cell->runtime->name, '{');
	json_add_text(w, "python", python && *python ? python : r->cell->runtime->command);
	json_open(w, "env", '{');
	for (size_t i = 0; i < r->cell->runtime->env.count; i++)
		json_add_text(w, r->cell->runtime->env.items[i].key, r->cell->runtime->env.items[i].value);
	if (path && *path)
		json_add_text(w, "PYTHONPATH", path);
	json_close(w, '}');
	json_close(w, '}');
}

/* As the pilot calibrated them. */
static int64_t known_loops(const struct bench_series *s)
{
	for (size_t i = 0; s && i < s->run_count; i++)
		if (s->runs[i].kind == BENCH_MEASURED)
			return s->runs[i].loops;
	return 1;
}

static void add_execution(struct json_writer *w, const struct measuring *m, const struct stage *s,
			  const struct execution *x)
{
	char role[2] = { x->role, '\0' };

	json_open(w, NULL, '{');
	json_add_text(w, "runtime", m->runs[x->runtime].cell->runtime->name);
	json_add_text(w, "kind", "measure");
	json_add_text(w, "role", x->role ? role : NULL);
	json_add_int(w, "iterations", (int64_t)s->iterations[x->runtime]);
	json_add_real(w, "max_s", s->max_s[x->runtime]);
	if (!s->calibrate)
		json_add_int(w, "loops", known_loops(measure_series(m, x->runtime)));
	json_close(w, '}');
}

static void add_executions(struct json_writer *w, const struct measuring *m, const struct stage *s)
{
	json_open(w, "executions", '[');
	for (size_t i = 0; s->calibrate && i < m->count; i++) {
		if (!m->present[i])
			continue;
		json_open(w, NULL, '{');
		json_add_text(w, "runtime", m->runs[i].cell->runtime->name);
		json_add_text(w, "kind", "calibrate");
		json_close(w, '}');
	}
	for (size_t i = 0; i < s->count; i++)
		add_execution(w, m, s, &s->executions[i]);
	json_close(w, ']');
}

void measure_write_plan(const struct measuring *m, const struct stage *s, struct str *out)
{
	const struct cell_run *first = &m->runs[0];
	double limit_s = (double)m->benchmark->limit_ns / (double)NS_PER_S * first->opts->slowness;
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_int(&w, "version", 1);
	add_benchmark(&w, m->benchmark);
	json_add_int(&w, "seed", (int64_t)(campaign_seed(m->seed, s->calibrate ? "pilot" : "rest") >> 1));
	json_add_real(&w, "process_limit_s", limit_s);
	json_add_real(&w, "min_iteration_s", (double)m->benchmark->min_iteration_ns / (double)NS_PER_S);
	json_add_bool(&w, "randomise_environment", true);
	json_open(&w, "runtimes", '{');
	for (size_t i = 0; i < m->count; i++)
		if (m->present[i])
			add_runtime(&w, &m->runs[i]);
	json_close(&w, '}');
	add_executions(&w, m, s);
	json_close(&w, '}');
}

struct campaign_size measure_plan_rest(const struct measuring *m, size_t runtime, double budget_s)
{
	const struct bench_series *s = measure_series(m, runtime);
	const struct campaign_wish wish = {
		.budget_s = budget_s,
		.half_width = m->opts->half_width,
		.iterations_max = (size_t)m->benchmark->iterations,
		.processes_min = m->opts->processes_min,
		.processes_max = m->opts->processes_max,
	};

	return s ? m->opts->plan(s, &wish) : (struct campaign_size){ PILOT_BLOCKS, 1 };
}
