/* The lab of the year: scripted targets, packages and benchmarks in numbers. */
#include "year.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"

static const char *const archs[] = { "amd64", "arm64", "s390x", "ppc64el" };
static const char *const runtimes[] = { "cpython", "pypy" };

static int put(const struct year_size *s, const char *path, const char *text, struct err *e)
{
	AUTO_FREE char *full = file_join(s->folder, path);
	AUTO_FREE char *parent = file_parent(full);

	return file_make_folders(parent, e) || file_write(full, text, strlen(text), e) ? -1 : 0;
}

static int put_targets(const struct year_size *s, struct err *e)
{
	for (unsigned i = 0; i < s->targets; i++) {
		AUTO_FREE char *path = mem_printf("targets/%s.yaml", archs[i % 4]);
		AUTO_FREE char *text =
			mem_printf("title: simulated %s\nkind: fake\narch: %s\n", archs[i % 4], archs[i % 4]);

		if (put(s, path, text, e))
			return -1;
	}
	return 0;
}

static int put_packages(const struct year_size *s, struct err *e)
{
	for (unsigned i = 0; i < s->packages; i++) {
		AUTO_FREE char *path = mem_printf("recipes/packages/pkg%02u.yaml", i);
		AUTO_FREE char *text = mem_printf("title: simulated package %u\n"
						  "tiers:\n  standard:\n    run: run the tests\n    format: tap\n"
						  "known_failures:\n"
						  "  - test: test_known_\n    reason: compares addresses\n",
						  i);

		if (put(s, path, text, e))
			return -1;
	}
	return 0;
}

static int put_benchmarks(const struct year_size *s, struct err *e)
{
	AUTO_STR text = { 0 };

	str_add(&text, "benchmarks:\n");
	for (unsigned i = 0; i < s->benchmarks; i++)
		str_addf(&text, "  bench%03u:\n    command: [\"{python}\", -c, pass]\n", i);
	return put(s, "recipes/benchmarks/simulated.yaml", str_text(&text), e);
}

int year_write_lab(const struct year_size *s, struct err *e)
{
	if (put(s, "lab.yaml", "title: a simulated year\nshipped: false\ntier: standard\nbaseline: cpython\n", e) ||
	    put(s, "recipes/causes.yaml",
		"- name: byte order\n  pattern: byte order\n  advice: the test reads numbers in the machine's own "
		"order\n"
		"- name: C stack\n  pattern: Fatal Python error\n"
		"- name: rounding\n  pattern: not almost equal\n",
		e))
		return -1;
	for (unsigned i = 0; i < s->runtimes; i++) {
		AUTO_FREE char *path = mem_printf("recipes/runtimes/%s.yaml", runtimes[i]);
		AUTO_FREE char *text = mem_printf("command: %s\n", i ? "pypy3" : "python3");

		if (put(s, path, text, e))
			return -1;
	}
	return put_targets(s, e) || put_packages(s, e) || put_benchmarks(s, e) ? -1 : 0;
}
