/* One cell with its tests, for `labctl show`. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "render/columns.h"
#include "render/speed_page.h"
#include "render/terminal_text.h"

static enum style style_of_verdict(enum verdict v)
{
	switch (v) {
	case VERDICT_PASSED:
		return STYLE_GOOD;
	case VERDICT_CRASHED:
		return STYLE_CRASH;
	case VERDICT_SKIPPED:
	case VERDICT_UNAVAILABLE:
		return STYLE_FAINT;
	default:
		return STYLE_BAD;
	}
}

static void add_row(struct columns *c, const struct pen *p, const char *name, const char *value)
{
	AUTO_FREE char *safe_name = pen_harmless(p, name);
	AUTO_FREE char *safe_value = pen_harmless(p, value);
	const char *texts[2] = { safe_name, safe_value };

	if (value[0] != '\0')
		columns_row(c, texts);
}

static void add_when(struct columns *c, const struct pen *p, const struct outcome_row *row)
{
	char when[64], took[64];
	AUTO_STR s = { 0 };

	clock_format_local(row->started_wall_ms, when, sizeof(when));
	clock_format_duration(row->took_ns, took, sizeof(took));
	str_addf(&s, "%s, took %s", when, took);
	if (row->attempt > 1)
		str_addf(&s, ", attempt %" PRId64, row->attempt);
	add_row(c, p, "when", str_text(&s));
}

static void add_machine(struct columns *c, const struct pen *p, const struct outcome_row *row)
{
	AUTO_STR s = { 0 };

	str_addf(&s, "%s, %s", row->arch, row->how_run);
	add_row(c, p, "machine", str_text(&s));
}

static void add_summary(struct columns *c, const struct pen *p, const struct outcome_row *row)
{
	AUTO_STR tests = { 0 };
	AUTO_STR rate = { 0 };

	add_row(c, p, "verdict", verdict_name(row->verdict));
	columns_style(c, 1, pen_style(p, style_of_verdict(row->verdict)),
		      pen_style_end(p, style_of_verdict(row->verdict)));
	add_row(c, p, "why", row->reason);
	add_row(c, p, "what to do", row->hint);
	phrase_rate(&row->tally, &rate);
	add_row(c, p, "pass rate", str_text(&rate));
	phrase_tally(&row->tally, &tests);
	add_row(c, p, "tests", str_text(&tests));
	add_when(c, p, row);
	add_machine(c, p, row);
	add_row(c, p, "record", row->folder);
	add_row(c, p, "cell", row->cell_id);
}

static void add_pruned(struct columns *c, const struct pen *p, int64_t pruned_wall_ms)
{
	char when[64];
	AUTO_STR s = { 0 };

	if (pruned_wall_ms <= 0)
		return;
	clock_format_local(pruned_wall_ms, when, sizeof(when));
	str_addf(&s, "was removed on %s, as retention in lab.yaml says", when);
	add_row(c, p, "raw output", str_text(&s));
}

static void add_facts(struct columns *c, const struct pen *p, const struct fact_pair *facts)
{
	for (; facts != NULL && facts->name != NULL; facts++)
		add_row(c, p, facts->name, facts->value);
}

static void print_rows(const struct pen *p, const struct columns *c)
{
	AUTO_STR text = { 0 };

	columns_print(c, "  ", &text);
	for (const char *line = str_text(&text); *line != '\0';) {
		size_t len = strcspn(line, "\n");

		str_add(p->out, "  ");
		str_add_bytes(p->out, line, len + 1);
		line += len + 1;
	}
}

/* Times in the database are of a coarse scale: one digit is all that is true. */
static void add_took(const struct pen *p, int64_t took_ns)
{
	int64_t seconds = (took_ns + NS_PER_S / 2) / NS_PER_S;

	if (took_ns < 100 * NS_PER_MS)
		return;
	if (seconds < 1)
		str_addf(p->out, "  about 0.%d s", (int)(took_ns / (100 * NS_PER_MS)));
	else if (seconds < 10)
		str_addf(p->out, "  about %d s", (int)seconds);
	else if (seconds < 95)
		str_addf(p->out, "  about %d s", (int)((seconds + 5) / 10 * 10));
	else
		str_addf(p->out, "  about %d min", (int)((seconds + 30) / 60));
}

static void add_test(const struct pen *p, const struct test_row *t)
{
	str_add(p->out, "  ");
	pen_styled(p, t->known != NULL ? STYLE_KNOWN : style_of_verdict(t->verdict), verdict_name(t->verdict));
	str_add(p->out, "  ");
	pen_text(p, t->name);
	add_took(p, t->took_ns);
	str_add_char(p->out, '\n');
	if (t->cause != NULL) {
		str_add(p->out, "      cause: ");
		pen_text(p, t->cause);
		str_add_char(p->out, '\n');
	}
	if (t->known != NULL) {
		str_add(p->out, "      known: ");
		pen_text(p, t->known);
		str_add_char(p->out, '\n');
	}
	if (t->detail != NULL)
		pen_lines(p, t->detail, "      | ");
}

static void add_tests(const struct pen *p, const struct cell_page *page)
{
	bool first = true;

	for (size_t i = 0; page->tests != NULL && i < page->tests->count; i++) {
		const struct test_row *t = &page->tests->rows[i];

		if (!page->all_tests && !verdict_is_bad(t->verdict))
			continue;
		if (first)
			str_add_char(p->out, '\n');
		first = false;
		add_test(p, t);
	}
}

void terminal_cell(const struct cell_page *page, const struct render_opts *o, struct str *out)
{
	struct pen p = pen_new(o, out);
	struct columns *c = columns_new(2);

	pen_styled(&p, STYLE_BOLD, page->label);
	str_add_char(out, '\n');
	add_summary(c, &p, page->row);
	add_pruned(c, &p, page->raw_pruned_wall_ms);
	add_facts(c, &p, page->row->facts);
	print_rows(&p, c);
	columns_free(c);
	if (page->speed != NULL)
		terminal_speed_page(&p, page->speed);
	add_tests(&p, page);
	if (page->raw == NULL)
		return;
	str_add_char(out, '\n');
	pen_lines(&p, page->raw, "");
}
