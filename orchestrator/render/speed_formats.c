/* Speed for programs and comments: JSON, CSV, Markdown. Programs read the first two: keys are added, and a change that
 * a reader could stumble over raises the version. */
#include <math.h>

#include "base/clock.h"
#include "base/json.h"
#include "render/phrases.h"
#include "render/pieces.h"
#include "render/speed.h"

#define SPEED_FORMAT  "labctl-speed"
#define SPEED_VERSION 1

/* ---- JSON ---- */

static void add_interval(struct json_writer *w, const char *key, double low, double high)
{
	if (isnan(low) || isnan(high)) {
		json_add_text(w, key, NULL);
		return;
	}
	json_open(w, key, '[');
	json_add_real(w, NULL, low);
	json_add_real(w, NULL, high);
	json_close(w, ']');
}

static void add_comparison(struct json_writer *w, const struct speed_cell *c)
{
	json_add_text(w, "word", speed_word(c->judged.word));
	json_add_text(w, "why", c->why);
	json_add_real(w, "time_ratio", c->ratio.value);
	add_interval(w, "time_ratio_interval", c->judged.own.low, c->judged.own.high);
	add_interval(w, "time_ratio_family_interval", c->judged.tested.low, c->judged.tested.high);
	json_add_real(w, "p", c->judged.p);
	json_add_real(w, "adjusted_p", c->judged.adjusted_p);
	json_add_real(w, "detectable_difference", c->judged.detectable);
	json_add_real(w, "memory_ratio", c->memory_ratio);
}

static void add_process(struct json_writer *w, const struct speed_process *p)
{
	char role[2] = { p->role, 0 };

	json_open(w, NULL, '{');
	json_add_text(w, "role", p->role ? role : NULL);
	json_add_bool(w, "failed", p->failed);
	json_add_text(w, "class", warmup_words[p->class].word);
	json_add_int(w, "iterations", p->iterations);
	json_add_int(w, "steady_from", p->steady_from);
	json_add_real(w, "mean", p->mean);
	json_add_real(w, "standard_error", p->standard_error);
	json_add_real(w, "before_steady_s", p->before_steady_s);
	json_add_real(w, "peak_bytes", p->peak_bytes);
	json_close(w, '}');
}

void json_speed_summary(struct json_writer *w, const struct speed_summary *s)
{
	json_add_text(w, "unit", bench_unit_key(s->unit));
	json_add_text(w, "class", warmup_words[s->class].word);
	json_add_real(w, "mean", s->mean);
	add_interval(w, "mean_interval", s->low, s->high);
	json_add_real(w, "peak_bytes", s->median_peak_bytes);
	json_add_text(w, "memory_grows", growth_words[s->growth].word);
	json_open(w, "processes", '[');
	for (size_t i = 0; i < s->process_count; i++)
		add_process(w, &s->processes[i]);
	json_close(w, ']');
}

static void add_cell(struct json_writer *w, const struct speed_matrix *m, size_t row, size_t column)
{
	const struct speed_cell *c = speed_matrix_at(m, row, column);
	const struct matrix_column *at = &m->columns[column].at;

	json_open(w, NULL, '{');
	json_add_text(w, "benchmark", m->benchmarks[row]);
	json_add_text(w, "target", at->target);
	json_add_text(w, "arch", at->arch);
	json_add_text(w, "runtime", at->runtime);
	json_add_bool(w, "emulated", at->emulated);
	json_add_text(w, "clock", m->columns[column].counted ? "instructions" : "time");
	json_add_text(w, "verdict", c->now ? verdict_key(c->now->verdict) : "not_run");
	if (c->now) {
		json_add_int(w, "run", c->now->run);
		json_add_text(w, "cell_id", c->now->cell_id);
		json_add_text(w, "record", c->now->folder);
		json_add_text(w, "reason", c->now->reason);
	}
	if (c->now && c->summary.process_count)
		json_speed_summary(w, &c->summary);
	json_add_bool(w, "baseline", c->is_baseline);
	if (c->now && !c->is_baseline)
		add_comparison(w, c);
	json_close(w, '}');
}

static void add_column(struct json_writer *w, const struct speed_column *c)
{
	json_open(w, NULL, '{');
	json_add_text(w, "target", c->at.target);
	json_add_text(w, "runtime", c->at.runtime);
	if (c->is_baseline) {
		json_add_text(w, "control", control_word(c->control.state));
		json_add_real(w, "control_typical", c->control.typical);
		json_add_real(w, "control_largest", c->control.largest);
		json_add_int(w, "control_checked", (int64_t)c->control.checked);
	} else {
		json_add_real(w, "geometric_mean_time_ratio", c->mean.value);
		add_interval(w, "geometric_mean_interval", c->mean.interval.low, c->mean.interval.high);
		json_add_int(w, "counted", (int64_t)c->mean.count);
		json_add_int(w, "of", (int64_t)c->mean.of);
	}
	json_close(w, '}');
}

static void render_json(const struct speed_matrix *m, const struct speed_look *look, struct str *out)
{
	struct json_writer w;
	char made[32];

	(void)look;
	clock_format_utc(m->made_wall_ms, made, sizeof(made));
	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", SPEED_FORMAT);
	json_add_int(&w, "version", SPEED_VERSION);
	json_add_text(&w, "made", made);
	json_add_text(&w, "baseline", m->baseline);
	json_add_real(&w, "confidence", 1 - SPEED_ALPHA);
	json_add_real(&w, "margin", SPEED_MARGIN);
	json_open(&w, "columns", '[');
	for (size_t i = 0; i < m->column_count; i++)
		add_column(&w, &m->columns[i]);
	json_close(&w, ']');
	json_open(&w, "cells", '[');
	for (size_t row = 0; row < m->row_count; row++)
		for (size_t column = 0; column < m->column_count; column++)
			add_cell(&w, m, row, column);
	json_close(&w, ']');
	json_close(&w, '}');
	str_add_char(out, '\n');
}

/* ---- CSV ---- */

static void add_real_field(struct str *out, double value)
{
	if (isfinite(value))
		str_addf(out, "%.9g", value);
	str_add_char(out, ',');
}

static void add_csv_line(const struct speed_matrix *m, size_t row, size_t column, struct str *out)
{
	const struct speed_cell *c = speed_matrix_at(m, row, column);
	const struct matrix_column *at = &m->columns[column].at;
	bool compared = c->now && !c->is_baseline, measured = c->now && c->summary.process_count;

	csv_text(out, m->benchmarks[row]);
	csv_text(out, at->target);
	csv_text(out, at->arch);
	csv_text(out, at->runtime);
	csv_text(out, at->emulated ? "yes" : "no");
	csv_text(out, c->now ? verdict_key(c->now->verdict) : "not_run");
	csv_text(out, compared ? speed_word(c->judged.word) : c->is_baseline ? "baseline" : "");
	csv_text(out, measured ? warmup_words[c->summary.class].word : "");
	add_real_field(out, measured ? c->summary.mean : NAN);
	add_real_field(out, measured ? c->summary.low : NAN);
	add_real_field(out, measured ? c->summary.high : NAN);
	add_real_field(out, compared ? c->ratio.value : NAN);
	add_real_field(out, compared ? c->judged.own.low : NAN);
	add_real_field(out, compared ? c->judged.own.high : NAN);
	add_real_field(out, measured ? c->summary.median_peak_bytes : NAN);
	str_addf(out, "%zu\n", c->summary.process_count);
}

static void render_csv(const struct speed_matrix *m, const struct speed_look *look, struct str *out)
{
	(void)look;
	str_add(out, "benchmark,target,arch,runtime,emulated,verdict,word,class,mean,mean_low,mean_high,time_ratio,"
		     "time_ratio_low,time_ratio_high,peak_bytes,processes\n");
	for (size_t row = 0; row < m->row_count; row++)
		for (size_t column = 0; column < m->column_count; column++)
			add_csv_line(m, row, column, out);
}

/* ---- Markdown ---- */

static void add_markdown_header(const struct speed_matrix *m, struct str *out)
{
	str_add(out, "| benchmark |");
	for (size_t i = 0; i < m->column_count; i++) {
		AUTO_STR name = { 0 };

		phrase_target(&m->columns[i].at, &name);
		str_addf(&name, "%s %s", m->columns[i].at.emulated ? " ~" : "", m->columns[i].at.runtime);
		str_add_char(out, ' ');
		str_add_quoted(out, str_text(&name), STR_MARKDOWN);
		str_add(out, " |");
	}
	str_add(out, "\n| --- |");
	for (size_t i = 0; i < m->column_count; i++)
		str_add(out, " ---: |");
	str_add_char(out, '\n');
}

static void add_markdown_row(const struct speed_matrix *m, size_t row, bool memory, struct str *out)
{
	str_add(out, "| ");
	str_add_quoted(out, m->benchmarks[row], STR_MARKDOWN);
	str_add(out, " |");
	for (size_t i = 0; i < m->column_count; i++) {
		const struct speed_cell *c = speed_matrix_at(m, row, i);
		AUTO_STR text = { 0 };

		phrase_speed(&m->columns[i], c, &utf8_signs, &text);
		str_add_char(&text, ' ');
		phrase_speed_marks(c, &utf8_signs, memory, &text);
		str_add_char(out, ' ');
		str_add_quoted(out, str_text(&text), STR_MARKDOWN);
		str_add(out, " |");
	}
	str_add_char(out, '\n');
}

static void add_markdown_means(const struct speed_matrix *m, struct str *out)
{
	for (size_t i = 0; i < m->column_count; i++) {
		const struct speed_column *c = &m->columns[i];

		str_addf(out, "\n%s %s: ", c->at.target, c->at.runtime);
		if (c->is_baseline) {
			str_addf(out, "A/A control %s", control_word(c->control.state));
		} else if (!c->mean.count) {
			str_add(out, "nothing to compare");
		} else {
			str_add(out, "geometric mean ");
			phrase_factor(c->mean.value, false, out);
			str_addf(out, " as fast as %s, over %zu of %zu benchmarks", m->baseline, c->mean.count,
				 c->mean.of);
		}
		str_add_char(out, '\n');
	}
}

static void render_markdown(const struct speed_matrix *m, const struct speed_look *look, struct str *out)
{
	add_markdown_header(m, out);
	for (size_t row = 0; row < m->row_count; row++)
		add_markdown_row(m, row, look->memory, out);
	add_markdown_means(m, out);
}

const struct speed_renderer speed_json_renderer = { "json", render_json };
const struct speed_renderer speed_csv_renderer = { "csv", render_csv };
const struct speed_renderer speed_markdown_renderer = { "markdown", render_markdown };
