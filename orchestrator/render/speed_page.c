#include "render/speed_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/break_even.h"
#include "base/mem.h"
#include "render/columns.h"
#include "render/plot.h"
#include "render/speed.h"

#define PLOT_WIDTH  64
#define PLOT_HEIGHT 12

/* ---- the curve ---- */

static size_t longest_run(const struct bench_series *s)
{
	size_t longest = 0;

	for (size_t i = 0; i < s->run_count; i++)
		if (s->runs[i].value_count > longest)
			longest = s->runs[i].value_count;
	return longest;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of all processes at each iteration, as far as at least half of them went; caller frees. */
static double *median_curve(const struct bench_series *s, size_t *out_count)
{
	size_t longest = longest_run(s), measured = 0;
	double *curve = mem_new(longest + 1, sizeof(*curve));
	AUTO_FREE double *at = mem_new(s->run_count + 1, sizeof(*at));

	for (size_t k = 0; k < s->run_count; k++)
		measured += s->runs[k].kind == BENCH_MEASURED && s->runs[k].value_count;
	for (*out_count = 0; *out_count < longest; (*out_count)++) {
		size_t known = 0;

		for (size_t k = 0; k < s->run_count; k++)
			if (s->runs[k].kind == BENCH_MEASURED && *out_count < s->runs[k].value_count)
				at[known++] = s->runs[k].values[*out_count];
		if (!known || known * 2 < measured)
			break;
		qsort(at, known, sizeof(*at), compare_doubles);
		curve[*out_count] = at[known / 2];
	}
	return curve;
}

static void label_time(double value, bool ascii, struct str *out)
{
	phrase_time(value, false, ascii, out);
}

static void label_count(double value, bool ascii, struct str *out)
{
	phrase_time(value, true, ascii, out);
}

static void add_curve(const struct pen *p, const struct speed_page *page)
{
	double *curves[2] = { NULL, NULL };
	size_t counts[2] = { 0, 0 }, count = page->baseline ? 2 : 1;
	const struct plot plot = {
		.width = p->opts->width > 30 && p->opts->width < PLOT_WIDTH + 20 ? p->opts->width - 20 : PLOT_WIDTH,
		.height = PLOT_HEIGHT,
		.ascii = p->opts->ascii,
		.label = page->counted ? label_count : label_time,
		.x_label = "iteration",
	};

	curves[0] = median_curve(page->series, &counts[0]);
	if (page->baseline)
		curves[1] = median_curve(page->baseline, &counts[1]);
	str_addf(p->out, "\nMedian of the processes at each iteration, per loop: %s this",
		 plot_sign(0, p->opts->ascii));
	if (page->baseline)
		str_addf(p->out, ", %s %s", plot_sign(1, p->opts->ascii), page->baseline_name);
	str_add_char(p->out, '\n');
	plot_curves(&plot, (const double *const *)curves, counts, count, p->out);
	free(curves[0]);
	free(curves[1]);
}

/* ---- the processes ---- */

static void add_process_row(const struct speed_page *page, const struct speed_process *q, size_t number, bool ascii,
			    struct columns *table)
{
	AUTO_FREE char *name = mem_printf("%zu%s", number, q->role == 'a' ? " a" : q->role == 'b' ? " b" : "");
	AUTO_FREE char *iterations = mem_printf("%lld", (long long)q->iterations);
	AUTO_FREE char *from = isnan(q->mean) ? mem_dup("-") : mem_printf("%lld", (long long)q->steady_from + 1);
	AUTO_FREE char *peak = isnan(q->peak_bytes) ? mem_dup("-") : mem_printf("%.1f MiB", q->peak_bytes / 1048576);
	AUTO_STR mean = { 0 };
	AUTO_STR before = { 0 };

	if (isnan(q->mean)) {
		str_add(&mean, "-");
	} else {
		phrase_time(q->mean, page->counted, ascii, &mean);
		if (isfinite(q->standard_error))
			str_addf(&mean, " %s%.2f %%", ascii ? "+-" : "±", q->standard_error / q->mean * 100);
	}
	if (isfinite(q->before_steady_s) && q->steady_from > 0)
		phrase_time(q->before_steady_s, page->counted, ascii, &before);
	columns_row(table, (const char *const[]){ name, q->failed ? "failed" : warmup_words[q->class].word, iterations,
						  from, str_text(&mean), str_text(&before), peak });
}

static void add_processes(const struct pen *p, const struct speed_page *page)
{
	struct columns *table = columns_new(7);

	columns_row(table,
		    (const char *const[]){ "PROCESS", "", "ITERATIONS", "STEADY FROM", "MEAN", "BEFORE THAT", "PEAK" });
	for (size_t i = 2; i < 7; i++)
		columns_align_right(table, i);
	for (size_t i = 0; i < page->summary->process_count; i++)
		add_process_row(page, &page->summary->processes[i], i + 1, p->opts->ascii, table);
	str_add_char(p->out, '\n');
	columns_print(table, "  ", p->out);
	columns_free(table);
}

static void add_headline(const struct pen *p, const struct speed_page *page)
{
	const struct speed_summary *s = page->summary;

	str_add(p->out, "\nSpeed: ");
	if (speed_known(s)) {
		phrase_time(s->mean, page->counted, p->opts->ascii, p->out);
		str_add(p->out, " per loop");
		if (isfinite(s->low))
			str_addf(p->out, " %s%.1f %% (95 %%, over %zu processes)", p->opts->ascii ? "+-" : "±",
				 (s->high - s->low) / 2 / s->mean * 100, s->process_count - s->failed);
	} else {
		str_add(p->out, "none");
	}
	str_addf(p->out, "; %s: %s\n", warmup_words[s->class].word, warmup_words[s->class].help);
}

/* The measured processes of a series; caller frees. */
static struct break_even_process *paces_of(const struct bench_series *s, size_t *out_count)
{
	struct break_even_process *paces = mem_new(s->run_count + 1, sizeof(*paces));

	*out_count = 0;
	for (size_t i = 0; i < s->run_count; i++)
		if (s->runs[i].kind == BENCH_MEASURED && s->runs[i].value_count)
			paces[(*out_count)++] = (struct break_even_process){
				.values = s->runs[i].values,
				.count = s->runs[i].value_count,
				.calls = (double)s->runs[i].loops * (double)s->runs[i].inner_loops,
			};
	return paces;
}

static struct break_even find_break_even(const struct speed_page *page)
{
	struct break_even_runtime early, late;
	AUTO_FREE struct break_even_process *early_paces = paces_of(page->baseline, &early.count);
	AUTO_FREE struct break_even_process *late_paces = paces_of(page->series, &late.count);
	struct speed_summary baseline;
	struct break_even found;

	speed_summarise(page->baseline, &baseline);
	early.processes = early_paces;
	early.steady_s = baseline.mean;
	early.steady_error_s = (baseline.high - baseline.low) / 4;
	late.processes = late_paces;
	late.steady_s = page->summary->mean;
	late.steady_error_s = (page->summary->high - page->summary->low) / 4;
	break_even_find(&early, &late, &found);
	speed_summary_free(&baseline);
	return found;
}

static void add_break_even(const struct pen *p, const struct speed_page *page)
{
	const char *other = page->baseline_name;
	struct break_even found;

	if (!page->baseline || !page->series->from_start)
		return;
	found = find_break_even(page);
	if (found.kind == BREAK_EVEN_UNKNOWN)
		return;
	str_add(p->out, "In total time, the interpreter's start left out: ");
	if (found.kind == BREAK_EVEN_FROM_START)
		str_addf(p->out, "ahead of %s from the start", other);
	else if (found.kind == BREAK_EVEN_WITHIN)
		str_addf(p->out, "caught up with %s at iteration %.0f, after ", other, ceil(found.iteration));
	else if (found.kind == BREAK_EVEN_EXTRAPOLATED)
		str_addf(p->out,
			 "behind %s in what was run; at its steady speed it would catch up at about iteration %.0f, "
			 "after ",
			 other, ceil(found.iteration));
	else if (found.kind == BREAK_EVEN_NOT_WITHIN)
		str_addf(p->out, "behind %s in all that was run", other);
	else
		str_addf(p->out, "behind %s, and no quicker in the end", other);
	if (found.kind == BREAK_EVEN_WITHIN || found.kind == BREAK_EVEN_EXTRAPOLATED)
		phrase_time(found.elapsed_s, page->counted, p->opts->ascii, p->out);
	str_add_char(p->out, '\n');
}

static void add_memory(const struct pen *p, const struct speed_page *page)
{
	const struct speed_summary *s = page->summary;

	if (!isfinite(s->median_peak_bytes))
		return;
	str_addf(p->out, "Memory: peak %.1f MiB; does it grow? %s", s->median_peak_bytes / 1048576,
		 growth_words[s->growth].word);
	if (isfinite(s->growth_low))
		str_addf(p->out, " (%.1f KiB/s, 95 %%: %.1f to %.1f)", s->growth_bytes_per_s / 1024,
			 s->growth_low / 1024, s->growth_high / 1024);
	str_add_char(p->out, '\n');
}

void terminal_speed_page(const struct pen *p, const struct speed_page *page)
{
	if (!page->summary->process_count)
		return;
	add_headline(p, page);
	add_break_even(p, page);
	add_memory(p, page);
	add_processes(p, page);
	add_curve(p, page);
}

/* ---- JSON ---- */

static void add_json_iterations(struct json_writer *w, const struct bench_series *s)
{
	json_open(w, "iterations", '[');
	for (size_t i = 0; i < s->run_count; i++) {
		if (s->runs[i].kind == BENCH_CALIBRATION)
			continue;
		json_open(w, NULL, '[');
		for (size_t k = 0; k < s->runs[i].value_count; k++)
			json_add_real(w, NULL, s->runs[i].values[k]);
		json_close(w, ']');
	}
	json_close(w, ']');
}

void json_speed_page(struct json_writer *w, const struct speed_page *page)
{
	json_open(w, "speed", '{');
	json_add_text(w, "clock", page->counted ? "instructions" : "time");
	json_speed_summary(w, page->summary);
	add_json_iterations(w, page->series);
	json_close(w, '}');
}
