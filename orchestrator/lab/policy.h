/* What a release has to show: recipes/policies/NAME.yaml, or a file anywhere. */
#ifndef LABCTL_LAB_POLICY_H
#define LABCTL_LAB_POLICY_H

#include "lab/schema.h"

struct lab;

/* Tests that must pass under the candidate, whatever the baseline does and whatever a recipe knows. */
struct policy_must {
	struct where at;
	const char *package;
	const char *test;	  /* pattern; NULL: every test of the package */
	struct text_list targets; /* selection; none: all of the policy's */
};

/* What may fail, why, and until when. */
struct policy_exception {
	struct where at;
	const char *package;	     /* NULL: it is about benchmarks */
	const char *test;	     /* pattern; NULL: the package as a whole, also when it cannot be had */
	struct text_list benchmarks; /* selection: may be slower, fail or be missing */
	struct text_list targets;    /* selection; none: all of the policy's */
	const char *reason;
	const char *until;     /* "2026-06-30": the last day (UTC) on which it counts */
	int64_t until_wall_ms; /* the first moment at which it does not */
};

/* Benchmarks that have a margin of their own. */
struct policy_class {
	struct where at;
	struct text_list benchmarks; /* selection: names, sets, tag:TAG, patterns */
	double margin_percent;
};

struct policy_coverage {
	double tests_percent;	   /* of a package on a target: of the tests that the baseline passes */
	double benchmarks_percent; /* of a target */
};

struct policy_speed {
	struct text_list benchmarks; /* selection; none: speed is not judged */
	struct text_list targets;    /* selection; none: all of the policy's */
	double margin_percent;	     /* of benchmarks of no class */
	struct struct_list classes;  /* struct policy_class, the first that fits counts */
	double alpha, power;
};

struct policy {
	struct where at;
	const char *name;
	const char *title;
	struct text_list targets;     /* selection: all of them are required */
	struct text_list packages;    /* selection: whose tests are held against the baseline's */
	const char *tier;	      /* NULL: the lab's */
	struct struct_list must_pass; /* struct policy_must */
	struct struct_list may_fail;  /* struct policy_exception */
	struct policy_coverage coverage;
	struct policy_speed speed;
};

extern const struct schema policy_schema;

/* What the tables alone cannot say: dates, entries about nothing, levels that are no chance. */
void policy_settle(const struct yaml_node *n, struct policy *policy, struct problems *problems);

/* Reads a policy that is not a file of the lab's folder, from its text; `name` stands in messages and is kept. Names in
 * it must be the lab's. Its texts go into the lab's arena. ERR_CONFIG with *problems filled. */
int policy_parse(struct lab *lab, const char *name, const char *text, size_t len, struct policy *out,
		 struct problems *problems, struct err *e);

#endif
