/* Is a candidate slower than a margin allows? One word per benchmark, from two one-sided tests at the margin.
 *
 * With r = time under the candidate / time under the baseline, margin m, and x = ln r with its standard error se and
 * degrees of freedom (analyse/ratio.h):
 *
 * kept: "r >= 1 + m" is rejected at level alpha, t = (x - ln(1 + m)) / se. The chance that a candidate at its margin or
 * beyond is called so is at most alpha. It is not adjusted for the number of benchmarks: who asks that all of them keep
 * their margin (intersection-union: Berger, Multiparameter Hypothesis Testing and Acceptance Sampling, 1982) is wrong
 * with at most alpha, however many there are.
 *
 * exceeded: "r <= 1 + m" is rejected, by Holm's procedure over the family. The chance that any benchmark that keeps its
 * margin is called so is at most alpha.
 *
 * open: neither, for want of data. Never to be read as kept.
 *
 * The two tests are those of Schuirmann (1987) at the one bound that a release can violate: being faster is no fault.
 */
#ifndef LABCTL_ANALYSE_NONINFERIOR_H
#define LABCTL_ANALYSE_NONINFERIOR_H

#include "analyse/ratio.h"

enum margin_word {
	MARGIN_KEPT,
	MARGIN_EXCEEDED,
	MARGIN_OPEN,
	MARGIN_COUNT
};

#define NONINFERIOR_MOST_PROCESSES 1000 /* more are never asked for */

struct margin_contest {
	struct ratio ratio; /* ratio_none(): not of the family; open */
	double margin;	    /* 0.05: 5 % more time may be taken */
};

struct margin_judgement {
	enum margin_word word;
	/* Each bound is one-sided at alpha: kept exactly when high < 1 + margin. */
	struct interval bounds;
	double p_kept;	   /* of "r >= 1 + m" */
	double p_exceeded; /* of "r <= 1 + m", adjusted over the family */
	/* With the numbers and deviations there are: the smallest margin that a candidate equal to the baseline would
	 * be shown to keep with the power asked for: exp((t_{1-alpha} + t_{power}) se) - 1. */
	double detectable;
	double power; /* the chance that such a candidate is shown to keep this margin: P(T <= ln(1 + m) / se -
			 t_{1-alpha}) */
	/* Processes a side with which it would be shown with the power asked for, deviations being what they were; 0:
	 * not known, or more than NONINFERIOR_MOST_PROCESSES. */
	size_t processes;
};

/* out has `count` places. Without an interval (one process on a side) all numbers are NaN and the word is open. */
void margins_judge(const struct margin_contest *family, size_t count, double alpha, double power,
		   struct margin_judgement *out);
const char *margin_word(enum margin_word w); /* "kept", "exceeded", "open" */

#endif
