#include "cli/qualify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/qualify_inside.h"

#define BENCH_MOST_PROCESSES 30 /* that `labctl bench` does of a runtime */

const char *qualify_control_runtime(const struct lab *lab)
{
	return lab->settings.baseline ? lab->settings.baseline : "cpython";
}

int qualify_read_policy(struct context *c, const char *name, const char *text, size_t len, struct policy *out,
			struct err *e)
{
	struct problems problems = { 0 };
	int status = policy_parse(c->lab, name, text, len, out, &problems, e);

	if (problems.count) {
		AUTO_STR shown = { 0 };

		problems_show(&problems, &shown);
		fputs(str_text(&shown), stderr);
	}
	problems_free(&problems);
	return status;
}

/* "pypy", or with its run where the runtime alone does not tell the sides apart. */
static const char *name_side(struct qualify_case *q, const struct dossier_side *side)
{
	const struct qualify_request *r = q->request;
	bool alike = !strcmp(r->candidate.runtime, r->baseline.runtime);

	return alike && side->run ? arena_printf(q->arena, "%s of %s", side->runtime, side->run) : side->runtime;
}

/* What is measured together, the runtime of the A/A control with it. */
static const char *name_runtimes(struct qualify_case *q)
{
	const char *names[] = { qualify_control_runtime(q->c->lab), q->request->baseline.runtime,
				q->request->candidate.runtime };
	AUTO_STR list = { 0 };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		bool said = false;

		for (size_t k = 0; k < i; k++)
			said |= !strcmp(names[k], names[i]);
		if (!said)
			str_addf(&list, "%s%s", list.len ? "," : "", names[i]);
	}
	return arena_dup(q->arena, str_text(&list));
}

/* As the policy's words: shorter to paste than the names of all that they choose. */
static const char *name_benchmarks(struct qualify_case *q)
{
	const struct text_list *words = &q->request->policy->speed.benchmarks;
	AUTO_STR list = { 0 };

	for (size_t i = 0; i < words->count; i++) {
		str_add(&list, i ? " " : "");
		str_add_quoted(&list, words->items[i], STR_SHELL);
	}
	return words->count ? arena_dup(q->arena, str_text(&list)) : NULL;
}

static void set_terms(struct qualify_case *q)
{
	const struct qualify_request *r = q->request;
	const struct policy *p = r->policy;

	q->terms = (struct qualify_terms){
		.candidate = name_side(q, &r->candidate),
		.baseline = name_side(q, &r->baseline),
		.candidate_runtime = r->candidate.runtime,
		.runtimes = name_runtimes(q),
		.benchmarks = name_benchmarks(q),
		.two_runs = r->candidate.run && r->baseline.run && strcmp(r->candidate.run, r->baseline.run) != 0,
		.alpha = p->speed.alpha,
		.power = p->speed.power,
		.tests_coverage = p->coverage.tests_percent / 100,
		.benchmarks_coverage = p->coverage.benchmarks_percent / 100,
		.most_processes = BENCH_MOST_PROCESSES,
	};
}

static void set_dossier(struct qualify_case *q)
{
	const struct qualify_request *r = q->request;
	char digest[DIGEST_TEXT_BYTES];

	digest_bytes(r->policy_text, strlen(r->policy_text), digest);
	q->dossier = (struct dossier){
		.labctl = PACKAGE_VERSION,
		.made_wall_ms = r->made_wall_ms,
		.candidate = r->candidate,
		.baseline = r->baseline,
		.policy_name = r->policy_name,
		.policy_text = r->policy_text,
		.policy_digest = arena_dup(q->arena, digest),
		.recipes = q->recipes,
		.recipe_count = q->recipe_count,
		.records = q->records,
		.record_count = q->record_count,
		.terms = &q->terms,
		.q = &q->judged,
	};
}

struct qualify_case *qualify_build(struct context *c, const struct qualify_request *r, struct err *e)
{
	struct qualify_case *q = mem_new(1, sizeof(*q));

	q->c = c;
	q->request = r;
	q->arena = arena_new(65536);
	set_terms(q);
	if (qualify_add_tests(q, e) || qualify_add_speed(q, e) || qualify_add_recipes(q, e) ||
	    qualify_judge(&q->terms, &q->judged, e)) {
		qualify_free(q);
		return NULL;
	}
	set_dossier(q);
	return q;
}

const struct dossier *qualify_dossier(const struct qualify_case *q)
{
	return &q->dossier;
}

void qualify_free(struct qualify_case *q)
{
	if (!q)
		return;
	qualification_free(&q->judged);
	qualify_free_records(q);
	free(q->recipes);
	arena_free(q->arena);
	free(q);
}
