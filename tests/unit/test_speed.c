#include "numbers.h"

#include "analyse/rng.h"
#include "analyse/speed.h"

/* A ratio as if it had been measured: its logarithm, the error of that, and degrees of freedom. */
static struct ratio ratio_like(double log_value, double log_error, double freedom)
{
	return (struct ratio){ exp(log_value), log_value, log_error, freedom, log_error, log_error, 10, 10 };
}

static struct contest contest_of(double log_value, double log_error)
{
	return (struct contest){ ratio_like(log_value, log_error, 18), 0.02, SPEED_UNDECIDED };
}

static enum speed word_of(double log_value, double log_error, double margin)
{
	struct contest c = contest_of(log_value, log_error);
	struct speed_judgement j;

	c.margin = margin;
	speed_judge(&c, 1, 0.05, 0.8, &j);
	return j.word;
}

static void words_are_a_table(void **state)
{
	static const char *const words[] = { "faster",		"slower",	  "equivalent", "undecided",
					     "no-steady-state", "not-comparable", "failed" };

	(void)state;
	assert_int_equal(COUNT_OF(words), SPEED_COUNT);
	for (int s = 0; s < SPEED_COUNT; s++) {
		assert_string_equal(speed_word((enum speed)s), words[s]);
		assert_int_equal(speed_from_word(words[s]), s);
		assert_int_equal(strlen(speed_ascii_sign((enum speed)s)), 1);
		assert_true(strlen(speed_sign((enum speed)s)) > 0 && strlen(speed_help((enum speed)s)) > 10);
		assert_true(speed_is_decided((enum speed)s) == (s <= SPEED_EQUIVALENT));
		for (int other = 0; other < s; other++) {
			assert_string_not_equal(speed_sign((enum speed)s), speed_sign((enum speed)other));
			assert_string_not_equal(speed_ascii_sign((enum speed)s), speed_ascii_sign((enum speed)other));
		}
	}
	assert_int_equal(speed_from_word("same"), -1);
	assert_int_equal(speed_from_word(NULL), -1);
	assert_string_equal(speed_word((enum speed)99), "unknown");
	assert_false(speed_is_decided((enum speed) - 1));
}

/* t is 2.101 for 18 degrees of freedom. */
static void the_interval_decides(void **state)
{
	(void)state;
	assert_int_equal(word_of(-0.05, 0.01, 0.02), SPEED_FASTER);
	assert_int_equal(word_of(0.05, 0.01, 0.02), SPEED_SLOWER);
	assert_int_equal(word_of(0.002, 0.005, 0.02), SPEED_EQUIVALENT);
	assert_int_equal(word_of(0.002, 0.010, 0.02), SPEED_UNDECIDED); /* not different, and not shown to be equal */
	assert_int_equal(word_of(0.0, 0.02, 0.02), SPEED_UNDECIDED);
	/* Different for certain, and for certain by less than what matters. */
	assert_int_equal(word_of(0.008, 0.002, 0.02), SPEED_EQUIVALENT);
	assert_int_equal(word_of(0.008, 0.002, 0.01), SPEED_SLOWER);
	assert_int_equal(word_of(0.008, 0.002, 0), SPEED_SLOWER);
	/* No variation: a point. */
	assert_int_equal(word_of(0, 0, 0), SPEED_EQUIVALENT);
	assert_int_equal(word_of(0.01, 0, 0.02), SPEED_EQUIVALENT);
	assert_int_equal(word_of(0.01, 0, 0.001), SPEED_SLOWER);
	assert_int_equal(word_of(-0.01, 0, 0), SPEED_FASTER);
}

static void numbers_stand_beside_the_word(void **state)
{
	struct contest c = contest_of(0.004, 0.005);
	struct speed_judgement j;

	(void)state;
	speed_judge(&c, 1, 0.05, 0.8, &j);
	assert_near(j.own.low, exp(0.004 - 2.10092204 * 0.005), 1e-9);
	assert_near(j.own.high, exp(0.004 + 2.10092204 * 0.005), 1e-9);
	assert_true(j.tested.low == j.own.low && j.tested.high == j.own.high);
	assert_close(j.p, ratio_p(&c.ratio));
	assert_close(j.adjusted_p, j.p);
	assert_near(j.detectable, exp((2.10092204 + 0.86204866) * 0.005) - 1, 1e-8);
	assert_close(j.within, j.own.high - 1);
	c.margin = j.within + 1e-9;
	speed_judge(&c, 1, 0.05, 0.8, &j);
	assert_int_equal(j.word, SPEED_EQUIVALENT);
	c.margin = j.within - 1e-9;
	speed_judge(&c, 1, 0.05, 0.8, &j);
	assert_int_equal(j.word, SPEED_UNDECIDED);
}

static void a_given_word_stands_and_is_not_of_the_family(void **state)
{
	struct contest family[4] = { contest_of(0.05, 0.02), contest_of(0.9, 0.01) };
	struct speed_judgement j[4];

	(void)state;
	family[1].given = SPEED_NOT_COMPARABLE;
	family[2] = (struct contest){ ratio_none(), 0.02, SPEED_FAILED };
	family[3] = (struct contest){ ratio_none(), 0.02, SPEED_UNDECIDED };
	speed_judge(family, 4, 0.05, 0.8, j);
	assert_int_equal(j[0].word, SPEED_SLOWER);
	assert_close(j[0].adjusted_p, j[0].p);
	assert_int_equal(j[1].word, SPEED_NOT_COMPARABLE);
	assert_true(isnan(j[1].adjusted_p) && !interval_known(j[1].tested) && interval_known(j[1].own));
	assert_int_equal(j[2].word, SPEED_FAILED);
	assert_int_equal(j[3].word, SPEED_UNDECIDED);
	assert_true(isnan(j[3].p) && isnan(j[3].detectable) && isnan(j[3].within) && !interval_known(j[3].own));
	speed_judge(family, 0, 0.05, 0.8, j);
}

/* One of 20 is different at 0.05, which 20 tests give by chance alone: adjusted, it is none. */
static void a_family_takes_its_toll(void **state)
{
	struct contest family[20];
	struct speed_judgement j[20];

	(void)state;
	for (size_t i = 0; i < 20; i++)
		family[i] = contest_of(0, 0.02);
	family[7] = contest_of(0.05, 0.02);
	speed_judge(family, 20, 0.05, 0.8, j);
	assert_true(j[7].p < 0.05 && j[7].adjusted_p > 0.05);
	assert_int_equal(j[7].word, SPEED_UNDECIDED);
	assert_true(j[7].own.low > 1 && j[7].tested.low < 1);
	assert_close(j[7].detectable, ratio_detectable(&family[7].ratio, 0.05 / 20, 0.8));
	family[7] = contest_of(0.09, 0.02);
	speed_judge(family, 20, 0.05, 0.8, j);
	assert_int_equal(j[7].word, SPEED_SLOWER);
}

/* Words, p-values and intervals tell the same story for any family, and exchanging the sides tells it backwards. */
static void everything_agrees(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 61);
	for (int round = 0; round < 2000; round++) {
		struct contest family[10], back[10];
		struct speed_judgement j[10], k[10];
		size_t n = 1 + rng_index(&r, 10);

		for (size_t i = 0; i < n; i++) {
			family[i] = contest_of(0.02 * rng_normal(&r), 0.02 * rng_uniform(&r));
			back[i] = family[i];
			back[i].ratio.log_value = -back[i].ratio.log_value;
			back[i].ratio.value = exp(back[i].ratio.log_value);
		}
		speed_judge(family, n, 0.05, 0.8, j);
		speed_judge(back, n, 0.05, 0.8, k);
		for (size_t i = 0; i < n; i++) {
			bool different = j[i].adjusted_p <= 0.05, inside = j[i].within <= 0.02;

			assert_true(different == !interval_holds(j[i].tested, 1));
			assert_true(j[i].tested.low <= j[i].own.low && j[i].tested.high >= j[i].own.high);
			assert_true((j[i].word == SPEED_EQUIVALENT) == inside);
			assert_true((j[i].word == SPEED_FASTER) == (different && !inside && family[i].ratio.value < 1));
			assert_true((j[i].word == SPEED_SLOWER) == (different && !inside && family[i].ratio.value > 1));
			assert_true((j[i].word == SPEED_FASTER) == (k[i].word == SPEED_SLOWER));
			assert_true((j[i].word == SPEED_EQUIVALENT) == (k[i].word == SPEED_EQUIVALENT));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_a_table),
		cmocka_unit_test(the_interval_decides),
		cmocka_unit_test(numbers_stand_beside_the_word),
		cmocka_unit_test(a_given_word_stands_and_is_not_of_the_family),
		cmocka_unit_test(a_family_takes_its_toll),
		cmocka_unit_test(everything_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
