#include "analyse/rank_test.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/stats.h"
#include "base/mem.h"

void rank_test_pairs(const double *x, size_t x_count, const double *y, size_t y_count, int64_t *out_above,
		     int64_t *out_equal)
{
	AUTO_FREE double *xs = stats_sorted(x, x_count);
	AUTO_FREE double *ys = stats_sorted(y, y_count);
	size_t below = 0, upto = 0; /* how many of y lie below the x at hand, and at or below it */

	*out_above = *out_equal = 0;
	for (size_t i = 0; i < x_count; i++) {
		while (below < y_count && ys[below] < xs[i])
			below++;
		while (upto < y_count && ys[upto] <= xs[i])
			upto++;
		*out_above += (int64_t)below;
		*out_equal += (int64_t)(upto - below);
	}
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The distance from the nearer end of the U that ties leave open and that tells least against "no difference". */
static int64_t conservative(int64_t u, int64_t ties, int64_t pairs)
{
	int64_t first, last;

	if (u <= pairs / 2 && u + ties >= pairs / 2)
		ties = pairs / 2 - u;
	first = least(u, pairs - u);
	last = least(u + ties, pairs - (u + ties));
	return first >= last ? first : last;
}

/* In how many orders of m and n values has U each value from 0 to m n: the recursion of Mann and Whitney, r(m, n, u) =
 * r(m, n - 1, u) + r(m - 1, n, u - n), row by row. Counts up to C(40, 20) are whole numbers in a double. */
static double *count_orders(size_t m, size_t n)
{
	size_t pairs = m * n;
	double *row = mem_new((n + 1) * (pairs + 1), sizeof(*row)); /* r(i, j, u) at j, u; i grows */

	for (size_t j = 0; j <= n; j++)
		row[j * (pairs + 1)] = 1;
	for (size_t i = 1; i <= m; i++)
		for (size_t j = 1; j <= n; j++) {
			double *now = &row[j * (pairs + 1)], *fewer = now - (pairs + 1);

			for (size_t u = pairs + 1; u-- > 0;)
				now[u] = fewer[u] + (u >= j ? now[u - j] : 0);
		}
	return row;
}

static double orders_upto(const double *orders, int64_t u, double all)
{
	double below = 0;

	for (int64_t i = 0; i <= u; i++)
		below += orders[i] / all;
	return below;
}

/* C(m + n, n), a whole number at every step. */
static double count_all_orders(size_t m, size_t n)
{
	double ways = 1;

	for (size_t k = 1; k <= n; k++)
		ways = ways * (double)(m + k) / (double)k;
	return ways;
}

double rank_test_below(size_t x_count, size_t y_count, int64_t u)
{
	AUTO_FREE double *rows = count_orders(x_count, y_count);
	size_t pairs = x_count * y_count;
	const double *orders = &rows[y_count * (pairs + 1)];

	if (u < 0)
		return 0;
	return u >= (int64_t)pairs ? 1 : orders_upto(orders, u, count_all_orders(x_count, y_count));
}

static double exact_p(size_t m, size_t n, int64_t u)
{
	int64_t pairs = (int64_t)(m * n), mirrored = pairs - u - 1;

	if (mirrored < pairs / 2)
		mirrored = pairs / 2;
	return rank_test_below(m, n, u) + (1 - rank_test_below(m, n, mirrored));
}

double rank_test_p(const double *x, size_t x_count, const double *y, size_t y_count)
{
	double m = (double)x_count, n = (double)y_count;
	int64_t u, ties;

	rank_test_pairs(x, x_count, y, y_count, &u, &ties);
	u = conservative(u, ties, (int64_t)(x_count * y_count));
	if (x_count <= RANK_TEST_EXACT && y_count <= RANK_TEST_EXACT)
		return exact_p(x_count, y_count, u);
	return erfc((m * n / 2 - (double)u) / sqrt(m * n * (m + n + 1) / 12) / M_SQRT2);
}
