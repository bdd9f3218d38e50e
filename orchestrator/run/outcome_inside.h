/* The inside of outcome.h: what outcome.c, outcome_json.c and outcome_tests.c share. Not included outside run/. */
#ifndef LABCTL_RUN_OUTCOME_INSIDE_H
#define LABCTL_RUN_OUTCOME_INSIDE_H

#include "run/outcome.h"

/* Cuts between characters. */
void outcome_copy_text(char *into, size_t room, const char *text);
/* As outcome_decode; *out_tests is how many tests the record promises. */
int outcome_decode_counted(const char *text, size_t len, struct outcome *out, int64_t *out_tests, struct err *e);

int outcome_write_tests(const struct result *r, const char *folder, struct err *e);
/* Adds the tests of a record to `into`. */
int outcome_read_tests(const char *folder, struct result *into, struct err *e);

#endif
