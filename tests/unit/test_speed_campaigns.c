/* The promises of the statistics, kept or not over thousands of simulated campaigns.
 *
 * A campaign: some benchmarks, each with processes of the baseline, split in halves for the A/A control, and processes
 * of the other runtime. Iterations of one process are correlated in two ways at once, by a level that they share and
 * from one to the next, each up to 0.6. */
#include "simulated.h"

#include "analyse/control.h"
#include "analyse/speed.h"

#define ALPHA	   0.05
#define POWER	   0.8
#define MARGIN	   0.02
#define CAMPAIGNS  2000
#define BENCHMARKS 8
#define PROCESSES  10
#define ITERATIONS 6

/* What came of many campaigns of one kind. */
struct tally {
	double held;			    /* of all intervals, the share that holds the true ratio */
	double campaigns_with_a_difference; /* the share in which a benchmark was called faster or slower */
	double controls_failed;
	double words[SPEED_COUNT]; /* shares of all verdicts */
};

struct kind {
	double ratio; /* true, of every benchmark */
	double deviation, correlation;
	double odd_share, odd_factor; /* some processes, of either side, are slower as a whole */
	size_t benchmarks, processes;
	double margin;
	uint64_t seed;
};

static void make_some_odd(const struct kind *k, struct rng *r, struct simulated *s)
{
	for (size_t i = 0; i < s->side.count; i++) {
		double factor = rng_uniform(r) < k->odd_share ? k->odd_factor : 1;

		for (size_t j = 0; j < s->processes[i].count; j++)
			s->values[i][j] *= factor;
	}
}

/* Halves, and baseline against the other. */
static void run_benchmark(const struct kind *k, struct rng *r, struct ratio *out_halves, struct ratio *out_ratio)
{
	static struct simulated base, changed;
	struct behaviour b = behaviour_of(k->deviation, k->correlation, k->processes, ITERATIONS), c;
	struct side half_a, half_b;
	struct err e = ERR_INIT;

	b.next_correlation = k->correlation;
	c = b;
	c.level_s *= k->ratio;
	simulate(&b, r, &base);
	simulate(&c, r, &changed);
	make_some_odd(k, r, &base);
	make_some_odd(k, r, &changed);
	half_a = (struct side){ base.processes, k->processes / 2 };
	half_b = (struct side){ base.processes + k->processes / 2, k->processes - k->processes / 2 };
	assert_int_equal(ratio_of(&half_a, &half_b, out_halves, &e), 0);
	assert_int_equal(ratio_of(&base.side, &changed.side, out_ratio, &e), 0);
}

static void run_campaign(const struct kind *k, struct rng *r, struct tally *t)
{
	struct ratio halves[BENCHMARKS];
	struct contest family[BENCHMARKS];
	struct speed_judgement j[BENCHMARKS];
	struct control control;
	bool different = false;
	double verdicts = CAMPAIGNS * (double)k->benchmarks;

	for (size_t i = 0; i < k->benchmarks; i++) {
		family[i] = (struct contest){ ratio_none(), k->margin, SPEED_UNDECIDED };
		run_benchmark(k, r, &halves[i], &family[i].ratio);
	}
	speed_judge(family, k->benchmarks, ALPHA, POWER, j);
	for (size_t i = 0; i < k->benchmarks; i++) {
		t->held += interval_holds(j[i].own, k->ratio) / verdicts;
		t->words[j[i].word] += 1 / verdicts;
		different |= j[i].word == SPEED_FASTER || j[i].word == SPEED_SLOWER;
	}
	t->campaigns_with_a_difference += different / (double)CAMPAIGNS;
	control_judge(halves, k->benchmarks, ALPHA, POWER, &control);
	t->controls_failed += (control.state == CONTROL_FAILED) / (double)CAMPAIGNS;
}

static struct tally run(const struct kind *k)
{
	struct tally t = { 0 };
	struct rng r;

	rng_seed(&r, k->seed);
	for (int i = 0; i < CAMPAIGNS; i++)
		run_campaign(k, &r, &t);
	return t;
}

static void tell(const struct kind *k, const struct tally *t)
{
	print_message("# %d campaigns, correlation %.1f: %.2f %% of the intervals hold the truth, %.2f %% have a false "
		      "difference, %.2f %% of the controls fail\n",
		      CAMPAIGNS, k->correlation, 100 * t->held, 100 * t->campaigns_with_a_difference,
		      100 * t->controls_failed);
}

/* The stated error rate, and three standard errors of so many campaigns above it. */
#define STATED (ALPHA + 3 * sqrt(ALPHA * (1 - ALPHA) / CAMPAIGNS))

static void equal_sides_are_hardly_ever_called_different(void **state)
{
	(void)state;
	for (int correlation = 0; correlation <= 6; correlation += 3) {
		const struct kind k = {
			.ratio = 1,
			.deviation = 0.05,
			.correlation = correlation / 10.0,
			.benchmarks = BENCHMARKS,
			.processes = PROCESSES,
			.margin = MARGIN,
			.seed = 100 + (uint64_t)correlation,
		};
		struct tally t = run(&k);

		tell(&k, &t);
		assert_within(t.held, 0.935, 0.965);
		assert_within(t.campaigns_with_a_difference, 0, STATED);
		assert_within(t.controls_failed, 0, STATED);
		/* Nor so rarely that differences could not be seen either. */
		assert_true(t.campaigns_with_a_difference > 0.02 && t.controls_failed > 0.02);
	}
}

/* A layout effect: one process in ten is 20 % slower from start to end. */
static void odd_processes_do_not_raise_the_error_rate(void **state)
{
	const struct kind k = {
		.ratio = 1,
		.deviation = 0.01,
		.correlation = 0.6,
		.odd_share = 0.1,
		.odd_factor = 1.2,
		.benchmarks = BENCHMARKS,
		.processes = PROCESSES,
		.margin = MARGIN,
		.seed = 110,
	};
	struct tally t = run(&k);

	(void)state;
	tell(&k, &t);
	assert_within(t.campaigns_with_a_difference, 0, STATED);
	assert_within(t.controls_failed, 0, STATED);
	assert_true(t.held > 0.935);
}

/* One benchmark, little noise: 1 % between two iterations of different processes. */
static struct kind plain_kind(double ratio, uint64_t seed)
{
	return (struct kind){
		.ratio = ratio,
		.deviation = 0.01,
		.correlation = 0.6,
		.benchmarks = 1,
		.processes = PROCESSES,
		.margin = MARGIN,
		.seed = seed,
	};
}

static void equal_sides_with_enough_data_are_equivalent(void **state)
{
	struct kind k = plain_kind(1, 120);
	struct tally t = run(&k);

	(void)state;
	assert_within(t.words[SPEED_EQUIVALENT], 0.98, 1);
	/* With too much noise for that they are undecided: nobody calls them the same. */
	k.deviation = 0.1;
	t = run(&k);
	assert_within(t.words[SPEED_UNDECIDED], 0.93, 0.97);
	assert_within(t.words[SPEED_EQUIVALENT], 0, 0.001);
}

static void a_tenth_slower_is_slower(void **state)
{
	struct kind k = plain_kind(1.1, 121);
	struct tally t = run(&k);

	(void)state;
	assert_within(t.words[SPEED_SLOWER], 0.999, 1);
	k.ratio = 1 / 1.1;
	t = run(&k);
	assert_within(t.words[SPEED_FASTER], 0.999, 1);
}

/* What differs by exactly the margin is wrongly called equivalent in 2.5 % of the cases, and no more with less data. */
static void the_margin_is_hardly_ever_called_equivalent(void **state)
{
	struct kind k = plain_kind(1 + MARGIN, 122);

	(void)state;
	assert_within(run(&k).words[SPEED_EQUIVALENT], 0.01, 0.04);
	k.ratio = 1 / k.ratio;
	assert_within(run(&k).words[SPEED_EQUIVALENT], 0.01, 0.04);
	k.processes = 4;
	assert_within(run(&k).words[SPEED_EQUIVALENT], 0, 0.04);
	k.deviation = 0.05;
	assert_within(run(&k).words[SPEED_EQUIVALENT], 0, 0.04);
}

/* Where the true difference is the one that is said to be detectable, it is found as often as is said. */
static void detectable_differences_are_detected(void **state)
{
	for (size_t processes = 5; processes <= 20; processes *= 2) {
		struct kind k = plain_kind(1, 130 + processes);
		double shared = k.deviation * k.deviation * k.correlation, own = k.deviation * k.deviation - shared;
		double spread = 0, n = (double)processes;
		struct ratio known;

		/* The variance of the mean of a process, from the correlations of its iterations. */
		for (int i = 0; i < ITERATIONS; i++)
			for (int j = 0; j < ITERATIONS; j++)
				spread += pow(k.correlation, abs(i - j)) / (ITERATIONS * ITERATIONS);
		known = (struct ratio){ .value = 1,
					.log_error = sqrt((shared + own * spread) * 2 / n),
					.freedom = 2 * n - 2 };
		k.processes = processes;
		k.margin = 0;
		k.ratio = 1 + ratio_detectable(&known, ALPHA, POWER);
		assert_near(run(&k).words[SPEED_SLOWER], POWER, 0.04);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_sides_are_hardly_ever_called_different),
		cmocka_unit_test(odd_processes_do_not_raise_the_error_rate),
		cmocka_unit_test(equal_sides_with_enough_data_are_equivalent),
		cmocka_unit_test(a_tenth_slower_is_slower),
		cmocka_unit_test(the_margin_is_hardly_ever_called_equivalent),
		cmocka_unit_test(detectable_differences_are_detected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
