/* The list that codespeed's /result/add/json/ takes: one number for each benchmark and executable. Field lengths are
 * those of codespeed/models.py. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/vec.h"
#include "parse/bench_codespeed.h"

/* In characters. */
#define COMMIT_MOST    42
#define NAME_MOST      30 /* of a project or executable */
#define BRANCH_MOST    32
#define LONG_NAME_MOST 100 /* of a benchmark or environment */
#define UNIT_MOST      20

struct numbers {
	double *items;
	size_t count, room;
};

/* ---- one number from many ---- */

static double mean_of(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double)count;
}

/* A process counts once, however many values it has: values of one process lean on each other. Of a single process the
 * values themselves are all there is. */
static void independent_values(const struct bench_series *series, struct numbers *out)
{
	const struct bench_run *only = NULL;

	for (size_t i = 0; i < series->run_count; i++) {
		const struct bench_run *r = &series->runs[i];
		if (r->kind != BENCH_MEASURED)
			continue;
		only = r;
		vec_add(out, mean_of(r->values, r->value_count));
	}
	if (out->count != 1)
		return;
	out->count = 0;
	for (size_t i = 0; i < only->value_count; i++)
		vec_add(out, only->values[i]);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Standard deviation of a sample, with n - 1. */
static double deviation_of(const struct numbers *n, double mean)
{
	double sum = 0;

	for (size_t i = 0; i < n->count; i++)
		sum += (n->items[i] - mean) * (n->items[i] - mean);
	return sqrt(sum / (double)(n->count - 1));
}

/* Linear between the values next to it: type 7 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages",
 * 1996. */
static double quantile(const struct numbers *sorted, double p)
{
	double at = p * (double)(sorted->count - 1);
	size_t below = (size_t)at;
	double above = below + 1 < sorted->count ? sorted->items[below + 1] : sorted->items[below];

	return sorted->items[below] + (at - (double)below) * (above - sorted->items[below]);
}

static void write_numbers(struct json_writer *w, struct numbers *n)
{
	double mean = mean_of(n->items, n->count);

	qsort(n->items, n->count, sizeof(*n->items), compare_doubles);
	json_add_real(w, "result_value", mean);
	if (n->count < 2)
		return;
	json_add_real(w, "std_dev", deviation_of(n, mean));
	json_add_real(w, "min", n->items[0]);
	json_add_real(w, "max", n->items[n->count - 1]);
	json_add_real(w, "q1", quantile(n, 0.25));
	json_add_real(w, "q3", quantile(n, 0.75));
}

/* ---- texts ---- */

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static int check_text(const char *what, const char *text, size_t most, struct err *e)
{
	if (!text || !*text)
		return err_set(e, ERR_USAGE, "codespeed wants to be told the %s", what);
	if (count_characters(text) > most)
		return err_set(e, ERR_FORMAT,
			       "the %s \"%.200s\" is longer than the %zu characters that codespeed takes", what, text,
			       most);
	return 0;
}

static const char *executable_of(const struct bench_series *series, const struct bench_write_opts *o)
{
	return o->executable ? o->executable : series->runtime;
}

static int check_series(const struct bench_series *series, const struct bench_write_opts *o, struct err *e)
{
	if (check_text("name of a benchmark", series->name, LONG_NAME_MOST, e) != 0 ||
	    check_text("executable", executable_of(series, o), NAME_MOST, e) != 0)
		return -1;
	return series->unit_name ? check_text("unit", series->unit_name, UNIT_MOST, e) : 0;
}

static int check_opts(const struct bench_write_opts *o, struct err *e)
{
	if (check_text("project", o->project, NAME_MOST, e) != 0 ||
	    check_text("branch", o->branch, BRANCH_MOST, e) != 0 ||
	    check_text("commit", o->commit, COMMIT_MOST, e) != 0)
		return -1;
	return check_text("environment", o->environment, LONG_NAME_MOST, e);
}

/* The server keeps one number for each benchmark and executable: the last one. */
static int check_once(const struct bench_set *s, const struct bench_write_opts *o, struct err *e)
{
	const char *twice = o->executable ? bench_name_twice(s) : NULL;

	if (!twice)
		return 0;
	return err_set(e, ERR_FORMAT,
		       "\"%.200s\" is there under more than one runtime, but \"%.100s\" is to be the "
		       "executable of all",
		       twice, o->executable);
}

/* The server looks at these only when it sees the benchmark for the first time. */
static void write_unit(struct json_writer *w, const struct bench_series *series)
{
	static const char *const units[] = { "seconds", "bytes", "units" };
	static const char *const titles[] = { "Time", "Memory", "Count" };

	json_add_text(w, "units", series->unit_name ? series->unit_name : units[series->unit]);
	json_add_text(w, "units_title", titles[series->unit]);
	json_add_bool(w, "lessisbetter", series->better != BENCH_BETTER_HIGHER);
}

static void write_series(struct json_writer *w, const struct bench_series *series, const struct bench_write_opts *o,
			 struct numbers *n)
{
	json_open(w, NULL, '{');
	json_add_text(w, "commitid", o->commit);
	json_add_text(w, "branch", o->branch);
	json_add_text(w, "project", o->project);
	json_add_text(w, "executable", executable_of(series, o));
	json_add_text(w, "benchmark", series->name);
	json_add_text(w, "environment", o->environment);
	if (o->revision_date)
		json_add_text(w, "revision_date", o->revision_date);
	write_numbers(w, n);
	write_unit(w, series);
	json_close(w, '}');
}

int bench_codespeed_write(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *w,
			  struct err *e)
{
	struct json_writer json;
	struct numbers n = { 0 };
	size_t written = 0;

	if (check_opts(o, e) != 0 || check_once(s, o, e) != 0)
		return -1;
	json_start(&json, w->out, true);
	json_open(&json, NULL, '[');
	for (size_t i = 0; i < s->count; i++) {
		const struct bench_series *series = &s->series[i];

		if (check_series(series, o, e) != 0) {
			vec_free(&n);
			return -1;
		}
		n.count = 0;
		independent_values(series, &n);
		if (n.count)
			write_series(&json, series, o, &n);
		else
			bench_leave_out(w, "\"%.200s\": no run of it succeeded", series->name);
		written += n.count != 0;
	}
	json_close(&json, ']');
	vec_free(&n);
	return written ? 0 : err_set(e, ERR_FORMAT, "no run succeeded: there is no number to send");
}
