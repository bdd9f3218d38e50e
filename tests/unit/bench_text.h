/* What the tests of the benchmark formats share: reading a text, and refusing one with exactly this message. */
#ifndef LABCTL_TESTS_BENCH_TEXT_H
#define LABCTL_TESTS_BENCH_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "parse/bench_format.h"

/* Recognised from the text itself; the set says which format it was. */
static inline void reads(struct bench_set *s, const char *format, const char *text)
{
	struct err e = ERR_INIT;

	if (bench_read_bytes(text, strlen(text), "results", NULL, s, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(s->format, format);
}

/* A message of the JSON library ends in its own words: what is expected then ends in '*'. */
static inline void assert_message(const char *text, struct str *expected)
{
	if (!str_ends(expected->text, "*")) {
		assert_string_equal(text, expected->text);
		return;
	}
	str_cut(expected, expected->len - 1);
	assert_true(strlen(text) > expected->len);
	assert_memory_equal(text, expected->text, expected->len);
}

static inline void refuses_as(const char *format, const char *text, const char *expected)
{
	AUTO_STR full = { 0 };
	struct err e = ERR_INIT;
	struct bench_set s;

	str_addf(&full, "results: %s", expected);
	if (bench_read_bytes(text, strlen(text), "results", format, &s, &e) == 0)
		fail_msg("not refused: %.500s", text);
	assert_message(e.text, &full);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_null(s.arena);
	assert_int_equal(s.count, 0);
}

/* Cut behind every byte but a last newline: always refused, as this format and as whatever it then looks like. */
static inline void refuses_every_cut(const char *format, const char *text)
{
	size_t len = strlen(text);

	for (size_t cut = 0; cut + 1 < len; cut++) {
		struct err e = ERR_INIT;
		struct bench_set s;

		assert_int_equal(bench_read_bytes(text, cut, "cut", format, &s, &e), -1);
		assert_int_equal(e.code, ERR_FORMAT);
		assert_int_equal(bench_read_bytes(text, cut, "cut", NULL, &s, NULL), -1);
	}
}

/* The one at this place, with this name and unit and so many runs. */
static inline const struct bench_series *series_at(const struct bench_set *s, size_t i, const char *name,
						   enum bench_unit unit, size_t runs)
{
	assert_true(i < s->count);
	assert_string_equal(s->series[i].name, name);
	assert_int_equal(s->series[i].unit, unit);
	assert_int_equal(s->series[i].run_count, runs);
	return &s->series[i];
}

#define VALUES(...) ((const double[]){ __VA_ARGS__ }), sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double)

static inline void assert_numbers(const double *numbers, size_t count, const double *expected, size_t expected_count)
{
	assert_int_equal(count, expected_count);
	for (size_t i = 0; i < count; i++)
		if (numbers[i] != expected[i])
			fail_msg("value %zu is %.17g, not %.17g", i, numbers[i], expected[i]);
}

static inline void assert_values(const struct bench_run *r, const double *expected, size_t count)
{
	assert_int_equal(r->kind, BENCH_MEASURED);
	assert_numbers(r->values, r->value_count, expected, count);
}

static inline void assert_failed(const struct bench_run *r, const char *detail)
{
	assert_int_equal(r->kind, BENCH_FAILED);
	assert_string_equal(r->detail, detail);
}

static inline void assert_fact(const struct bench_facts *f, const char *key, const char *json)
{
	const char *found = bench_fact(f, key);

	if (!json) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	assert_string_equal(found, json);
}

static inline void writes(const struct bench_set *s, const char *format, const char *expected)
{
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	if (bench_write(format, s, NULL, &out, NULL, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(str_text(&out), expected);
}

/* Into labctl's own format and back: nothing is lost. */
static inline void survives_own_format(const struct bench_set *s)
{
	AUTO_STR once = { 0 }, twice = { 0 };
	AUTO_BENCH back = { 0 };

	assert_int_equal(bench_write("labctl", s, NULL, &once, NULL, NULL), 0);
	assert_int_equal(bench_read_bytes(once.text, once.len, "own", NULL, &back, NULL), 0);
	assert_int_equal(bench_write("labctl", &back, NULL, &twice, NULL, NULL), 0);
	assert_string_equal(once.text, twice.text);
	assert_int_equal(back.count, s->count);
}

#endif
