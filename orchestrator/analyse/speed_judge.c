#include <math.h>
#include <stdlib.h>

#include "analyse/holm.h"
#include "analyse/speed.h"
#include "base/mem.h"

static bool within_margin(struct interval i, double margin)
{
	return interval_known(i) && 1 / (1 + margin) <= i.low && i.high <= 1 + margin;
}

static enum speed decide(const struct contest *c, const struct speed_judgement *j)
{
	if (c->given != SPEED_UNDECIDED)
		return c->given;
	if (within_margin(j->own, c->margin))
		return SPEED_EQUIVALENT;
	if (j->tested.high < 1)
		return SPEED_FASTER;
	return j->tested.low > 1 ? SPEED_SLOWER : SPEED_UNDECIDED;
}

void speed_judge(const struct contest *family, size_t count, double alpha, double power, struct speed_judgement *out)
{
	AUTO_FREE double *p = mem_new(count + 1, sizeof(*p));
	AUTO_FREE struct holm *holm = mem_new(count + 1, sizeof(*holm));

	for (size_t i = 0; i < count; i++)
		p[i] = family[i].given == SPEED_UNDECIDED ? ratio_p(&family[i].ratio) : NAN;
	holm_adjust(p, count, alpha, holm);
	for (size_t i = 0; i < count; i++) {
		const struct contest *c = &family[i];
		bool tested = !isnan(p[i]);

		out[i] = (struct speed_judgement){
			.own = ratio_interval(&c->ratio, alpha),
			.tested = tested ? ratio_interval(&c->ratio, holm[i].level) : interval_none(),
			.p = p[i],
			.adjusted_p = holm[i].adjusted,
			.detectable = tested ? ratio_detectable(&c->ratio, holm[i].level, power) : NAN,
			.within = ratio_within(&c->ratio, alpha),
		};
		out[i].word = decide(c, &out[i]);
	}
}
