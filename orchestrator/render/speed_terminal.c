/* Speed for people: benchmarks down, target and runtime across. The baseline shows its time, the others how many times
 * as fast they are. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "render/speed.h"
#include "render/terminal_grid.h"

enum style style_of_speed(enum speed word)
{
	static const enum style styles[] = {
		[SPEED_FASTER] = STYLE_GOOD,	       [SPEED_SLOWER] = STYLE_BAD,
		[SPEED_EQUIVALENT] = STYLE_PLAIN,      [SPEED_UNDECIDED] = STYLE_FAINT,
		[SPEED_NO_STEADY_STATE] = STYLE_KNOWN, [SPEED_NOT_COMPARABLE] = STYLE_FAINT,
		[SPEED_FAILED] = STYLE_CRASH,
	};

	return styles[word];
}

static enum style style_of(const struct speed_cell *c)
{
	return !c->now || (c->is_baseline && speed_known(&c->summary)) ? STYLE_PLAIN : style_of_speed(c->judged.word);
}

static void add_mean(const struct pen *p, const struct speed_column *c, struct str *text, struct str *mark)
{
	struct ratio mean = { .value = c->mean.value };

	if (c->is_baseline || !c->mean.count)
		return;
	phrase_factor(c->mean.value, p->opts->ascii, text);
	str_add_char(text, ' ');
	phrase_half_width(&mean, c->mean.interval, p->opts->ascii, text);
	str_addf(mark, "%zu of %zu", c->mean.count, c->mean.of);
}

static void fill(const struct pen *p, const struct speed_matrix *m, bool memory, struct grid *g)
{
	size_t last = m->row_count * m->column_count;

	for (size_t i = 0; i < last + m->column_count; i++) {
		const struct speed_column *column = &m->columns[i % m->column_count];
		AUTO_STR text = { 0 };
		AUTO_STR mark = { 0 };

		if (i < last) {
			phrase_speed(column, &m->cells[i], p->signs, &text);
			phrase_speed_marks(&m->cells[i], p->signs, memory, &mark);
			g->styles[i] = style_of(&m->cells[i]);
		} else {
			add_mean(p, column, &text, &mark);
			g->styles[i] = STYLE_BOLD;
		}
		g->texts[i] = str_take(&text);
		g->marks[i] = str_take(&mark);
	}
}

static void add_grid(const struct pen *p, const struct speed_matrix *m, bool memory)
{
	AUTO_FREE const char **rows = mem_new(m->row_count + 1, sizeof(*rows));
	AUTO_FREE struct matrix_column *columns = mem_new(m->column_count + 1, sizeof(*columns));
	struct grid g;

	for (size_t i = 0; i < m->row_count; i++)
		rows[i] = m->benchmarks[i];
	rows[m->row_count] = "geometric mean";
	for (size_t i = 0; i < m->column_count; i++)
		columns[i] = m->columns[i].at;
	grid_start(&g, m->row_count + 1, m->column_count);
	g.rows = rows;
	g.columns = columns;
	fill(p, m, memory, &g);
	terminal_grid(p, &g);
	grid_free(&g);
}

static void explain(const struct pen *p, const char *sign, const char *meaning, bool *first)
{
	str_addf(p->out, "%s%s %s", *first ? "" : "   ", sign, meaning);
	*first = false;
}

/* Only signs that stand in the matrix. */
static void add_legend(const struct pen *p, const struct speed_matrix *m)
{
	bool words[SPEED_COUNT] = { false }, classes[WARMUP_CLASS_COUNT] = { false }, emulated = false, first = true;

	for (size_t i = 0; i < m->column_count; i++)
		emulated |= m->columns[i].at.emulated;
	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		const struct speed_cell *c = &m->cells[i];

		words[c->judged.word] |= c->now && !c->is_baseline && !speed_is_absent(c);
		classes[c->summary.class] |= c->now && c->summary.process_count;
	}
	if (emulated)
		explain(p, p->signs->emulated, "emulated: compare along a column only", &first);
	for (int i = 0; i < SPEED_COUNT; i++)
		if (words[i])
			explain(p, p->opts->ascii ? speed_ascii_sign(i) : speed_sign(i), speed_word(i), &first);
	for (int i = 0; i < WARMUP_CLASS_COUNT; i++) {
		AUTO_STR sign = { 0 };

		phrase_class(i, p->opts->ascii, &sign);
		if (classes[i])
			explain(p, str_text(&sign), warmup_words[i].word, &first);
	}
	if (!first)
		str_add_char(p->out, '\n');
}

static bool has_control(const struct speed_matrix *m, size_t column)
{
	return m->columns[column].is_baseline;
}

static void add_control(const struct pen *p, const struct speed_column *c)
{
	AUTO_STR text = { 0 };

	str_addf(&text, "%s: A/A control %s", c->at.target, control_word(c->control.state));
	if (isfinite(c->control.typical))
		str_addf(&text,
			 "; halves of the baseline differ by %.1f %% typically, %.1f %% at most, in %zu of %zu "
			 "benchmarks",
			 c->control.typical * 100, c->control.largest * 100, c->control.checked, c->control.benchmarks);
	pen_styled(p, c->control.state == CONTROL_FAILED ? STYLE_BAD : STYLE_PLAIN, str_text(&text));
	if (c->control.state == CONTROL_FAILED)
		str_add(p->out,
			"\n  something else than the runtimes moves the times there: trust no verdict of this column");
	str_add_char(p->out, '\n');
}

static bool told_before(const struct speed_matrix *m, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (m->cells[i].why && !strcmp(m->cells[i].why, m->cells[cell].why))
			return true;
	return false;
}

/* Each reason once, with how many cells have it. */
static void add_reasons(const struct pen *p, const struct speed_matrix *m)
{
	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		size_t cells = 0;

		if (!m->cells[i].why || told_before(m, i))
			continue;
		for (size_t k = i; k < m->row_count * m->column_count; k++)
			cells += m->cells[k].why && !strcmp(m->cells[k].why, m->cells[i].why);
		pen_text(p, m->columns[i % m->column_count].at.target);
		str_add_char(p->out, '/');
		pen_text(p, m->columns[i % m->column_count].at.runtime);
		str_addf(p->out, " %s: ", cells > 1 ? "and others" : "");
		pen_text(p, m->cells[i].why);
		str_addf(p->out, " (%zu cell%s)\n", cells, cells == 1 ? "" : "s");
	}
}

static void render(const struct speed_matrix *m, const struct speed_look *look, struct str *out)
{
	struct pen p = pen_new(&look->opts, out);

	if (!m->row_count) {
		str_add(out, "no benchmark was measured yet: labctl bench\n");
		return;
	}
	add_grid(&p, m, look->memory);
	add_legend(&p, m);
	str_addf(out, "%s shows its time; the others how many times as fast they are, with 95 %% intervals\n",
		 m->baseline);
	for (size_t i = 0; i < m->column_count; i++)
		if (has_control(m, i))
			add_control(&p, &m->columns[i]);
	add_reasons(&p, m);
}

const struct speed_renderer speed_terminal_renderer = { "terminal", render };
