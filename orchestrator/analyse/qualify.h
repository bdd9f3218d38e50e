/* May a candidate be released? What its tests and its speed show against a baseline, by the terms of a policy.
 *
 * Missing data is never a pass: what has no answer makes the whole `incomplete`, unless the policy asks for less than
 * all. The whole is the first of these that any part of it is: regression, invalid, incomplete, undecided, qualified.
 *
 * Tests: one that passes under the baseline and fails under the candidate is a regression, unless the candidate's
 * recipe knows the failure, or an exception of the policy that has not expired covers it. One that passes under the
 * baseline and is skipped or absent under the candidate has no answer.
 *
 * Speed: each benchmark must be shown to keep its margin (analyse/noninferior.h); that all of them do is wrong with a
 * chance of at most alpha. Where the A/A control of a target failed (analyse/control.h) its times are not judged. */
#ifndef LABCTL_ANALYSE_QUALIFY_H
#define LABCTL_ANALYSE_QUALIFY_H

#include "analyse/control.h"
#include "analyse/noninferior.h"
#include "analyse/speed_summary.h"
#include "parse/result.h"

/* Also the exit statuses of `labctl qualify`. */
enum qualify_status {
	QUALIFY_QUALIFIED,
	QUALIFY_REGRESSION,
	QUALIFY_UNDECIDED,
	QUALIFY_INVALID,
	QUALIFY_INCOMPLETE,
	QUALIFY_COUNT
};
const char *qualify_word(enum qualify_status s); /* "qualified", "regression", … */
const char *qualify_help(enum qualify_status s); /* what it means, one sentence without a full stop */
enum qualify_status qualify_worse(enum qualify_status a, enum qualify_status b);

/* ---- what is judged: made by the command, and alive as long as the judgement ---- */

/* What there is of one side. Zeroed: no record. */
struct qualify_evidence {
	const char *record; /* its folder below the results; NULL: none */
	const char *run;
	const char *arch;
	bool counted; /* its clock counts instructions */
	enum verdict verdict;
	const char *reason; /* why the verdict; without a record: why there is none. NULL: nothing to say */
	int64_t took_ns;
	const struct result *tests;	   /* NULL: none */
	const struct speed_summary *speed; /* NULL: none */
};

struct qualify_exception {
	const char *test; /* pattern; NULL: all of it */
	const char *reason, *until;
	bool expired;
};

/* A package's tests on a target. */
struct qualify_tests_want {
	const char *target, *package, *tier;
	bool against_baseline; /* else only `must` asks for it */
	struct qualify_evidence baseline, candidate;
	const struct qualify_exception *exceptions;
	size_t exception_count;
	const char **must; /* patterns of tests that must pass; NULL: all of them. must_count of them */
	size_t must_count;
};

/* A benchmark on a target. */
struct qualify_speed_want {
	const char *target, *benchmark;
	double margin;
	struct qualify_evidence baseline, candidate;
	/* The lab's baseline in the candidate's run and, where that is another, in the baseline's: halves of the A/A
	 * control. */
	struct qualify_evidence controls[2];
	const struct qualify_exception *exception; /* NULL: none */
};

struct qualify_terms {
	const char *candidate, *baseline; /* how the sides are called in texts */
	const char *candidate_runtime;
	const char *runtimes;	/* "cpython,pypy": what is to be measured together, for commands */
	const char *benchmarks; /* the words of the policy that chose them: "pure tag:startup"; NULL: none */
	bool two_runs;		/* the sides are named in two runs; else both must have been measured in one */
	double alpha, power, tests_coverage, benchmarks_coverage; /* coverage: 0..1 */
	size_t most_processes;					  /* that `labctl bench` does of a runtime */
	const struct qualify_tests_want *tests;
	size_t tests_count;
	const struct qualify_speed_want *speed; /* target by target */
	size_t speed_count;
};

/* ---- what comes of it ---- */

struct qualify_regression {
	const char *test; /* NULL: the suite as a whole */
	enum verdict verdict;
	const char *why;    /* "passes under cpython", "must pass", … */
	const char *detail; /* first line of its message; NULL */
};

struct qualify_tests {
	const struct qualify_tests_want *want;
	enum qualify_status status;
	const char *why;	 /* for incomplete, and for a package that is excepted; NULL */
	int64_t baseline_passed; /* tests */
	int64_t covered;	 /* of these: have an answer under the candidate */
	int64_t still_failing, fixed, known, excepted;
	const char **missing; /* the first few that have none */
	size_t missing_count;
	struct qualify_regression *regressions;
	size_t regression_count;
};

struct qualify_speed {
	const struct qualify_speed_want *want;
	enum qualify_status status;
	const char *why;    /* for all that is not judged by its numbers; NULL */
	bool excepted;	    /* not counted */
	bool compared;	    /* counted in the coverage */
	struct ratio ratio; /* ratio_none() where there is none */
	struct margin_judgement judged;
};

struct qualify_control {
	const char *target;
	const char *run;
	struct control control;
	const char *worst, *largest; /* benchmarks; NULL */
};

struct qualify_reason {
	enum qualify_status status;
	const char *text;
	const char *command; /* that shows or settles it; NULL */
};

struct qualification {
	struct arena *arena;
	enum qualify_status status;
	struct qualify_tests *tests;
	size_t tests_count;
	struct qualify_speed *speed;
	size_t speed_count;
	struct qualify_control *controls;
	size_t control_count;
	struct qualify_reason *reasons; /* those that decide first; behind them what was excepted, as qualified */
	size_t reason_count;
};

/* -1: a pattern that does not compile. `out` is begun here; free it also after an error. */
int qualify_judge(const struct qualify_terms *terms, struct qualification *out, struct err *e);
void qualification_free(struct qualification *q);

#endif
