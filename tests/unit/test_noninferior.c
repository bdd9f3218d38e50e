#include "numbers.h"

#include "analyse/distributions.h"
#include "analyse/noninferior.h"
#include "analyse/rng.h"

#define ALPHA 0.05
#define POWER 0.8

static struct ratio ratio_like(double log_value, double log_error, double freedom)
{
	return (struct ratio){ exp(log_value), log_value, log_error, freedom, 0.01, 0.01, 10, 10 };
}

static struct margin_judgement judge_one(struct ratio r, double margin)
{
	const struct margin_contest c = { r, margin };
	struct margin_judgement j;

	margins_judge(&c, 1, ALPHA, POWER, &j);
	return j;
}

static enum margin_word word_of(double log_value, double log_error, double margin)
{
	return judge_one(ratio_like(log_value, log_error, 18), margin).word;
}

/* t is 1.734 for 18 degrees of freedom, one-sided at 5 %. */
static void the_margin_decides(void **state)
{
	double edge = log1p(0.05);

	(void)state;
	assert_int_equal(word_of(0, 0.01, 0.05), MARGIN_KEPT);
	assert_int_equal(word_of(-0.5, 0.01, 0.05), MARGIN_KEPT); /* being faster is no fault */
	assert_int_equal(word_of(0.095, 0.01, 0.05), MARGIN_EXCEEDED);
	assert_int_equal(word_of(0.03, 0.001, 0.05), MARGIN_KEPT); /* slower for certain, by less than matters */
	assert_int_equal(word_of(edge, 0.0001, 0.05), MARGIN_OPEN);
	assert_int_equal(word_of(edge - 1.72 * 0.01, 0.01, 0.05), MARGIN_OPEN);
	assert_int_equal(word_of(edge - 1.75 * 0.01, 0.01, 0.05), MARGIN_KEPT);
	assert_int_equal(word_of(edge + 1.72 * 0.01, 0.01, 0.05), MARGIN_OPEN);
	assert_int_equal(word_of(edge + 1.75 * 0.01, 0.01, 0.05), MARGIN_EXCEEDED);
	assert_int_equal(word_of(0, 0.1, 0.05), MARGIN_OPEN);
	assert_string_equal(margin_word(MARGIN_KEPT), "kept");
	assert_string_equal(margin_word(MARGIN_EXCEEDED), "exceeded");
	assert_string_equal(margin_word(MARGIN_OPEN), "open");
	assert_string_equal(margin_word((enum margin_word)77), "unknown");
}

/* Words, p-values and bounds are one thing said three ways. */
static void bounds_and_chances_agree_with_the_word(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 5);
	for (int i = 0; i < 2000; i++) {
		struct margin_judgement j =
			judge_one(ratio_like(0.05 + 0.05 * rng_normal(&r), 0.001 + 0.03 * rng_uniform(&r),
					     2 + 20 * rng_uniform(&r)),
				  0.05);

		assert_true((j.word == MARGIN_KEPT) == (j.bounds.high <= 1.05));
		assert_true((j.word == MARGIN_EXCEEDED) == (j.bounds.low >= 1.05));
		assert_near(j.p_kept + j.p_exceeded, 1, 1e-9);
	}
}

static void what_could_be_shown_is_told(void **state)
{
	struct margin_judgement j = judge_one(ratio_like(0.02, 0.01, 18), 0.05);
	double one_sided = dist_t_quantile(0.95, 18), power = dist_t_quantile(0.8, 18);

	(void)state;
	assert_close(j.detectable, expm1((one_sided + power) * 0.01));
	assert_close(j.power, dist_t_below(log1p(0.05) / 0.01 - one_sided, 18));
	/* With the margin that is detectable the power is the one asked for. */
	assert_close(judge_one(ratio_like(0.02, 0.01, 18), j.detectable).power, 0.8);
	/* So many processes a side, and not one fewer: deviations of 1 % on both sides, margin 1 %. */
	j = judge_one(ratio_like(0, 0.01 * sqrt(0.2), 18), 0.01);
	assert_true(j.processes > 10);
	for (size_t n = j.processes - 1; n <= j.processes; n++) {
		double error = 0.01 * sqrt(2.0 / (double)n), freedom = 2.0 * ((double)n - 1);
		double reach = (dist_t_quantile(0.95, freedom) + dist_t_quantile(0.8, freedom)) * error;

		assert_true((reach <= log1p(0.01)) == (n == j.processes));
	}
}

static void nothing_is_shown_by_nothing(void **state)
{
	const double one[] = { 0.01 }, ten[] = { 1, 1.01, 0.99, 1, 1.02, 0.98, 1, 1.01, 0.99, 1 };
	struct margin_judgement j = judge_one(ratio_none(), 0.05);
	struct ratio r;

	(void)state;
	assert_int_equal(j.word, MARGIN_OPEN);
	assert_true(isnan(j.p_kept) && isnan(j.p_exceeded) && isnan(j.detectable) && isnan(j.power));
	assert_int_equal(j.processes, 0);
	/* One process on a side has no interval, however fast it was. */
	assert_int_equal(ratio_of_means(ten, 10, one, 1, &r, NULL), 0);
	assert_int_equal(judge_one(r, 0.05).word, MARGIN_OPEN);
	margins_judge(NULL, 0, ALPHA, POWER, NULL);
}

/* Counts of instructions do not vary. */
static void without_variation_it_is_a_comparison(void **state)
{
	(void)state;
	assert_int_equal(judge_one(ratio_like(log(1.04), 0, INFINITY), 0.05).word, MARGIN_KEPT);
	assert_int_equal(judge_one(ratio_like(log(1.06), 0, INFINITY), 0.05).word, MARGIN_EXCEEDED);
	assert_true(judge_one(ratio_like(0, 0, INFINITY), 0.05).detectable == 0);
}

/* ---- rates ---- */

struct rates {
	double kept, exceeded; /* of families: all kept, any exceeded */
};

/* So many families of so many benchmarks, each truly at `truth` times the baseline's time. */
static struct rates simulate(uint64_t seed, int families, size_t benchmarks, size_t base, size_t changed, double truth,
			     double base_deviation, double changed_deviation)
{
	struct margin_contest family[16];
	struct margin_judgement judged[16];
	struct rates rates = { 0, 0 };
	double a[64], b[64];
	struct rng r;

	rng_seed(&r, seed);
	for (int f = 0; f < families; f++) {
		size_t kept = 0, exceeded = 0;

		for (size_t i = 0; i < benchmarks; i++) {
			for (size_t k = 0; k < base; k++)
				a[k] = exp(base_deviation * rng_normal(&r));
			for (size_t k = 0; k < changed; k++)
				b[k] = truth * exp(changed_deviation * rng_normal(&r));
			assert_int_equal(ratio_of_means(a, base, b, changed, &family[i].ratio, NULL), 0);
			family[i].margin = 0.05;
		}
		margins_judge(family, benchmarks, ALPHA, POWER, judged);
		for (size_t i = 0; i < benchmarks; i++) {
			kept += judged[i].word == MARGIN_KEPT;
			exceeded += judged[i].word == MARGIN_EXCEEDED;
		}
		rates.kept += kept == benchmarks;
		rates.exceeded += exceeded > 0;
	}
	rates.kept /= families;
	rates.exceeded /= families;
	return rates;
}

/* 20,000 families: a rate of 5 % is told to +-0.3 %. Beside equal sides those that an approximation could get wrong. */
static void at_the_margin_it_is_wrong_in_one_of_twenty(void **state)
{
	struct rates rates = simulate(11, 20000, 1, 10, 10, 1.05, 0.02, 0.02);

	(void)state;
	assert_within(rates.kept, 0.045, 0.0535);
	assert_within(rates.exceeded, 0.045, 0.0535);
	assert_within(simulate(12, 20000, 1, 10, 10, 1.05, 0.005, 0.04).kept, 0.04, 0.0545);
	assert_within(simulate(13, 20000, 1, 20, 6, 1.05, 0.01, 0.03).kept, 0.04, 0.0545);
	assert_within(simulate(14, 20000, 1, 3, 3, 1.05, 0.02, 0.02).kept, 0.01, 0.0535);
}

/* All of ten at the margin: that all are called kept hardly ever happens; that any is called exceeded, in 5 %. */
static void a_family_is_wrong_no_more_often(void **state)
{
	struct rates rates = simulate(15, 4000, 10, 10, 10, 1.05, 0.02, 0.02);

	(void)state;
	assert_within(rates.kept, 0, 0.001);
	assert_within(rates.exceeded, 0.03, 0.06);
}

/* What is planned for an equal candidate holds: deviations of 5 % take some 18 processes. */
static void the_power_promised_is_there(void **state)
{
	const struct margin_contest c = { .ratio = { 1, 0, 0.05 * sqrt(0.2), 18, 0.05, 0.05, 10, 10 }, .margin = 0.05 };
	struct margin_judgement j;

	(void)state;
	margins_judge(&c, 1, ALPHA, POWER, &j);
	assert_in_range(j.processes, 12, 20);
	assert_within(simulate(16, 10000, 1, j.processes, j.processes, 1, 0.05, 0.05).kept, 0.79, 0.84);
	assert_near(simulate(17, 10000, 1, 10, 10, 1, 0.05, 0.05).kept, j.power, 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_margin_decides),
		cmocka_unit_test(bounds_and_chances_agree_with_the_word),
		cmocka_unit_test(what_could_be_shown_is_told),
		cmocka_unit_test(nothing_is_shown_by_nothing),
		cmocka_unit_test(without_variation_it_is_a_comparison),
		cmocka_unit_test(at_the_margin_it_is_wrong_in_one_of_twenty),
		cmocka_unit_test(a_family_is_wrong_no_more_often),
		cmocka_unit_test(the_power_promised_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
