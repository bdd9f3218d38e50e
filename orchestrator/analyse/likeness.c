#include "analyse/likeness.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const texts[] = {
	[LIKENESS_SAME] = "the same failure",
	[LIKENESS_OTHER_VERDICT] = "it fails in another way",
	[LIKENESS_OTHER_REASON] = "it fails for another reason",
	[LIKENESS_PASSES] = "it passes now",
	[LIKENESS_NOT_RUN] = "it did not run now",
};

const char *likeness_text(enum likeness a)
{
	return texts[a];
}

void likeness_line(const char *detail, struct str *out)
{
	const char *line = detail ? detail : "";

	line += strspn(line, " \t\r\n");
	for (size_t i = 0; line[i] && line[i] != '\n' && line[i] != '\r';) {
		size_t digits = !strncmp(line + i, "0x", 2) ? strspn(line + i + 2, "0123456789abcdefABCDEF") : 0;

		if (digits >= 4) {
			str_add(out, "0x...");
			i += 2 + digits;
		} else {
			str_add_bytes(out, &line[i++], 1);
		}
	}
	while (out->len && str_text(out)[out->len - 1] == ' ')
		str_cut(out, out->len - 1);
}

static bool same_reason(const struct seen *then, const struct seen *now)
{
	AUTO_STR before = { 0 };
	AUTO_STR after = { 0 };

	if (then->verdict == VERDICT_TIMED_OUT)
		return true;
	if (then->cause && now->cause)
		return !strcmp(then->cause, now->cause);
	likeness_line(then->detail, &before);
	likeness_line(now->detail, &after);
	return !strcmp(str_text(&before), str_text(&after));
}

enum likeness likeness_of(const struct seen *then, const struct seen *now)
{
	if (!now)
		return LIKENESS_NOT_RUN;
	if (!verdict_is_bad(then->verdict))
		return then->verdict == now->verdict ? LIKENESS_SAME : LIKENESS_OTHER_VERDICT;
	if (!verdict_is_bad(now->verdict))
		return LIKENESS_PASSES;
	if (then->verdict != now->verdict)
		return LIKENESS_OTHER_VERDICT;
	return same_reason(then, now) ? LIKENESS_SAME : LIKENESS_OTHER_REASON;
}

/* ---- a whole suite ---- */

/* One test of either side, in the order of names. */
struct entry {
	const char *name;
	size_t at; /* where it stood */
	struct seen seen;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static struct entry *sort_then(const struct test_set *set)
{
	struct entry *list = mem_new(set->count + 1, sizeof(*list));

	for (size_t i = 0; i < set->count; i++)
		list[i] = (struct entry){ set->rows[i].name,
					  i,
					  { set->rows[i].verdict, set->rows[i].detail, set->rows[i].cause } };
	qsort(list, set->count, sizeof(*list), compare_entries);
	return list;
}

static struct entry *sort_now(const struct result *r)
{
	struct entry *list = mem_new(r->count + 1, sizeof(*list));

	for (size_t i = 0; i < r->count; i++)
		list[i] = (struct entry){ r->cases[i].name,
					  i,
					  { r->cases[i].verdict, r->cases[i].detail, r->cases[i].cause } };
	qsort(list, r->count, sizeof(*list), compare_entries);
	return list;
}

static void count_pair(struct likeness_suite *s, const struct entry *then, const struct entry *now, likeness_fn *tell,
		       void *ctx)
{
	bool bad_then = then && verdict_is_bad(then->seen.verdict), bad_now = now && verdict_is_bad(now->seen.verdict);
	enum likeness what = then ? likeness_of(&then->seen, now ? &now->seen : NULL) : LIKENESS_OTHER_VERDICT;

	if (!bad_then && !bad_now)
		return;
	if (!bad_then)
		s->newly++;
	else if (what == LIKENESS_SAME)
		s->same++;
	else if (what == LIKENESS_PASSES)
		s->passes++;
	else if (what == LIKENESS_NOT_RUN)
		s->not_run++;
	else
		s->other++;
	if (!bad_then || what != LIKENESS_SAME)
		tell(ctx, then ? then->name : now->name, then ? &then->seen : NULL, now ? &now->seen : NULL, what);
}

struct likeness_suite likeness_compare(const struct test_set *then, const struct result *now, likeness_fn *tell,
				       void *ctx)
{
	AUTO_FREE struct entry *before = sort_then(then);
	AUTO_FREE struct entry *after = sort_now(now);
	struct likeness_suite s = { 0 };
	size_t i = 0, k = 0;

	while (i < then->count || k < now->count) {
		int order = i == then->count ? 1 : k == now->count ? -1 : strcmp(before[i].name, after[k].name);

		count_pair(&s, order <= 0 ? &before[i] : NULL, order >= 0 ? &after[k] : NULL, tell, ctx);
		i += order <= 0;
		k += order >= 0;
	}
	return s;
}

bool likeness_suite_is_same(const struct likeness_suite *s)
{
	return !s->other && !s->passes && !s->not_run && !s->newly;
}
