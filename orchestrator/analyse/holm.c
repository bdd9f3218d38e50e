#include "analyse/holm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

static int compare_p(const void *a, const void *b, void *p)
{
	double x = ((const double *)p)[*(const size_t *)a], y = ((const double *)p)[*(const size_t *)b];

	return (x > y) - (x < y);
}

/* The places of the tests in order of their p-values. */
static size_t *order_of(const double *p, size_t count, size_t *out_tests)
{
	size_t *order = mem_new(count + 1, sizeof(*order)), tests = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(p[i]))
			order[tests++] = i;
	qsort_r(order, tests, sizeof(*order), compare_p, (void *)p);
	*out_tests = tests;
	return order;
}

void holm_adjust(const double *p, size_t count, double alpha, struct holm *out)
{
	size_t tests;
	AUTO_FREE size_t *order = order_of(p, count, &tests);
	double adjusted = 0, level = alpha;
	bool found = true;

	for (size_t i = 0; i < count; i++)
		out[i] = (struct holm){ NAN, NAN };
	for (size_t i = 0; i < tests; i++) {
		double left = (double)(tests - i);

		adjusted = fmax(adjusted, fmin(1, p[order[i]] * left));
		if (found)
			level = alpha / left;
		found = found && p[order[i]] <= level;
		out[order[i]] = (struct holm){ adjusted, level };
	}
}
