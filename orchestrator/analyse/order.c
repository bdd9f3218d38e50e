#include "analyse/order.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define FEW	   12	  /* values that are sorted rather than parted */
#define NORMAL_MAD 1.4826 /* standard deviation of a Normal variable / its median absolute deviation */

int order_compare(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

static void swap(double *a, double *b)
{
	double kept = *a;

	*a = *b;
	*b = kept;
}

static void sort_few(double *values, size_t low, size_t high)
{
	for (size_t i = low + 1; i <= high; i++) {
		double value = values[i];
		size_t k = i;

		for (; k > low && values[k - 1] > value; k--)
			values[k] = values[k - 1];
		values[k] = value;
	}
}

/* Puts the median of first, middle and last in the middle, so that sorted values, the usual case, are halved. */
static double pivot_of(double *values, size_t low, size_t high)
{
	size_t middle = low + (high - low) / 2;

	if (values[middle] < values[low])
		swap(&values[middle], &values[low]);
	if (values[high] < values[low])
		swap(&values[high], &values[low]);
	if (values[high] < values[middle])
		swap(&values[high], &values[middle]);
	return values[middle];
}

double order_select(double *values, size_t count, size_t rank)
{
	size_t low = 0, high = count - 1;

	while (high - low > FEW) {
		double pivot = pivot_of(values, low, high);
		size_t i = low, j = high;

		while (i <= j) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i > j)
				break;
			swap(&values[i++], &values[j]);
			if (j-- == 0)
				break;
		}
		if (rank >= i)
			low = i;
		else if (rank <= j && j < high)
			high = j;
		else
			return values[rank];
	}
	sort_few(values, low, high);
	return values[rank];
}

double order_median(double *values, size_t count)
{
	double upper = order_select(values, count, count / 2);
	double lower = values[0];

	if (count % 2 == 1)
		return upper;
	for (size_t i = 1; i < count / 2; i++) /* selection left the smaller half in front */
		lower = fmax(lower, values[i]);
	return lower + (upper - lower) / 2;
}

static double *copy_of(const double *values, size_t count)
{
	double *copy = mem_new(count, sizeof(*copy));

	memcpy(copy, values, count * sizeof(*copy));
	return copy;
}

double order_median_of(const double *values, size_t count)
{
	AUTO_FREE double *copy = copy_of(values, count);

	return order_median(copy, count);
}

double order_spread_about(const double *values, size_t count, double centre)
{
	AUTO_FREE double *copy = copy_of(values, count);

	for (size_t i = 0; i < count; i++)
		copy[i] = fabs(copy[i] - centre);
	return NORMAL_MAD * order_median(copy, count);
}
