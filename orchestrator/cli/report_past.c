/* What the report tells of other runs. */
#include <stdlib.h>
#include <string.h>

#include "analyse/speed_matrix.h"
#include "base/mem.h"
#include "cli/report_past.h"

#define RUNS_MOST 400 /* a year of nights and some */

/* Each text once. */
static void list_add(struct option_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return;
	list->items[list->count++] = text;
}

static struct option_list list_new(const struct report_state *s)
{
	return (struct option_list){ .items = mem_new(s->now.count + 1, sizeof(char *)) };
}

/* What the lab has no more is none of the report's: its cells would lead nowhere. */
static int find_changes(struct context *c, struct report_state *s, struct err *e)
{
	AUTO_FREE char *base = NULL;
	AUTO_FREE char *changed = mem_printf("%lld", (long long)s->run->id);
	struct change_wish wish = {
		.margin = SPEED_MARGIN, .targets = list_new(s), .runtimes = list_new(s), .packages = list_new(s)
	};
	int result;

	if (s->run_before)
		base = mem_printf("%lld", (long long)s->run_before->id);
	wish.base = base;
	wish.changed = changed;
	for (size_t i = 0; i < s->now.count; i++) {
		list_add(&wish.targets, s->now.rows[i].target);
		list_add(&wish.runtimes, s->now.rows[i].runtime);
		list_add(&wish.packages, s->now.rows[i].package);
	}
	result = base && s->now.count ? changes_between(c, &wish, &s->changes, e) : 0;
	options_list_free(&wish.targets);
	options_list_free(&wish.runtimes);
	options_list_free(&wish.packages);
	return result;
}

int report_past_find(struct context *c, struct report_state *s, struct err *e)
{
	const struct history_wish wish = { .until_run = s->run->id, .most_runs = RUNS_MOST };

	return find_changes(c, s, e) || history_of(c, &wish, &s->past, e) ? -1 : 0;
}

const struct history_series *report_state_past(const struct report_state *s, const struct outcome_row *row)
{
	for (size_t i = 0; i < s->past.count; i++) {
		const struct history_series *h = &s->past.series[i];

		if (!h->test && !strcmp(h->package, row->package) && !strcmp(h->target, row->target) &&
		    !strcmp(h->runtime, row->runtime) && !strcmp(h->tier, row->tier))
			return h;
	}
	return NULL;
}
