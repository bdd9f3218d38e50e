/* The speed matrix of the report's first page. */
#include <math.h>

#include "base/clock.h"
#include "render/pieces.h"
#include "render/site.h"

static void add_column(struct json_writer *w, const struct speed_column *c)
{
	json_open(w, NULL, '{');
	json_add_text(w, "target", c->at.target);
	json_add_text(w, "arch", c->at.arch);
	json_add_text(w, "runtime", c->at.runtime);
	json_add_bool(w, "emulated", c->at.emulated);
	json_add_bool(w, "counted", c->counted);
	json_add_bool(w, "baseline", c->is_baseline);
	if (c->is_baseline) {
		json_add_text(w, "control", control_word(c->control.state));
		json_add_bool(w, "control_failed", c->control.state == CONTROL_FAILED);
		json_add_real(w, "control_typical", c->control.typical);
		json_add_int(w, "control_checked", (int64_t)c->control.checked);
	} else {
		json_add_real(w, "mean", c->mean.value);
		json_add_real(w, "mean_low", c->mean.interval.low);
		json_add_real(w, "mean_high", c->mean.interval.high);
		json_add_int(w, "count", (int64_t)c->mean.count);
		json_add_int(w, "of", (int64_t)c->mean.of);
	}
	json_close(w, '}');
}

static void add_comparison(struct json_writer *w, const struct speed_cell *c)
{
	json_add_text(w, "word", speed_word(c->judged.word));
	if (c->why)
		json_add_text(w, "why", c->why);
	json_add_real(w, "ratio", c->ratio.value);
	json_add_real(w, "low", c->judged.own.low);
	json_add_real(w, "high", c->judged.own.high);
	json_add_real(w, "p", c->judged.adjusted_p);
	json_add_real(w, "detectable", c->judged.detectable);
	json_add_real(w, "memory_ratio", c->memory_ratio);
}

static void add_outcome(struct json_writer *w, const struct speed_cell *c)
{
	const struct outcome_row *now = c->now;

	json_attempt(w, now);
	json_add_bool(w, "measured", c->summary.process_count > 0);
	if (!c->summary.process_count)
		return;
	json_add_text(w, "class", warmup_words[c->summary.class].word);
	json_add_text(w, "class_sign", warmup_words[c->summary.class].sign);
	json_add_int(w, "processes", (int64_t)c->summary.process_count);
	json_add_int(w, "failed", (int64_t)c->summary.failed);
	json_add_real(w, "mean", speed_known(&c->summary) ? c->summary.mean : NAN);
	json_add_real(w, "mean_low", c->summary.low);
	json_add_real(w, "mean_high", c->summary.high);
	json_add_real(w, "peak_bytes", c->summary.median_peak_bytes);
}

static void add_cell(struct json_writer *w, const struct speed_cell *c)
{
	json_open(w, NULL, '{');
	if (c->now)
		add_outcome(w, c);
	if (c->now && !c->is_baseline)
		add_comparison(w, c);
	json_close(w, '}');
}

void site_summary_speed(const struct speed_matrix *m, struct json_writer *w)
{
	json_open(w, "speed", '{');
	json_add_text(w, "baseline", m->baseline);
	json_add_real(w, "margin", SPEED_MARGIN);
	json_open(w, "benchmarks", '[');
	for (size_t i = 0; i < m->row_count; i++)
		json_add_text(w, NULL, m->benchmarks[i]);
	json_close(w, ']');
	json_open(w, "columns", '[');
	for (size_t i = 0; i < m->column_count; i++)
		add_column(w, &m->columns[i]);
	json_close(w, ']');
	json_open(w, "cells", '[');
	for (size_t i = 0; i < m->row_count * m->column_count; i++)
		add_cell(w, &m->cells[i]);
	json_close(w, ']');
	json_close(w, '}');
}
