/* What asv's compare prints. Its arithmetic is in analyse/compare_asv.h, its way to write numbers in
 * render/asv_text.h. Facts from asv/commands/compare.py (asv 0.6). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/compare_asv.h"
#include "base/mem.h"
#include "render/asv_text.h"
#include "render/compare.h"

#define COLUMNS		  5
#define COMMIT_CHARACTERS 8

/* A benchmark in one place: asv holds against each other only what one machine measured in one environment. */
struct entry {
	char *name, *place; /* "MACHINE/ENVIRONMENT" */
	const struct bench_series *before, *after;
};

struct table {
	struct entry *entries;
	size_t count;
	const struct asv_sides *sides;
	bool many_places;
};

/* ---- entries ---- */

/* As asv shows it: parameters with any white space as one blank; what no terminal should see does not reach it. */
static char *shown_name(const char *name)
{
	AUTO_STR one_line = { 0 };
	AUTO_STR out = { 0 };
	bool blank = false;

	for (const char *c = name; *c; c++) {
		bool is_blank = strchr(" \t\r\n\v\f", *c) != NULL;

		if (!is_blank)
			str_add_char(&one_line, *c);
		else if (!blank)
			str_add_char(&one_line, ' ');
		blank = is_blank;
	}
	str_add_quoted(&out, str_text(&one_line), STR_TERMINAL);
	return str_take(&out);
}

static char *fact_text(const struct bench_set *s, const char *key)
{
	const char *json = bench_fact(&s->facts, key);

	return json ? bench_fact_text(json) : mem_dup("");
}

static char *place_of(const struct bench_set *s)
{
	AUTO_FREE char *machine = fact_text(s, "machine");
	AUTO_FREE char *environment = fact_text(s, "env_name");
	AUTO_FREE char *place = mem_printf("%s/%s", machine, environment);

	return shown_name(place);
}

static void add_entry(struct table *t, const struct bench_series *before, const struct bench_series *after)
{
	t->entries[t->count++] = (struct entry){
		.name = shown_name(before ? before->name : after->name),
		.place = place_of(before ? t->sides->base : t->sides->changed),
		.before = before,
		.after = after,
	};
}

static void gather(struct table *t, const struct comparison *c)
{
	AUTO_FREE char *before = place_of(t->sides->base);
	AUTO_FREE char *after = place_of(t->sides->changed);

	t->many_places = strcmp(before, after) != 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct compared *row = &c->rows[i];

		if (!t->many_places || !row->base || !row->changed) {
			add_entry(t, row->base, row->changed);
			continue;
		}
		add_entry(t, row->base, NULL);
		add_entry(t, NULL, row->changed);
	}
}

static int by_name_and_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->place, y->place);
}

/* ---- results ---- */

static double number(const struct bench_run *r, const char *key, double otherwise)
{
	return bench_fact_number(bench_fact(&r->facts, key), otherwise);
}

static bool is_skipped(const struct bench_run *r)
{
	const char *skipped = bench_fact(&r->facts, "skipped");

	return skipped && !strcmp(skipped, "true");
}

/* A series of asv has one run. */
static void result_of(const struct bench_series *s, struct asv_result *out)
{
	const struct bench_run *r = s && s->run_count ? &s->runs[0] : NULL;

	*out = (struct asv_result){ .value = NAN };
	if (!r)
		return;
	out->version = bench_fact(&s->facts, "version");
	if (r->kind == BENCH_FAILED) {
		out->failed = !is_skipped(r);
		return;
	}
	out->value = number(r, "result", r->value_count ? r->values[0] : NAN);
	out->has_stats = bench_fact(&r->facts, "q_25") != NULL;
	out->ci_low = number(r, "ci_99_a", -INFINITY);
	out->ci_high = number(r, "ci_99_b", INFINITY);
	out->repeat = (int64_t)number(r, "repeat", 0);
	out->samples = r->value_count > 1 ? r->values : NULL;
	out->sample_count = r->value_count > 1 ? r->value_count : 0;
}

/* Half of what lies between the quartiles; NaN: there are none. */
static double error_of(const struct bench_series *s)
{
	const struct bench_run *r = s && s->run_count ? &s->runs[0] : NULL;

	return r ? (number(r, "q_75", NAN) - number(r, "q_25", NAN)) / 2 : NAN;
}

/* asv takes the unit from the list of benchmarks, which both sides have in common. */
static char *unit_of(const struct entry *entry)
{
	const char *after = entry->after ? bench_fact(&entry->after->facts, "unit") : NULL;
	const char *before = entry->before ? bench_fact(&entry->before->facts, "unit") : NULL;

	return after || before ? bench_fact_text(after ? after : before) : NULL;
}

static char *value_text(const struct bench_series *s, const struct asv_result *result, const char *unit)
{
	AUTO_STR out = { 0 };
	const char *json = s && s->run_count ? bench_fact(&s->runs[0].facts, "result") : NULL;

	if (result->failed)
		str_add(&out, "failed");
	else
		asv_text_value(&out, unit, result->value, json ? json : "n/a", error_of(s));
	return str_take(&out);
}

static char *ratio_text(const struct asv_comparison *c)
{
	return isnan(c->ratio) ? mem_dup("n/a") : mem_printf("%s%.2f", c->insignificant ? "~" : "", c->ratio);
}

static void fill_row(const struct table *t, const struct entry *entry, char **cells)
{
	AUTO_FREE char *unit = unit_of(entry);
	struct asv_result before, after;
	struct asv_comparison c;

	result_of(entry->before, &before);
	result_of(entry->after, &after);
	asv_compare(&before, &after, t->sides->factor, true, &c);
	cells[0] = c.mark == ' ' ? mem_dup("") : mem_printf("%c", c.mark);
	cells[1] = value_text(entry->before, &before, unit);
	cells[2] = value_text(entry->after, &after, unit);
	cells[3] = ratio_text(&c);
	cells[4] = t->many_places ? mem_printf("%s [%s]", entry->name, entry->place) : mem_dup(entry->name);
}

/* ---- table ---- */

static char *header(const char *word, const struct bench_set *s, const char *otherwise)
{
	AUTO_FREE char *hash = fact_text(s, "commit_hash");
	AUTO_FREE char *shown = shown_name(*hash ? hash : otherwise);

	return mem_printf("%s [%.*s] ", word, COMMIT_CHARACTERS, shown);
}

static void draw(const struct table *t, const struct compare_names *names, struct str *out)
{
	AUTO_FREE char **cells = mem_new(t->count * COLUMNS + 1, sizeof(*cells));
	AUTO_FREE char *before = header("Before", t->sides->base, names->base);
	AUTO_FREE char *after = header("After", t->sides->changed, names->changed);
	const char *const headers[COLUMNS] = { "Change", before, after, "Ratio", "Benchmark (Parameter)" };

	for (size_t i = 0; i < t->count; i++)
		fill_row(t, &t->entries[i], &cells[i * COLUMNS]);
	str_add(out, "\nAll benchmarks:\n\n");
	asv_text_table(out, headers, COLUMNS, (const char *const *)cells, t->count);
	for (size_t i = 0; i < t->count * COLUMNS; i++)
		free(cells[i]);
}

static int check_side(const struct bench_set *s, const char *name, struct err *e)
{
	if (!strcmp(s->format, "asv"))
		return 0;
	err_set(e, ERR_USAGE, "--as asv compares what asv measured, and %.200s is no result of asv", name);
	return err_hint(e, "leave --as out: labctl compares any two forms by its own arithmetic");
}

int compare_as_asv(const struct comparison *c, const struct compare_names *names, const struct asv_sides *sides,
		   struct str *out, struct err *e)
{
	AUTO_FREE struct entry *entries = mem_new(2 * c->count + 1, sizeof(*entries));
	struct table t = { .entries = entries, .sides = sides };

	if (check_side(sides->base, names->base, e) || check_side(sides->changed, names->changed, e))
		return -1;
	gather(&t, c);
	qsort(entries, t.count, sizeof(*entries), by_name_and_place);
	draw(&t, names, out);
	for (size_t i = 0; i < t.count; i++) {
		free(entries[i].name);
		free(entries[i].place);
	}
	return 0;
}
