#include "parse_text.h"

#include "analyse/bisect.h"
#include "draws.h"

#define MOST 40

/* What a version is like; looked at again it is the next of its states. */
struct world {
	size_t count;
	int states[MOST][3]; /* by look; the last one stands for all further ones */
	int looks[MOST];
	size_t total;
};

static int look(struct world *w, size_t i)
{
	int n = w->looks[i] < 2 ? w->looks[i] : 2;

	w->looks[i]++;
	w->total++;
	return w->states[i][n];
}

static void set(struct world *w, size_t i, int state)
{
	for (int n = 0; n < 3; n++)
		w->states[i][n] = state;
}

static struct bisect_end search(struct world *w, int retries)
{
	struct bisect b;
	struct bisect_end end;

	bisect_start(&b, w->count, retries);
	for (size_t next; (next = bisect_next(&b)) < w->count;) {
		assert_true(w->total < 8 * MOST);
		bisect_tell(&b, next, look(w, next));
	}
	end = bisect_end(&b);
	bisect_free(&b);
	return end;
}

static struct world changes_at(size_t count, size_t change)
{
	struct world w = { .count = count };

	for (size_t i = 0; i < count; i++)
		set(&w, i, i >= change);
	return w;
}

static void every_change_is_found(void **state)
{
	(void)state;
	for (size_t count = 2; count <= MOST; count++)
		for (size_t change = 1; change < count; change++) {
			struct world w = changes_at(count, change);
			struct bisect_end end = search(&w, 1);
			size_t steps = 0;

			for (size_t left = count; left > 1; left = (left + 1) / 2)
				steps++;
			assert_int_equal(end.how, BISECT_FOUND);
			assert_int_equal(end.before, change - 1);
			assert_int_equal(end.after, change);
			assert_int_equal(end.between, 0);
			assert_true(w.total <= 2 + steps + 2); /* the ends, the halves, two to be sure */
			assert_int_equal(w.looks[change], 2);
			assert_int_equal(w.looks[change - 1], 2);
		}
}

static void the_ends_come_first(void **state)
{
	struct bisect b;

	(void)state;
	bisect_start(&b, 9, 1);
	assert_int_equal(bisect_next(&b), 0);
	bisect_tell(&b, 0, 0);
	assert_int_equal(bisect_next(&b), 8);
	bisect_tell(&b, 8, 1);
	assert_int_equal(bisect_next(&b), 4);
	bisect_free(&b);
}

static void ends_that_are_alike_end_it(void **state)
{
	struct world w = changes_at(9, 20);
	struct bisect_end end = search(&w, 1);

	(void)state;
	assert_int_equal(end.how, BISECT_NO_CHANGE);
	assert_int_equal(w.total, 2);
}

static void nothing_to_test(void **state)
{
	struct world w = changes_at(5, 2);

	(void)state;
	for (size_t i = 1; i < 5; i++)
		set(&w, i, BISECT_UNTESTABLE);
	assert_int_equal(search(&w, 1).how, BISECT_NO_ENDS);
	assert_int_equal(w.total, 5);
	w = (struct world){ 0 };
	assert_int_equal(search(&w, 1).how, BISECT_NO_ENDS);
}

static void what_cannot_be_tested_is_passed_over(void **state)
{
	struct world w = changes_at(8, 4);
	struct bisect_end end;

	(void)state;
	set(&w, 0, BISECT_UNTESTABLE);
	set(&w, 7, BISECT_UNTESTABLE);
	set(&w, 4, BISECT_UNTESTABLE);
	end = search(&w, 1);
	assert_int_equal(end.how, BISECT_FOUND);
	assert_int_equal(end.before, 3);
	assert_int_equal(end.after, 5);
	assert_int_equal(end.between, 1);
	assert_int_equal(w.looks[4], 1);
}

static void a_third_state_belongs_to_neither_side(void **state)
{
	struct world w = changes_at(7, 4);
	struct bisect_end end;

	(void)state;
	set(&w, 3, 5);
	end = search(&w, 1);
	assert_int_equal(end.before, 2);
	assert_int_equal(end.after, 4);
	assert_int_equal(end.between, 1);
}

static void the_undecided_get_another_chance(void **state)
{
	struct world w = changes_at(7, 4);
	struct bisect_end end;

	(void)state;
	w.states[3][0] = BISECT_UNDECIDED;
	end = search(&w, 1);
	assert_int_equal(end.before, 3);
	assert_int_equal(end.after, 4);
	w = changes_at(7, 4);
	w.states[3][0] = BISECT_UNDECIDED;
	end = search(&w, 0);
	assert_int_equal(end.before, 2);
	assert_int_equal(w.looks[3], 1);
}

static void a_flaky_one_misleads_nobody(void **state)
{
	struct world w = changes_at(9, 6);
	struct bisect_end end;

	(void)state;
	w.states[4][0] = 1; /* looks like the change, once */
	end = search(&w, 1);
	assert_int_equal(end.how, BISECT_FOUND);
	assert_int_equal(end.before, 5);
	assert_int_equal(end.after, 6);
}

/* Any mixture of what can be tested and what cannot: the change lies between the two that are named. */
static void the_change_is_always_between(void **state)
{
	struct rng r = draws_from(17);

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t count = 2 + rng_index(&r, MOST - 2), change = 1 + rng_index(&r, count - 1);
		struct world w = changes_at(count, change);
		size_t before = count, after = count;
		struct bisect_end end;

		for (size_t i = 0; i < count; i++)
			if (rng_index(&r, 3) == 0)
				set(&w, i, BISECT_UNTESTABLE);
		for (size_t i = 0; i < change; i++)
			if (w.states[i][0] == 0)
				before = i;
		for (size_t i = count; i-- > change;)
			if (w.states[i][0] == 1)
				after = i;
		end = search(&w, 1);
		if (before == count || after == count) {
			assert_int_not_equal(end.how, BISECT_FOUND);
			continue;
		}
		assert_int_equal(end.how, BISECT_FOUND);
		assert_int_equal(end.before, before);
		assert_int_equal(end.after, after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_change_is_found),
		cmocka_unit_test(the_ends_come_first),
		cmocka_unit_test(ends_that_are_alike_end_it),
		cmocka_unit_test(nothing_to_test),
		cmocka_unit_test(what_cannot_be_tested_is_passed_over),
		cmocka_unit_test(a_third_state_belongs_to_neither_side),
		cmocka_unit_test(the_undecided_get_another_chance),
		cmocka_unit_test(a_flaky_one_misleads_nobody),
		cmocka_unit_test(the_change_is_always_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
