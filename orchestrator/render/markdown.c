/* Short enough for a comment: what it says in one line, the table, the findings. */
#include <string.h>

#include "base/mem.h"
#include "render/phrases.h"

static void add_text(struct str *out, const char *text)
{
	str_add_quoted(out, text, STR_MARKDOWN);
}

/* A piece of code that no text can end: the fence is longer than any row of backticks in it. */
static void add_code(struct str *out, const char *text)
{
	AUTO_STR visible = { 0 };
	size_t longest = 0, run = 0;

	str_add_quoted(&visible, text, STR_TERMINAL);
	for (const char *c = str_text(&visible); *c != '\0'; c++) {
		run = *c == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		str_add_char(out, '`');
	str_addf(out, longest > 0 ? " %s " : "%s", str_text(&visible));
	for (size_t i = 0; i <= longest; i++)
		str_add_char(out, '`');
}

static void add_header(const struct matrix *m, struct str *out)
{
	str_add(out, "| package |");
	for (size_t i = 0; i < m->column_count; i++) {
		AUTO_STR name = { 0 };

		phrase_target(&m->columns[i], &name);
		str_addf(&name, "%s %s", m->columns[i].emulated ? " ~" : "", m->columns[i].runtime);
		str_add_char(out, ' ');
		add_text(out, str_text(&name));
		str_add(out, " |");
	}
	str_add(out, "\n| --- |");
	for (size_t i = 0; i < m->column_count; i++)
		str_add(out, " ---: |");
	str_add_char(out, '\n');
}

static void add_row(const struct matrix *m, const struct absences *absences, size_t row, struct str *out)
{
	str_add(out, "| ");
	add_text(out, m->titles[row]);
	str_add(out, " |");
	for (size_t i = 0; i < m->column_count; i++) {
		const struct matrix_cell *c = matrix_at(m, row, i);
		AUTO_STR marks = { 0 };
		AUTO_STR cell = { 0 };

		phrase_cell(c, &utf8_signs, absences_number(absences, c), &cell);
		phrase_marks(c, &utf8_signs, &marks);
		if (marks.len > 0)
			str_addf(&cell, " %s", marks.text);
		str_add_char(out, ' ');
		add_text(out, str_text(&cell));
		str_add(out, " |");
	}
	str_add_char(out, '\n');
}

static void add_notes(const struct matrix *m, const struct absences *a, struct str *out)
{
	bool emulated = false;

	for (size_t i = 0; i < m->column_count; i++)
		emulated |= m->columns[i].emulated;
	str_add(out, "\n");
	if (emulated)
		str_add(out, "\\~ emulated · ");
	str_add(out, "✗ failed · ☠ interpreter crashed · ▲ newly failing\n");
	for (size_t i = 0; i < a->count; i++) {
		str_addf(out, "\n–%zu ", i + 1);
		add_text(out, a->reasons[i]);
		str_add_char(out, '\n');
	}
}

static void add_finding(const struct finding *f, const char *program, struct str *out)
{
	AUTO_STR command = { 0 };

	str_add(out, "- **");
	add_text(out, f->package);
	str_add(out, ": ");
	add_text(out, f->cause != NULL ? f->cause : f->known ? "known to the recipe" : "no rule explains it");
	str_addf(out, "** %s", f->is_new ? "▲ new, " : "");
	phrase_extent(f, out);
	if (f->known)
		str_add(out, " (known)");
	str_add(out, "  \n  ");
	if (f->tests[0] != NULL)
		add_code(out, f->tests[0]);
	if (f->test_count > 1)
		str_addf(out, " and %zu more", f->test_count - 1);
	str_add(out, "  \n  ");
	phrase_show_command(program, f->cells[0], f->cause, &command);
	add_code(out, str_text(&command));
	str_add_char(out, '\n');
}

static void add_remark(const struct remark *m, struct str *out)
{
	str_addf(out, "- **%s** ", verdict_name(m->verdict));
	add_text(out, m->cell);
	str_add(out, ": ");
	add_text(out, m->reason);
	str_add_char(out, '\n');
}

static void add_lists(const struct report *r, const char *program, struct str *out)
{
	bool first = true;

	for (size_t i = 0; i < r->remark_count; i++) {
		if (r->remarks[i].verdict == VERDICT_UNAVAILABLE)
			continue;
		str_add(out, first ? "\n" : "");
		first = false;
		add_remark(&r->remarks[i], out);
	}
	if (r->finding_count > 0)
		str_add_char(out, '\n');
	for (size_t i = 0; i < r->finding_count; i++)
		add_finding(&r->findings[i], program, out);
}

static void render(const struct report *r, const struct render_opts *o, struct str *out)
{
	struct absences absences;

	absences_find(&r->matrix, &absences);
	str_add(out, "**");
	phrase_cells(r, out);
	str_add(out, "** · ");
	phrase_tally(&r->total, out);
	str_add(out, "\n\n");
	add_header(&r->matrix, out);
	for (size_t row = 0; row < r->matrix.row_count; row++)
		add_row(&r->matrix, &absences, row, out);
	add_notes(&r->matrix, &absences, out);
	add_lists(r, o->program, out);
	absences_free(&absences);
}

const struct renderer markdown_renderer = { "markdown", "a table and a list, for a comment or a summary page", render };
