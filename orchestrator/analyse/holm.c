#include "analyse/holm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "analyse/stats.h"
#include "base/mem.h"

void holm_adjust(const double *p, size_t count, double alpha, struct holm *out)
{
	size_t tests;
	AUTO_FREE size_t *order = stats_places(p, count, &tests);
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
