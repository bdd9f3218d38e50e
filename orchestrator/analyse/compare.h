/* Two sets of measurements against each other, benchmark by benchmark. */
#ifndef LABCTL_ANALYSE_COMPARE_H
#define LABCTL_ANALYSE_COMPARE_H

#include "analyse/geomean.h"
#include "analyse/speed.h"
#include "analyse/speed_summary.h"

/* A benchmark of both sides. */
struct compared {
	const char *name;			   /* of the base's series */
	const struct bench_series *base, *changed; /* NULL: only the other side has it */
	struct speed_summary base_summary, changed_summary;
	struct ratio ratio; /* changed / base */
	struct speed_judgement judged;
	const char *why; /* for words that are no comparison; NULL */
};

struct comparison {
	struct compared *rows; /* in the order of the base, then what only the changed side has */
	size_t count;
	struct geomean mean;
	size_t words[SPEED_COUNT]; /* how many of each */
};

/* The two must live as long as the comparison. Series are paired by name and runtime; where a side has a name once
 * only, by the name alone, of which the part behind the last / counts too (TARGET/RUNTIME/BENCHMARK). margin: relative
 * difference that does not matter. */
void compare_sets(const struct bench_set *base, const struct bench_set *changed, double margin, struct comparison *out);
/* The same from summaries that are there already, which it takes over: rows are added one by one, then judged together.
 * Either series may be NULL; of those given the name, the unit and how it is called are asked for. */
void comparison_add(struct comparison *c, const struct bench_series *base, const struct bench_series *changed,
		    const struct speed_summary *base_summary, const struct speed_summary *changed_summary);
void comparison_judge(struct comparison *c, double margin);
/* 1 when something became slower or failed, else 0. */
int comparison_exit_status(const struct comparison *c);
void comparison_free(struct comparison *c);

#endif
