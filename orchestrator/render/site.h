/* The report that a browser opens: a page, its script and style, and pieces of data that the script asks for when it
 * needs them. Each function makes the text of one piece; where the pieces go is the business of a sink.
 *
 * A piece is a JSON value under a name. In a folder it is the file data/NAME.js, which hands the value over when a
 * script element loads it (a page opened from a file may not fetch anything); in a single file it is a data block,
 * which no policy for scripts asks about. What the pieces hold is told in labctl-report(5). */
#ifndef LABCTL_RENDER_SITE_H
#define LABCTL_RENDER_SITE_H

#include "analyse/changes.h"
#include "analyse/history.h"
#include "analyse/report.h"
#include "analyse/speed_matrix.h"
#include "base/json.h"
#include "parse/bench.h"

#define SITE_VERSION 1 /* of the pieces */

struct site_sink {
	/* name: letters, digits and dashes. 0, or -1 with e set. */
	int (*put)(void *ctx, const char *name, const struct str *json, struct err *e);
	void *ctx;
};

/* ---- pieces and pages: site_page.c ---- */

/* The content of data/NAME.js. */
void site_script(const char *name, const struct str *json, struct str *out);
/* A data block for a single file. */
void site_block(const char *name, const struct str *json, struct str *out);

/* Reads one of the files that come with labctl, by its path in the page ("site/style.css"). */
struct site_files {
	int (*read)(void *ctx, const char *path, struct str *out, struct err *e);
	void *ctx;
};
/* From the page as it lies in the data folder, whose lines name the style and the scripts, to one that holds all of
 * them, under a policy that names them by their hashes. `blocks` are the data blocks: the summary's comes before the
 * scripts, so that the first picture need not wait for the others. ERR_FORMAT: the page is not as it has to be. */
int site_single(const struct str *page, const struct site_files *files, const struct str *summary,
		const struct str *blocks, struct str *out, struct err *e);
/* Calls `tell` with the path of each file that the page names, its data aside. */
int site_each_file(const struct str *page, int (*tell)(void *ctx, const char *path, struct err *e), void *ctx,
		   struct err *e);

/* ---- the tests of a suite: site_suite.c ---- */

/* The names of all tests of a package's tier, each once, whatever cells have it. A name that a cell has twice is
 * two tests. */
struct site_suite;

struct site_suite *site_suite_new(void);
/* Adds a cell's tests. `verdicts`: how each test of the suite did there, as runs of equal ones: a letter
 * (verdict_letter; '-': the cell has no such test) and a number in base 36, in the order of the suite. A cell that was
 * added before tests of later ones were known tells nothing of them: they are not there. `places`: of each row of
 * `tests` its place in the suite; room for tests->count. */
void site_suite_add(struct site_suite *s, const struct test_set *tests, struct str *verdicts, uint32_t *places);
size_t site_suite_count(const struct site_suite *s);
/* All names as JSON: {"count": n, "names": text}, each name as a character for how many UTF-16 units it shares with the
 * one before (from U+0020, at most 90), the rest of it, and a newline. U+0001 in a name stands for a newline. */
void site_suite_names(const struct site_suite *s, struct str *out);
void site_suite_free(struct site_suite *s);

/* ---- a cell: site_cell.c ---- */

struct site_step {
	const char *name, *how; /* as in its record */
	int64_t status, took_ns, dropped_bytes;
	const char *log;      /* the end of its raw output; NULL: none is kept */
	int64_t log_left_out; /* bytes before that end */
};

/* Whole messages up to this many bytes of one cell, then their beginnings; bad tests beyond the most are in the suite
 * alone. */
#define SITE_MESSAGES_WHOLE_BYTES ((size_t)2 << 20)
#define SITE_MOST_BAD		  5000

struct site_cell {
	const struct outcome_row *row; /* with facts */
	const struct test_set *tests;  /* all of them */
	const uint32_t *places;	       /* of each in the suite */
	const struct site_step *steps;
	size_t step_count;
	const struct history_series *past; /* NULL: none */
};
void site_cell(const struct site_cell *c, struct str *out);
/* The raw output of its steps; false: none is kept. */
bool site_log(const struct site_cell *c, struct str *out);
/* Runs of causes of the bad tests, in the order of their places: [[index, count], ...] into `w`, with the causes that
 * occur in `causes`, a growing list (index -1: no rule explains it). */
struct site_causes {
	const char **items; /* the texts are their givers' */
	size_t count, room;
};
void site_cell_causes(const struct site_cell *c, struct site_causes *causes, struct json_writer *w);

/* ---- a benchmark: site_bench.c ---- */

struct site_bench {
	const struct outcome_row *row; /* with facts */
	const struct speed_summary *summary;
	const struct bench_series *series;
	bool counted; /* its clock counts instructions */
};
void site_bench(const struct site_bench *b, struct str *out);

/* ---- the first page: site_summary.c ---- */

/* How many points a trend has at most: the newest ones. */
#define SITE_TREND_MOST 40

struct site_target {
	const char *name, *arch, *title, *how_run;
	bool emulated;
	const char *state; /* "answered", "lost", "not asked" */
	const char *reason, *hint;
	int64_t last_wall_ms;	       /* of its newest outcome */
	int64_t cells_in_run, lost;    /* of the run that is reported */
	const struct fact_pair *facts; /* of its newest outcome; NULL */
};

/* Of each test cell of the matrix, row by row. */
struct site_matrix_cell {
	const char *verdicts;		   /* site_suite_add; NULL: no tests are known */
	const char *causes;		   /* JSON of site_cell_causes */
	const struct history_series *past; /* of its bad tests; NULL: none is known */
};

struct site_summary {
	const char *title, *version, *command_name;
	const struct run_row *run, *before; /* before NULL: it is the first */
	size_t run_count;
	int64_t made_wall_ms;
	const struct report *report;
	const struct site_matrix_cell *cells;
	const size_t *suite_counts; /* of each row of the matrix: its tests */
	const struct speed_matrix *speed;
	const struct site_target *targets;
	size_t target_count;
	const struct changes *changes; /* against the run before; NULL: there is none */
};
void site_summary(const struct site_summary *s, struct str *out);
/* The piece "verdicts": of each cell how each test of its suite did. */
void site_verdicts(const struct site_summary *s, const struct site_causes *causes, struct str *out);
void site_summary_speed(const struct speed_matrix *m, struct json_writer *w); /* adds the key "speed" */
/* Adds the key "changes". Groups have stable ids: of kind, package and cause. */
void site_changes(const struct changes *c, struct json_writer *w);
/* Adds the key "past": the points of a series, and where their level changes; s may be NULL. */
void site_past(const struct history_series *s, struct json_writer *w);
/* Adds the key "trend": the newest pass rates, [run, rate]; s may be NULL. */
void site_trend(const struct history_series *s, struct json_writer *w);
/* The stable id of a finding: of package, tier, cause and whether it is known. */
#define SITE_ID_BYTES 13
void site_finding_id(const struct finding *f, char out[static SITE_ID_BYTES]);

#endif
