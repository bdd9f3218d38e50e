#include "cli/qualify_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "store/query.h"

struct run_rows {
	char *name;
	struct outcome_set rows;
};

struct qualify_store {
	struct context *c;
	struct outcome_set tests, speed; /* the newest of each cell */
	VEC(struct run_rows *) runs;
	struct arena *arena;
};

/* ---- the newest ---- */

struct words {
	VEC(const char *) items;
};

static void add_words(struct words *w, const struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		vec_add(&w->items, list->items[i]);
}

/* Runtimes of sides that name no run. */
static void add_runtimes(struct words *w, const struct dossier_side *candidate, const struct dossier_side *baseline)
{
	if (!candidate->run)
		vec_add(&w->items, candidate->runtime);
	if (!baseline->run)
		vec_add(&w->items, baseline->runtime);
}

static int ask_plan(struct context *c, struct plan *p, struct outcome_set *out, struct err *e)
{
	AUTO_FREE const char **ids = mem_new(p->count + 1, sizeof(*ids));

	for (size_t i = 0; i < p->count; i++)
		ids[i] = p->cells[i].id;
	return query_last(c->store, ids, 0, false, out, e);
}

static int ask_tests(struct qualify_store *s, const struct policy *policy, struct selection *where, struct err *e)
{
	const struct policy_must *must = policy->must_pass.items;
	struct words packages = { 0 };
	struct plan *p = NULL;
	int status = 0;

	add_words(&packages, &policy->packages);
	for (size_t i = 0; i < policy->must_pass.count; i++)
		vec_add(&packages.items, must[i].package);
	where->targets = (struct option_list){ policy->targets.items, policy->targets.count };
	where->tier = policy->tier;
	if (packages.items.count) {
		p = context_plan(s->c, where, packages.items.items, packages.items.count, e);
		status = p ? ask_plan(s->c, p, &s->tests, e) : -1;
	}
	plan_free(p);
	vec_free(&packages.items);
	return status;
}

static int ask_speed(struct qualify_store *s, const struct policy *policy, struct selection *where, struct err *e)
{
	const struct text_list *targets = policy->speed.targets.count ? &policy->speed.targets : &policy->targets;
	struct plan *p;
	int status;

	if (!policy->speed.benchmarks.count)
		return 0;
	where->targets = (struct option_list){ targets->items, targets->count };
	p = context_plan_benchmarks(s->c, where, policy->speed.benchmarks.items, policy->speed.benchmarks.count, e);
	status = p ? ask_plan(s->c, p, &s->speed, e) : -1;
	plan_free(p);
	return status;
}

struct qualify_store *qualify_store_new(struct context *c, const struct policy *policy,
					const struct dossier_side *candidate, const struct dossier_side *baseline,
					struct err *e)
{
	struct qualify_store *s = mem_new(1, sizeof(*s));
	struct selection where = { 0 };
	struct words runtimes = { 0 };
	int status = 0;

	s->c = c;
	s->arena = arena_new(4096);
	add_runtimes(&runtimes, candidate, baseline);
	where.runtimes = (struct option_list){ runtimes.items.items, runtimes.items.count };
	if (runtimes.items.count)
		status = ask_tests(s, policy, &where, e) || ask_speed(s, policy, &where, e);
	vec_free(&runtimes.items);
	if (!status)
		return s;
	qualify_store_free(s);
	return NULL;
}

/* ---- of a run ---- */

static const struct outcome_set *rows_of_run(struct qualify_store *s, const char *name, struct err *e)
{
	struct run_rows *run;
	int64_t id;

	for (size_t i = 0; i < s->runs.count; i++)
		if (!strcmp(s->runs.items[i]->name, name))
			return &s->runs.items[i]->rows;
	if (query_resolve_run(s->c->store, name, &id, e))
		return NULL;
	run = mem_new(1, sizeof(*run));
	run->name = mem_dup(name);
	vec_add(&s->runs, run);
	return query_run_outcomes(s->c->store, id, &run->rows, e) ? NULL : &run->rows;
}

static bool is_sought(const struct outcome_row *row, const struct qualify_search *s)
{
	return !strcmp(row->target, s->target) && !strcmp(row->runtime, s->runtime) &&
	       !strcmp(row->package, s->package) && !strcmp(row->tier, s->tier);
}

/* "runs/RUN/CELL/ATTEMPT" */
static const char *run_of(struct arena *a, const char *folder)
{
	const char *name = folder + strlen("runs/");

	return arena_dup_bytes(a, name, strcspn(name, "/"));
}

int qualify_store_find(void *ctx, const struct qualify_search *sought, struct qualify_ref *out, struct err *e)
{
	struct qualify_store *s = ctx;
	const struct outcome_set *set = sought->run				? rows_of_run(s, sought->run, e)
					: strcmp(sought->tier, SPEED_TIER) == 0 ? &s->speed
										: &s->tests;
	const struct outcome_row *found = NULL;

	if (!set)
		return -1;
	for (size_t i = 0; i < set->count; i++)
		if (is_sought(&set->rows[i], sought) && (!found || set->rows[i].attempt >= found->attempt))
			found = &set->rows[i];
	if (!found)
		return 0;
	*out = (struct qualify_ref){ .run = run_of(s->arena, found->folder), .attempt = found->attempt };
	snprintf(out->cell_id, sizeof(out->cell_id), "%s", found->cell_id);
	return 1;
}

void qualify_store_free(struct qualify_store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->runs.count; i++) {
		outcome_set_free(&s->runs.items[i]->rows);
		free(s->runs.items[i]->name);
		free(s->runs.items[i]);
	}
	vec_free(&s->runs);
	outcome_set_free(&s->tests);
	outcome_set_free(&s->speed);
	arena_free(s->arena);
	free(s);
}
