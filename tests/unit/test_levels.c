#include "simulated.h"

#include "analyse/levels.h"

/* A real measurement: pyperf's telco on CPython, 40 processes of three values, seconds. */
static const double telco[40][3] = {
	{ 0.022752201875846367, 0.022529058374857414, 0.022569017250134493 },
	{ 0.022308390125544975, 0.022373560874257237, 0.022338727125315927 },
	{ 0.022341842373862164, 0.02235180462594144, 0.022330592375510605 },
	{ 0.022600604124818346, 0.02250373537572159, 0.02227788524942298 },
	{ 0.022796641249442473, 0.02246631687376066, 0.022479394499896443 },
	{ 0.022644667375061545, 0.02235566237504827, 0.022418305125029292 },
	{ 0.022436602748712176, 0.022480943249320262, 0.02235867950003012 },
	{ 0.02278314212526311, 0.022872027000630624, 0.02290258612629259 },
	{ 0.022661797875116463, 0.022321656999338302, 0.022378191624738974 },
	{ 0.022814764375652885, 0.02257153912432841, 0.02253746087626496 },
	{ 0.0227225675007503, 0.022670608250336954, 0.022401013749913545 },
	{ 0.02290047350106761, 0.022445314500146196, 0.02218936312419828 },
	{ 0.02288643499923637, 0.02280328350025229, 0.022639508999418467 },
	{ 0.0228593190004176, 0.022467296623290167, 0.022363815874996362 },
	{ 0.022750646374333883, 0.022462343749793945, 0.022484668874312774 },
	{ 0.022479004375782097, 0.022440030999860028, 0.02253002024917805 },
	{ 0.022740919124771608, 0.022558297250725445, 0.022564705001059338 },
	{ 0.022790731374698225, 0.022414333625420113, 0.02245962800043344 },
	{ 0.022403446375392377, 0.02211380250082584, 0.022198904500328354 },
	{ 0.02238049849984236, 0.022455378124504932, 0.022412014624933363 },
	{ 0.02229503950002254, 0.022295835000477382, 0.022282098499999847 },
	{ 0.022549405499376007, 0.022503473124743323, 0.022567011876162724 },
	{ 0.022543345748999855, 0.022242006749365828, 0.02239677725083311 },
	{ 0.02251175124911242, 0.02235561037559819, 0.022273914373727166 },
	{ 0.022433287000239943, 0.022439603999373503, 0.02242835337528959 },
	{ 0.02278202524939843, 0.02280259662438766, 0.02292071737429069 },
	{ 0.02270763112574059, 0.02244504074951692, 0.022472805250799865 },
	{ 0.022783442875152105, 0.02282111249951413, 0.022592317376620485 },
	{ 0.022503311000036774, 0.02229495712344942, 0.022259387500525918 },
	{ 0.02284447087549779, 0.022869143249408808, 0.022888797999257804 },
	{ 0.02269515787520504, 0.02272590637403482, 0.022622907499680878 },
	{ 0.022323098499327898, 0.022430043751228368, 0.022600977374167996 },
	{ 0.02263205824965553, 0.02254889274991001, 0.02269448637525784 },
	{ 0.02260238487542665, 0.02226126612549706, 0.022208686748854234 },
	{ 0.022747951625206042, 0.022455849873949774, 0.022407463875424583 },
	{ 0.022650396123935934, 0.02245941162436793, 0.022384618499927456 },
	{ 0.022728333875420503, 0.022522181625390658, 0.02252448037506838 },
	{ 0.022633532498730347, 0.02254614350022166, 0.022589934875213658 },
	{ 0.022646812998573296, 0.022422540125262458, 0.022550425124791218 },
	{ 0.022562820375242154, 0.022442164625317673, 0.02241712374961935 },
};

static struct levels levels_of_telco(void)
{
	struct sample processes[40];
	const struct side side = { processes, 40 };
	struct err e = ERR_INIT;
	struct levels l;

	for (size_t i = 0; i < 40; i++)
		processes[i] = (struct sample){ telco[i], 3 };
	assert_int_equal(levels_of(&side, &l, &e), 0);
	return l;
}

/* Computed elsewhere by the formulas of the paper. */
static void a_real_measurement_has_its_components(void **state)
{
	struct levels l = levels_of_telco();
	double square = l.mean * l.mean;

	(void)state;
	assert_close(l.mean, 0.02253074578743508);
	assert_close(l.s1 * square, 1.9279649919650242e-08);
	assert_close(l.s2 * square, 2.2217139462815796e-08);
	assert_close(l.t2 * square, 1.579058948959905e-08);
	assert_true(l.t1 == l.s1);
	assert_close(l.t2 / (l.t1 + l.t2), 0.4502561076168331);
	assert_near(levels_half_width(&l, 40, 3, 0.05) * l.mean, 4.76698296e-05, 1e-13);
	assert_int_equal(l.processes, 40);
	assert_close(l.iterations, 3);
}

/* By hand: processes (1, 3) and (4, 6, 8), means 2 and 6, grand mean 4. S_1^2 = (2 + 8) / (1 + 2), S_2^2 = 8, 1/r =
 * (1/2 + 1/3) / 2. */
static void unequal_counts_are_pooled(void **state)
{
	const double first[] = { 1, 3 }, second[] = { 4, 6, 8 };
	const struct sample processes[] = { { first, 2 }, { second, 3 } };
	struct err e = ERR_INIT;
	struct levels l;

	(void)state;
	assert_int_equal(levels_of(&(struct side){ processes, 2 }, &l, &e), 0);
	assert_close(l.mean, 4);
	assert_close(l.s1 * 16, 10.0 / 3);
	assert_close(l.s2 * 16, 8);
	assert_close(l.iterations, 2.4);
	assert_close(l.t2 * 16, 8 - 10.0 / 3 / 2.4);
}

static void what_cannot_be_told_is_nan(void **state)
{
	const double values[] = { 1, 2, 3 };
	const struct sample singles[] = { { values, 1 }, { values + 1, 1 }, { values + 2, 1 } };
	const struct sample whole = { values, 3 };
	struct err e = ERR_INIT;
	struct levels l;

	(void)state;
	assert_int_equal(levels_of(&(struct side){ singles, 3 }, &l, &e), 0);
	assert_true(isnan(l.s1) && isnan(l.t1));
	assert_close(l.t2 * 4, 1);
	assert_int_equal(levels_plan_iterations(&l, 1, 1, 50), 0);
	assert_int_equal(levels_of(&(struct side){ &whole, 1 }, &l, &e), 0);
	assert_close(l.s1 * 4, 1);
	assert_true(isnan(l.s2) && isnan(l.t2) && isnan(levels_half_width(&l, 5, 5, 0.05)));
	assert_int_equal(levels_plan_processes(&l, 5, 0.01, 0.05, 100), 0);
}

static void bad_input_is_refused(void **state)
{
	const double values[] = { 1, 2, NAN }, zero[] = { 1, 0 };
	const struct sample nan[] = { { values, 2 }, { values, 3 } }, empty[] = { { values, 0 } },
			    zeros[] = { { zero, 2 } };
	struct err e = ERR_INIT;
	struct levels l;

	(void)state;
	assert_int_equal(levels_of(&(struct side){ nan, 2 }, &l, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.text, "process 2: iterations: value 3 is nan, not a finite number");
	assert_int_equal(levels_of(&(struct side){ empty, 1 }, &l, &e), -1);
	assert_int_equal(levels_of(&(struct side){ zeros, 1 }, &l, &e), -1);
	assert_int_equal(levels_of(&(struct side){ NULL, 0 }, &l, &e), -1);
	assert_string_equal(e.text, "no processes");
}

/* T_1^2 / T_2^2 = 4, a process costs 25 iterations: sqrt(25 * 4) = 10. */
static void iterations_are_planned_by_cost(void **state)
{
	struct levels l = {
		.mean = 1, .s1 = 4e-4, .t1 = 4e-4, .s2 = 2e-4, .t2 = 1e-4, .iterations = 4, .processes = 10
	};

	(void)state;
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 1000), 10);
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.6, 1000), 11);
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 7), 7);
	assert_int_equal(levels_plan_iterations(&l, 1, 0.001, 1000), 1);
	assert_int_equal(levels_plan_iterations(&l, 0, 1, 1000), 0);
	assert_int_equal(levels_plan_iterations(&l, 1, -1, 1000), 0);
	l.t2 = -1e-6;
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 1000), 1000);
	l.t1 = 0, l.t2 = 1e-4;
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 1000), 1);
}

/* With the planned number of iterations no other number gives a narrower interval in the same time. */
static void the_plan_is_the_cheapest(void **state)
{
	struct levels l = {
		.mean = 1, .s1 = 9e-4, .t1 = 9e-4, .s2 = 2e-4, .t2 = 1e-4, .iterations = 9, .processes = 10
	};
	size_t planned = levels_plan_iterations(&l, 1, 16, 1000);
	double best = INFINITY;
	size_t cheapest = 0;

	(void)state;
	for (size_t r = 1; r < 100; r++) {
		double product = (l.t2 + l.t1 / (double)r) * (16 + (double)r); /* variance times time */

		if (product < best) {
			best = product;
			cheapest = r;
		}
	}
	assert_int_equal(planned, cheapest);
	assert_int_equal(planned, 12);
}

static void the_fewest_processes_are_found(void **state)
{
	struct levels l = levels_of_telco();
	size_t n = levels_plan_processes(&l, 3, 0.005, 0.05, 10000);

	(void)state;
	assert_within((double)n, 2, 40);
	assert_true(levels_half_width(&l, n, 3, 0.05) <= 0.005);
	assert_true(levels_half_width(&l, n - 1, 3, 0.05) > 0.005);
	assert_int_equal(levels_plan_processes(&l, 3, 1e-9, 0.05, 10000), 0);
	assert_int_equal(levels_plan_processes(&l, 3, 10, 0.05, 10000), 2);
	assert_int_equal(levels_plan_processes(&l, 3, 0.005, 0.05, 1), 0);
	assert_int_equal(levels_plan_processes(&l, 3, NAN, 0.05, 100), 0);
}

/* Over many simulated measurements the components come out right on average. */
static void components_are_unbiased(void **state)
{
	static struct simulated side;
	enum {
		ROUNDS = 3000
	};
	double t1 = 0, t2 = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 21);
	for (int round = 0; round < ROUNDS; round++) {
		const struct behaviour b = { 1, 0.01, 0.02, 0, 8, 12 };
		struct err e = ERR_INIT;
		struct levels l;

		simulate(&b, &r, &side);
		for (size_t i = 0; i < 8; i++)
			side.processes[i].count = 2 + rng_index(&r, 11);
		assert_int_equal(levels_of(&side.side, &l, &e), 0);
		t1 += l.t1 / ROUNDS;
		t2 += l.t2 / ROUNDS;
	}
	assert_near(t1 / 4e-4, 1, 0.02);
	assert_near(t2 / 1e-4, 1, 0.06);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_measurement_has_its_components),
		cmocka_unit_test(unequal_counts_are_pooled),
		cmocka_unit_test(what_cannot_be_told_is_nan),
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(iterations_are_planned_by_cost),
		cmocka_unit_test(the_plan_is_the_cheapest),
		cmocka_unit_test(the_fewest_processes_are_found),
		cmocka_unit_test(components_are_unbiased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
