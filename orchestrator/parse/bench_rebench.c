/* ReBench's .data files: one measurement a line, fields behind tabs. Columns have names in newer files (a first line
 * that begins with "invocation"); in older ones their places tell: those of Measurement and RunId in rebench/model/. A
 * file may keep what it knows of a run in a comment, "# run_id: 7={…}", and have only its number in the lines. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parse/bench_columns.h"
#include "parse/bench_index.h"
#include "parse/bench_rebench.h"
#include "parse/bench_tree.h"

enum column {
	INVOCATION,
	ITERATION,
	VALUE,
	UNIT,
	CRITERION,
	BENCHMARK,
	EXECUTOR,
	SUITE,
	FIRST_PARAMETER
};

/* In the order of older files, which have no tag. What stands behind the suite tells runs of one benchmark apart. */
static const char *const column_names[] = { "invocation", "iteration", "value",	  "unit",      "criterion",
					    "benchmark",  "executor",  "suite",	  "extraArgs", "cores",
					    "inputSize",  "varValue",  "machine", "tag" };

#define KNOWN_COLUMNS	  COUNT_OF(column_names)
#define LEAST_OLD_COLUMNS 8 /* up to the suite */

/* Where a series is while its lines are read. */
struct progress {
	const char *unit;
	struct bench_numbers values; /* of the last run */
	struct bench_scale scale;
	double invocation, iteration; /* of the last line */
};

struct reader {
	struct bench_set *set;
	struct bench_index index;
	int columns[KNOWN_COLUMNS]; /* -1: not there */
	int run_id;
	struct rebench_runs *declared;
	VEC(struct progress) of_series;
};

/* ---- which series ---- */

static const char *field(const struct reader *p, const struct bench_row *row, int column)
{
	return bench_field(row, p->columns[column]);
}

static int identify(const struct reader *p, const struct bench_row *row, struct rebench_identity *out, struct err *e)
{
	*out = (struct rebench_identity){
		field(p, row, BENCHMARK), field(p, row, EXECUTOR), field(p, row, SUITE), { 0 }
	};
	if (p->run_id >= 0) {
		if (rebench_runs_find(p->declared, bench_field(row, p->run_id), out))
			return 0;
		return err_set(e, ERR_FORMAT, "line %zu: no comment tells of run \"%.100s\"", row->line,
			       bench_field(row, p->run_id));
	}
	for (size_t i = 0; FIRST_PARAMETER + i < KNOWN_COLUMNS; i++)
		out->parameters[i] = field(p, row, (int)(FIRST_PARAMETER + i));
	return 0;
}

/* Told by name, but for the first, the arguments, which are quoted where they could be mistaken for another. */
static void add_parameters(struct str *name, const struct rebench_identity *id)
{
	static const char *const labels[REBENCH_PARAMETERS] = {
		"", "cores=", "input=", "variable=", "machine=", "tag="
	};

	for (size_t i = 0; i < REBENCH_PARAMETERS; i++) {
		const char *text = id->parameters[i];
		const char *quote = text && i == 0 && strpbrk(text, " =\"") ? "\"" : "";

		if (text && *text && strcmp(text, "None") != 0)
			str_addf(name, " %s%s%s%s", labels[i], quote, text, quote);
	}
}

/* suite/benchmark, then parameters, then the criterion where it is not the total. */
static char *name_of(const struct rebench_identity *id, const char *criterion)
{
	AUTO_STR name = { 0 };

	if (*id->suite)
		str_addf(&name, "%s/", id->suite);
	str_add(&name, id->benchmark);
	add_parameters(&name, id);
	if (strcmp(criterion, "total") != 0)
		str_addf(&name, " [%s]", criterion);
	return str_take(&name);
}

static void add_progress(struct reader *p, struct bench_series *series, const char *unit)
{
	struct progress new = { .unit = arena_dup(p->set->arena, unit), .iteration = -1, .invocation = -1 };

	new.scale = bench_set_unit(p->set, series, unit);
	series->from_start = true;
	vec_add(&p->of_series, new);
}

static int find_series(struct reader *p, const struct bench_row *row, size_t *out_number, struct err *e)
{
	struct rebench_identity id;

	if (identify(p, row, &id, e) != 0)
		return -1;
	AUTO_FREE char *name = name_of(&id, field(p, row, CRITERION));
	const char *runtime = *id.executor ? id.executor : NULL;
	*out_number = bench_index_find(&p->index, p->set, name, runtime);
	if (*out_number != BENCH_NO_SERIES)
		return 0;
	if (!*id.benchmark)
		return err_set(e, ERR_FORMAT, "line %zu: no name of a benchmark", row->line);
	if (bench_check_room(p->set, e) != 0)
		return -1;
	struct bench_series *series = bench_index_series(&p->index, p->set, name, runtime);
	*out_number = p->set->count - 1;
	add_progress(p, series, field(p, row, UNIT));
	return 0;
}

/* ---- lines ---- */

/* The values of the run that was read up to here. */
static void settle_run(struct reader *p, size_t number)
{
	struct bench_series *series = &p->set->series[number];
	struct progress *at = &p->of_series.items[number];

	if (series->run_count)
		bench_set_values(p->set, &series->runs[series->run_count - 1], at->values.items, at->values.count);
	at->values.count = 0;
}

/* Lines of an invocation stand together; one that begins anew is another process. */
static int step_to(struct reader *p, size_t number, double invocation, double iteration, struct err *e)
{
	struct progress *at = &p->of_series.items[number];

	if (invocation != at->invocation || iteration <= at->iteration) {
		if (bench_check_room(p->set, e) != 0)
			return -1;
		settle_run(p, number);
		struct bench_run *r = bench_add_run(p->set, &p->set->series[number]);
		bench_fact_set_int(p->set, &r->facts, "invocation", (int64_t)invocation);
	}
	at->invocation = invocation;
	at->iteration = iteration;
	return 0;
}

static int read_count(const struct reader *p, const struct bench_row *row, enum column column, double *out,
		      struct err *e)
{
	if (bench_field_number(row, field(p, row, (int)column), column_names[column], out, e) != 0)
		return -1;
	if (*out >= 0 && *out <= BENCH_MOST_RUNS * 1000.0 && *out == (double)(int64_t)*out)
		return 0;
	return err_set(e, ERR_FORMAT, "line %zu: %s is no count", row->line, column_names[column]);
}

static int read_line(struct reader *p, const struct bench_row *row, struct err *e)
{
	double invocation = 0, iteration = 0, value = 0;
	size_t number = 0;

	if (read_count(p, row, INVOCATION, &invocation, e) != 0 || read_count(p, row, ITERATION, &iteration, e) != 0 ||
	    bench_field_number(row, field(p, row, VALUE), "value", &value, e) != 0 ||
	    find_series(p, row, &number, e) != 0 || step_to(p, number, invocation, iteration, e) != 0)
		return -1;
	struct progress *at = &p->of_series.items[number];
	if (strcmp(at->unit, field(p, row, UNIT)) != 0)
		return err_set(e, ERR_FORMAT,
			       "line %zu: the unit of this benchmark was \"%.40s\" before, not \"%.40s\"", row->line,
			       at->unit, field(p, row, UNIT));
	value = bench_scaled(at->scale, value);
	if (bench_check_value(p->set->series[number].unit, value, e) != 0)
		return err_wrap(e, "line %zu", row->line);
	vec_add(&at->values, value);
	return 0;
}

/* ---- the file ---- */

static void name_columns(struct reader *p, const struct bench_row *header)
{
	for (size_t i = 0; i < KNOWN_COLUMNS; i++)
		p->columns[i] = bench_column(header, column_names[i]);
	p->run_id = bench_column(header, "run_id");
}

static void read_comment(struct reader *p, const char *line)
{
	static const char environment[] = "# Environment: ", source[] = "# Source: ", start[] = "# Execution Start: ";
	const char *json = str_starts(line, environment) ? line + strlen(environment)
			   : str_starts(line, source)	 ? line + strlen(source)
							 : NULL;

	if (json) {
		AUTO_JSON *tree = json_parse(json, strlen(json), NULL);
		bench_tree_facts(p->set, &p->set->facts, "", tree, NULL);
	} else if (str_starts(line, start)) {
		bench_fact_set_text(p->set, &p->set->facts, "execution_start", line + strlen(start));
	} else {
		rebench_runs_declare(p->declared, line);
	}
}

static int read_row(struct reader *p, const struct bench_row *row, struct err *e)
{
	if (row->items[0][0] == '#') {
		for (size_t i = 1; i < row->count; i++)
			row->items[i][-1] = '\t'; /* the line as it was: a tab may stand in a comment */
		read_comment(p, row->items[0]);
		return 0;
	}
	if (strcmp(row->items[0], column_names[INVOCATION]) == 0) {
		name_columns(p, row);
		return 0;
	}
	if (p->run_id < 0 && row->count < LEAST_OLD_COLUMNS)
		return err_set(e, ERR_FORMAT, "line %zu: %zu fields, where at least %d were expected", row->line,
			       row->count, LEAST_OLD_COLUMNS);
	return read_line(p, row, e);
}

static int read_rows(struct reader *p, char *text, struct err *e)
{
	struct bench_columns c = { .at = text, .separator = '\t' };
	struct bench_row row = { 0 };
	int status;

	while ((status = bench_next_row(&c, &row, e)) > 0)
		if (read_row(p, &row, e) != 0) {
			status = -1;
			break;
		}
	vec_free(&row);
	return status;
}

static int read_rebench(struct bench_source *from, struct bench_set *s, struct err *e)
{
	struct reader p = { .set = s, .run_id = -1 };

	if (bench_check_text(from, e) != 0)
		return -1;
	for (size_t i = 0; i < KNOWN_COLUMNS; i++)
		p.columns[i] = (int)i;
	p.declared = rebench_runs_new();
	int status = read_rows(&p, from->text, e);
	for (size_t i = 0; i < p.of_series.count; i++) {
		if (status == 0)
			settle_run(&p, i);
		vec_free(&p.of_series.items[i].values);
	}
	vec_free(&p.of_series);
	bench_index_free(&p.index);
	rebench_runs_free(p.declared);
	return status;
}

static bool is_rebench(const struct bench_look *l)
{
	size_t digits = strspn(l->text, "0123456789");

	return str_starts(l->text, "invocation\t") || strstr(l->text, "\n# Execution Start: ") ||
	       str_starts(l->text, "# Execution Start: ") || (digits > 0 && l->text[digits] == '\t');
}

const struct bench_kind bench_rebench = {
	.about = { "rebench", "ReBench (.data)", true, false },
	.recognise = is_rebench,
	.read = read_rebench,
};
