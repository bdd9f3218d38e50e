/* Decimal text and doubles, both exact: what is read becomes the nearest double, what is written is the shortest text
 * that reads back as the same double. The locale plays no part. */
#ifndef LABCTL_BASE_REAL_H
#define LABCTL_BASE_REAL_H

#include <stdbool.h>
#include <stddef.h>

/* Reads the number that begins at `text`, in JSON's grammar (no "+1", ".5", "1.", "01", NaN). Bytes before `end` may be
 * looked at; *end must be NUL. Returns how many bytes it took; 0: no number there. Ties go to the even double. Too
 * large gives an infinity, too small gives 0: the caller says what that means. `out_whole`: no point and no exponent.
 */
size_t real_read(const char *text, const char *end, double *out_value, bool *out_whole);
/* Only how long it is. */
size_t real_length(const char *text, const char *end, bool *out_whole);
/* All of the text is one number, and finite. */
bool real_from_text(const char *text, double *out_value, bool *out_whole);

#define REAL_TEXT_BYTES 32 /* "-1.2345678901234567e-308" and NUL */

/* Python's repr of a finite double: 0.1, 1e-05, 123456.0, 1e+16. Returns the length. */
size_t real_write(double value, char out[static REAL_TEXT_BYTES]);

#endif
