#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/real.h"

#define LONGEST_DIGITS 17 /* tell every double apart; fifteen always survive a double */

/* The digits of a positive number 0.DIGITS x 10^point. */
struct shortest {
	char digits[LONGEST_DIGITS + 1];
	int count;
	int point;
};

/* Correctly rounded to so many digits. */
static struct shortest rounded(double value, int count)
{
	struct shortest s = { .count = 0 };
	char text[64];
	char *at = text;

	snprintf(text, sizeof(text), "%.*e", count - 1, value);
	for (; *at != 'e'; at++)
		if (*at >= '0' && *at <= '9')
			s.digits[s.count++] = *at;
	s.point = atoi(at + 1) + 1;
	return s;
}

static bool reads_back(const struct shortest *s, double value)
{
	char text[64];
	double back = 0;
	bool whole;

	snprintf(text, sizeof(text), "%.*se%d", s->count, s->digits, s->point - s->count);
	return real_from_text(text, &back, &whole) && back == value;
}

/* The next decimal of so many digits: 1239 -> 1240, 9999 -> 10000. */
static void step_up(struct shortest *s)
{
	int i = s->count - 1;

	while (i >= 0 && s->digits[i] == '9')
		s->digits[i--] = '0';
	if (i >= 0) {
		s->digits[i]++;
		return;
	}
	s->digits[0] = '1';
	s->point++;
}

/* Doubles lie half as dense above a power of two as below it. There the nearest decimal of sixteen digits may be below
 * and read back as another double, while its upper neighbour, farther away, reads back as this one. */
static bool reads_back_or_above(struct shortest *s, double value)
{
	int exponent;

	if (reads_back(s, value))
		return true;
	if (frexp(value, &exponent) != 0.5)
		return false;
	step_up(s);
	return reads_back(s, value);
}

static struct shortest find_shortest(double value)
{
	struct shortest sixteen = rounded(value, 16);

	if (!reads_back_or_above(&sixteen, value))
		return rounded(value, LONGEST_DIGITS);

	struct shortest fewer = rounded(value, 15);
	struct shortest s = reads_back(&fewer, value) ? fewer : sixteen;
	while (s.count > 1 && s.digits[s.count - 1] == '0')
		s.count--;
	/* Below the normal range fewer digits tell doubles apart. */
	for (; value < DBL_MIN && s.count > 1; s = fewer) {
		fewer = rounded(value, s.count - 1);
		if (!reads_back(&fewer, value))
			break;
	}
	return s;
}

/* float_repr_style 'short' of Python: a plain number from 1e-4 to below 1e16, else one with an exponent. */
static int lay_out(const struct shortest *s, char *out, size_t size)
{
	if (s->point > 16 || s->point < -3)
		return snprintf(out, size, "%c%s%.*se%c%02d", s->digits[0], s->count > 1 ? "." : "", s->count - 1,
				s->digits + 1, s->point > 0 ? '+' : '-', abs(s->point - 1));
	if (s->point <= 0)
		return snprintf(out, size, "0.%.*s%.*s", -s->point, "0000", s->count, s->digits);
	if (s->point >= s->count)
		return snprintf(out, size, "%.*s%.*s.0", s->count, s->digits, s->point - s->count, "0000000000000000");
	return snprintf(out, size, "%.*s.%.*s", s->point, s->digits, s->count - s->point, s->digits + s->point);
}

size_t real_write(double value, char out[static REAL_TEXT_BYTES])
{
	const char *sign = signbit(value) ? "-" : "";
	size_t len = strlen(sign);

	assert(isfinite(value));
	if (value == 0)
		return (size_t)snprintf(out, REAL_TEXT_BYTES, "%s0.0", sign);
	struct shortest s = find_shortest(fabs(value));
	memcpy(out, sign, len);
	return len + (size_t)lay_out(&s, out + len, REAL_TEXT_BYTES - len);
}
