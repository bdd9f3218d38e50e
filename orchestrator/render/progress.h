/* The live view while a run goes on: one line per busy lane and a total on a terminal (finished cells scroll up);
 * elsewhere one plain line per finished cell and a sign of life each minute. Everything goes to the given stream
 * (standard error). */
#ifndef LABCTL_RENDER_PROGRESS_H
#define LABCTL_RENDER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "parse/result.h"

struct progress;

struct progress_opts {
	FILE *out;
	bool live; /* a terminal that understands cursor movement */
	bool colour;
	bool quiet;
	size_t cells; /* in all */
	size_t lanes;
	int64_t estimate_ns;	 /* of all cells together along the longest lane; 0: unknown */
	bool ascii;		 /* nothing beyond ASCII */
	unsigned width, height;	 /* of the terminal; 0: asked of it whenever it is drawn */
	int64_t (*now_ns)(void); /* NULL: clock_now_ns */
};

struct progress *progress_open(const struct progress_opts *o);
/* What the lane of that target does now; NULL: it has ended. */
void progress_lane(struct progress *p, const char *target, const char *what);
void progress_tests(struct progress *p, const char *target, int64_t done, int64_t total, int64_t bad);
/* A cell has ended. `reason` may be NULL or empty. */
void progress_cell(struct progress *p, const char *label, enum verdict v, const struct tally *tally, const char *reason,
		   int64_t took_ns);
void progress_note(struct progress *p, const char *text); /* a message that stays on the screen */
void progress_tick(struct progress *p);			  /* redraws when due */
void progress_close(struct progress *p);		  /* clears the live lines */

#endif
