/* Texts of json_scan.h. Inside of json_scan*.c. */
#ifndef LABCTL_BASE_JSON_SCAN_TEXT_H
#define LABCTL_BASE_JSON_SCAN_TEXT_H

#include <stdint.h>

#include "base/json_scan.h"
#include "base/str.h"

/* Both begin at the opening quote and end behind the closing one. */
const char *json_scan_decode(struct json_scan *s); /* never NULL */
void json_scan_pass_text(struct json_scan *s);
/* The first character that does not stand for itself in every JSON text. *end is NUL. */
char *json_scan_plain(char *at, const char *end);
/* The next character of a text: false at its closing quote, which is stepped over, or at a mistake. Half a surrogate
 * pair that stands alone is a character of its own. */
bool json_scan_character(struct json_scan *s, uint32_t *code);
bool json_scan_is_half(uint32_t code);
void json_scan_add_utf8(struct str *out, uint32_t code);
/* "EXPECTED was expected; there is a list". */
void json_scan_unexpected(struct json_scan *s, const char *expected);

#endif
