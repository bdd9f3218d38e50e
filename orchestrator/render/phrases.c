#include "render/phrases.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct signs utf8_signs = { "✗", "☠", "▲", "–", "·", "~", "…", "·" };
const struct signs ascii_signs = { "x", "!", "^", "-", ".", "~", "...", "-" };

static int64_t counted(const struct tally *t)
{
	int64_t count = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (v != VERDICT_SKIPPED)
			count += t->count[v];
	return count;
}

void phrase_rate(const struct tally *t, struct str *out)
{
	int64_t of = counted(t), passed = t->count[VERDICT_PASSED];

	if (of == 0)
		return;
	if (passed == of)
		str_add(out, "100 %");
	else if (passed == 0)
		str_add(out, "0 %");
	else if (passed * 100 < of)
		str_add(out, "<1 %");
	else if (of < 100)
		str_addf(out, "%" PRId64 " %%", passed * 100 / of);
	else
		str_addf(out, "%" PRId64 ".%" PRId64 " %%", passed * 1000 / of / 10, passed * 1000 / of % 10);
}

void phrase_cell(const struct matrix_cell *c, const struct signs *signs, size_t note, struct str *out)
{
	if (note > 0)
		str_addf(out, "%s%zu", signs->absent, note);
	else if (c->now == NULL)
		str_add(out, signs->nothing);
	else if (c->now->verdict != VERDICT_PASSED && c->now->verdict != VERDICT_FAILED)
		str_add(out, verdict_name(c->now->verdict));
	else if (isnan(c->pass_rate))
		str_add(out, "skipped");
	else
		phrase_rate(&c->now->tally, out);
}

void phrase_marks(const struct matrix_cell *c, const struct signs *signs, struct str *out)
{
	int64_t known;

	if (c->now == NULL)
		return;
	known = c->bad - c->bad_unknown;
	if (c->bad - c->crashed > 0)
		str_addf(out, "%s%s%" PRId64, out->len ? " " : "", signs->failed, c->bad - c->crashed);
	if (c->crashed > 0)
		str_addf(out, "%s%s%" PRId64, out->len ? " " : "", signs->crashed, c->crashed);
	if (known > 0 && known == c->bad)
		str_add(out, " known");
	else if (known > 0)
		str_addf(out, " (%" PRId64 " known)", known);
	if (c->newly_bad > 0)
		str_addf(out, "%s%s", out->len ? " " : "", signs->newly);
}

void phrase_number(int64_t number, struct str *out)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, number);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-')
			str_add_char(out, ',');
		str_add_char(out, digits[i]);
	}
}

void phrase_count(int64_t count, const char *one, const char *many, struct str *out)
{
	phrase_number(count, out);
	str_addf(out, " %s", count == 1 ? one : many);
}

static void add_part(struct str *out, int64_t count, const char *word, bool *first)
{
	if (count == 0)
		return;
	str_add(out, *first ? ": " : ", ");
	phrase_number(count, out);
	str_addf(out, " %s", word);
	*first = false;
}

void phrase_tally(const struct tally *t, struct str *out)
{
	static const enum verdict order[] = { VERDICT_PASSED, VERDICT_FAILED,  VERDICT_CRASHED,	    VERDICT_TIMED_OUT,
					      VERDICT_BROKEN, VERDICT_SKIPPED, VERDICT_UNAVAILABLE, VERDICT_LOST };
	bool first = true;

	phrase_count(counted(t) + t->count[VERDICT_SKIPPED], "test", "tests", out);
	for (size_t i = 0; i < COUNT_OF(order); i++)
		add_part(out, t->count[order[i]], verdict_name(order[i]), &first);
	if (t->known > 0) {
		str_add(out, " (");
		phrase_number(t->known, out);
		str_add(out, t->known == 1 ? " of the bad ones is known)" : " of the bad ones are known)");
	}
	if (t->known_passed > 0) {
		str_add(out, "; ");
		phrase_count(t->known_passed, "known failure", "known failures", out);
		str_add(out, " passed");
	}
}

void phrase_cells(const struct report *r, struct str *out)
{
	size_t all = r->cells_expected + r->cells_unexpected + r->cells_unavailable + r->cells_lost + r->cells_not_run;
	bool first = true;

	phrase_count((int64_t)all, "cell", "cells", out);
	add_part(out, (int64_t)r->cells_expected, "as expected", &first);
	add_part(out, (int64_t)r->cells_unexpected, "with findings", &first);
	add_part(out, (int64_t)r->cells_unavailable, "not available", &first);
	add_part(out, (int64_t)r->cells_lost, "lost", &first);
	add_part(out, (int64_t)r->cells_not_run, "not run", &first);
}

void phrase_target(const struct matrix_column *c, struct str *out)
{
	str_add(out, c->target);
	if (strcmp(c->target, c->arch) != 0)
		str_addf(out, " (%s)", c->arch);
}

void phrase_extent(const struct finding *f, struct str *out)
{
	phrase_count((int64_t)f->test_count, "test", "tests", out);
	str_add(out, " in ");
	phrase_count((int64_t)f->cell_count, "cell", "cells", out);
	if (f->worst != VERDICT_FAILED)
		str_addf(out, ", %s", verdict_name(f->worst));
}

void phrase_show_command(const char *program, const char *cell, const char *cause, struct str *out)
{
	str_addf(out, "%s show ", program != NULL ? program : "labctl");
	str_add_quoted(out, cell, STR_SHELL);
	if (cause == NULL)
		return;
	str_add(out, " --cause ");
	str_add_quoted(out, cause, STR_SHELL);
}

const char *phrase_absence(const struct matrix_cell *c)
{
	if (c->now == NULL)
		return c->not_run;
	if (c->now->verdict != VERDICT_UNAVAILABLE)
		return NULL;
	return c->now->reason != NULL && c->now->reason[0] != '\0' ? c->now->reason : "no reason was given";
}

static size_t find_reason(const struct absences *a, const char *reason)
{
	size_t i;

	for (i = 0; i < a->count && strcmp(a->reasons[i], reason) != 0; i++)
		;
	return i;
}

static const char *hint_of(const struct matrix_cell *c)
{
	return c->now != NULL && c->now->hint != NULL && c->now->hint[0] != '\0' ? c->now->hint : NULL;
}

void absences_find(const struct matrix *m, struct absences *out)
{
	size_t all = m->row_count * m->column_count;

	*out = (struct absences){ 0 };
	out->reasons = mem_new(all + 1, sizeof(*out->reasons));
	out->hints = mem_new(all + 1, sizeof(*out->hints));
	out->cells = mem_new(all + 1, sizeof(*out->cells));
	for (size_t i = 0; i < all; i++) {
		const char *reason = phrase_absence(&m->cells[i]);
		size_t at;

		if (reason == NULL)
			continue;
		at = find_reason(out, reason);
		out->reasons[at] = reason;
		out->hints[at] = hint_of(&m->cells[i]);
		out->cells[at]++;
		if (at == out->count)
			out->count++;
	}
}

size_t absences_number(const struct absences *a, const struct matrix_cell *c)
{
	const char *reason = phrase_absence(c);

	return reason == NULL ? 0 : find_reason(a, reason) + 1;
}

void absences_free(struct absences *a)
{
	free(a->reasons);
	free(a->hints);
	free(a->cells);
}
