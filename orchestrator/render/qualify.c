/* A qualification for people: the answer, why, what settles it, then the figures. */
#include "render/qualify.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "render/columns.h"
#include "render/terminal_text.h"

static enum style style_of(enum qualify_status s)
{
	return s == QUALIFY_QUALIFIED	 ? STYLE_GOOD
	       : s == QUALIFY_REGRESSION ? STYLE_BAD
	       : s == QUALIFY_INVALID	 ? STYLE_CRASH
					 : STYLE_KNOWN;
}

static const char *sign_of(enum qualify_status s, bool ascii)
{
	static const char *const signs[QUALIFY_COUNT] = { "✓", "✗", "?", "‼", "○" };
	static const char *const plain[QUALIFY_COUNT] = { "+", "x", "?", "!", "o" };

	return ascii ? plain[s] : signs[s];
}

/* What an empty run stands for. */
static void add_side(const struct dossier_side *side, struct str *out)
{
	str_add(out, side->runtime);
	if (side->run)
		str_addf(out, " in the run %s", side->run);
}

static void add_margin(const struct qualify_speed *s, struct str *out)
{
	str_addf(out, "%g %%", s->want->margin * 100);
}

/* In percent, to one digit; what rounds to nothing has no sign. */
static double more_percent(double ratio)
{
	double more = (ratio - 1) * 100;

	return fabs(more) < 0.05 ? 0 : more;
}

/* How much more time is taken: "+1.2 %", and at most how much that is. */
static void add_more_time(const struct qualify_speed *s, struct str *change, struct str *most)
{
	if (isnan(s->ratio.value))
		return;
	str_addf(change, "%+.1f %%", more_percent(s->ratio.value));
	if (interval_known(s->judged.bounds))
		str_addf(most, "%+.1f %% .. %+.1f %%", more_percent(s->judged.bounds.low),
			 more_percent(s->judged.bounds.high));
}

static void add_detectable(const struct qualify_speed *s, struct str *out)
{
	if (isfinite(s->judged.detectable))
		str_addf(out, "%.1f %%", s->judged.detectable * 100);
}

static void add_word(const struct pen *p, enum qualify_status s, const char *why, struct str *out)
{
	str_addf(out, "%s %s%s%s", sign_of(s, p->opts->ascii), qualify_word(s), why ? ": " : "", why ? why : "");
}

/* ---- terminal ---- */

static void terminal_reasons(const struct pen *p, const struct dossier *d)
{
	for (size_t i = 0; i < d->q->reason_count; i++) {
		const struct qualify_reason *r = &d->q->reasons[i];

		str_add(p->out, "  ");
		str_add(p->out, pen_style(p, style_of(r->status)));
		str_add(p->out, sign_of(r->status, p->opts->ascii));
		str_add(p->out, pen_style_end(p, style_of(r->status)));
		str_add(p->out, " ");
		pen_text(p, r->text);
		str_add(p->out, "\n");
		if (!r->command)
			continue;
		str_add(p->out, "      ");
		pen_styled(p, STYLE_FAINT, r->command);
		str_add(p->out, "\n");
	}
}

static void terminal_tests(const struct pen *p, const struct qualification *q)
{
	struct columns *table = columns_new(5);

	columns_row(table, (const char *const[]){ "TESTS", "TARGET", "COVERED", "WORSE", "" });
	columns_align_right(table, 2);
	columns_align_right(table, 3);
	for (size_t i = 0; i < q->tests_count; i++) {
		const struct qualify_tests *t = &q->tests[i];
		AUTO_FREE char *name = mem_printf("%s:%s", t->want->package, t->want->tier);
		AUTO_FREE char *covered = mem_printf("%" PRId64 " of %" PRId64, t->covered, t->baseline_passed);
		AUTO_FREE char *worse = mem_printf("%zu", t->regression_count);
		AUTO_FREE char *why = t->why ? pen_harmless(p, t->why) : NULL;
		AUTO_STR word = { 0 };

		add_word(p, t->status, why, &word);
		columns_row(table, (const char *const[]){ name, t->want->target, covered, worse, str_text(&word) });
		columns_style(table, 4, pen_style(p, style_of(t->status)), pen_style_end(p, style_of(t->status)));
	}
	columns_print(table, "  ", p->out);
	columns_free(table);
}

static void terminal_speed(const struct pen *p, const struct qualification *q)
{
	struct columns *table = columns_new(7);

	columns_row(table,
		    (const char *const[]){ "BENCHMARK", "TARGET", "MORE TIME", "BOUNDS", "MARGIN", "DETECTABLE", "" });
	for (size_t i = 2; i < 6; i++)
		columns_align_right(table, i);
	for (size_t i = 0; i < q->speed_count; i++) {
		const struct qualify_speed *s = &q->speed[i];
		AUTO_FREE char *why = s->why ? pen_harmless(p, s->why) : NULL;
		AUTO_STR change = { 0 };
		AUTO_STR bounds = { 0 };
		AUTO_STR margin = { 0 };
		AUTO_STR detectable = { 0 };
		AUTO_STR word = { 0 };

		add_more_time(s, &change, &bounds);
		add_margin(s, &margin);
		add_detectable(s, &detectable);
		add_word(p, s->status, why, &word);
		columns_row(table, (const char *const[]){ s->want->benchmark, s->want->target, str_text(&change),
							  str_text(&bounds), str_text(&margin), str_text(&detectable),
							  str_text(&word) });
		columns_style(table, 6, pen_style(p, style_of(s->status)), pen_style_end(p, style_of(s->status)));
	}
	columns_print(table, "  ", p->out);
	columns_free(table);
}

static void add_controls(const struct qualification *q, const char *before, struct str *out)
{
	for (size_t i = 0; i < q->control_count; i++) {
		const struct qualify_control *c = &q->controls[i];

		str_addf(out, "%sA/A control on %s: %s, %zu of %zu benchmarks", before, c->target,
			 control_word(c->control.state), c->control.checked, c->control.benchmarks);
		if (isfinite(c->control.largest))
			str_addf(out, ", halves differ by at most %.1f %%", c->control.largest * 100);
		str_add(out, "\n");
	}
}

void qualify_terminal(const struct dossier *d, const struct render_opts *o, struct str *out)
{
	struct pen p = pen_new(o, out);
	enum style style = style_of(d->q->status);

	str_add(out, pen_style(&p, style));
	str_addf(out, "%s %s", sign_of(d->q->status, o->ascii), qualify_word(d->q->status));
	str_add(out, pen_style_end(&p, style));
	str_add(out, ": ");
	add_side(&d->candidate, out);
	str_add(out, " against ");
	add_side(&d->baseline, out);
	str_add(out, ", policy ");
	pen_text(&p, d->policy_name);
	str_addf(out, ": %s\n", qualify_help(d->q->status));
	terminal_reasons(&p, d);
	if (d->q->tests_count) {
		str_add(out, "\n");
		terminal_tests(&p, d->q);
	}
	if (d->q->speed_count) {
		str_add(out, "\n");
		terminal_speed(&p, d->q);
		add_controls(d->q, "", out);
		str_addf(out,
			 "bounds: each one-sided at %g %%; detectable: the margin that an equal candidate would be "
			 "shown to keep with a chance of %g %%\n",
			 (1 - d->terms->alpha) * 100, d->terms->power * 100);
	}
}

/* ---- markdown ---- */

static void markdown_reasons(const struct dossier *d, struct str *out)
{
	for (size_t i = 0; i < d->q->reason_count; i++) {
		const struct qualify_reason *r = &d->q->reasons[i];

		str_addf(out, "- %s ", sign_of(r->status, false));
		str_add_quoted(out, r->text, STR_MARKDOWN);
		str_add(out, "\n");
		if (r->command)
			str_addf(out, "  `%s`\n", r->command);
	}
}

static void markdown_tests(const struct qualification *q, struct str *out)
{
	str_add(out, "\n| tests | target | covered | worse | |\n| --- | --- | ---: | ---: | --- |\n");
	for (size_t i = 0; i < q->tests_count; i++) {
		const struct qualify_tests *t = &q->tests[i];

		str_addf(out, "| %s:%s | %s | %" PRId64 " of %" PRId64 " | %zu | %s %s |\n", t->want->package,
			 t->want->tier, t->want->target, t->covered, t->baseline_passed, t->regression_count,
			 sign_of(t->status, false), qualify_word(t->status));
	}
}

static void markdown_speed(const struct qualification *q, struct str *out)
{
	str_add(out, "\n| benchmark | target | more time | bounds | margin | detectable | |\n"
		     "| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
	for (size_t i = 0; i < q->speed_count; i++) {
		const struct qualify_speed *s = &q->speed[i];
		AUTO_STR change = { 0 };
		AUTO_STR bounds = { 0 };
		AUTO_STR margin = { 0 };
		AUTO_STR detectable = { 0 };

		add_more_time(s, &change, &bounds);
		add_margin(s, &margin);
		add_detectable(s, &detectable);
		str_addf(out, "| %s | %s | %s | %s | %s | %s | %s %s |\n", s->want->benchmark, s->want->target,
			 str_text(&change), str_text(&bounds), str_text(&margin), str_text(&detectable),
			 sign_of(s->status, false), qualify_word(s->status));
	}
	str_add(out, "\n");
}

void qualify_markdown(const struct dossier *d, struct str *out)
{
	str_addf(out, "**%s %s**: ", sign_of(d->q->status, false), qualify_word(d->q->status));
	add_side(&d->candidate, out);
	str_add(out, " against ");
	add_side(&d->baseline, out);
	str_add(out, ", policy ");
	str_add_quoted(out, d->policy_name, STR_MARKDOWN);
	str_add(out, "\n\n");
	markdown_reasons(d, out);
	if (d->q->tests_count)
		markdown_tests(d->q, out);
	if (d->q->speed_count) {
		markdown_speed(d->q, out);
		add_controls(d->q, "- ", out);
	}
}
