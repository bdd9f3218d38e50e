/* One testsuite per cell, for services that show JUnit XML. In it one testcase for the cell as a whole and one for each
 * bad test; how many passed is a property, since the report does not hold their names. Known failures are skipped ones
 * with the reason. */
#include <inttypes.h>

#include "base/clock.h"
#include "render/phrases.h"

struct suite {
	const struct report *report;
	size_t row, column;
	const struct matrix_cell *cell;
	const struct test_set *tests;
	const char *label;
	size_t failures, errors, skipped;
};

static void add_attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	str_add_quoted(out, value, STR_HTML);
	str_add_char(out, '"');
}

static bool cell_has_rate(const struct matrix_cell *c)
{
	return c->now != NULL && (c->now->verdict == VERDICT_PASSED || c->now->verdict == VERDICT_FAILED);
}

static bool cell_is_skipped(const struct matrix_cell *c)
{
	return c->now == NULL || c->now->verdict == VERDICT_UNAVAILABLE || c->now->verdict == VERDICT_SKIPPED;
}

static void count(struct suite *s)
{
	s->skipped = cell_is_skipped(s->cell);
	s->errors = !cell_is_skipped(s->cell) && !cell_has_rate(s->cell);
	for (size_t i = 0; i < s->tests->count; i++) {
		const struct test_row *t = &s->tests->rows[i];

		if (t->known != NULL)
			s->skipped++;
		else if (t->verdict == VERDICT_FAILED)
			s->failures++;
		else
			s->errors++;
	}
}

static struct suite suite_of(const struct report *r, size_t row, size_t column)
{
	size_t at = row * r->matrix.column_count + column;
	struct suite s = {
		.report = r,
		.row = row,
		.column = column,
		.cell = &r->matrix.cells[at],
		.tests = &r->cell_tests[at],
		.label = report_label(r, row, column),
	};

	count(&s);
	return s;
}

static void add_property(struct str *out, const char *name, const char *value)
{
	str_add(out, "      <property");
	add_attribute(out, "name", name);
	add_attribute(out, "value", value);
	str_add(out, "/>\n");
}

static void add_count_property(struct str *out, const char *name, int64_t value)
{
	str_addf(out, "      <property name=\"%s\" value=\"%" PRId64 "\"/>\n", name, value);
}

static void add_properties(const struct suite *s, struct str *out)
{
	const struct outcome_row *now = s->cell->now;

	str_add(out, "    <properties>\n");
	add_property(out, "arch", s->report->matrix.columns[s->column].arch);
	add_property(out, "emulated", s->report->matrix.columns[s->column].emulated ? "yes" : "no");
	if (now != NULL) {
		add_property(out, "verdict", verdict_name(now->verdict));
		for (int v = 0; v < VERDICT_COUNT; v++)
			add_count_property(out, verdict_key((enum verdict)v), now->tally.count[v]);
		add_count_property(out, "known", now->tally.known);
	}
	str_add(out, "    </properties>\n");
}

static void add_whole(const struct suite *s, struct str *out)
{
	const struct matrix_cell *c = s->cell;
	const char *reason = c->now != NULL ? c->now->reason : c->not_run;

	str_add(out, "    <testcase");
	add_attribute(out, "classname", s->label);
	str_add(out, " name=\"the cell as a whole\"");
	if (cell_has_rate(c)) {
		str_add(out, "/>\n");
		return;
	}
	str_add(out, ">\n      <");
	str_add(out, cell_is_skipped(c) ? "skipped" : "error");
	add_attribute(out, "message", reason != NULL && reason[0] != '\0' ? reason : "not run");
	if (!cell_is_skipped(c))
		add_attribute(out, "type", verdict_key(c->now->verdict));
	str_add(out, "/>\n    </testcase>\n");
}

static void add_message(const struct test_row *t, struct str *out)
{
	AUTO_STR message = { 0 };

	str_add(&message, verdict_name(t->verdict));
	if (t->cause != NULL)
		str_addf(&message, ": %s", t->cause);
	add_attribute(out, "message", str_text(&message));
	add_attribute(out, "type", verdict_key(t->verdict));
}

static void add_test(const struct suite *s, const struct test_row *t, struct str *out)
{
	const char *element = t->verdict == VERDICT_FAILED ? "failure" : "error";

	str_add(out, "    <testcase");
	add_attribute(out, "classname", s->label);
	add_attribute(out, "name", t->name);
	if (t->took_ns >= 0)
		str_addf(out, " time=\"%.3f\"", (double)t->took_ns / (double)NS_PER_S);
	str_add(out, ">\n");
	if (t->known != NULL) {
		str_add(out, "      <skipped");
		add_attribute(out, "message", t->known);
		str_add(out, "/>\n");
	} else {
		str_addf(out, "      <%s", element);
		add_message(t, out);
		str_add_char(out, '>');
		if (t->detail != NULL)
			str_add_quoted(out, t->detail, STR_HTML);
		str_addf(out, "</%s>\n", element);
	}
	str_add(out, "    </testcase>\n");
}

static void add_suite(const struct suite *s, struct str *out)
{
	const struct outcome_row *now = s->cell->now;
	char started[32];

	str_add(out, "  <testsuite");
	add_attribute(out, "name", s->label);
	str_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", s->tests->count + 1,
		 s->failures, s->errors, s->skipped);
	if (now != NULL) {
		clock_format_utc(now->started_wall_ms, started, sizeof(started));
		add_attribute(out, "timestamp", started);
		str_addf(out, " time=\"%.3f\"", (double)now->took_ns / (double)NS_PER_S);
	}
	str_add(out, ">\n");
	add_properties(s, out);
	add_whole(s, out);
	for (size_t i = 0; i < s->tests->count; i++)
		add_test(s, &s->tests->rows[i], out);
	str_add(out, "  </testsuite>\n");
}

static void render(const struct report *r, const struct render_opts *o, struct str *out)
{
	(void)o;
	str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"labctl\">\n");
	for (size_t row = 0; row < r->matrix.row_count; row++)
		for (size_t column = 0; column < r->matrix.column_count; column++) {
			struct suite s = suite_of(r, row, column);

			add_suite(&s, out);
		}
	str_add(out, "</testsuites>\n");
}

const struct renderer junit_renderer = { "junit", "JUnit XML, a testsuite per cell, for public CI services", render };
