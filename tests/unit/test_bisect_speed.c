#include "parse_text.h"

#include <math.h>

#include "analyse/bisect.h"
#include "analyse/bisect_speed.h"
#include "analyse/speed.h"
#include "base/mem.h"
#include "random_source.h"

#define PROCESSES 10

static struct ratio measure(struct random_source *r, double level, double noise)
{
	double base[PROCESSES], changed[PROCESSES];
	struct err e = ERR_INIT;
	struct ratio ratio;

	for (size_t i = 0; i < PROCESSES; i++) {
		base[i] = exp(noise * random_normal(r));
		changed[i] = level * exp(noise * random_normal(r));
	}
	assert_int_equal(ratio_of_means(base, PROCESSES, changed, PROCESSES, &ratio, &e), 0);
	return ratio;
}

static void the_last_one_is_judged_as_any(void **state)
{
	struct random_source r = random_from(1);
	struct ratio slower = measure(&r, 1.2, 0.01), faster = measure(&r, 0.8, 0.01), same = measure(&r, 1, 0.002),
		     unclear = measure(&r, 1.01, 0.2);

	(void)state;
	assert_int_equal(bisect_speed_state(&slower, NAN), SPEED_SLOWER);
	assert_int_equal(bisect_speed_state(&faster, NAN), SPEED_FASTER);
	assert_int_equal(bisect_speed_state(&same, NAN), SPEED_EQUIVALENT);
	assert_int_equal(bisect_speed_state(&unclear, NAN), BISECT_UNDECIDED);
}

static void a_version_belongs_to_the_nearer_level(void **state)
{
	struct random_source r = random_from(2);
	struct ratio as_before = measure(&r, 1, 0.01), slower = measure(&r, 1.2, 0.01), faster = measure(&r, 0.8, 0.01),
		     unclear = measure(&r, 1.1, 0.2);

	(void)state;
	assert_int_equal(bisect_speed_state(&as_before, 1.2), SPEED_EQUIVALENT);
	assert_int_equal(bisect_speed_state(&slower, 1.2), SPEED_SLOWER);
	assert_int_equal(bisect_speed_state(&as_before, 0.8), SPEED_EQUIVALENT);
	assert_int_equal(bisect_speed_state(&faster, 0.8), SPEED_FASTER);
	assert_int_equal(bisect_speed_state(&unclear, 1.2), BISECT_UNDECIDED);
}

static void one_process_decides_nothing(void **state)
{
	const double one = 1, other = 1.2;
	struct err e = ERR_INIT;
	struct ratio r;

	(void)state;
	assert_int_equal(ratio_of_means(&one, 1, &other, 1, &r, &e), 0);
	assert_int_equal(bisect_speed_state(&r, 1.2), BISECT_UNDECIDED);
	assert_int_equal(bisect_speed_state(&r, NAN), BISECT_UNDECIDED);
}

/* The wrong side at most in 2.5 % of the cases, however noisy: that is what the interval promises. */
static void the_wrong_side_is_rare(void **state)
{
	struct random_source r = random_from(3);
	size_t wrong = 0, rounds = 4000;

	(void)state;
	for (size_t i = 0; i < rounds; i++) {
		double noise = random_scale(&r, 0.005, 0.2);
		bool changed = random_choice(&r, 2) == 1;
		struct ratio ratio = measure(&r, changed ? 1.1 : 1, noise);
		int state_of = bisect_speed_state(&ratio, 1.1);

		wrong += state_of == (changed ? SPEED_EQUIVALENT : SPEED_SLOWER);
	}
	assert_true((double)wrong <= 0.025 * (double)rounds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_one_is_judged_as_any),
		cmocka_unit_test(a_version_belongs_to_the_nearer_level),
		cmocka_unit_test(one_process_decides_nothing),
		cmocka_unit_test(the_wrong_side_is_rare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
