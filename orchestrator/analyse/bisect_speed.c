#include "analyse/bisect_speed.h"

#include <math.h>

#include "analyse/bisect.h"
#include "analyse/speed_matrix.h"

static int judge_last(const struct ratio *time)
{
	const struct contest contest = { *time, SPEED_MARGIN, SPEED_UNDECIDED };
	struct speed_judgement judged;

	speed_judge(&contest, 1, SPEED_ALPHA, SPEED_POWER, &judged);
	return judged.word == SPEED_UNDECIDED ? BISECT_UNDECIDED : (int)judged.word;
}

int bisect_speed_state(const struct ratio *time, double step)
{
	const struct interval i = ratio_interval(time, SPEED_ALPHA);
	const double border = sqrt(step);

	if (isnan(step))
		return judge_last(time);
	if (!interval_known(i))
		return BISECT_UNDECIDED;
	if (i.low > border)
		return step > 1 ? SPEED_SLOWER : SPEED_EQUIVALENT;
	if (i.high < border)
		return step > 1 ? SPEED_EQUIVALENT : SPEED_FASTER;
	return BISECT_UNDECIDED;
}
