/* Stretches of a series with one level each, and how sure their levels are. */
#ifndef LABCTL_ANALYSE_PHASES_H
#define LABCTL_ANALYSE_PHASES_H

#include <stddef.h>

struct phase {
	size_t start, end; /* indexes, end not included */
	double level;	   /* mean */
	double error;	   /* standard error of the mean, with the correlation of the noise in it */
};

struct phase_list {
	struct phase *items; /* in order, without gaps */
	size_t count;
	double noise;	  /* standard deviation within the longest phase */
	double inflation; /* variance of a mean / the same, were the values independent; see below */
};

/* Cuts a series where its mean or variance changes (changepoints_find with its defaults). Free with phases_free.
 *
 * The noise comes from differences of neighbours (von Neumann 1941), so that a trend within a phase is none of it. No
 * phase counts as less noisy than the longest one: where the variance happens to be small a short phase would seem too
 * sure. */
void phases_find(const double *values, size_t count, struct phase_list *out);
void phases_free(struct phase_list *p);

size_t phase_length(const struct phase *p);

/* What the correlation of neighbours adds to the variance of a mean: 1 + 2 · (sum of autocorrelations up to
 * `most_lags`), summed in pairs while the pairs are positive (initial positive sequence: Geyer, Practical Markov chain
 * Monte Carlo, Statistical Science 7, 1992). `rests` are distances from the level. At least 1. */
double phases_inflation(const double *rests, size_t count, size_t most_lags);

#endif
