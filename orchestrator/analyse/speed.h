/* What a comparison of speeds comes to: one word per benchmark, and why.
 *
 * For a family of benchmarks that are judged together (all of one runtime against the baseline on one target):
 *
 * faster, slower: the ratio is not 1, by Holm's procedure over the family. The chance that any benchmark without a
 * difference is called faster or slower is at most alpha.
 *
 * equivalent: the benchmark's own 1 - alpha interval lies within its margin, which is two one-sided tests at alpha / 2
 * (TOST). The chance to call a benchmark equivalent that is at its margin or beyond is at most alpha / 2; this is not
 * adjusted for their number, and for "all of them are equivalent" need not be (intersection-union, Berger 1982).
 *
 * undecided: neither. No difference was shown, and no equivalence either: never to be read as "the same".
 *
 * A difference that is there but lies within the margin is `equivalent`: the margin says what matters, and the interval
 * says that this does not. */
#ifndef LABCTL_ANALYSE_SPEED_H
#define LABCTL_ANALYSE_SPEED_H

#include "analyse/ratio.h"

/* The order is stored: add at the end only. */
enum speed {
	SPEED_FASTER,
	SPEED_SLOWER,
	SPEED_EQUIVALENT,
	SPEED_UNDECIDED,
	SPEED_NO_STEADY_STATE,
	SPEED_NOT_COMPARABLE,
	SPEED_FAILED,
	SPEED_COUNT
};

const char *speed_word(enum speed s);	    /* "faster", …, "no-steady-state", "not-comparable", "failed" */
int speed_from_word(const char *word);	    /* -1: unknown */
const char *speed_sign(enum speed s);	    /* one column wide, UTF-8 */
const char *speed_ascii_sign(enum speed s); /* one character */
const char *speed_help(enum speed s);	    /* what it means, one sentence without a full stop */
bool speed_is_decided(enum speed s);	    /* faster, slower, equivalent: the data gave an answer */

/* One benchmark of a family. */
struct contest {
	struct ratio ratio; /* ratio_none() where there is none */
	double margin;	    /* 0.02: differences below 2 % do not matter; 0: any difference does */
	/* SPEED_UNDECIDED: to be judged. A word that says why there is nothing to judge stands, and the benchmark is
	 * not counted in the family. */
	enum speed given;
};

/* own: the interval of the ratio at confidence 1 - alpha, which is shown, and which decides equivalence. tested: the
 * one at the level that Holm's procedure held the benchmark to, so at least as wide; it excludes 1 exactly when
 * adjusted_p is at most alpha. That all intervals of a family hold the truth at once is promised by neither.
 *
 * Without an interval (one process on a side, or no ratio) all numbers are NaN, and the word is undecided unless
 * another was given. */
struct speed_judgement {
	enum speed word;
	struct interval own, tested;
	double p, adjusted_p; /* of "the ratio is 1" */
	double detectable;    /* the difference that would have been found with the power asked for: 0.031 is 3.1 % */
	double within;	      /* the smallest margin at which the word would be equivalent */
};

/* out has `count` places. power: of `detectable`, such as 0.8. */
void speed_judge(const struct contest *family, size_t count, double alpha, double power, struct speed_judgement *out);

#endif
