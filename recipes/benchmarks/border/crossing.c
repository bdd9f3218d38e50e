/* What is on the other side of the border: plain C functions that do next to nothing, so that getting there is what
 * costs. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct point {
	long long x;
	double y;
};

typedef long long (*number_fn)(long long);

long long crossing_add(long long a, long long b)
{
	return a + b;
}

long long crossing_low_bits(long long n)
{
	return n & 127;
}

double crossing_weigh(double a, double b)
{
	return a * 0.75 + b;
}

_Bool crossing_invert(_Bool flag)
{
	return !flag;
}

void crossing_reverse(const char *in, char *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = in[len - 1 - i];
}

/* ASCII letters alone; the other bytes of UTF-8 stay as they are. */
void crossing_upper(const char *in, char *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = in[i] >= 'a' && in[i] <= 'z' ? in[i] - 'a' + 'A' : in[i];
}

double crossing_total(const double *items, size_t count)
{
	double total = 0;

	for (size_t i = 0; i < count; i++)
		total += items[i];
	return total;
}

/* Of those whose key begins with k. */
long long crossing_total_of_keys(const char *const *keys, const long long *values, size_t count)
{
	long long total = 0;

	for (size_t i = 0; i < count; i++)
		if (keys[i][0] == 'k')
			total += values[i];
	return total;
}

long long crossing_call_back(number_fn function, long long times)
{
	long long total = 0;

	for (long long i = 0; i < times; i++)
		total += function(i);
	return total;
}
