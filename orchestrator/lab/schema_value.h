/* The inside of the schema: single values as text. Included by the schema's own files only. */
#ifndef LABCTL_LAB_SCHEMA_VALUE_H
#define LABCTL_LAB_SCHEMA_VALUE_H

#include "base/err.h"
#include "lab/schema.h"

/* Reads a scalar (whole numbers, sizes, durations, numbers, truth values, choices) into `at`. The error says what was
 * found and what is wanted; its hint gives the nearest choice or an example. */
int value_parse(const struct schema_field *f, const char *text, void *at, struct err *e);
/* The value at `at` as the user would write it; false: it is not set (0, NULL), nothing is added. Scalars and texts
 * only. */
bool value_text(const struct schema_field *f, const void *at, struct str *out);
bool value_is_text(enum field_type type); /* held as const char * */

const char *value_wanted(const struct schema_field *f);		 /* "a whole number", "a list of texts", … */
const char *value_example(const struct schema_field *f);	 /* behind "key: "; NULL: there is no general one */
void value_range(const struct schema_field *f, struct str *out); /* "from 1 to 65535"; nothing where there is none */

#endif
