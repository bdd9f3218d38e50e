/* Texts and facts of json_scan.h. Inside of json_scan.c and json_scan_text.c. */
#ifndef LABCTL_BASE_JSON_SCAN_TEXT_H
#define LABCTL_BASE_JSON_SCAN_TEXT_H

#include "base/json_scan.h"

/* Both begin at the opening quote and end behind the closing one. */
const char *json_scan_decode(struct json_scan *s); /* never NULL */
void json_scan_pass_text(struct json_scan *s);
/* "EXPECTED was expected; there is a list". */
void json_scan_unexpected(struct json_scan *s, const char *expected);

#endif
