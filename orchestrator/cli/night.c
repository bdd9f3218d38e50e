#include "cli/night.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/history.h"
#include "store/query.h"

static const struct cell *cell_of(const struct plan *p, const char *id)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->cells[i].id, id))
			return &p->cells[i];
	return NULL;
}

static bool has_outcome(const struct outcome_set *set, const char *id)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->rows[i].cell_id, id))
			return true;
	return false;
}

static void add_left(struct night *n, const struct cell *c)
{
	struct night_summary *s = &n->summary;
	AUTO_STR label = { 0 };

	cell_label(c, &label);
	s->left = mem_grow(s->left, s->left_count + 1, sizeof(*s->left));
	s->left[s->left_count++] = (struct night_left){ .label = arena_dup(n->arena, str_text(&label)),
							.target = c->target->name,
							.estimate_ns = c->estimate_ns };
}

/* In the order in which they were to run, which run.json keeps. */
static int find_left(struct context *c, const struct plan *all, const struct outcome_set *now, struct night *n,
		     struct err *e)
{
	AUTO_FREE_LIST char **planned = NULL;

	if (query_run_planned(c->store, n->summary.run, &planned, e))
		return -1;
	for (char **id = planned; id && *id; id++) {
		const struct cell *cell = cell_of(all, *id);

		if (cell && !has_outcome(now, *id))
			add_left(n, cell);
	}
	return 0;
}

/* Lost cells by target, told once each. */
static void find_broken(const struct outcome_set *now, struct night *n)
{
	struct night_summary *s = &n->summary;

	for (size_t i = 0; i < now->count; i++) {
		const struct outcome_row *row = &now->rows[i];
		size_t at = 0;

		if (row->verdict != VERDICT_LOST)
			continue;
		while (at < s->broken_count && strcmp(s->broken[at].target, row->target) != 0)
			at++;
		if (at == s->broken_count) {
			s->broken = mem_grow(s->broken, s->broken_count + 1, sizeof(*s->broken));
			s->broken[s->broken_count++] = (struct night_broken){ arena_dup(n->arena, row->target),
									      arena_dup(n->arena, row->reason), 0 };
		}
		s->broken[at].cells++;
	}
}

static size_t count_cells(const struct outcome_set *now)
{
	size_t count = 0;

	for (size_t i = 0; i < now->count; i++)
		count += now->rows[i].attempt == 1;
	return count;
}

static int find_run(struct context *c, struct night *n, struct err *e)
{
	struct run_set runs = { 0 };
	int status = query_runs(c->store, &runs, e);

	for (size_t i = 0; !status && i < runs.count; i++) {
		if (runs.rows[i].id != n->summary.run)
			continue;
		n->summary.run_name = arena_dup(n->arena, runs.rows[i].name);
		n->summary.started_wall_ms = runs.rows[i].started_wall_ms;
		n->summary.ended_wall_ms = runs.rows[i].ended_wall_ms;
	}
	run_set_free(&runs);
	return status;
}

/* The run before this one; none: nothing to compare with. */
static int compare_with_before(struct context *c, struct night *n, struct err *e)
{
	AUTO_FREE char *now = mem_printf("%lld", (long long)n->summary.run);
	struct change_wish wish = { .changed = now, .margin = SPEED_MARGIN, .only_these_cells = true };
	struct run_set runs = { 0 };
	int status = query_runs(c->store, &runs, e);

	for (size_t i = 0; !status && i < runs.count && !wish.base; i++)
		if (runs.rows[i].id < n->summary.run)
			wish.base = runs.rows[i].name;
	if (wish.base) {
		status = changes_between(c, &wish, &n->changes, e);
		n->has_changes = true;
		n->summary.changes = status ? NULL : &n->changes;
	}
	run_set_free(&runs);
	return status;
}

static int sum_up_run(struct context *c, const struct plan *all, struct night *n, struct err *e)
{
	struct outcome_set now = { 0 };
	int status = find_run(c, n, e);

	if (!status)
		status = query_run_outcomes(c->store, n->summary.run, &now, e);
	if (!status)
		status = find_left(c, all, &now, n, e);
	if (!status) {
		find_broken(&now, n);
		n->summary.cells_run = count_cells(&now);
		status = night_find_flaky(c, all, n->summary.run, n, e);
	}
	if (!status)
		status = compare_with_before(c, n, e);
	outcome_set_free(&now);
	return status;
}

static int judge(struct context *c, const struct night_plans *plans, struct night *n, struct err *e)
{
	if (plans->packages) {
		if (judge_plan(c, plans->packages, &n->judged, e))
			return -1;
		n->has_packages = true;
		n->summary.report = &n->judged.report;
		n->judged.report.run_name = n->summary.run_name;
		n->summary.status = report_exit_status(&n->judged.report);
	}
	if (plans->benchmarks) {
		int status;

		if (speed_judge_plan(c, plans->benchmarks, true, &n->speeds, e))
			return -1;
		n->has_benchmarks = true;
		n->summary.speeds = &n->speeds.matrix;
		status = speed_matrix_exit_status(&n->speeds.matrix);
		/* Findings stand before targets that were away. */
		if (status && (!n->summary.status || status == EXIT_FINDINGS))
			n->summary.status = status;
	}
	return 0;
}

static const char *word_of(int status)
{
	const struct exit_row *row = exit_rows;

	while (row->word && (int)row->status != status)
		row++;
	return row->word ? row->word : "";
}

static const char *host_name(struct arena *a)
{
	char name[256] = "localhost";

	if (gethostname(name, sizeof(name) - 1) == 0)
		name[sizeof(name) - 1] = '\0';
	return arena_dup(a, name);
}

int night_sum_up(struct context *c, const struct suite *suite, const struct night_plans *plans, const struct plan *all,
		 const struct runner_end *end, struct night *out, struct err *e)
{
	*out = (struct night){ .arena = arena_new(16 * 1024) };
	out->summary = (struct night_summary){
		.suite = suite->name,
		.title = suite->title,
		.run = end->run,
		.host = host_name(out->arena),
		.version = PACKAGE_VERSION,
		.interrupted = end->interrupted,
		.out_of_time = end->out_of_time,
		.cells_again = end->again,
	};
	if ((end->run && sum_up_run(c, all, out, e)) || judge(c, plans, out, e))
		return -1;
	if (end->interrupted)
		out->summary.status = EXIT_INTERRUPTED;
	out->summary.status_word = word_of(out->summary.status);
	return 0;
}

void night_free(struct night *n)
{
	if (n->has_packages)
		judgement_free(&n->judged);
	if (n->has_benchmarks)
		speed_judged_free(&n->speeds);
	if (n->has_changes)
		changes_free(&n->changes);
	free(n->summary.left);
	free(n->summary.flaky);
	free(n->summary.broken);
	arena_free(n->arena);
	*n = (struct night){ 0 };
}
