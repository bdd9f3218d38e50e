/* For the tests of the parsers: feeds a text in pieces of any size. */
#ifndef LABCTL_TESTS_PARSE_TEXT_H
#define LABCTL_TESTS_PARSE_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "parse/parser.h"

struct parsed {
	struct result result;
	struct err err;
	int status; /* of finish, or of the feed that failed */
};

static inline void parse_bytes(struct parsed *out, const char *format, const struct parser_opts *opts, const char *text,
			       size_t len, size_t piece)
{
	struct parser *p;

	*out = (struct parsed){ 0 };
	p = parser_open(format, opts, &out->err);
	assert_non_null(p);
	for (size_t at = 0; at < len && !out->status; at += piece)
		out->status = parser_feed(p, text + at, len - at < piece ? len - at : piece, &out->err);
	if (parser_finish(p, &out->result, out->status ? NULL : &out->err) < 0)
		out->status = -1;
	parser_free(p);
}

static inline void parse_text(struct parsed *out, const char *format, const char *text)
{
	struct parser_opts opts = { .what = "the text" };

	parse_bytes(out, format, &opts, text, strlen(text), strlen(text) + 1);
}

static inline void assert_case(const struct parsed *p, size_t i, const char *name, enum verdict v, const char *detail)
{
	assert_true(i < p->result.count);
	assert_string_equal(p->result.cases[i].name, name);
	assert_string_equal(verdict_name(p->result.cases[i].verdict), verdict_name(v));
	if (detail)
		assert_string_equal(p->result.cases[i].detail, detail);
	else
		assert_null(p->result.cases[i].detail);
}

/* Reads it whole, byte by byte and in pieces of seven: the same must come out. */
static inline void parse_in_pieces(struct parsed *out, const char *format, const struct parser_opts *opts,
				   const char *text)
{
	static const size_t pieces[] = { 1, 7 };

	parse_bytes(out, format, opts, text, strlen(text), strlen(text) + 1);
	for (size_t i = 0; i < 2; i++) {
		struct parsed again;

		parse_bytes(&again, format, opts, text, strlen(text), pieces[i]);
		assert_int_equal(again.status, out->status);
		assert_int_equal(again.result.count, out->result.count);
		assert_int_equal(again.result.complete, out->result.complete);
		for (size_t c = 0; c < again.result.count; c++)
			assert_case(&again, c, out->result.cases[c].name, out->result.cases[c].verdict,
				    out->result.cases[c].detail);
		result_free(&again.result);
	}
}

#endif
