/* What the formats that are read with json_scan share. Not included outside parse/. */
#ifndef LABCTL_PARSE_BENCH_SCAN_H
#define LABCTL_PARSE_BENCH_SCAN_H

#include "base/json_scan.h"
#include "base/vec.h"
#include "parse/bench.h"

#define BENCH_KEYS_KEPT 64

/* The keys of the last object at this place of the file. The next one mostly has the same, in the same order: then they
 * need not be kept again, nor looked up, nor compared with each other. {0} knows none. */
struct bench_keys {
	struct {
		const char *key;
		size_t len;
		bool in_order; /* behind the one before it */
		int memo;      /* what bench_fact_fn wants to keep for this key; 0 at first */
	} items[BENCH_KEYS_KEPT];
	size_t count;
};

struct bench_scan {
	struct json_scan json;
	struct bench_set *set;
	size_t run_total, value_total;
	/* Of what is read now; reused. */
	VEC(double) numbers;
	VEC(unsigned char) whole; /* one for each number */
	bool any_whole;
	VEC(int64_t) loops;
	VEC(struct bench_fact) facts;
	VEC(struct bench_run) runs;
};

/* The text becomes the set's. */
void bench_scan_start(struct bench_scan *b, struct bench_set *s, char *text, size_t len, struct err *e);
void bench_scan_free(struct bench_scan *b);

/* Called for each fact that was read; may call json_scan_fail. */
typedef void bench_fact_fn(struct bench_scan *b, void *ctx, const struct bench_fact *fact, int *memo);
/* An object of facts. fn may be NULL. */
void bench_scan_facts(struct bench_scan *b, struct bench_keys *keys, bench_fact_fn *fn, void *ctx,
		      struct bench_facts *out);

void bench_scan_no_numbers(struct bench_scan *b); /* forgets those that were read */
void bench_scan_number(struct bench_scan *b);	  /* one more; an integer that no double holds is a mistake */
void bench_scan_numbers(struct bench_scan *b);	  /* a list of them */
/* The numbers that were read, in the arena. out_whole: NULL when none was an integer. */
const double *bench_scan_keep(struct bench_scan *b, size_t *out_count, const unsigned char **out_whole);
/* [[loops, value], …], in the arena. */
void bench_scan_warmups(struct bench_scan *b, struct bench_run *r);
int64_t bench_scan_int(struct bench_scan *b, int64_t least, int64_t most, const char *what);
/* b->runs become those of the series. */
void bench_scan_keep_runs(struct bench_scan *b, struct bench_series *series);

#endif
