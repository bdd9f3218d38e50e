#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/value.h"

#define NOW_WALL_MS INT64_C(1800000000000)
#define DAY_MS	    (INT64_C(86400) * 1000)

/* A lane of cells that are named by their id alone. */
static struct cell cell(const char *id, enum cell_worth worth, int64_t age_days, int64_t seconds,
			const struct benchmark *b)
{
	struct cell c = { .worth = worth, .estimate_ns = seconds * NS_PER_S, .benchmark = b };

	snprintf(c.id, sizeof(c.id), "%s", id);
	c.last_wall_ms = worth == CELL_UNKNOWN ? 0 : NOW_WALL_MS - age_days * DAY_MS - 1000;
	return c;
}

static void orders(const struct cell *cells, size_t count, const char *wanted)
{
	struct lane lane = { .cells = mem_new(count, sizeof(*cells)), .count = count };
	struct plan p = { .lanes = &lane, .lane_count = 1 };
	AUTO_STR shown = { 0 };

	memcpy(lane.cells, cells, count * sizeof(*cells));
	plan_order_by_value(&p, NOW_WALL_MS);
	assert_int_equal(lane.count, count);
	for (size_t i = 0; i < count; i++)
		str_addf(&shown, "%s%s", i ? " " : "", lane.cells[i].id);
	assert_string_equal(str_text(&shown), wanted);
	free(lane.cells);
}

static void unknown_before_bad_before_stale(void **state)
{
	const struct cell cells[] = {
		cell("stale", CELL_STALE, 9, 1, NULL),
		cell("bad", CELL_BAD, 1, 1000, NULL),
		cell("new", CELL_UNKNOWN, 0, 5000, NULL),
	};

	(void)state;
	orders(cells, COUNT_OF(cells), "new bad stale");
}

static void the_stalest_by_days_then_the_cheapest(void **state)
{
	const struct cell cells[] = {
		cell("today-dear", CELL_STALE, 0, 900, NULL), cell("today-cheap", CELL_STALE, 0, 2, NULL),
		cell("old-dear", CELL_STALE, 3, 900, NULL),   cell("old-cheap", CELL_STALE, 3, 2, NULL),
		cell("oldest", CELL_STALE, 4, 5000, NULL),
	};

	(void)state;
	orders(cells, COUNT_OF(cells), "oldest old-cheap old-dear today-cheap today-dear");
}

static void equals_stay_as_the_plan_has_them(void **state)
{
	const struct cell cells[] = {
		cell("d", CELL_UNKNOWN, 0, 0, NULL),
		cell("a", CELL_UNKNOWN, 0, 0, NULL),
		cell("c", CELL_UNKNOWN, 0, 0, NULL),
		cell("b", CELL_UNKNOWN, 0, 0, NULL),
	};

	(void)state;
	orders(cells, COUNT_OF(cells), "d a c b");
}

static void runtimes_of_a_benchmark_stay_together_and_count_as_their_best(void **state)
{
	static const struct benchmark one, two;
	const struct cell cells[] = {
		cell("one-fresh", CELL_STALE, 0, 3, &one),
		cell("one-fresh-too", CELL_STALE, 0, 3, &one),
		cell("two-fresh", CELL_STALE, 0, 3, &two),
		cell("two-new", CELL_UNKNOWN, 0, 0, &two),
	};
	const struct lane lane = { .cells = (struct cell *)cells, .count = COUNT_OF(cells), .measures = true };
	struct value v = value_of(&lane, 2, NOW_WALL_MS);

	(void)state;
	orders(cells, COUNT_OF(cells), "two-fresh two-new one-fresh one-fresh-too");
	assert_int_equal(v.worth, CELL_UNKNOWN);
	assert_int_equal(v.estimate_ns, 3 * NS_PER_S);
	assert_int_equal(value_of(&lane, 0, NOW_WALL_MS).estimate_ns, 6 * NS_PER_S);
}

/* Whatever is compared: one order, without contradictions. */
static void it_is_an_order(void **state)
{
	struct value values[3 * 3 * 3];
	size_t count = 0;

	(void)state;
	for (int worth = CELL_STALE; worth <= CELL_UNKNOWN; worth++)
		for (int days = 0; days < 3; days++)
			for (int s = 0; s < 3; s++)
				values[count++] = (struct value){ (enum cell_worth)worth, days, s };
	for (size_t a = 0; a < count; a++)
		for (size_t b = 0; b < count; b++) {
			int ab = value_compare(&values[a], &values[b]);

			assert_int_equal(ab<0, value_compare(&values[b], &values[a])> 0);
			assert_int_equal(ab == 0, a == b);
			for (size_t c = 0; c < count; c++)
				if (ab < 0 && value_compare(&values[b], &values[c]) < 0)
					assert_true(value_compare(&values[a], &values[c]) < 0);
		}
}

static void what_it_takes_is_no_news(void **state)
{
	const struct value cheap = { CELL_BAD, 2, 1 }, dear = { CELL_BAD, 2, 1000 };

	(void)state;
	assert_true(value_compare(&cheap, &dear) < 0);
	assert_int_equal(value_compare_news(&cheap, &dear), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_before_bad_before_stale),
		cmocka_unit_test(the_stalest_by_days_then_the_cheapest),
		cmocka_unit_test(equals_stay_as_the_plan_has_them),
		cmocka_unit_test(runtimes_of_a_benchmark_stay_together_and_count_as_their_best),
		cmocka_unit_test(it_is_an_order),
		cmocka_unit_test(what_it_takes_is_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
