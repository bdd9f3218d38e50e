/* Reading the driver's events. Inside of bench_events*.c. */
#ifndef LABCTL_PARSE_BENCH_EVENTS_H
#define LABCTL_PARSE_BENCH_EVENTS_H

#include "base/vec.h"
#include "parse/bench_index.h"
#include "parse/bench_scan.h"

/* A process execution: its run is in the set from its beginning on, its values come to it at the end. */
struct events_execution {
	size_t series, run;
	bool begun, ended, calibrates;
	VEC(double) values;
	VEC(int64_t) loops; /* of each value; only where it calibrates */
};

/* Of a line that may yet turn out to be cut: in the middle of a number, perhaps. */
struct events_fact {
	struct bench_facts *to;
	const char *key, *json;
};

struct events_reader {
	struct bench_scan b;
	struct bench_index index;
	const char *benchmark; /* NULL: no session has begun */
	bool starts_anew;      /* each iteration is a process of its own: nothing warms up from one to the next */
	VEC(struct events_execution) executions;
	struct events_execution *now; /* the one that the line is about; NULL: none */
	VEC(struct events_fact) told; /* by this line */
};

static inline struct bench_run *events_run(struct events_reader *p)
{
	return &p->b.set->series[p->now->series].runs[p->now->run];
}

/* The line was whole: what it told may be believed. */
bool events_is_whole(struct events_reader *p);
/* A number, text, true, false or list of such becomes a fact, once the line is known to be whole; anything else is
 * passed over. */
void events_read_fact(struct events_reader *p, struct bench_facts *f, const char *key);

/* What an execution tells, each from behind its "x". */
void events_read_system(struct events_reader *p);
void events_read_facts(struct events_reader *p);
void events_read_calibrated(struct events_reader *p);
void events_read_values(struct events_reader *p);
void events_read_memory(struct events_reader *p);

#endif
