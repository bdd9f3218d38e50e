/* All that the user wrote: lab.yaml, targets/, recipes/. Read once, then never changed. */
#ifndef LABCTL_LAB_LAB_H
#define LABCTL_LAB_LAB_H

#include "lab/benchmark.h"
#include "lab/policy.h"
#include "lab/recipe.h"
#include "lab/suite.h"
#include "lab/target_spec.h"

/* Where pip gets packages. */
struct index_settings {
	const char *url;	 /* NULL: pip's own default */
	const char *folder;	 /* a folder of archives on this machine; copied to targets; NULL: none */
	const char *constraints; /* a pip constraints file on this machine; NULL: none */
	bool only_folder;	 /* no index is asked */
	bool build_isolation; /* default true; false: build with what the runtime has, for an index without build tools
			       */
};

struct cause_spec {
	const char *name;
	const char *pattern;
	const char *advice;
};

/* How long what can be spared is kept. Verdicts, tests and figures are never pruned. */
struct retention_settings {
	int64_t raw_for_ns;	 /* raw output of older runs goes; 0: age does not count */
	int64_t raw_limit_bytes; /* raw output in all, the oldest goes first; 0: size does not count */
	int64_t layers_for_ns;	 /* images and layers that were not used for so long go; 0: age does not count */
};

/* The plain settings of lab.yaml. */
struct lab_settings {
	const char *title;
	const char *results;	  /* folder; default: results beside lab.yaml */
	struct text_list targets; /* what `all` means when no --target is given: selections */
	struct text_list runtimes;
	const char *tier;
	const char *baseline; /* runtime that others are compared with */
	int64_t cache_limit_bytes;
	int64_t fresh_for_ns;	  /* an outcome older than this is stale */
	int64_t output_cap_bytes; /* raw output kept per step */
	int64_t processors;	  /* that running targets may use together; 0: this machine's */
	int64_t memory_bytes;	  /* 0: three quarters of this machine's */
	int64_t crash_limit;	  /* restarts of one suite after crashes */
	struct index_settings index;
	struct retention_settings retention;
	struct notify_settings notify; /* for suites that name nobody */
	struct text_map variables;
	bool shipped; /* also use the targets and recipes that come with labctl; default true */
};

struct lab {
	char *folder;	      /* absolute; where lab.yaml is */
	char *lib_folder;     /* recipes/lib: what runs on targets */
	char *results_folder; /* absolute */
	struct lab_settings settings;
	struct target_spec *targets;
	size_t target_count; /* sorted by name */
	struct runtime_recipe *runtimes;
	size_t runtime_count;
	struct package_recipe *packages;
	size_t package_count;
	struct benchmark_set *benchmark_sets;
	size_t benchmark_set_count;
	const struct benchmark **benchmarks; /* of all sets, set by set in the order of their files */
	size_t benchmark_count;
	struct suite *suites;
	size_t suite_count;
	struct policy *policies;
	size_t policy_count;
	struct cause_spec *causes;
	size_t cause_count;
	struct arena *arena; /* owns every text */
};

struct lab_wish {
	const char *folder;  /* --lab; NULL: $LABCTL_LAB, the nearest lab.yaml upward, the shipped one */
	const char *results; /* --results; NULL: $LABCTL_RESULTS, the lab's */
	const char *shipped; /* folder of the lab that comes with labctl */
	/* A variable of lab.yaml that has this value instead of the one that stands there; NULL: none. */
	const char *variable, *value;
};

extern const struct schema lab_schema, cause_schema;

/* The folder that would be used, and in *out_how (static text) why. Caller frees; NULL with e set when there is none.
 */
char *lab_find(const struct lab_wish *wish, const char **out_how, struct err *e);
/* Reads everything. Recipes and targets of the shipped lab that the user's does not define are there too (lab.yaml:
 * `shipped: false` turns it off). What is wrong is told in problems; NULL with e set when there is any (ERR_CONFIG, "3
 * problems in the lab") or the lab cannot be read. */
struct lab *lab_load(const struct lab_wish *wish, struct problems *problems, struct err *e);
const struct target_spec *lab_target(const struct lab *lab, const char *name); /* NULL: unknown */
const struct runtime_recipe *lab_runtime(const struct lab *lab, const char *name);
const struct package_recipe *lab_package(const struct lab *lab, const char *name);
/* By its own name, which no two sets use both. */
const struct benchmark *lab_benchmark(const struct lab *lab, const char *name);
const struct suite *lab_suite(const struct lab *lab, const char *name);
const struct policy *lab_policy(const struct lab *lab, const char *name);
void lab_free(struct lab *lab);

/* Every schema, for `labctl describe` and the manual: NULL ends. */
const struct schema *lab_describe(size_t i);

#endif
