/* The inside of qualify.h. Not included outside analyse/qualify*.c. */
#ifndef LABCTL_ANALYSE_QUALIFY_INSIDE_H
#define LABCTL_ANALYSE_QUALIFY_INSIDE_H

#include "analyse/qualify.h"

#define QUALIFY_NAMES 5 /* that a sentence lists; the report has all */

/* Adds a reason; text and command are copied, command may be NULL. */
void qualify_add_reason(struct qualification *q, enum qualify_status s, const char *text, const char *command);
/* Each fills its part of `out`, then the reasons are told. */
int qualify_tests(const struct qualify_terms *terms, struct qualification *out, struct err *e);
void qualify_tests_reasons(const struct qualify_terms *terms, struct qualification *out);
void qualify_speeds(const struct qualify_terms *terms, struct qualification *out);
void qualify_speed_reasons(const struct qualify_terms *terms, struct qualification *out);

#endif
