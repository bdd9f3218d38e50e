/* A series laid out by place in a cycle: what cycles.c asks of cycle_layout.c. Not included outside analyse/. */
#ifndef LABCTL_ANALYSE_CYCLE_LAYOUT_H
#define LABCTL_ANALYSE_CYCLE_LAYOUT_H

#include <stddef.h>

#include "analyse/cycles.h"

#define LAYOUT_STRETCH_CYCLES 6 /* cycles that are laid over each other at a time */

/* The series laid out by place in a cycle of some period, all stretches alike. */
struct layout {
	double period;
	size_t places;			  /* the period as a whole number */
	size_t count;			  /* values */
	size_t stretches;		  /* of about LAYOUT_STRETCH_CYCLES cycles */
	double *rest;			  /* the series without its moving average */
	double *scratch;		  /* room for count values, twice */
	unsigned char *place;		  /* of the i-th value of a stretch */
	size_t *order;			  /* indexes into the longest stretch, sorted by place */
	size_t firsts[CYCLE_LONGEST + 2]; /* where in `order` each place begins; behind the last one its end */
};

void layout_new(struct layout *l, size_t most); /* room for series of up to `most` values */
void layout_free(struct layout *l);

/* Lays out count >= 2 * period values. `shift` moves the borders of the places by that part of a place: a pulse should
 * not fall on one. */
void layout_fill(struct layout *l, const double *values, size_t count, double period, double shift);
/* Shortens what is far from everything, then what is far from its place in the cycle: spikes, steps of the level. */
void layout_limit(struct layout *l);

/* First index in `rest` of a stretch; of number `stretches`: count. */
size_t layout_start(const struct layout *l, size_t stretch);

#endif
