/* Benchmark files: the first byte picks the format ('a' the first of the table, …; any other: recognised), the rest is
 * the file. What is read must survive labctl's own format, and pyperf's where it can be written. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "parse/bench_format.h"

static void must(int good)
{
	if (!good)
		abort();
}

static void check_own(const struct bench_set *s)
{
	AUTO_STR once = { 0 }, twice = { 0 };
	AUTO_BENCH back = { 0 };

	must(bench_write("labctl", s, NULL, &once, NULL, NULL) == 0);
	must(bench_read_bytes(once.text, once.len, "own", NULL, &back, NULL) == 0);
	must(bench_write("labctl", &back, NULL, &twice, NULL, NULL) == 0);
	must(once.len == twice.len && memcmp(once.text, twice.text, once.len) == 0);
}

/* After the first time nothing may change any more. */
static void check_pyperf(const struct bench_set *s)
{
	static const struct bench_write_opts o = { .without_failed = true };
	AUTO_STR once = { 0 }, twice = { 0 }, left_out = { 0 };
	AUTO_BENCH back = { 0 };

	if (bench_write("pyperf", s, &o, &once, &left_out, NULL) != 0)
		return;
	must(bench_read_bytes(once.text, once.len, "pyperf", NULL, &back, NULL) == 0);
	must(strcmp(back.format, "pyperf") == 0);
	must(bench_write("pyperf", &back, NULL, &twice, NULL, NULL) == 0);
	must(once.len == twice.len && memcmp(once.text, twice.text, once.len) == 0);
}

static void check_codespeed(const struct bench_set *s)
{
	static const struct bench_write_opts told = { false, "p", "b", "c", "e", "x", NULL };
	AUTO_STR out = { 0 };
	AUTO_BENCH back = { 0 };

	if (bench_write("codespeed", s, &told, &out, NULL, NULL) == 0)
		must(bench_read_bytes(out.text, out.len, "list", "codespeed", &back, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	AUTO_BENCH s = { 0 };

	if (size == 0)
		return 0;
	const struct bench_format *format = data[0] >= 'a' ? bench_format((size_t)(data[0] - 'a')) : NULL;
	if (bench_read_bytes(data + 1, size - 1, "file", format ? format->name : NULL, &s, &e) != 0) {
		must(e.code == ERR_FORMAT && e.text[0] && !s.arena);
		return 0;
	}
	check_own(&s);
	check_pyperf(&s);
	check_codespeed(&s);
	return 0;
}
