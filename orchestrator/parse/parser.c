#include "parse/parser.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "parse/format.h"

#define DEFAULT_MAX_CASES 2000000
#define LONGEST_TIME_NS	  (INT64_C(30) * 365 * 86400 * NS_PER_S)

static const struct parser_format *const formats[] = { &events_format, &junit_format, &tap_format, &lines_format };

const struct parser_format *parser_format(size_t i)
{
	return i < COUNT_OF(formats) ? formats[i] : NULL;
}

struct parser *parser_open(const char *format, const struct parser_opts *o, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(formats); i++)
		if (!strcmp(formats[i]->name, format))
			return formats[i]->open(o, e);
	err_set(e, ERR_INTERNAL, "no parser for the format \"%s\"", format);
	return NULL;
}

int parser_feed(struct parser *p, const char *data, size_t len, struct err *e)
{
	if (p->failed)
		return err_set(e, ERR_FORMAT, "%s: could not be read further", p->what);
	if (p->ops->feed(p, data, len, e) < 0)
		p->failed = true;
	else if (p->full)
		err_set(e, ERR_FORMAT, "%s: more than %zu tests", p->what, p->max_cases);
	p->failed = p->failed || p->full;
	return p->failed ? -1 : 0;
}

int parser_finish(struct parser *p, struct result *out, struct err *e)
{
	int rc = p->ops->finish(p, e);

	if (p->full || p->failed)
		p->result.complete = false;
	*out = p->result;
	result_start(&p->result);
	return rc;
}

void parser_free(struct parser *p)
{
	if (p)
		p->ops->free(p);
}

void parser_begin(struct parser *p, const struct parser_ops *ops, const struct parser_opts *o)
{
	p->ops = ops;
	p->what = mem_dup(o->what ? o->what : "the test output");
	p->max_cases = o->max_cases ? o->max_cases : DEFAULT_MAX_CASES;
	result_start(&p->result);
}

void parser_end(struct parser *p)
{
	result_free(&p->result);
	free(p->what);
}

void parser_add(struct parser *p, const char *name, enum verdict v, int64_t took_ns, const char *detail)
{
	if (p->result.count >= p->max_cases)
		p->full = true;
	else
		result_add(&p->result, name, v, took_ns, detail);
}

/* The exponent at text ("e-05"), which must end it; false: something else stands there. */
static bool read_exponent(const char *text, size_t len, int *out)
{
	bool negative = false;
	size_t at = 1;

	if (len < 2 || (text[0] | 0x20) != 'e')
		return false;
	if (text[at] == '+' || text[at] == '-')
		negative = text[at++] == '-';
	*out = 0;
	for (; at < len && text[at] >= '0' && text[at] <= '9'; at++)
		*out = *out < 1000 ? *out * 10 + (text[at] - '0') : *out;
	if (negative)
		*out = -*out;
	return at == len && text[len - 1] >= '0' && text[len - 1] <= '9';
}

/* digits * 10^power, kept within what an int64_t holds; LONGEST_TIME_NS + 1 stands for anything above it. */
static int64_t scaled(int64_t digits, int power)
{
	for (; power < 0 && digits; power++)
		digits /= 10;
	for (; power > 0 && digits && digits <= LONGEST_TIME_NS; power--)
		digits *= 10;
	return digits > LONGEST_TIME_NS ? LONGEST_TIME_NS + 1 : digits;
}

int64_t seconds_to_ns(const char *text, size_t len)
{
	int64_t digits = 0;
	int power = 9, exponent = 0;
	bool any = false, fraction = false;
	size_t at = 0;

	for (; at < len; at++) {
		char c = text[at];

		if (c == '.' && !fraction) {
			fraction = true;
		} else if (c >= '0' && c <= '9') {
			any = true;
			if (digits < INT64_C(100000000000000000)) {
				digits = digits * 10 + (c - '0');
				power -= fraction;
			} else {
				power += !fraction;
			}
		} else if (c != ',' || fraction || !any) {
			break;
		}
	}
	if (!any || (at < len && !read_exponent(text + at, len - at, &exponent)))
		return -1;
	digits = scaled(digits, power + exponent);
	return digits > LONGEST_TIME_NS ? -1 : digits;
}
