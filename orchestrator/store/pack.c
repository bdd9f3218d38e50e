#include "store/pack.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "store/pack_inside.h"

/* A number, seven bits a byte, the low ones first. */
static void add_number(struct str *s, uint64_t value)
{
	while (value >= 0x80) {
		str_add_char(s, (char)(value | 0x80));
		value >>= 7;
	}
	str_add_char(s, (char)value);
}

static void add_text(struct str *s, const char *text, size_t len)
{
	add_number(s, len);
	str_add_bytes(s, text, len);
}

static size_t shared_start(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

void pack_names(const struct result *r, struct str *out)
{
	const char *before = "";

	add_number(out, r->count);
	for (size_t i = 0; i < r->count; i++) {
		const char *name = r->cases[i].name;
		size_t shared = shared_start(before, name);

		add_number(out, shared);
		add_text(out, name + shared, strlen(name + shared));
		before = name;
	}
}

void pack_verdicts(const struct result *r, struct str *out)
{
	for (size_t i = 0, end; i < r->count; i = end) {
		for (end = i + 1; end < r->count && r->cases[end].verdict == r->cases[i].verdict; end++)
			;
		str_add_char(out, (char)r->cases[i].verdict);
		add_number(out, end - i);
	}
}

static unsigned char duration_byte(int64_t took_ns)
{
	if (took_ns < 0)
		return DURATION_UNKNOWN;
	if (took_ns < NS_PER_MS)
		return DURATION_UNDER_1_MS;
	return (unsigned char)(DURATION_FIRST_STEP + DURATION_STEPS_PER_2 * log2((double)took_ns / (double)NS_PER_MS));
}

void pack_durations(const struct result *r, const struct str *last, struct str *out)
{
	bool comparable = last != NULL && last->len == r->count;

	for (size_t i = 0; i < r->count; i++) {
		unsigned char byte = duration_byte(r->cases[i].took_ns);
		unsigned char old = comparable ? (unsigned char)last->text[i] : DURATION_UNKNOWN;

		if (byte != DURATION_UNKNOWN && old != DURATION_UNKNOWN && byte <= old + 1 && byte + 1 >= old)
			byte = old;
		str_add_char(out, (char)byte);
	}
}

static size_t detail_bytes(const char *detail, size_t stored)
{
	size_t len = strlen(detail);

	if (stored + len <= DETAILS_WHOLE_BYTES || len <= DETAIL_CUT_BYTES)
		return len;
	len = DETAIL_CUT_BYTES;
	while (len > 0 && ((unsigned char)detail[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void add_detail(struct str *out, const struct test_case *t)
{
	str_add_char(out,
		     (char)((t->detail ? HAS_DETAIL : 0) | (t->cause ? HAS_CAUSE : 0) | (t->known ? HAS_KNOWN : 0)));
	if (t->detail != NULL)
		add_text(out, t->detail, detail_bytes(t->detail, out->len));
	if (t->cause != NULL)
		add_text(out, t->cause, strlen(t->cause));
	if (t->known != NULL)
		add_text(out, t->known, strlen(t->known));
}

void pack_details(const struct result *r, struct str *out)
{
	size_t next = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct test_case *t = &r->cases[i];

		if (!verdict_is_bad(t->verdict) || (t->detail == NULL && t->cause == NULL && t->known == NULL))
			continue;
		add_number(out, i - next);
		add_detail(out, t);
		next = i + 1;
	}
}
