/* The CSV that Apache Otava reads: a line for each commit, a column for each metric. What is measured there is a
 * history: each metric becomes a series of runs with one value, each with the commit, branch and time of its line as
 * facts. A column is a metric when numbers stand in it; an empty field is a value that is missing. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/real.h"
#include "base/vec.h"
#include "parse/bench_columns.h"
#include "parse/bench_inside.h"

/* Never metrics, also when they look like numbers. */
static const char *const attributes[] = { "time", "date",    "timestamp", "commit", "revision",
					  "hash", "version", "branch",	  "run",    "build" };

struct column {
	bool attribute;
	bool by_name;  /* and not by what stands in it */
	size_t series; /* of a metric */
};

struct reader {
	struct bench_set *set;
	struct bench_row header, row;
	struct column *columns;
	VEC(size_t) attributes; /* columns that are such */
};

static bool is_attribute(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(attributes); i++)
		if (strcmp(attributes[i], name) == 0)
			return true;
	return false;
}

static bool is_number(const char *field)
{
	double value;
	bool whole;

	return real_from_text(field, &value, &whole);
}

/* The first line of values tells what the columns are. A metric that is missing there is one all the same. */
static int begin_columns(struct reader *p, struct err *e)
{
	size_t metrics = 0;

	p->columns = mem_new(p->header.count, sizeof(*p->columns));
	for (size_t i = 0; i < p->header.count; i++) {
		const char *field = bench_field(&p->row, (int)i);

		p->columns[i].by_name = is_attribute(p->header.items[i]);
		p->columns[i].attribute = p->columns[i].by_name || (*field && !is_number(field));
		if (p->columns[i].attribute) {
			vec_add(&p->attributes, i);
			continue;
		}
		p->columns[i].series = p->set->count;
		bench_add_series(p->set, p->header.items[i], NULL)->unit = BENCH_COUNT;
		metrics++;
	}
	return metrics ? 0 : err_set(e, ERR_FORMAT, "no column is a metric: numbers stand in none of them");
}

static void add_attributes(struct reader *p, struct bench_run *r)
{
	for (size_t i = 0; i < p->attributes.count && i < BENCH_MOST_FACTS; i++) {
		size_t column = p->attributes.items[i];
		const char *field = bench_field(&p->row, (int)column);

		if (*field)
			bench_fact_set_text(p->set, &r->facts, p->header.items[column], field);
	}
}

static int read_line(struct reader *p, struct err *e)
{
	if (p->row.count != p->header.count)
		return err_set(e, ERR_FORMAT, "line %zu: %zu fields for %zu columns", p->row.line, p->row.count,
			       p->header.count);
	for (size_t i = 0; i < p->header.count; i++) {
		const char *field = p->row.items[i];
		double value = 0;

		if (p->columns[i].attribute && !p->columns[i].by_name && is_number(field))
			return err_set(e, ERR_FORMAT, "line %zu: a number in column \"%.100s\", which began with texts",
				       p->row.line, p->header.items[i]);
		if (p->columns[i].attribute || !*field)
			continue;
		if (bench_field_number(&p->row, field, p->header.items[i], &value, e) != 0 ||
		    bench_check_room(p->set, e) != 0)
			return -1;
		struct bench_run *r = bench_add_run(p->set, &p->set->series[p->columns[i].series]);
		bench_set_values(p->set, r, &value, 1);
		add_attributes(p, r);
	}
	return 0;
}

/* Metrics that no line has a value of. */
static void drop_empty(struct bench_set *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->series[i].run_count)
			s->series[kept++] = s->series[i];
	s->count = kept;
}

static int read_lines(struct reader *p, struct bench_columns *c, struct err *e)
{
	int status = bench_next_row(c, &p->header, e);

	if (status > 0)
		status = bench_next_row(c, &p->row, e);
	if (status == 0)
		return err_set(e, ERR_FORMAT, "there is no line of values in it");
	if (status < 0 || begin_columns(p, e) != 0)
		return -1;
	for (; status > 0; status = bench_next_row(c, &p->row, e))
		if (read_line(p, e) != 0)
			return -1;
	drop_empty(p->set);
	return status;
}

static char separator_of(const char *text)
{
	size_t line = strcspn(text, "\n");
	const char *comma = memchr(text, ',', line), *semicolon = memchr(text, ';', line);

	return semicolon && (!comma || semicolon < comma) ? ';' : ',';
}

static int read_otava(struct bench_source *from, struct bench_set *s, struct err *e)
{
	struct bench_columns c = { .at = from->text, .separator = separator_of(from->text), .quotes = true };
	struct reader p = { .set = s };

	if (bench_check_text(from, e) != 0)
		return -1;
	int status = read_lines(&p, &c, e);
	free(p.columns);
	vec_free(&p.attributes);
	vec_free(&p.header);
	vec_free(&p.row);
	return status;
}

/* A first line of names, one of which is a time. */
static bool is_otava(const struct bench_look *l)
{
	char separator = separator_of(l->text);
	size_t line = strcspn(l->text, "\r\n");
	AUTO_FREE char *fields =
		mem_printf("%c%.*s%c", separator, (int)(line < 4096 ? line : 4096), l->text, separator);

	for (size_t i = 0; l->root == '\0' && i < 3; i++) {
		AUTO_FREE char *wanted = mem_printf("%c%s%c", separator, attributes[i], separator);
		if (strstr(fields, wanted))
			return true;
	}
	return false;
}

const struct bench_kind bench_otava = {
	.about = { "otava", "Apache Otava (CSV: time, commit, metrics)", true, false },
	.recognise = is_otava,
	.read = read_otava,
};
