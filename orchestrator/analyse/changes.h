/* Two sides of a comparison, test by test: what became worse, what became better, what cannot be trusted.
 *
 * A side is an outcome of each cell: the last one as of a run, or that of another runtime in the same run. Cells of the
 * two sides are matched by coordinates (target, runtime, package, tier), so that a changed recipe is compared with what
 * was before it. A test is bad when it failed, crashed, timed out or is broken. What the recipe knows is no change;
 * that a known failure passes is told. */
#ifndef LABCTL_ANALYSE_CHANGES_H
#define LABCTL_ANALYSE_CHANGES_H

#include "analyse/compare.h"
#include "analyse/flaky.h"
#include "base/err.h"
#include "store/series.h"

/* In the order in which they are shown: what asks for action first. */
enum change_kind {
	CHANGE_NEWLY_CRASHED, /* passed, failed or was not there; now it takes the interpreter down */
	CHANGE_NEWLY_FAILING, /* the same for failed, timed out and broken */
	CHANGE_FIXED,	      /* was bad, passes */
	CHANGE_KNOWN_PASSES,  /* the recipe says that it fails, and it passes: the recipe can forget it */
	CHANGE_FLAKY,	      /* its verdict changes without a cause (analyse/flaky.h): neither failing nor fixed */
	CHANGE_STILL_FAILING,
	CHANGE_APPEARED,    /* was not there or was skipped, and passes */
	CHANGE_DISAPPEARED, /* is no longer there, or is skipped */
	CHANGE_KIND_COUNT
};

const char *change_kind_key(enum change_kind k);   /* "newly-failing": for files and options */
const char *change_kind_words(enum change_kind k); /* "newly failing" */
const char *change_kind_sign(enum change_kind k);  /* one column wide, UTF-8 */
const char *change_kind_ascii_sign(enum change_kind k);

/* A pair of outcomes of the same coordinates. */
struct change_pair {
	const char *label; /* of the changed side: "s390x/cpython/pandas:smoke"; of the base where there is no other */
	const struct outcome_row *base;	    /* NULL: the cell did not exist then */
	const struct outcome_row *changed;  /* NULL: it does not exist there */
	bool base_carried, changed_carried; /* the run itself did not hold the cell: an earlier outcome stands for it */
	bool same;			    /* one outcome on both sides: nothing can have changed */
	bool incomparable; /* a side was unavailable, lost or skipped as a whole: its tests say nothing */
	size_t counts[CHANGE_KIND_COUNT];
	size_t known;	     /* failures of the changed side that the recipe knows: subtracted */
	size_t known_passed; /* of the changed side, also those without a name here */
};

/* One test of one pair; or, with test NULL, the cell as a whole where it has no tests to speak of (broken at install).
 */
struct test_change {
	enum change_kind kind;
	size_t pair; /* position in changes.pairs */
	const char *test;
	int before, now;    /* enum verdict; -1: not there */
	const char *cause;  /* of the bad side, the changed one first; NULL: no rule explains it */
	const char *detail; /* its message; NULL: none */
	const char *known;  /* CHANGE_KNOWN_PASSES: the reason that the recipe gives */
	struct flaky flaky; /* CHANGE_FLAKY, and of any other where its history was asked for */
};

/* Changes of one kind, package and cause: items[first .. first + count). */
struct change_group {
	enum change_kind kind;
	const char *package, *cause; /* cause NULL: none */
	size_t first, count;	     /* of struct changes.items */
	size_t test_count;	     /* distinct names */
	size_t cell_count;
};

/* How a side is called and when it was. */
struct change_side {
	const char *words;	 /* "run 364 of 2026-11-24" */
	const char *as_typed;	 /* "latest~1", "cpython" */
	const char *run_name;	 /* folder below runs/ */
	int64_t run;		 /* its number */
	int64_t started_wall_ms; /* of the run */
};

struct changes {
	struct change_side base, changed;
	struct change_pair *pairs;
	size_t pair_count;
	struct test_change *items; /* sorted: kind, package, cause, test, pair */
	size_t count, room;
	struct change_group *groups; /* in the same order, the larger first within a kind */
	size_t group_count;
	/* Of tests in cells; of a cell that only one side has, its tests count as appeared or disappeared without being
	 * among the items. */
	size_t counts[CHANGE_KIND_COUNT];
	size_t test_counts[CHANGE_KIND_COUNT]; /* of items: distinct package, cause and test */
	size_t known, known_passed;	       /* over all pairs */
	size_t carried_base, carried_changed;  /* pairs that the run itself did not hold */
	size_t incomparable, same;	       /* pairs */
	struct comparison speed;	       /* of benchmarks: rows named TARGET/RUNTIME/BENCHMARK; count 0: none */
	size_t speed_same;		       /* benchmarks with one outcome on both sides: not among the rows */
	struct arena *arena;
	struct outcome_set base_set, changed_set; /* what the pairs point into */
};

/* Where changes_build gets what is inside the outcomes; filled by the command (cli/history.h). 0, or -1 with e set. */
struct change_source {
	/* base may be NULL; where it has no tests, those before it stand for them. The set holds every test that is bad
	 * on a side or whose verdict differs, and no other. */
	int (*tests)(void *ctx, const struct outcome_row *base, const struct outcome_row *changed,
		     struct test_pair_set *out, struct err *e);
	/* What is known of these tests up to the row: `out` has `count` places. */
	int (*flaky)(void *ctx, const struct outcome_row *row, const char *const *tests, size_t count,
		     struct flaky *out, struct err *e);
	/* Of a benchmark's outcome. */
	int (*summary)(void *ctx, const struct outcome_row *row, struct speed_summary *out, struct err *e);
	void *ctx;
};

struct change_rules {
	bool pair_by_runtime;	/* false: runtimes are part of what is matched; true: the sides are two runtimes */
	bool pair_by_target;	/* the same for targets */
	double margin;		/* of speed: differences below it do not matter; 0.02 */
	const char *speed_tier; /* tier of cells that are benchmarks */
	int64_t base_run, changed_run; /* cells of other runs are carried */
};

/* Takes both sets over, also when it fails; one row per coordinates in each. Sides are left for the caller to fill. */
int changes_build(struct outcome_set *base, struct outcome_set *changed, const struct change_rules *rules,
		  const struct change_source *source, struct changes *out, struct err *e);
/* 1 when something is newly failing, newly crashed, slower, or failed as a benchmark; else 0. */
int changes_exit_status(const struct changes *c);
void changes_free(struct changes *c);

#endif
