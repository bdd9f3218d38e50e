#include "render/estimate.h"

#include <inttypes.h>

#include "base/clock.h"

#define TELLS_FROM_DONE 0.05 /* before that, what is done says nothing of the rest */
#define TELLS_FROM_NS	(5 * NS_PER_S)

int64_t estimate_left_ns(int64_t expected_ns, int64_t elapsed_ns, double done)
{
	double whole;

	if (done > 1)
		done = 1;
	if (done >= TELLS_FROM_DONE && elapsed_ns >= TELLS_FROM_NS) {
		double seen = (double)elapsed_ns / done;

		/* The further it is, the more this run counts, and the less the last one. */
		whole = expected_ns > 0 ? (double)expected_ns * (1 - done) + seen * done : seen;
	} else if (expected_ns > 0) {
		whole = (double)expected_ns;
	} else {
		return -1;
	}
	/* Longer than ever before, and no sign of how far it is. */
	if (whole <= (double)elapsed_ns)
		return done >= TELLS_FROM_DONE ? 0 : -1;
	return (int64_t)(whole - (double)elapsed_ns);
}

void estimate_phrase(int64_t left_ns, struct str *out)
{
	int64_t seconds = left_ns / NS_PER_S, minutes = (seconds + 30) / 60;

	if (left_ns < 0)
		return;
	if (seconds < 10)
		str_add(out, "a few seconds left");
	else if (seconds < 55)
		str_addf(out, "about %" PRId64 " s left", (seconds + 5) / 10 * 10);
	else if (minutes < 60)
		str_addf(out, "about %" PRId64 " min left", minutes < 1 ? 1 : minutes);
	else if (minutes < 600)
		str_addf(out, "about %" PRId64 " h %02" PRId64 " min left", minutes / 60, minutes % 60 / 10 * 10);
	else
		str_addf(out, "about %" PRId64 " h left", (minutes + 30) / 60);
}
