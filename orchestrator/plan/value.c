#include "plan/value.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DAY_MS (INT64_C(86400) * 1000)

struct value value_of(const struct lane *lane, size_t first, int64_t now_wall_ms)
{
	size_t count = lane_group(lane, first);
	struct value v = { .worth = CELL_STALE };

	for (size_t i = first; i < first + count; i++) {
		const struct cell *c = &lane->cells[i];
		int64_t age_days = c->last_wall_ms ? (now_wall_ms - c->last_wall_ms) / DAY_MS : 0;

		if (c->worth > v.worth)
			v.worth = c->worth;
		if (age_days > v.age_days)
			v.age_days = age_days;
		v.estimate_ns += c->estimate_ns;
	}
	return v;
}

int value_compare_news(const struct value *a, const struct value *b)
{
	if (a->worth != b->worth)
		return a->worth > b->worth ? -1 : 1;
	return (a->age_days < b->age_days) - (a->age_days > b->age_days);
}

int value_compare(const struct value *a, const struct value *b)
{
	int news = value_compare_news(a, b);

	return news ? news : (a->estimate_ns > b->estimate_ns) - (a->estimate_ns < b->estimate_ns);
}

/* A group with its place, so that sorting keeps the order of equals. */
struct piece {
	struct value value;
	size_t first, count;
};

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	int order = value_compare(&x->value, &y->value);

	return order ? order : (x->first > y->first) - (x->first < y->first);
}

static void order_lane(struct lane *lane, int64_t now_wall_ms)
{
	AUTO_FREE struct piece *pieces = mem_new(lane->count + 1, sizeof(*pieces));
	struct cell *cells = mem_new(lane->count + 1, sizeof(*cells));
	size_t count = 0, at = 0;

	for (size_t i = 0; i < lane->count; i += pieces[count - 1].count) {
		pieces[count] = (struct piece){ value_of(lane, i, now_wall_ms), i, lane_group(lane, i) };
		count++;
	}
	if (count > 1)
		qsort(pieces, count, sizeof(*pieces), compare_pieces);
	for (size_t i = 0; i < count; i++) {
		memcpy(cells + at, lane->cells + pieces[i].first, pieces[i].count * sizeof(*cells));
		at += pieces[i].count;
	}
	free(lane->cells);
	lane->cells = cells;
}

void plan_order_by_value(struct plan *p, int64_t now_wall_ms)
{
	for (size_t i = 0; i < p->lane_count; i++)
		order_lane(&p->lanes[i], now_wall_ms);
}
