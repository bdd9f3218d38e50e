/* Made-up measurements, from a seed: what the tests of analyse/ are run on. */
#ifndef LABCTL_TESTS_SIMULATED_H
#define LABCTL_TESTS_SIMULATED_H

#include "numbers.h"

#include "analyse/ratio.h"
#include "analyse/rng.h"

#define SIMULATED_PROCESSES  64
#define SIMULATED_ITERATIONS 64

/* How a side behaves. Deviations are relative; in logarithms everything is normal. */
struct behaviour {
	double level_s;		    /* median time */
	double process_deviation;   /* between the levels of processes: iterations of one process share it */
	double iteration_deviation; /* around the level of the process */
	double next_correlation;    /* of an iteration with the next one of its process, beyond the shared level */
	size_t processes, iterations;
};

/* A side with room for its numbers. Not to be copied: it points into itself. */
struct simulated {
	double values[SIMULATED_PROCESSES][SIMULATED_ITERATIONS];
	struct sample processes[SIMULATED_PROCESSES];
	struct side side;
};

static inline void simulate_process(const struct behaviour *b, struct rng *r, double *values)
{
	double level = b->process_deviation * rng_normal(r), state = rng_normal(r);
	double fresh = sqrt(1 - b->next_correlation * b->next_correlation);

	for (size_t i = 0; i < b->iterations; i++) {
		values[i] = b->level_s * exp(level + b->iteration_deviation * state);
		state = b->next_correlation * state + fresh * rng_normal(r);
	}
}

static inline void simulate(const struct behaviour *b, struct rng *r, struct simulated *out)
{
	assert_true(b->processes <= SIMULATED_PROCESSES && b->iterations <= SIMULATED_ITERATIONS);
	for (size_t i = 0; i < b->processes; i++) {
		simulate_process(b, r, out->values[i]);
		out->processes[i] = (struct sample){ out->values[i], b->iterations };
	}
	out->side = (struct side){ out->processes, b->processes };
}

/* A total deviation that two iterations of one process share by `correlation`. */
static inline struct behaviour behaviour_of(double deviation, double correlation, size_t processes, size_t iterations)
{
	return (struct behaviour){
		0.01, deviation * sqrt(correlation), deviation * sqrt(1 - correlation), 0, processes, iterations
	};
}

#endif
