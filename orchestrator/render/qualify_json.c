/* The report: everything that the judgement rests on and came to. */
#include <math.h>

#include "base/clock.h"
#include "base/json.h"
#include "render/qualify.h"

const char *dossier_role_word(size_t i)
{
	static const char *const words[DOSSIER_ROLES] = { "candidate", "baseline", "control", "baseline_control" };

	return i < DOSSIER_ROLES ? words[i] : "unknown";
}

static void add_side(struct json_writer *w, const char *key, const struct dossier_side *side)
{
	json_open(w, key, '{');
	json_add_text(w, "runtime", side->runtime);
	json_add_text(w, "run", side->run);
	json_close(w, '}');
}

static void add_policy(struct json_writer *w, const struct dossier *d)
{
	json_open(w, "policy", '{');
	json_add_text(w, "name", d->policy_name);
	json_add_text(w, "digest", d->policy_digest);
	json_add_real(w, "alpha", d->terms->alpha);
	json_add_real(w, "power", d->terms->power);
	json_add_real(w, "tests_coverage", d->terms->tests_coverage);
	json_add_real(w, "benchmarks_coverage", d->terms->benchmarks_coverage);
	json_add_text(w, "text", d->policy_text);
	json_close(w, '}');
}

static void add_decision(struct json_writer *w, const struct qualification *q)
{
	json_open(w, "decision", '{');
	json_add_int(w, "status", q->status);
	json_add_text(w, "word", qualify_word(q->status));
	json_open(w, "reasons", '[');
	for (size_t i = 0; i < q->reason_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "word", qualify_word(q->reasons[i].status));
		json_add_text(w, "text", q->reasons[i].text);
		json_add_text(w, "command", q->reasons[i].command);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
}

static void add_tests(struct json_writer *w, const struct qualify_tests *t)
{
	json_open(w, NULL, '{');
	json_add_text(w, "target", t->want->target);
	json_add_text(w, "package", t->want->package);
	json_add_text(w, "tier", t->want->tier);
	json_add_bool(w, "against_baseline", t->want->against_baseline);
	json_add_text(w, "word", qualify_word(t->status));
	json_add_text(w, "why", t->why);
	json_add_int(w, "baseline_passed", t->baseline_passed);
	json_add_int(w, "covered", t->covered);
	json_add_int(w, "still_failing", t->still_failing);
	json_add_int(w, "fixed", t->fixed);
	json_add_int(w, "known", t->known);
	json_add_int(w, "excepted", t->excepted);
	json_open(w, "missing", '[');
	for (size_t i = 0; i < t->missing_count; i++)
		json_add_text(w, NULL, t->missing[i]);
	json_close(w, ']');
	json_open(w, "regressions", '[');
	for (size_t i = 0; i < t->regression_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "test", t->regressions[i].test);
		json_add_text(w, "verdict", verdict_key(t->regressions[i].verdict));
		json_add_text(w, "why", t->regressions[i].why);
		json_add_text(w, "detail", t->regressions[i].detail);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
}

static void add_pair(struct json_writer *w, const char *key, struct interval i)
{
	json_open(w, key, '[');
	json_add_real(w, NULL, i.low);
	json_add_real(w, NULL, i.high);
	json_close(w, ']');
}

static void add_speed(struct json_writer *w, const struct qualify_speed *s)
{
	json_open(w, NULL, '{');
	json_add_text(w, "target", s->want->target);
	json_add_text(w, "benchmark", s->want->benchmark);
	json_add_text(w, "word", qualify_word(s->status));
	json_add_text(w, "why", s->why);
	json_add_bool(w, "excepted", s->excepted);
	json_add_bool(w, "compared", s->compared);
	json_add_real(w, "margin", s->want->margin);
	json_add_text(w, "margin_word", isnan(s->judged.p_kept) ? NULL : margin_word(s->judged.word));
	json_add_real(w, "time_ratio", s->ratio.value);
	add_pair(w, "one_sided_bounds", s->judged.bounds);
	json_add_real(w, "p_kept", s->judged.p_kept);
	json_add_real(w, "adjusted_p_exceeded", s->judged.p_exceeded);
	json_add_real(w, "detectable_margin", s->judged.detectable);
	json_add_real(w, "power", s->judged.power);
	json_add_int(w, "processes_needed", (int64_t)s->judged.processes);
	json_add_int(w, "baseline_processes", (int64_t)s->ratio.base_count);
	json_add_int(w, "candidate_processes", (int64_t)s->ratio.changed_count);
	json_close(w, '}');
}

static void add_control(struct json_writer *w, const struct qualify_control *c)
{
	json_open(w, NULL, '{');
	json_add_text(w, "target", c->target);
	json_add_text(w, "run", c->run);
	json_add_text(w, "state", control_word(c->control.state));
	json_add_int(w, "checked", (int64_t)c->control.checked);
	json_add_int(w, "of", (int64_t)c->control.benchmarks);
	json_add_real(w, "adjusted_p", c->control.adjusted_p);
	json_add_text(w, "worst", c->worst);
	json_add_real(w, "largest_difference", c->control.largest);
	json_add_text(w, "largest_of", c->largest);
	json_add_real(w, "detectable_difference", c->control.detectable);
	json_close(w, '}');
}

static void add_record(struct json_writer *w, const struct dossier_record *r)
{
	char when[32];

	clock_format_utc(r->started_wall_ms, when, sizeof(when));
	json_open(w, NULL, '{');
	json_open(w, "roles", '[');
	for (size_t i = 0; i < DOSSIER_ROLES; i++)
		if (r->roles & 1u << i)
			json_add_text(w, NULL, dossier_role_word(i));
	json_close(w, ']');
	json_add_text(w, "target", r->target);
	json_add_text(w, "runtime", r->runtime);
	json_add_text(w, "package", r->package);
	json_add_text(w, "tier", r->tier);
	json_add_text(w, "run", r->run);
	json_add_text(w, "cell", r->cell_id);
	json_add_int(w, "attempt", r->attempt);
	json_add_text(w, "unreadable", r->unreadable);
	json_add_text(w, "arch", r->arch);
	json_add_text(w, "how_run", r->how_run);
	json_add_text(w, "verdict", verdict_key(r->verdict));
	json_add_text(w, "reason", r->reason);
	json_add_text(w, "started", when);
	json_open(w, "facts", '{');
	for (const struct fact_pair *f = r->facts; f && f->name; f++)
		json_add_text(w, f->name, f->value);
	json_close(w, '}');
	json_open(w, "files", '{');
	for (size_t i = 0; i < r->file_count; i++)
		json_add_text(w, r->files[i].name, r->files[i].digest);
	json_close(w, '}');
	json_close(w, '}');
}

static void add_recipes(struct json_writer *w, const struct dossier *d)
{
	json_open(w, "recipes", '[');
	for (size_t i = 0; i < d->recipe_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "kind", d->recipes[i].kind);
		json_add_text(w, "name", d->recipes[i].name);
		json_add_text(w, "digest", d->recipes[i].digest);
		json_close(w, '}');
	}
	json_close(w, ']');
}

#define ADD_LIST(w, key, count, add, items)                                                                            \
	do {                                                                                                           \
		json_open(w, key, '[');                                                                                \
		for (size_t i_ = 0; i_ < (count); i_++)                                                                \
			add(w, &(items)[i_]);                                                                          \
		json_close(w, ']');                                                                                    \
	} while (0)

void qualify_json(const struct dossier *d, struct str *out)
{
	struct json_writer w;
	char when[32];

	clock_format_utc(d->made_wall_ms, when, sizeof(when));
	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", DOSSIER_FORMAT);
	json_add_int(&w, "version", DOSSIER_VERSION);
	json_add_text(&w, "labctl", d->labctl);
	json_add_text(&w, "made", when);
	json_add_int(&w, "made_wall_ms", d->made_wall_ms);
	add_side(&w, "candidate", &d->candidate);
	add_side(&w, "baseline", &d->baseline);
	add_policy(&w, d);
	add_decision(&w, d->q);
	ADD_LIST(&w, "tests", d->q->tests_count, add_tests, d->q->tests);
	ADD_LIST(&w, "speed", d->q->speed_count, add_speed, d->q->speed);
	ADD_LIST(&w, "controls", d->q->control_count, add_control, d->q->controls);
	add_recipes(&w, d);
	ADD_LIST(&w, "records", d->record_count, add_record, d->records);
	json_close(&w, '}');
	str_add_char(out, '\n');
}
