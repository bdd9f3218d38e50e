/* Benchmark results of any format, in one shape: a set holds series (one benchmark under one runtime), a series holds
 * runs (process executions), a run holds values in the order of time. Facts ("metadata") stand at all three levels;
 * what stands at an inner level wins. Plain data: the arena of the set owns all of it. */
#ifndef LABCTL_PARSE_BENCH_H
#define LABCTL_PARSE_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* What a set may hold at most; bench_check and the readers refuse more. */
#define BENCH_MOST_SERIES     100000
#define BENCH_MOST_RUNS	      1000000  /* of all series */
#define BENCH_MOST_VALUES     20000000 /* of all runs, with warm-ups and samples of memory */
#define BENCH_MOST_FACTS      1000     /* at one level */
#define BENCH_MOST_NAME_BYTES 4096
#define BENCH_MOST_KEY_BYTES  1024 /* of a fact */
#define BENCH_LEAST_SECONDS   1e-18
#define BENCH_MOST_SECONDS    1e9
#define BENCH_MOST_BYTES      9007199254740992.0 /* 2^53: whole numbers up to here are exact doubles */
#define BENCH_MOST_COUNT      1e100
#define BENCH_MOST_LOOPS      INT64_C(1000000000000000)

/* One fact as JSON text ("3", "2.5", "\"x86_64\"", "[\"a\",\"b\"]"): a number, a text, true, false or a list of such,
 * in the one form that json_scan_fact gives. */
struct bench_fact {
	const char *key; /* valid UTF-8 */
	const char *json;
};

struct bench_facts {
	struct bench_fact *items;
	size_t count, room;
}; /* sorted by key, each key once */

enum bench_unit {
	BENCH_SECONDS,
	BENCH_BYTES,
	BENCH_COUNT, /* anything else; may be negative or 0 */
};

enum bench_better {
	BENCH_BETTER_UNTOLD, /* seconds and bytes: lower, as everybody expects */
	BENCH_BETTER_LOWER,
	BENCH_BETTER_HIGHER,
};

enum bench_run_kind {
	BENCH_MEASURED,
	BENCH_CALIBRATION, /* has no values */
	BENCH_FAILED,	   /* may have values: what was measured before it failed */
};

/* One process execution. */
struct bench_run {
	enum bench_run_kind kind;
	const double *values; /* in the order of time, already divided by loops x inner_loops */
	size_t value_count;
	const double *warmups; /* pyperf keeps them apart; ours are all in values */
	const int64_t *warmup_loops;
	size_t warmup_count;
	/* Which of them the file wrote as integers (1 rather than 1.0): so are they written again. NULL: none. */
	const unsigned char *values_whole, *warmups_whole;
	int64_t loops, inner_loops;		  /* 1 where not told */
	const char *role;			  /* our campaigns: "a", "b": halves of the A/A control; NULL */
	const char *detail;			  /* BENCH_FAILED: why; else NULL */
	int64_t peak_bytes;			  /* of the process tree; -1: unknown */
	const double *memory_at_s, *memory_bytes; /* samples over time, from the start of the process */
	size_t memory_count;
	struct bench_facts facts; /* of this run, without those of its series and set */
};

struct bench_series {
	const char *name;    /* valid UTF-8, not empty; with the runtime unique in its set */
	const char *runtime; /* NULL where the format does not tell */
	enum bench_unit unit;
	const char *unit_name; /* BENCH_COUNT: as the format calls it ("MB/s"); NULL: it does not */
	enum bench_better better;
	bool from_start; /* values begin when the process begins: warm-up is among them */
	struct bench_run *runs;
	size_t run_count, room;
	struct bench_facts facts;
};

struct bench_set {
	struct arena *arena;
	char *text;	    /* the bytes of the file, which texts above may lie in; NULL: none do */
	const char *format; /* "pyperf", "asv", …: where it came from */
	bool in_lines;	    /* the file was laid out over many lines: so is it written again */
	struct bench_series *series;
	size_t count, room;
	size_t run_total; /* of all series; kept by bench_add_run and the readers */
	struct bench_facts facts;
};

/* ---- building ---- */

void bench_start(struct bench_set *s, const char *format); /* `format` is kept by pointer */
void bench_free(struct bench_set *s);			   /* {0} is fine */
#define AUTO_BENCH __attribute__((cleanup(bench_free))) struct bench_set

/* The texts are copied. What is returned is valid until the next one is added. */
struct bench_series *bench_add_series(struct bench_set *s, const char *name, const char *runtime);
/* A measured run without values, of 1 loop, whose peak is unknown. */
struct bench_run *bench_add_run(struct bench_set *s, struct bench_series *series);
/* May one more series and run be added? Else ERR_FORMAT: for readers of files that may be of any size. */
int bench_check_room(const struct bench_set *s, struct err *e);
/* Copies. */
void bench_set_values(struct bench_set *s, struct bench_run *r, const double *values, size_t count);
/* The first `count` values become warm-ups of the run's loops. For formats that keep these apart. */
void bench_split_warmups(struct bench_set *s, struct bench_run *r, size_t count);

/* ---- facts ---- */

/* Sets a fact, whose key and JSON text are copied; what was there under this key is replaced. What is no UTF-8 in the
 * key becomes U+FFFD, and a key that is too long is cut. */
void bench_fact_set(struct bench_set *s, struct bench_facts *f, const char *key, const char *json);
void bench_fact_set_text(struct bench_set *s, struct bench_facts *f, const char *key, const char *text); /* NULL: not */
void bench_fact_set_int(struct bench_set *s, struct bench_facts *f, const char *key, int64_t value);
void bench_fact_set_real(struct bench_set *s, struct bench_facts *f, const char *key, double value); /* NaN: not */
/* Its JSON text; NULL: there is none. */
const char *bench_fact(const struct bench_facts *f, const char *key);
/* The same for a run: its own, else its series's, else the set's. `r` may be NULL, `series` too with it. */
const char *bench_fact_of(const struct bench_set *s, const struct bench_series *series, const struct bench_run *r,
			  const char *key);
/* All of them together, as they hold for the run. The caller frees out->items; texts stay the set's. */
void bench_facts_of(const struct bench_set *s, const struct bench_series *series, const struct bench_run *r,
		    struct bench_facts *out);
/* The text that a fact's JSON stands for; other kinds of facts as they are. The caller frees. What no text can hold
 * (NUL, half a surrogate pair) becomes U+FFFD. */
char *bench_fact_text(const char *json);
double bench_fact_number(const char *json, double otherwise); /* NULL and what is no number: otherwise */

/* ---- checking ---- */

/* Is all as this header says? Every reader ends with it, every writer begins with it. ERR_FORMAT: which series, run and
 * value, and why. */
int bench_check(const struct bench_set *s, struct err *e);
/* One value: 0 when such a thing can be measured. Else "0 s is no time", …, without telling where. */
int bench_check_value(enum bench_unit unit, double value, struct err *e);

const char *bench_unit_key(enum bench_unit unit);      /* as pyperf says: "second", "byte", "integer" */
const char *bench_better_key(enum bench_better b);     /* "lower", "higher"; untold: NULL */
const char *bench_run_kind_key(enum bench_run_kind k); /* "measured", "calibration", "failed" */

#endif
