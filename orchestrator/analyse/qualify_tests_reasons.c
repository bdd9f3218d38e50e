/* What is said of tests: once per cell, and once for all cells that have no result for one reason. */
#include <inttypes.h>
#include <string.h>

#include "analyse/qualify_inside.h"
#include "base/mem.h"

#define NAME_BYTES 120 /* of a test, in a sentence; the report has all of it */

static void add_test_name(const char *name, struct str *out)
{
	size_t len = strlen(name);

	if (len > NAME_BYTES) {
		len = NAME_BYTES;
		while (len && ((unsigned char)name[len] & 0xc0) == 0x80)
			len--;
	}
	str_add_bytes(out, name, len);
	str_add(out, name[len] ? "…" : "");
}

static void name_regressions(const struct qualify_tests *c, struct str *out)
{
	for (size_t i = 0; i < c->regression_count && i < QUALIFY_NAMES; i++) {
		const struct qualify_regression *r = &c->regressions[i];

		str_add(out, i ? ", " : "");
		add_test_name(r->test ? r->test : "the suite", out);
		str_addf(out, " %s (%s)", verdict_name(r->verdict), r->why);
	}
	if (c->regression_count > QUALIFY_NAMES)
		str_addf(out, ", and %zu more", c->regression_count - QUALIFY_NAMES);
}

static void tell_cell(const struct qualify_terms *terms, struct qualification *q, const struct qualify_tests *c)
{
	const struct qualify_tests_want *want = c->want;
	AUTO_STR text = { 0 };
	AUTO_STR command = { 0 };

	str_addf(&text, "%s:%s on %s: ", want->package, want->tier, want->target);
	if (c->status == QUALIFY_REGRESSION) {
		name_regressions(c, &text);
		str_addf(&command, "labctl show %s/%s/%s:%s", want->target, terms->candidate_runtime, want->package,
			 want->tier);
	} else if (c->status == QUALIFY_INCOMPLETE) {
		str_add(&text, c->why ? c->why : "there is no answer");
		for (size_t i = 0; i < c->missing_count && i < QUALIFY_NAMES; i++) {
			str_add(&text, i ? ", " : "; without one: ");
			add_test_name(c->missing[i], &text);
		}
		str_addf(&command, "labctl matrix %s --target %s --runtime %s --tier %s --fresh", want->package,
			 want->target, terms->runtimes, want->tier);
	} else if (c->excepted) {
		if (c->why)
			str_add(&text, c->why);
		else
			str_addf(&text, "%" PRId64 " excepted by the policy", c->excepted);
	} else {
		return;
	}
	qualify_add_reason(q, c->status, str_text(&text), command.len ? str_text(&command) : NULL);
}

/* ---- cells without a result: a reason that many share is told once ---- */

static bool is_absent(const struct qualify_tests *c)
{
	const struct qualify_evidence *e = &c->want->candidate;

	return c->status == QUALIFY_INCOMPLETE &&
	       (!e->record || e->verdict == VERDICT_LOST || e->verdict == VERDICT_UNAVAILABLE);
}

static bool share_a_reason(const struct qualify_tests *a, const struct qualify_tests *b)
{
	return is_absent(a) && is_absent(b) && !strcmp(a->why, b->why);
}

/* Each word once. */
static void add_word(struct str *out, const char *word, const char *between)
{
	AUTO_FREE char *all = mem_printf("%s%s%s", between, str_text(out), between);
	AUTO_FREE char *sought = mem_printf("%s%s%s", between, word, between);

	if (!strstr(all, sought))
		str_addf(out, "%s%s", out->len ? between : "", word);
}

static void tell_absent(const struct qualify_terms *terms, struct qualification *q, size_t first)
{
	const struct qualify_tests *c = &q->tests[first];
	AUTO_STR packages = { 0 };
	AUTO_STR targets = { 0 };
	AUTO_STR text = { 0 };
	AUTO_STR command = { 0 };
	size_t count = 0;

	for (size_t i = first; i < q->tests_count; i++) {
		if (!share_a_reason(c, &q->tests[i]))
			continue;
		add_word(&packages, q->tests[i].want->package, " ");
		add_word(&targets, q->tests[i].want->target, ",");
		count++;
	}
	str_addf(&text, "%zu cell%s of %s, %s on %s: %s", count, count == 1 ? "" : "s", terms->candidate,
		 str_text(&packages), str_text(&targets), c->why);
	str_addf(&command, "labctl matrix %s --target %s --runtime %s --tier %s%s", str_text(&packages),
		 str_text(&targets), terms->runtimes, c->want->tier, c->want->candidate.record ? " --fresh" : "");
	qualify_add_reason(q, QUALIFY_INCOMPLETE, str_text(&text), str_text(&command));
}

static bool is_first_of_its_reason(const struct qualification *q, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (share_a_reason(&q->tests[i], &q->tests[at]))
			return false;
	return true;
}

void qualify_tests_reasons(const struct qualify_terms *terms, struct qualification *q)
{
	for (size_t i = 0; i < q->tests_count; i++) {
		if (!is_absent(&q->tests[i]))
			tell_cell(terms, q, &q->tests[i]);
		else if (is_first_of_its_reason(q, i))
			tell_absent(terms, q, i);
	}
}
