/* Outcomes for the tests of run, store, analyse and render: a folder of its own for each test, and made-up suites. */
#ifndef LABCTL_TESTS_OUTCOMES_H
#define LABCTL_TESTS_OUTCOMES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "run/outcome.h"

static char *scratch;

static inline int make_scratch(void **state)
{
	char name[] = "/tmp/labctl-test-XXXXXX";

	(void)state;
	scratch = mem_dup(mkdtemp(name));
	return scratch != NULL ? 0 : -1;
}

static inline int remove_scratch(void **state)
{
	(void)state;
	file_remove_tree(scratch, NULL);
	free(scratch);
	return 0;
}

/* Ends the test with what the error says. */
#define assert_ok(call, e)                                                                                             \
	do {                                                                                                           \
		if ((call) < 0)                                                                                        \
			fail_msg("%s: %s", #call, (e).text);                                                           \
	} while (0)

/* Cell n: target t<n mod 10>, one package. */
static inline void make_outcome(struct outcome *o, unsigned cell, int64_t attempt)
{
	outcome_start(o);
	snprintf(o->cell_id, sizeof(o->cell_id), "%016x", cell);
	snprintf(o->target, sizeof(o->target), "t%u", cell % 10);
	snprintf(o->arch, sizeof(o->arch), "s390x");
	snprintf(o->runtime, sizeof(o->runtime), "cpython");
	snprintf(o->package, sizeof(o->package), "p%u", cell / 10);
	snprintf(o->tier, sizeof(o->tier), "smoke");
	snprintf(o->how_run, sizeof(o->how_run), "scripted");
	o->attempt = attempt;
	o->started_wall_ms = INT64_C(1700000000000) + attempt;
	o->took_ns = INT64_C(5000000000);
	facts_set(&o->facts, "arch", "s390x");
	facts_set(&o->facts, "package_version", "1.2.3");
	facts_set(&o->facts, "load", "0.25");
}

/* `count` tests that pass, each with a time of its own. */
static inline void add_passed(struct outcome *o, unsigned count)
{
	char name[96];

	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "package/tests/test_module_%u.py::TestThing::test_case_%u[%u]", i / 100,
			 i % 100 / 4, i % 4);
		result_add(&o->result, name, VERDICT_PASSED, (int64_t)(i % 37 + 1) * 900000, NULL);
	}
	o->result.complete = true;
}

static inline void add_failed(struct outcome *o, const char *name, const char *detail, const char *cause,
			      const char *known)
{
	struct test_case *c = result_add(&o->result, name, VERDICT_FAILED, INT64_C(20000000), detail);

	c->cause = arena_dup(o->result.texts, cause);
	c->known = arena_dup(o->result.texts, known);
	result_count(&o->result);
	o->result.complete = true;
}

#endif
