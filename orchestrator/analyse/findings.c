#include "analyse/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

#define TESTS_NAMED	 5
#define SAMPLE_LINES	 4
#define SAMPLE_MAX_BYTES 400

/* One bad test of one cell. */
struct entry {
	size_t package, cell; /* positions in the matrix */
	const struct test_row *test;
	bool can_tell; /* there is an earlier outcome to compare with */
	bool was_bad;  /* in it */
};

struct entry_list {
	struct entry *items;
	size_t count, room;
};

/* A test of a finding, and in how many cells it is bad. */
struct named_test {
	const struct entry *first;
	size_t cells;
};

static int compare_texts(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL); /* without a cause: last */
	return strcmp(a, b);
}

/* Do two entries belong to one finding? Known failures are kept apart from unknown ones of the same cause, and by the
 * reasons that the recipe gives. */
static int compare_groups(const struct entry *a, const struct entry *b)
{
	int order;

	if (a->package != b->package)
		return a->package < b->package ? -1 : 1;
	if ((a->test->known != NULL) != (b->test->known != NULL))
		return a->test->known != NULL ? 1 : -1;
	order = compare_texts(a->test->cause, b->test->cause);
	return order != 0 ? order : compare_texts(a->test->known, b->test->known);
}

static int compare_entries(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int order = compare_groups(a, b);

	if (order == 0)
		order = strcmp(a->test->name, b->test->name);
	return order != 0 ? order : (a->cell > b->cell) - (a->cell < b->cell);
}

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

bool findings_comparable(const struct outcome_row *before)
{
	int64_t tests = 0;

	if (before == NULL)
		return false;
	for (int v = 0; v < VERDICT_COUNT; v++)
		tests += before->tally.count[v];
	return tests > 0;
}

/* The names of an earlier outcome's bad tests, sorted. */
static const char **sorted_names(const struct test_set *tests)
{
	const char **names = mem_new(tests->count + 1, sizeof(*names));

	for (size_t i = 0; i < tests->count; i++)
		names[i] = tests->rows[i].name;
	qsort(names, tests->count, sizeof(names[0]), compare_names);
	return names;
}

static void gather_cell(const struct report *r, size_t cell, const struct test_set *before, struct entry_list *into)
{
	const struct test_set *tests = &r->cell_tests[cell];
	AUTO_FREE const char **were_bad = sorted_names(before);
	bool can_tell = r->matrix.cells[cell].now != NULL && findings_comparable(r->matrix.cells[cell].before);

	for (size_t i = 0; i < tests->count; i++) {
		const struct test_row *t = &tests->rows[i];
		struct entry entry = { cell / r->matrix.column_count, cell, t, can_tell, false };

		if (!verdict_is_bad(t->verdict))
			continue;
		entry.was_bad =
			can_tell && bsearch(&t->name, were_bad, before->count, sizeof(were_bad[0]), compare_names);
		vec_add(into, entry);
	}
}

static int compare_named(const void *x, const void *y)
{
	const struct named_test *a = x, *b = y;

	if (a->cells != b->cells)
		return a->cells > b->cells ? -1 : 1;
	return strcmp(a->first->test->name, b->first->test->name);
}

/* The entries are sorted by name: each name once, with its number of cells. Caller frees. */
static struct named_test *name_tests(const struct entry *entries, size_t count, size_t *out_count)
{
	struct named_test *named = mem_new(count + 1, sizeof(*named));
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (n > 0 && strcmp(named[n - 1].first->test->name, entries[i].test->name) == 0) {
			named[n - 1].cells += entries[i].cell != entries[i - 1].cell;
			continue;
		}
		named[n++] = (struct named_test){ &entries[i], 1 };
	}
	qsort(named, n, sizeof(named[0]), compare_named);
	*out_count = n;
	return named;
}

/* The first lines of a message that say something. */
static const char *sample_of(struct arena *a, const char *detail)
{
	size_t len = 0, lines = 0;

	if (detail == NULL)
		return NULL;
	detail += strspn(detail, " \t\r\n");
	while (detail[len] != '\0' && len < SAMPLE_MAX_BYTES) {
		if (detail[len] == '\n' && ++lines == SAMPLE_LINES)
			break;
		len++;
	}
	while (len > 0 && ((unsigned char)detail[len] & 0xc0) == 0x80)
		len--;
	return len == 0 ? NULL : arena_dup_bytes(a, detail, len);
}

static void fill_tests(struct report *r, const struct entry *entries, size_t count, struct finding *f)
{
	AUTO_FREE struct named_test *named = name_tests(entries, count, &f->test_count);
	size_t shown = f->test_count < TESTS_NAMED ? f->test_count : TESTS_NAMED;

	f->tests = arena_items(r->arena, shown + 1, sizeof(*f->tests));
	for (size_t i = 0; i < shown; i++)
		f->tests[i] = arena_dup(r->arena, named[i].first->test->name);
	for (size_t i = 0; i < f->test_count && f->sample == NULL; i++)
		f->sample = sample_of(r->arena, named[i].first->test->detail);
}

static void fill_cells(struct report *r, const struct entry *entries, size_t count, struct finding *f)
{
	size_t all = r->matrix.row_count * r->matrix.column_count;
	AUTO_FREE bool *has = mem_new(all + 1, sizeof(*has));

	for (size_t i = 0; i < count; i++) {
		f->cell_count += !has[entries[i].cell];
		has[entries[i].cell] = true;
	}
	f->cells = arena_items(r->arena, f->cell_count + 1, sizeof(*f->cells));
	for (size_t cell = 0, n = 0; cell < all; cell++)
		if (has[cell])
			f->cells[n++] = report_label(r, cell / r->matrix.column_count, cell % r->matrix.column_count);
}

static void fill_finding(struct report *r, const struct entry *entries, size_t count,
			 const struct report_source *source, struct finding *f)
{
	const struct test_row *any = entries[0].test;
	bool can_tell = false, was_bad = false;

	f->package = r->matrix.packages[entries[0].package];
	f->tier = r->matrix.tiers[entries[0].package];
	f->cause = arena_dup(r->arena, any->cause);
	f->known = any->known != NULL;
	f->worst = any->verdict;
	for (size_t i = 0; i < count; i++) {
		f->worst = verdict_worst(f->worst, entries[i].test->verdict);
		can_tell |= entries[i].can_tell;
		was_bad |= entries[i].was_bad;
	}
	f->is_new = can_tell && !was_bad && !f->known;
	if (f->known)
		f->advice = arena_dup(r->arena, any->known);
	else if (f->cause != NULL && source->advice != NULL)
		f->advice = arena_dup(r->arena, source->advice(source->ctx, f->cause));
	fill_tests(r, entries, count, f);
	fill_cells(r, entries, count, f);
}

static int rank_of(enum verdict v)
{
	return v == VERDICT_CRASHED ? 3 : v == VERDICT_TIMED_OUT ? 2 : v == VERDICT_BROKEN ? 1 : 0;
}

/* What a recipe knows is nothing to act on, so it comes behind all the rest. */
static int compare_importance(const void *x, const void *y)
{
	const struct finding *a = x, *b = y;
	int order;

	if (a->known != b->known)
		return a->known ? 1 : -1;
	if (a->is_new != b->is_new)
		return a->is_new ? -1 : 1;
	if (rank_of(a->worst) != rank_of(b->worst))
		return rank_of(a->worst) > rank_of(b->worst) ? -1 : 1;
	if (a->cell_count != b->cell_count)
		return a->cell_count > b->cell_count ? -1 : 1;
	if (a->test_count != b->test_count)
		return a->test_count > b->test_count ? -1 : 1;
	order = strcmp(a->package, b->package);
	return order != 0 ? order : compare_texts(a->cause, b->cause);
}

static size_t group_end(const struct entry_list *entries, size_t start)
{
	size_t end = start + 1;

	while (end < entries->count && compare_groups(&entries->items[start], &entries->items[end]) == 0)
		end++;
	return end;
}

void findings_build(struct report *r, const struct test_set *before_tests, const struct report_source *source)
{
	struct entry_list entries = { 0 };
	size_t groups = 0;

	for (size_t i = 0; i < r->matrix.row_count * r->matrix.column_count; i++)
		gather_cell(r, i, &before_tests[i], &entries);
	if (entries.count > 0)
		qsort(entries.items, entries.count, sizeof(entries.items[0]), compare_entries);
	for (size_t i = 0; i < entries.count; i = group_end(&entries, i))
		groups++;
	r->findings = arena_items(r->arena, groups + 1, sizeof(*r->findings));
	for (size_t i = 0, end; i < entries.count; i = end) {
		end = group_end(&entries, i);
		fill_finding(r, &entries.items[i], end - i, source, &r->findings[r->finding_count++]);
	}
	qsort(r->findings, r->finding_count, sizeof(r->findings[0]), compare_importance);
	vec_free(&entries);
}
