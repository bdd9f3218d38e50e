/* From bad tests to findings: what report.c asks of findings.c. Not included outside analyse/. */
#ifndef LABCTL_ANALYSE_FINDINGS_H
#define LABCTL_ANALYSE_FINDINGS_H

#include "analyse/report.h"

/* Fills findings of a report whose matrix, cell_tests and arena are there. before_tests: of each cell the bad tests of
 * the outcome before. */
void findings_build(struct report *r, const struct test_set *before_tests, const struct report_source *source);
/* An outcome that later ones can be held against: its suite came to run. */
bool findings_comparable(const struct outcome_row *before);

#endif
