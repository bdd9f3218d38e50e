#include "analyse/sample.h"

#include "analyse/stats.h"
#include "base/mem.h"

/* Says of which side the error is. */
static double *refuse(const char *what, struct err *e)
{
	if (what != NULL)
		err_wrap(e, "%s", what);
	return NULL;
}

double *side_means(const struct side *s, const char *what, struct err *e)
{
	AUTO_FREE double *means = mem_new(s->count + 1, sizeof(*means));

	if (s->count == 0) {
		err_set(e, ERR_FORMAT, "no processes");
		return refuse(what, e);
	}
	for (size_t i = 0; i < s->count; i++) {
		const struct sample *process = &s->processes[i];

		if (stats_check(process->values, process->count, true, "iterations", e) < 0) {
			err_wrap(e, "process %zu", i + 1);
			return refuse(what, e);
		}
		means[i] = stats_mean(process->values, process->count);
	}
	return TAKE(means);
}
