#include "base/real.h"

#include <endian.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 uint128;

/* A number as its digits stand: digits x 10^exponent. */
struct decimal {
	uint64_t digits;
	int64_t exponent;
	bool negative;
	bool cut; /* more digits than fit */
};

#define MOST_DIGITS	  19	 /* of any kind fit into 64 bits */
#define FARTHEST_EXPONENT 100000 /* far beyond every double; keeps sums of exponents small */

/* Eight digits at once, the first in the lowest byte: pairs, then fours, then all eight are put together. The idea is
 * of D. Lemire's article that is named below. */
static bool eight_digits(uint64_t bytes, uint64_t *out)
{
	uint64_t v = bytes - UINT64_C(0x3030303030303030);

	if (((bytes + UINT64_C(0x4646464646464646)) | v) & UINT64_C(0x8080808080808080))
		return false;
	v = v * 10 + (v >> 8);
	*out = ((v & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
		(v >> 16 & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
	       32;
	return true;
}

static const char *read_digits(const char *at, const char *end, struct decimal *d)
{
	uint64_t bytes, eight;

	for (; end - at >= 8; at += 8) {
		memcpy(&bytes, at, sizeof(bytes));
		if (!eight_digits(le64toh(bytes), &eight))
			break;
		d->digits = d->digits * 100000000 + eight;
	}
	for (unsigned digit; (digit = (unsigned char)*at - (unsigned)'0') <= 9; at++)
		d->digits = d->digits * 10 + digit;
	return at;
}

/* Zeros in front take no room: 0.00012345 has five digits. */
static bool is_cut(const char *from, const char *to)
{
	while (from < to && (*from == '0' || *from == '.'))
		from++;
	return to - from - (memchr(from, '.', (size_t)(to - from)) != NULL) > MOST_DIGITS;
}

static const char *read_exponent(const char *at, int64_t *exponent)
{
	bool negative = at[1] == '-';
	const char *first = at + 1 + (at[1] == '-' || at[1] == '+');
	int64_t value = 0;

	at = first;
	for (; *at >= '0' && *at <= '9'; at++)
		if (value < FARTHEST_EXPONENT)
			value = value * 10 + (*at - '0');
	*exponent += negative ? -value : value;
	return at == first ? NULL : at;
}

/* NULL: no number. */
static const char *read_decimal(const char *text, const char *end, struct decimal *d, bool *out_whole)
{
	const char *first = text + (*text == '-');
	const char *at = *first == '0' ? first + 1 : read_digits(first, end, d);

	d->negative = first != text;
	*out_whole = true;
	if (at == first || (*first == '0' && *at >= '0' && *at <= '9'))
		return NULL;
	if (*at == '.') {
		const char *fraction = at + 1;

		at = read_digits(fraction, end, d);
		if (at == fraction)
			return NULL;
		d->exponent = fraction - at;
		*out_whole = false;
	}
	if (at - first > MOST_DIGITS)
		d->cut = is_cut(first, at);
	if (*at == 'e' || *at == 'E') {
		*out_whole = false;
		return read_exponent(at, &d->exponent);
	}
	return at;
}

static const double exact_powers[] = { 1e0,  1e1,  1e2,	 1e3,  1e4,  1e5,  1e6,	 1e7,  1e8,  1e9,  1e10, 1e11,
				       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

#define LARGEST_EXACT_POWER 22

/* Both are exact doubles, so the one operation rounds once. W. D. Clinger, "How to Read Floating Point Numbers
 * Accurately", PLDI 1990. */
static bool from_exact(const struct decimal *d, double *out)
{
	if (d->digits > UINT64_C(1) << 53 || d->exponent < -LARGEST_EXACT_POWER || d->exponent > LARGEST_EXACT_POWER)
		return false;
	*out = d->exponent < 0 ? (double)d->digits / exact_powers[-d->exponent]
			       : (double)d->digits * exact_powers[d->exponent];
	return true;
}

/* 5^power as significand x 2^exponent, the significand cut to 128 bits of which the highest is set. */
struct power {
	uint128 significand;
	int exponent;
};

#define LOWEST_POWER  (-27) /* 5^27 is the largest that fits into 64 bits: dividing by it stays simple */
#define HIGHEST_POWER 55    /* 5^55 is the largest that fits into 128 bits */

static int leading_zeros(uint128 v)
{
	uint64_t high = (uint64_t)(v >> 64);

	return high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)v);
}

static void make_powers(struct power *powers)
{
	uint128 five = 1;

	for (int i = 0; i <= HIGHEST_POWER; i++, five *= 5) {
		int zeros = leading_zeros(five);

		powers[i - LOWEST_POWER] = (struct power){ five << zeros, -zeros };
		if (i == 0 || i > -LOWEST_POWER)
			continue;
		/* 2^191 / (5^i x 2^shift), whose divisor has its highest bit set: the quotient has 128 bits. */
		int shift = zeros - 64;
		uint64_t divisor = (uint64_t)five << shift;
		uint128 above = (uint128)1 << 127;
		uint128 high = above / divisor;
		uint128 low = ((above % divisor) << 64) / divisor;
		powers[-i - LOWEST_POWER] = (struct power){ high << 64 | low, shift - 191 };
	}
}

static const struct power *power_of_five(int64_t exponent)
{
	static struct power powers[HIGHEST_POWER - LOWEST_POWER + 1];

	if (!powers[0].significand)
		make_powers(powers);
	return &powers[exponent - LOWEST_POWER];
}

/* The double with this 53 bit significand; the exponent is far from both ends of the range. */
static double compose(uint64_t significand, int exponent)
{
	uint64_t bits = (significand & ((UINT64_C(1) << 52) - 1)) | (uint64_t)(exponent + 52 + 1023) << 52;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Multiplies by the power in 192 bits, of which the upper 128 are kept. The true product lies less than four units of
 * their last place above, so unless that interval holds the midpoint between two doubles, the nearest one is known.
 * The idea is D. Lemire's, "Number Parsing at a Gigabyte per Second", 2021; here what is not decided goes to strtod. */
static bool from_product(const struct decimal *d, double *out)
{
	if (d->exponent < LOWEST_POWER || d->exponent > HIGHEST_POWER)
		return false;

	const struct power *power = power_of_five(d->exponent);
	int shift = __builtin_clzll(d->digits);
	uint64_t digits = d->digits << shift;
	uint128 product = (uint128)digits * (uint64_t)(power->significand >> 64) +
			  ((uint128)digits * (uint64_t)power->significand >> 64);
	int exponent = power->exponent + (int)d->exponent - shift + 64;

	if (!(product >> 127)) {
		product <<= 1;
		exponent--;
	}
	const uint128 half = (uint128)1 << 74;
	uint128 rest = product & (half * 2 - 1);
	uint64_t significand = (uint64_t)(product >> 75);

	if (rest <= half && rest + 4 > half)
		return false;
	if (rest > half && ++significand == UINT64_C(1) << 53) {
		significand >>= 1;
		exponent++;
	}
	*out = compose(significand, exponent + 75);
	return true;
}

static double from_text(const char *text)
{
	static locale_t plain;

	if (!plain)
		plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	return plain ? strtod_l(text, NULL, plain) : strtod(text, NULL);
}

size_t real_length(const char *text, const char *end, bool *out_whole)
{
	struct decimal unused = { 0 };
	const char *after = read_decimal(text, end, &unused, out_whole);

	return after ? (size_t)(after - text) : 0;
}

size_t real_read(const char *text, const char *end, double *out_value, bool *out_whole)
{
	struct decimal d = { 0 };
	const char *after = read_decimal(text, end, &d, out_whole);

	if (!after)
		return 0;
	if (d.cut)
		*out_value = from_text(text);
	else if (from_exact(&d, out_value) || (d.digits && from_product(&d, out_value)))
		*out_value = d.negative ? -*out_value : *out_value;
	else
		*out_value = from_text(text);
	return (size_t)(after - text);
}

bool real_from_text(const char *text, double *out_value, bool *out_whole)
{
	size_t len = strlen(text);

	return len && real_read(text, text + len, out_value, out_whole) == len && isfinite(*out_value);
}
