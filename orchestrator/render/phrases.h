/* How things are said, for every format that people read. Not included outside render/. */
#ifndef LABCTL_RENDER_PHRASES_H
#define LABCTL_RENDER_PHRASES_H

#include "render/render.h"

/* The signs that stand beside numbers. */
struct signs {
	const char *failed, *crashed, *newly, *absent, *nothing, *emulated, *ellipsis, *dot;
};
extern const struct signs utf8_signs, ascii_signs;

/* "99.9 %": cut, never rounded up; no digit that so few tests cannot tell. Nothing when no test counts. */
void phrase_rate(const struct tally *t, struct str *out);
/* The rate of a cell, or the word for what became of it; `note` is the number of the reason why there is no result (0:
 * none). */
void phrase_cell(const struct matrix_cell *c, const struct signs *signs, size_t note, struct str *out);
/* What stands behind it: failures, crashes, how many are known, whether it is news. May be nothing. */
void phrase_marks(const struct matrix_cell *c, const struct signs *signs, struct str *out);
/* "12 tests", "1 test", "18,320 tests" */
void phrase_count(int64_t count, const char *one, const char *many, struct str *out);
void phrase_number(int64_t number, struct str *out);
/* "18,320 tests: 18,290 passed, 12 failed (4 known), 18 skipped" */
void phrase_tally(const struct tally *t, struct str *out);
/* "8 cells: 5 as expected, 2 with findings, 1 not available" */
void phrase_cells(const struct report *r, struct str *out);
/* "arm64", or "laptop (arm64)" when the target is not named after its architecture. */
void phrase_target(const struct matrix_column *c, struct str *out);
/* "12 tests in 2 cells"; what is worse than failed is named: "1 test in 1 cell, crashed" */
void phrase_extent(const struct finding *f, struct str *out);
/* What is to be pasted to see more of a finding, or of a cell (cause NULL). Quoted for the shell. */
void phrase_show_command(const char *program, const char *cell, const char *cause, struct str *out);

/* Why a cell has no result; NULL when it has one or nothing is known. */
const char *phrase_absence(const struct matrix_cell *c);
/* The different reasons in a matrix, in the order they occur. */
struct absences {
	const char **reasons; /* the texts are the matrix's */
	const char **hints;   /* what to do about each; NULL: nothing */
	size_t *cells;	      /* how many each has */
	size_t count;
};
void absences_find(const struct matrix *m, struct absences *out);
size_t absences_number(const struct absences *a, const struct matrix_cell *c); /* from 1; 0: the cell has none */
void absences_free(struct absences *a);

#endif
