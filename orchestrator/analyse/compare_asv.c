#include "analyse/compare_asv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/rank_test.h"
#include "base/mem.h"

#define P_LIMIT 0.002

/* The samples that are numbers, in a new array. */
static double *usable_samples(const struct asv_result *r, size_t *out_count)
{
	double *samples = mem_new(r->sample_count + 1, sizeof(*samples));
	size_t count = 0;

	for (size_t i = 0; i < r->sample_count; i++)
		if (!isnan(r->samples[i]))
			samples[count++] = r->samples[i];
	*out_count = count;
	return samples;
}

/* Can so many samples give a p below the limit at all? 1 / C(x + y, x) is the smallest. */
static bool are_enough(size_t x, size_t y)
{
	double ways = 1, fewer = (double)(x < y ? x : y), all = (double)x + (double)y;

	for (double k = 1; k <= fewer && 1 / ways >= P_LIMIT; k++)
		ways = ways * (all + 1 - k) / k;
	return 1 / ways < P_LIMIT;
}

static bool intervals_overlap(const struct asv_result *a, const struct asv_result *b)
{
	return a->ci_high >= b->ci_low && a->ci_low <= b->ci_high;
}

static bool is_different(const struct asv_result *a, const struct asv_result *b)
{
	size_t a_count = 0, b_count = 0;
	AUTO_FREE double *x = usable_samples(a, &a_count);
	AUTO_FREE double *y = usable_samples(b, &b_count);

	if (a->samples != NULL && b->samples != NULL && are_enough(a_count, b_count))
		return rank_test_p(x, a_count, y, b_count) < P_LIMIT;
	return !intervals_overlap(a, b);
}

static bool has_test(const struct asv_result *a, const struct asv_result *b)
{
	return a->has_stats && b->has_stats && a->repeat != 1 && b->repeat != 1;
}

static bool is_better(const struct asv_result *a, const struct asv_result *b, double factor, bool use_stats)
{
	if (use_stats && has_test(a, b) && !is_different(a, b))
		return false;
	return a->value < b->value / factor;
}

static bool is_other_benchmark(const struct asv_result *a, const struct asv_result *b)
{
	return a->version != NULL && b->version != NULL && strcmp(a->version, b->version) != 0;
}

static char mark_of(const struct asv_result *before, const struct asv_result *after, double factor, bool use_stats)
{
	if (is_other_benchmark(before, after))
		return 'x';
	if (before->failed != after->failed)
		return after->failed ? '!' : '*';
	if (before->failed || isnan(before->value) || isnan(after->value))
		return ' ';
	if (is_better(after, before, factor, use_stats))
		return '-';
	return is_better(before, after, factor, use_stats) ? '+' : ' ';
}

void asv_compare(const struct asv_result *before, const struct asv_result *after, double factor, bool use_stats,
		 struct asv_comparison *out)
{
	bool both = !before->failed && !after->failed;

	*out = (struct asv_comparison){ mark_of(before, after, factor, use_stats), false, NAN };
	if (both && before->value != 0)
		out->ratio = after->value / before->value;
	if (both && out->mark == ' ')
		out->insignificant = is_better(before, after, factor, false) || is_better(after, before, factor, false);
}

bool asv_is_worse(char mark)
{
	return mark == '+' || mark == '!';
}
