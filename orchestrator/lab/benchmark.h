/* Benchmarks as the user wrote them: recipes/benchmarks/NAME.yaml holds a set of them that is installed alike. */
#ifndef LABCTL_LAB_BENCHMARK_H
#define LABCTL_LAB_BENCHMARK_H

#include "base/digest.h"
#include "lab/recipe.h"

#define SPEED_TIER "speed" /* what stands behind the name of a benchmark's cell; no package has a tier of that name */

struct benchmark_set;

/* One program whose time is measured. Exactly one of module, callable, command and script says what it is. */
struct benchmark {
	struct where at;
	const char *name;
	const char *title;
	const char *module;	    /* a file of ours with bench(loops) */
	const char *callable;	    /* "module:function" of what is installed */
	struct text_list arguments; /* of callable: numbers, truth values or texts; of script: words */
	struct text_list command;   /* a program and its arguments, timed as whole processes */
	const char *expect;	    /* what command prints; NULL: anything */
	const char *script;	    /* a file that speaks pyperf */
	int64_t task;		    /* which of the benchmarks in script, from 0 */
	struct text_map parameters; /* for module, which finds them as texts */
	struct text_list needs;	    /* packages of this lab, besides those of the set */
	struct text_list runtimes;  /* only under these; none: every runtime */
	struct text_map env;	    /* environment variables while it runs */
	int64_t min_iteration_ns;   /* the number of loops is such that an iteration takes at least this */
	int64_t iterations;	    /* of one process at most */
	int64_t limit_ns;	    /* of one process, before slowness */
	struct text_list tags;
	const struct benchmark_set *set;	 /* that it is of */
	const struct package_recipe *as_package; /* how it gets onto a target, in the words of packages */
};

struct benchmark_set {
	struct where at;
	const char *name;
	const char *title;
	struct text_list needs;	       /* packages of this lab that all of them need */
	struct struct_list install;    /* struct install_step, behind those */
	struct struct_list benchmarks; /* struct benchmark */
	struct text_list tags;
};

extern const struct schema benchmark_schema, benchmark_set_schema;

void benchmark_set_settle(const struct yaml_node *n, struct benchmark_set *set, struct problems *problems);
/* Fills what follows from the set as a whole: set and as_package of each of its benchmarks. */
void benchmark_set_link(struct benchmark_set *set, struct arena *a);

/* The folder that is put on the target beside a module or script: where its file lies. NULL: it has none. Caller frees.
 */
char *benchmark_folder(const struct benchmark *b);
/* Of all that decides what the program does: its own file and what lies beside it but other benchmarks' own files. */
int benchmark_digest(const struct benchmark *b, char out[static DIGEST_TEXT_BYTES], struct err *e);

#endif
