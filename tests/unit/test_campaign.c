/* plan/campaign.h: orders drawn by lot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan/campaign.h"

#define BLOCKS	 12
#define RUNTIMES 3

static void draw_order(uint64_t seed, size_t first, size_t blocks, struct execution *out)
{
	const struct campaign_order o = {
		.seed = seed, .runtimes = RUNTIMES, .baseline = 1, .first_block = first, .blocks = blocks
	};

	memset(out, 0xff, sizeof(*out) * blocks * RUNTIMES);
	campaign_order(&o, out);
}

static bool same(const struct execution *a, const struct execution *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i].runtime != b[i].runtime || a[i].role != b[i].role)
			return false;
	return true;
}

static void each_block_has_every_runtime_once(void **state)
{
	struct execution order[BLOCKS * RUNTIMES];

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		draw_order(seed, 0, BLOCKS, order);
		for (size_t block = 0; block < BLOCKS; block++) {
			unsigned seen = 0;

			for (size_t i = 0; i < RUNTIMES; i++)
				seen |= 1u << order[block * RUNTIMES + i].runtime;
			assert_int_equal(seen, (1u << RUNTIMES) - 1);
		}
	}
}

static void only_the_baseline_is_in_the_control_and_halves_are_equal(void **state)
{
	struct execution order[BLOCKS * RUNTIMES];

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		size_t a = 0, b = 0;

		draw_order(seed, 0, BLOCKS, order);
		for (size_t i = 0; i < BLOCKS * RUNTIMES; i++) {
			a += order[i].role == 'a';
			b += order[i].role == 'b';
			assert_true((order[i].role != 0) == (order[i].runtime == 1));
		}
		assert_int_equal(a, BLOCKS / 2);
		assert_int_equal(b, BLOCKS / 2);
	}
}

static void the_seed_decides_and_nothing_else(void **state)
{
	struct execution one[BLOCKS * RUNTIMES], two[BLOCKS * RUNTIMES];
	size_t equal = 0;

	(void)state;
	draw_order(42, 0, BLOCKS, one);
	draw_order(42, 0, BLOCKS, two);
	assert_true(same(one, two, BLOCKS * RUNTIMES));
	for (uint64_t seed = 43; seed < 143; seed++) {
		draw_order(seed, 0, BLOCKS, two);
		equal += same(one, two, BLOCKS * RUNTIMES);
	}
	assert_int_equal(equal, 0);
}

/* Found by hand on one machine: it has to come out on all of them. */
static void the_order_of_a_seed_is_the_same_everywhere(void **state)
{
	struct execution order[2 * RUNTIMES];
	char text[2 * RUNTIMES * 2 + 1] = "";

	(void)state;
	draw_order(7, 0, 2, order);
	for (size_t i = 0; i < 2 * RUNTIMES; i++) {
		text[2 * i] = (char)('0' + order[i].runtime);
		text[2 * i + 1] = order[i].role ? order[i].role : '-';
	}
	assert_string_equal(text, "2-1a0-2-0-1b");
	assert_true(campaign_seed(7, "nbody") != campaign_seed(7, "nbodz"));
	assert_true(campaign_seed(7, "nbody") != campaign_seed(8, "nbody"));
}

static void a_second_part_goes_on_where_the_first_ended(void **state)
{
	struct execution whole[BLOCKS * RUNTIMES], parts[BLOCKS * RUNTIMES];

	(void)state;
	draw_order(9, 0, BLOCKS, whole);
	draw_order(9, 0, 2, parts);
	draw_order(9, 2, BLOCKS - 2, parts + 2 * RUNTIMES);
	assert_true(same(whole, parts, BLOCKS * RUNTIMES));
}

/* A runtime comes first in a block about as often as any other. */
static void no_runtime_is_preferred(void **state)
{
	struct execution order[BLOCKS * RUNTIMES];
	size_t first[RUNTIMES] = { 0 };

	(void)state;
	for (uint64_t seed = 0; seed < 1000; seed++) {
		draw_order(seed, 0, BLOCKS, order);
		for (size_t block = 0; block < BLOCKS; block++)
			first[order[block * RUNTIMES].runtime]++;
	}
	for (size_t i = 0; i < RUNTIMES; i++) {
		assert_true(first[i] > 3700);
		assert_true(first[i] < 4300);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_block_has_every_runtime_once),
		cmocka_unit_test(only_the_baseline_is_in_the_control_and_halves_are_equal),
		cmocka_unit_test(the_seed_decides_and_nothing_else),
		cmocka_unit_test(the_order_of_a_seed_is_the_same_everywhere),
		cmocka_unit_test(a_second_part_goes_on_where_the_first_ended),
		cmocka_unit_test(no_runtime_is_preferred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
