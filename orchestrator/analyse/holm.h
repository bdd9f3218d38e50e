/* Many tests at once, without letting the chance of a false finding grow with their number.
 *
 * Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979: the smallest of m p-values is held against alpha
 * / m, the next against alpha / (m - 1), and so on, up to the first that is too large; those before it are findings.
 * The chance of one or more false findings is at most alpha, whatever depends on what, and everything that Bonferroni
 * finds is found. */
#ifndef LABCTL_ANALYSE_HOLM_H
#define LABCTL_ANALYSE_HOLM_H

#include <stddef.h>

struct holm {
	double adjusted; /* p-value: at most alpha exactly when the test is a finding */
	double level;	 /* what the unadjusted p-value was held against: alpha / m .. alpha */
};

/* out has `count` places. A NaN among the p-values is no test: it is not counted in m, and its adjusted and level are
 * NaN. Those behind the first that is no finding share its level. */
void holm_adjust(const double *p, size_t count, double alpha, struct holm *out);

#endif
