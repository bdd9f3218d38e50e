/* What became of the tests of two outcomes, one by one, and in groups. */
#include <stdlib.h>
#include <string.h>

#include "analyse/changes_inside.h"
#include "base/mem.h"
#include "base/vec.h"

#define NO_CHANGE CHANGE_KIND_COUNT

static bool is_bad(int verdict)
{
	return verdict >= 0 && verdict_is_bad((enum verdict)verdict);
}

static bool has_run(int verdict)
{
	return verdict == VERDICT_PASSED;
}

static enum change_kind kind_of_bad(const struct test_pair *t)
{
	bool crashed_now = t->now == VERDICT_CRASHED;

	if (is_bad(t->before) && (!crashed_now || t->before == VERDICT_CRASHED))
		return CHANGE_STILL_FAILING;
	return crashed_now ? CHANGE_NEWLY_CRASHED : CHANGE_NEWLY_FAILING;
}

/* Without known failures of the changed side, which are no change. */
static enum change_kind kind_of(const struct test_pair *t)
{
	if (is_bad(t->now))
		return kind_of_bad(t);
	if (is_bad(t->before)) {
		if (!has_run(t->now))
			return CHANGE_DISAPPEARED;
		return t->known_before ? CHANGE_KNOWN_PASSES : CHANGE_FIXED;
	}
	if (has_run(t->now) == has_run(t->before))
		return NO_CHANGE;
	return has_run(t->now) ? CHANGE_APPEARED : CHANGE_DISAPPEARED;
}

static void add_item(struct changes *c, const struct test_change *item)
{
	if (c->count == c->room) {
		c->room = c->room * 2 + 64;
		c->items = mem_grow(c->items, c->room, sizeof(*c->items));
	}
	c->items[c->count++] = *item;
}

static void add_test(struct changes *c, size_t pair, enum change_kind kind, const struct test_pair *t)
{
	bool told = kind <= CHANGE_STILL_FAILING; /* of those that came and went a message says nothing */

	add_item(c, &(struct test_change){
			    .kind = kind,
			    .pair = pair,
			    .test = arena_dup(c->arena, t->name),
			    .before = t->before,
			    .now = t->now,
			    .cause = told ? arena_dup(c->arena, t->cause) : NULL,
			    .detail = told ? arena_dup(c->arena, t->detail) : NULL,
			    .known = kind == CHANGE_KNOWN_PASSES ? arena_dup(c->arena, t->known_before) : NULL,
		    });
}

static bool may_be_flaky(const struct test_change *item)
{
	enum change_kind kind = item->kind;

	if (!item->test)
		return false;
	return kind == CHANGE_NEWLY_CRASHED || kind == CHANGE_NEWLY_FAILING || kind == CHANGE_FIXED ||
	       kind == CHANGE_STILL_FAILING;
}

/* Asks for the past of what changed, all tests of the pair at once. */
static int mark_flaky(struct changes *c, size_t first, const struct outcome_row *row,
		      const struct change_source *source, struct err *e)
{
	AUTO_FREE const char **tests = mem_new(c->count - first + 1, sizeof(*tests));
	AUTO_FREE struct flaky *flaky = mem_new(c->count - first + 1, sizeof(*flaky));
	size_t count = 0;

	for (size_t i = first; i < c->count; i++)
		if (may_be_flaky(&c->items[i]))
			tests[count++] = c->items[i].test;
	if (!count || !row || !source->flaky)
		return 0;
	if (source->flaky(source->ctx, row, tests, count, flaky, e))
		return -1;
	for (size_t i = first, at = 0; i < c->count; i++) {
		if (!may_be_flaky(&c->items[i]))
			continue;
		c->items[i].flaky = flaky[at++];
		if (c->items[i].flaky.is_flaky)
			c->items[i].kind = CHANGE_FLAKY;
	}
	return 0;
}

/* ---- a cell as a whole ---- */

static size_t test_count(const struct outcome_row *row)
{
	size_t count = 0;

	for (int v = 0; row && v < VERDICT_COUNT; v++)
		count += (size_t)row->tally.count[v];
	return count;
}

/* Bad without a test that says so: it could not be installed, or said nothing. */
static bool bad_as_whole(const struct outcome_row *row)
{
	return row && verdict_is_bad(row->verdict) && !test_count(row);
}

static void add_whole(struct changes *c, size_t pair)
{
	const struct outcome_row *base = c->pairs[pair].base, *changed = c->pairs[pair].changed;
	struct test_change item = { .pair = pair, .before = -1, .now = -1 };
	const struct outcome_row *bad = bad_as_whole(changed) ? changed : base;
	struct test_pair as_test;

	if (!bad_as_whole(base) && !bad_as_whole(changed))
		return;
	item.before = base ? (int)base->verdict : -1;
	item.now = changed ? (int)changed->verdict : -1;
	as_test = (struct test_pair){ .before = bad_as_whole(base) ? item.before : VERDICT_PASSED, .now = item.now };
	if (!bad_as_whole(changed)) /* its tests speak for themselves */
		as_test.now = VERDICT_PASSED;
	item.kind = kind_of(&as_test);
	item.detail = arena_dup(c->arena, bad->reason);
	add_item(c, &item);
}

/* ---- a pair ---- */

static void count_pair(struct changes *c, size_t pair, size_t first)
{
	struct change_pair *p = &c->pairs[pair];
	size_t of_base = test_count(p->base), of_changed = test_count(p->changed);

	for (size_t i = first; i < c->count; i++)
		p->counts[c->items[i].kind]++;
	if (!p->base && p->changed)
		p->counts[CHANGE_APPEARED] = (size_t)p->changed->tally.count[VERDICT_PASSED];
	if (p->base && !p->changed)
		p->counts[CHANGE_DISAPPEARED] = of_base;
	if (of_changed) {
		p->known = (size_t)p->changed->tally.known;
		p->known_passed = (size_t)p->changed->tally.known_passed;
	}
	for (int k = 0; k < CHANGE_KIND_COUNT; k++)
		c->counts[k] += p->counts[k];
	c->known += p->known;
	c->known_passed += p->known_passed;
}

static enum change_kind kind_in(const struct change_pair *p, const struct test_pair_set *tests,
				const struct test_pair *t)
{
	enum change_kind kind = is_bad(t->now) && t->known_now ? NO_CHANGE : kind_of(t);

	if (kind == NO_CHANGE || (!p->base && kind >= CHANGE_APPEARED))
		return NO_CHANGE;
	if (tests->base_unknown)
		return is_bad(t->now) ? CHANGE_STILL_FAILING : NO_CHANGE;
	return kind;
}

static void add_tests(struct changes *c, size_t pair, const struct test_pair_set *tests)
{
	for (size_t i = 0; i < tests->count; i++) {
		enum change_kind kind = kind_in(&c->pairs[pair], tests, &tests->items[i]);

		if (kind != NO_CHANGE)
			add_test(c, pair, kind, &tests->items[i]);
	}
}

/* A changed side without tests has lost none: it could not run them. */
int changes_of_pair(struct changes *c, size_t pair, const struct change_source *source, struct err *e)
{
	const struct change_pair *p = &c->pairs[pair];
	struct test_pair_set tests = { 0 };
	size_t first = c->count;
	int status = 0;

	add_whole(c, pair);
	if (test_count(p->changed)) {
		status = source->tests(source->ctx, p->base, p->changed, &tests, e);
		if (!status)
			add_tests(c, pair, &tests);
		test_pair_set_free(&tests);
	}
	if (!status)
		status = mark_flaky(c, first, p->changed, source, e);
	if (!status)
		count_pair(c, pair, first);
	return status;
}

/* ---- groups ---- */

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a == NULL) - (b == NULL); /* without one: last */
	return strcmp(a, b);
}

static const char *package_of(const struct changes *c, const struct test_change *item)
{
	const struct change_pair *pair = &c->pairs[item->pair];

	return (pair->changed ? pair->changed : pair->base)->package;
}

static int compare_groups_of(const struct changes *c, const struct test_change *a, const struct test_change *b)
{
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	order = strcmp(package_of(c, a), package_of(c, b));
	return order ? order : compare_texts(a->cause, b->cause);
}

static int compare_items(const void *x, const void *y, void *changes)
{
	const struct test_change *a = x, *b = y;
	int order = compare_groups_of(changes, a, b);

	if (!order)
		order = compare_texts(a->test, b->test);
	return order ? order : (a->pair > b->pair) - (a->pair < b->pair);
}

static int compare_groups(const void *x, const void *y)
{
	const struct change_group *a = x, *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->test_count != b->test_count)
		return a->test_count > b->test_count ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

/* Whether the test of items[i] was in the group before, and its cell. */
static void count_in_group(const struct changes *c, struct change_group *g, bool *seen_cells)
{
	for (size_t i = g->first; i < g->first + g->count; i++) {
		const struct test_change *item = &c->items[i];

		g->test_count += i == g->first || compare_texts(item->test, item[-1].test) != 0;
		g->cell_count += !seen_cells[item->pair];
		seen_cells[item->pair] = true;
	}
	for (size_t i = g->first; i < g->first + g->count; i++)
		seen_cells[c->items[i].pair] = false;
}

void changes_group(struct changes *c)
{
	AUTO_FREE bool *seen_cells = mem_new(c->pair_count + 1, sizeof(*seen_cells));

	if (c->count)
		qsort_r(c->items, c->count, sizeof(*c->items), compare_items, c);
	c->groups = arena_items(c->arena, c->count + 1, sizeof(*c->groups));
	for (size_t i = 0, end; i < c->count; i = end) {
		struct change_group *g = &c->groups[c->group_count++];

		for (end = i + 1; end < c->count && !compare_groups_of(c, &c->items[i], &c->items[end]); end++)
			;
		*g = (struct change_group){
			.kind = c->items[i].kind,
			.package = package_of(c, &c->items[i]),
			.cause = c->items[i].cause,
			.first = i,
			.count = end - i,
		};
		count_in_group(c, g, seen_cells);
		c->test_counts[g->kind] += g->test_count;
	}
	qsort(c->groups, c->group_count, sizeof(*c->groups), compare_groups);
}
