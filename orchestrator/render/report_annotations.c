/* Annotations: services show the first ten or so of each level, so the order matters. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "render/phrases.h"
#include "render/report_formats.h"

/* What a workflow command takes as it is: nothing in it can begin another one. Lines of a message stay lines. */
static void add_escaped(struct str *out, const char *text, bool property)
{
	const char *end = property ? NULL : strchr(text, '\n');
	AUTO_FREE char *line = end ? mem_dup_bytes(text, (size_t)(end - text)) : mem_dup(text);
	AUTO_STR visible = { 0 };

	str_add_quoted(&visible, line, STR_TERMINAL);
	for (const char *at = str_text(&visible); *at; at++)
		if (*at == '%' || (property && (*at == ':' || *at == ',')))
			str_addf(out, "%%%02X", (unsigned)*at);
		else
			str_add_char(out, *at);
	if (!end)
		return;
	str_add(out, "%0A");
	add_escaped(out, end + 1, property);
}

static void add_command(struct str *out, const char *level, const char *title, const struct str *message)
{
	str_addf(out, "::%s title=", level);
	add_escaped(out, title, true);
	str_add(out, "::");
	str_add_bytes(out, str_text(message), message->len);
	str_add_char(out, '\n');
}

static void add_remark(const struct remark *m, struct str *out)
{
	AUTO_STR title = { 0 };
	AUTO_STR message = { 0 };

	str_addf(&title, "%s: %s", verdict_name(m->verdict), m->cell);
	add_escaped(&message, m->reason, false);
	if (m->hint) {
		str_add(&message, "%0A");
		add_escaped(&message, m->hint, false);
	}
	add_command(out, "error", str_text(&title), &message);
}

static void add_finding(const struct finding *f, const char *program, struct str *out)
{
	AUTO_STR title = { 0 };
	AUTO_STR message = { 0 };
	AUTO_STR extent = { 0 };
	AUTO_STR command = { 0 };

	str_addf(&title, "%s%s%s", f->is_new ? "newly failing: " : "", f->package, f->cause ? ", " : "");
	str_add(&title, f->cause ? f->cause : "");
	phrase_extent(f, &extent);
	add_escaped(&message, str_text(&extent), false);
	if (f->tests[0]) {
		str_add(&message, "%0A");
		add_escaped(&message, f->tests[0], false);
	}
	if (f->sample) {
		str_add(&message, "%0A");
		add_escaped(&message, f->sample, false);
	}
	phrase_show_command(program, f->cells[0], f->cause, &command);
	str_add(&message, "%0A");
	add_escaped(&message, str_text(&command), false);
	add_command(out, f->is_new ? "error" : "warning", str_text(&title), &message);
}

static void add_slower(const struct comparison *c, struct str *out)
{
	for (size_t i = 0; i < c->count; i++) {
		AUTO_STR title = { 0 };
		AUTO_STR message = { 0 };

		if (c->rows[i].judged.word != SPEED_SLOWER)
			continue;
		str_addf(&title, "slower: %s", c->rows[i].name);
		str_addf(&message, "%.1f %%25 more time than before (95 %%25: %.1f to %.1f)",
			 (c->rows[i].ratio.value - 1) * 100, (c->rows[i].judged.own.low - 1) * 100,
			 (c->rows[i].judged.own.high - 1) * 100);
		add_command(out, "warning", str_text(&title), &message);
	}
}

static void add_summary(const struct report_text *t, struct str *out)
{
	AUTO_STR title = { 0 };
	AUTO_STR message = { 0 };
	AUTO_STR tally = { 0 };

	phrase_cells(t->report, &title);
	phrase_tally(&t->report->total, &tally);
	add_escaped(&message, str_text(&tally), false);
	add_command(out, "notice", str_text(&title), &message);
}

void report_annotations(const struct report_text *t, struct str *out)
{
	const struct report *r = t->report;

	for (size_t i = 0; i < r->remark_count; i++)
		if (r->remarks[i].verdict != VERDICT_UNAVAILABLE && r->remarks[i].verdict != VERDICT_SKIPPED)
			add_remark(&r->remarks[i], out);
	for (size_t i = 0; i < r->finding_count; i++)
		if (!r->findings[i].known)
			add_finding(&r->findings[i], t->program, out);
	if (t->changes)
		add_slower(&t->changes->speed, out);
	add_summary(t, out);
}
