/* What is said behind an attempt that was made again: recorded, now, and whether it is the same. */
#include <stdio.h>
#include <string.h>

#include "analyse/likeness.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/repro.h"

#define NAMED_MOST 20 /* tests of a suite that are told one by one */

static void print_seen(const char *when, enum verdict v, const char *detail, const char *more)
{
	AUTO_STR line = { 0 };
	AUTO_STR clean = { 0 };

	likeness_line(detail, &line);
	str_add_quoted(&clean, str_text(&line), STR_TERMINAL);
	printf("%-9s %s%s%.300s%s\n", when, verdict_name(v), line.len ? ": " : "", str_text(&clean), more);
}

static char *when_recorded(const struct repro *r)
{
	char when[32];

	clock_format_utc(r->row->started_wall_ms, when, sizeof(when));
	return mem_printf(" (run %lld, %s)", (long long)r->row->run, when);
}

/* Versions that are not what they were. */
static void print_other_facts(const struct repro *r, const struct outcome *now)
{
	for (size_t i = 0; i < now->facts.count; i++) {
		const struct fact *f = &now->facts.items[i];
		const char *then = facts_get(&r->record.facts, f->name);

		if (then && strcmp(then, f->value) != 0)
			printf("%s was %s and is %s\n", f->name, then, f->value);
	}
}

static const struct test_case *case_of(const struct result *result, const char *name)
{
	for (size_t i = result->count; i-- > 0;)
		if (!strcmp(result->cases[i].name, name))
			return &result->cases[i];
	return NULL;
}

static int compare_test(const struct repro *r, const struct outcome *now)
{
	const struct test_case *found = case_of(&now->result, r->test->name);
	const struct seen before = { r->test->verdict, r->test->detail, r->test->cause };
	const struct seen after =
		found ? (struct seen){ found->verdict, found->detail, found->cause } : (struct seen){ 0 };
	enum likeness what = likeness_of(&before, found ? &after : NULL);
	bool was_bad = verdict_is_bad(before.verdict);
	AUTO_FREE char *when = when_recorded(r);
	AUTO_STR name = { 0 };

	str_add_quoted(&name, r->test->name, STR_TERMINAL);
	printf("\n%s %.300s\n", r->label, str_text(&name));
	print_seen("recorded", before.verdict, was_bad ? before.detail : NULL, when);
	if (found)
		print_seen("now", after.verdict, verdict_is_bad(after.verdict) ? after.detail : NULL, "");
	else
		print_seen("now", now->verdict, now->reason, "");
	if (r->test->known)
		printf("the recipe knows it: %s\n", r->test->known);
	print_other_facts(r, now);
	printf("%s\n", what == LIKENESS_SAME && !was_bad ? "the same: it does not fail" : likeness_text(what));
	if (what == LIKENESS_PASSES)
		printf("  alone; whether it takes those before it: labctl repro %s\n", r->label);
	return what == LIKENESS_SAME ? EXIT_AS_EXPECTED : EXIT_FINDINGS;
}

static void print_difference(void *ctx, const char *name, const struct seen *then, const struct seen *now,
			     enum likeness what)
{
	size_t *named = ctx;
	AUTO_STR clean = { 0 };

	if ((*named)++ >= NAMED_MOST)
		return;
	str_add_quoted(&clean, name, STR_TERMINAL);
	printf("  %s: %.300s\n", then && verdict_is_bad(then->verdict) ? likeness_text(what) : "it fails only now",
	       str_text(&clean));
	(void)now;
}

/* Of a cell without tests, the reason is all there is to compare. */
static bool same_reason(const struct repro *r, const struct outcome *now)
{
	AUTO_STR before = { 0 };
	AUTO_STR after = { 0 };

	likeness_line(r->row->reason, &before);
	likeness_line(now->reason, &after);
	return !strcmp(str_text(&before), str_text(&after));
}

static int compare_suite(const struct repro *r, const struct outcome *now)
{
	AUTO_FREE char *when = when_recorded(r);
	struct likeness_suite s;
	size_t named = 0;
	bool same;

	printf("\n%s\n", r->label);
	print_seen("recorded", r->row->verdict, r->row->reason, when);
	print_seen("now", now->verdict, now->reason, "");
	s = likeness_compare(&r->tests, &now->result, print_difference, &named);
	if (named > NAMED_MOST)
		printf("  and %zu more\n", named - NAMED_MOST);
	print_other_facts(r, now);
	same = likeness_suite_is_same(&s) && r->row->verdict == now->verdict &&
	       (now->result.count || same_reason(r, now));
	printf("%s: %zu of the same failures, %zu others, %zu pass now, %zu did not run, %zu fail only now\n",
	       same ? "the same" : "not the same", s.same, s.other, s.passes, s.not_run, s.newly);
	return same ? EXIT_AS_EXPECTED : EXIT_FINDINGS;
}

int repro_compare(const struct repro *r, const struct outcome *now)
{
	int status = r->test ? compare_test(r, now) : compare_suite(r, now);

	if (now->hint[0])
		fprintf(stderr, "  %s\n", now->hint);
	return now->verdict == VERDICT_LOST ? EXIT_UNREACHABLE : status;
}
