#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "render/terminal_text.h"

/* Which signs stand in the matrix: only those are explained. */
struct legend {
	bool emulated, failed, crashed, newly, nothing;
};

static struct legend find_legend(const struct matrix *m)
{
	struct legend l = { 0 };

	for (size_t i = 0; i < m->column_count; i++)
		l.emulated |= m->columns[i].emulated;
	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		const struct matrix_cell *c = &m->cells[i];

		l.failed |= c->bad > c->crashed;
		l.crashed |= c->crashed > 0;
		l.newly |= c->newly_bad > 0;
		l.nothing |= c->now == NULL && c->not_run == NULL;
	}
	return l;
}

static void explain(const struct pen *p, bool used, const char *sign, const char *meaning, bool *first)
{
	if (!used)
		return;
	str_addf(p->out, "%s%s %s", *first ? "" : "   ", sign, meaning);
	*first = false;
}

static void add_legend(const struct pen *p, const struct matrix *m)
{
	struct legend l = find_legend(m);
	bool first = true;

	explain(p, l.emulated, p->signs->emulated, "emulated", &first);
	explain(p, l.failed, p->signs->failed, "failed", &first);
	explain(p, l.crashed, p->signs->crashed, "interpreter crashed", &first);
	explain(p, l.newly, p->signs->newly, "newly failing", &first);
	explain(p, l.nothing, p->signs->nothing, "not run", &first);
	if (!first)
		str_add_char(p->out, '\n');
}

static void add_notes(const struct pen *p, const struct absences *a)
{
	for (size_t i = 0; i < a->count; i++) {
		str_addf(p->out, "%s%zu ", p->signs->absent, i + 1);
		pen_text(p, a->reasons[i]);
		if (a->cells[i] > 1)
			str_addf(p->out, " (%zu cells)", a->cells[i]);
		str_add_char(p->out, '\n');
		if (a->hints[i] != NULL)
			pen_lines(p, a->hints[i], "   ");
	}
}

static void add_heading(const struct pen *p, const char *text)
{
	str_add_char(p->out, '\n');
	pen_styled(p, STYLE_BOLD, text);
	str_add_char(p->out, '\n');
}

static void add_remark(const struct pen *p, const struct remark *m)
{
	str_add(p->out, "  ");
	pen_styled(p, m->verdict == VERDICT_CRASHED ? STYLE_CRASH : STYLE_BAD, verdict_name(m->verdict));
	str_add(p->out, "  ");
	pen_text(p, m->cell);
	if (m->cell_count > 1)
		str_addf(p->out, " (%zu cells)", m->cell_count);
	str_add(p->out, "\n      ");
	pen_text(p, m->reason);
	str_add_char(p->out, '\n');
	if (m->hint != NULL) {
		str_add(p->out, "      ");
		pen_text(p, m->hint);
		str_add_char(p->out, '\n');
	}
}

/* Those without a result have their numbered notes. */
static bool has_note(const struct remark *m)
{
	return m->verdict == VERDICT_UNAVAILABLE;
}

static void add_remarks(const struct pen *p, const struct report *r)
{
	bool first = true;

	for (size_t i = 0; i < r->remark_count; i++) {
		if (has_note(&r->remarks[i]))
			continue;
		if (first)
			add_heading(p, "Cells without a full result");
		first = false;
		add_remark(p, &r->remarks[i]);
	}
}

static void add_cell_list(const struct pen *p, const struct finding *f)
{
	for (size_t i = 0; f->cells[i] != NULL; i++) {
		str_add(p->out, i > 0 ? ", " : "      in ");
		pen_text(p, f->cells[i]);
	}
	str_add_char(p->out, '\n');
}

static void add_tests(const struct pen *p, const struct finding *f)
{
	size_t shown = 0;

	for (; f->tests[shown] != NULL; shown++) {
		str_add(p->out, "      ");
		pen_text(p, f->tests[shown]);
		str_add_char(p->out, '\n');
	}
	if (f->test_count > shown)
		str_addf(p->out, "      %s and %zu more\n", p->signs->ellipsis, f->test_count - shown);
}

static void add_title(const struct pen *p, const struct finding *f)
{
	enum style style = f->worst == VERDICT_CRASHED ? STYLE_CRASH : STYLE_BAD;

	str_add(p->out, "  ");
	str_add(p->out, pen_style(p, f->known ? STYLE_KNOWN : style));
	pen_text(p, f->package);
	str_add(p->out, ": ");
	pen_text(p, f->cause != NULL ? f->cause : f->known ? "known to the recipe" : "no rule explains it");
	str_add(p->out, pen_style_end(p, f->known ? STYLE_KNOWN : style));
	str_add(p->out, "  ");
	phrase_extent(f, p->out);
	if (f->is_new)
		str_addf(p->out, "  %s new", p->signs->newly);
	str_add_char(p->out, '\n');
}

static void add_command(const struct pen *p, const struct finding *f)
{
	AUTO_STR command = { 0 };

	phrase_show_command(p->opts->program, f->cells[0], f->cause, &command);
	str_add(p->out, "      ");
	pen_text(p, str_text(&command));
	str_add_char(p->out, '\n');
}

static void add_finding(const struct pen *p, const struct finding *f)
{
	add_title(p, f);
	if (f->cell_count > 1)
		add_cell_list(p, f);
	add_tests(p, f);
	if (f->sample != NULL)
		pen_lines(p, f->sample, "        | ");
	if (f->advice != NULL) {
		str_add(p->out, "      ");
		pen_text(p, f->advice);
		str_add_char(p->out, '\n');
	}
	add_command(p, f);
}

/* Nothing to act on: a line each, and the command. */
static void add_known(const struct pen *p, const struct finding *f)
{
	add_title(p, f);
	if (f->advice != NULL) {
		str_add(p->out, "      ");
		pen_text(p, f->advice);
		str_add_char(p->out, '\n');
	}
	add_command(p, f);
}

static void add_findings(const struct pen *p, const struct report *r, bool known, const char *heading)
{
	bool first = true;

	for (size_t i = 0; i < r->finding_count; i++) {
		const struct finding *f = &r->findings[i];

		if (f->known != known)
			continue;
		if (first)
			add_heading(p, heading);
		first = false;
		if (known)
			add_known(p, f);
		else
			add_finding(p, f);
	}
}

static void add_totals(const struct pen *p, const struct report *r)
{
	str_add_char(p->out, '\n');
	phrase_cells(r, p->out);
	str_add_char(p->out, '\n');
	phrase_tally(&r->total, p->out);
	str_add_char(p->out, '\n');
}

static void render(const struct report *r, const struct render_opts *o, struct str *out)
{
	struct pen p = pen_new(o, out);
	struct absences absences;

	absences_find(&r->matrix, &absences);
	terminal_matrix(&p, &r->matrix, &absences);
	add_legend(&p, &r->matrix);
	add_notes(&p, &absences);
	add_remarks(&p, r);
	add_findings(&p, r, false, "Findings");
	add_findings(&p, r, true, "Known failures");
	add_totals(&p, r);
	absences_free(&absences);
}

const struct renderer terminal_renderer = { "terminal", "a table and the findings, for people", render };
