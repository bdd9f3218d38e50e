/* What the formats that are read as a tree of JSON share. Not included outside parse/. */
#ifndef LABCTL_PARSE_BENCH_TREE_H
#define LABCTL_PARSE_BENCH_TREE_H

#include "base/json.h"
#include "base/vec.h"
#include "parse/bench_inside.h"

/* From what a file counts in to seconds or bytes: x times / by. One of the two is 1, and the other is a whole number,
 * so the result is rounded once: 50 ns are 5e-08 s, not 5.0000000000000004e-08. */
struct bench_scale {
	double times, by;
};

#define BENCH_AS_IT_IS ((struct bench_scale){ 1, 1 })
#define BENCH_FROM_NS  ((struct bench_scale){ 1, 1e9 })

static inline double bench_scaled(struct bench_scale scale, double value)
{
	return value * scale.times / scale.by;
}

struct bench_numbers {
	double *items;
	size_t count, room;
};

/* `where` names the value in messages. Missing and null are no value of any kind. */
int bench_tree_want(const struct json_value *v, enum json_kind kind, const char *where, struct err *e);
/* A member that must be there. NULL: it is not, or is of another kind. */
const struct json_value *bench_tree_member(const struct json_value *object, const char *key, enum json_kind kind,
					   struct err *e);
int bench_tree_number(const struct json_value *v, const char *where, double *out, struct err *e);
/* A list of numbers; they are appended. */
int bench_tree_numbers(const struct json_value *list, const char *where, struct bench_scale scale,
		       struct bench_numbers *out, struct err *e);
/* A text, number, true, false or a list of such becomes a fact; any other value is passed over. */
void bench_tree_fact(struct bench_set *s, struct bench_facts *f, const char *key, const struct json_value *v);
/* Each member of an object, but those of a NULL-ended list of keys; `prefix` stands before each key. */
void bench_tree_facts(struct bench_set *s, struct bench_facts *f, const char *prefix, const struct json_value *object,
		      const char *const *but);

/* "ns", "us", "µs", "ms", "s", also in words. False: no unit of time. */
bool bench_time_unit(const char *unit, struct bench_scale *out);
/* "byte", "bytes", "B", "kB", "KiB", "MB", … */
bool bench_size_unit(const char *unit, struct bench_scale *out);
/* What a unit's name means for the series: unit and unit_name are set. Its values are to be scaled so. */
struct bench_scale bench_set_unit(struct bench_set *s, struct bench_series *series, const char *unit);

#endif
