#include "render/compare.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "render/columns.h"
#include "render/compare_json.h"
#include "render/pieces.h"
#include "render/speed.h"
#include "render/terminal_text.h"

#define COMPARE_FORMAT	"labctl-comparison"
#define COMPARE_VERSION 1

static void add_mean(const struct bench_series *s, const struct speed_summary *m, bool ascii, struct str *out)
{
	if (!s || !speed_known(m))
		str_add(out, "-");
	else if (s->unit == BENCH_SECONDS)
		phrase_time(m->mean, false, ascii, out);
	else if (s->unit == BENCH_BYTES)
		str_addf(out, "%.2f MiB", m->mean / 1048576);
	else
		str_addf(out, "%.4g%s%s", m->mean, s->unit_name ? " " : "", s->unit_name ? s->unit_name : "");
}

/* "1.42x slower", of times; of all else how many times as much it is. */
static void add_ratio(const struct compared *row, bool ascii, struct str *out)
{
	double ratio = row->ratio.value;
	bool time = row->base && row->base->unit == BENCH_SECONDS;

	if (isnan(ratio))
		return;
	str_addf(out, "%.3f%s ", time && ratio < 1 ? 1 / ratio : ratio, ascii ? "x" : "×");
	phrase_half_width(&row->ratio, row->judged.own, ascii, out);
}

static void add_row(const struct pen *p, struct columns *table, const struct compared *row)
{
	enum style style = style_of_speed(row->judged.word);
	AUTO_FREE char *name = pen_harmless(p, row->name);
	AUTO_STR base = { 0 };
	AUTO_STR changed = { 0 };
	AUTO_STR ratio = { 0 };
	AUTO_STR word = { 0 };

	add_mean(row->base, &row->base_summary, p->opts->ascii, &base);
	add_mean(row->changed, &row->changed_summary, p->opts->ascii, &changed);
	add_ratio(row, p->opts->ascii, &ratio);
	str_addf(&word, "%s %s", p->opts->ascii ? speed_ascii_sign(row->judged.word) : speed_sign(row->judged.word),
		 speed_word(row->judged.word));
	if (row->why)
		str_addf(&word, ": %s", row->why);
	else if (row->judged.word == SPEED_UNDECIDED && isfinite(row->judged.detectable))
		str_addf(&word, ": a difference of %.1f %% would have been found", row->judged.detectable * 100);
	columns_row(table, (const char *const[]){ name, str_text(&base), str_text(&changed), str_text(&ratio),
						  str_text(&word) });
	columns_style(table, 4, pen_style(p, style), pen_style_end(p, style));
}

static void add_geomean(const struct comparison *c, bool ascii, struct str *out)
{
	struct ratio mean = { .value = c->mean.value };
	double factor = c->mean.value < 1 ? 1 / c->mean.value : c->mean.value;

	if (!c->mean.count)
		return;
	str_addf(out, "geometric mean: %.3f%s ", factor, ascii ? "x" : "×");
	phrase_half_width(&mean, c->mean.interval, ascii, out);
	str_addf(out, "%s, over %zu of %zu\n",
		 factor < 1.0005     ? ""
		 : c->mean.value < 1 ? " faster"
				     : " slower",
		 c->mean.count, c->mean.of);
}

static void add_words(const struct comparison *c, struct str *out)
{
	bool first = true;

	for (int i = 0; i < SPEED_COUNT; i++) {
		if (!c->words[i])
			continue;
		str_addf(out, "%s%zu %s", first ? "" : ", ", c->words[i], speed_word(i));
		first = false;
	}
	str_add_char(out, '\n');
}

void compare_terminal(const struct comparison *c, const struct compare_names *names, const struct render_opts *o,
		      struct str *out)
{
	struct pen p = pen_new(o, out);
	struct columns *table = columns_new(5);
	AUTO_FREE char *base = pen_harmless(&p, names->base);
	AUTO_FREE char *changed = pen_harmless(&p, names->changed);

	columns_row(table, (const char *const[]){ "BENCHMARK", base, changed, "RATIO", "" });
	for (size_t i = 1; i < 4; i++)
		columns_align_right(table, i);
	for (size_t i = 0; i < c->count; i++)
		add_row(&p, table, &c->rows[i]);
	columns_print(table, "  ", out);
	columns_free(table);
	add_geomean(c, o->ascii, out);
	add_words(c, out);
}

static void add_pair(struct json_writer *w, const char *key, struct interval i)
{
	if (!interval_known(i)) {
		json_add_text(w, key, NULL);
		return;
	}
	json_open(w, key, '[');
	json_add_real(w, NULL, i.low);
	json_add_real(w, NULL, i.high);
	json_close(w, ']');
}

void json_compared(struct json_writer *w, const struct compared *row)
{
	json_open(w, NULL, '{');
	json_add_text(w, "benchmark", row->name);
	json_add_text(w, "unit", bench_unit_key(row->base ? row->base->unit : row->changed->unit));
	json_add_real(w, "base_mean", row->base ? row->base_summary.mean : NAN);
	json_add_real(w, "changed_mean", row->changed ? row->changed_summary.mean : NAN);
	json_add_int(w, "base_processes", (int64_t)row->base_summary.process_count);
	json_add_int(w, "changed_processes", (int64_t)row->changed_summary.process_count);
	json_add_real(w, "ratio", row->ratio.value);
	add_pair(w, "ratio_interval", row->judged.own);
	add_pair(w, "ratio_family_interval", row->judged.tested);
	json_add_real(w, "p", row->judged.p);
	json_add_real(w, "adjusted_p", row->judged.adjusted_p);
	json_add_real(w, "detectable_difference", row->judged.detectable);
	json_add_text(w, "word", speed_word(row->judged.word));
	json_add_text(w, "why", row->why);
	json_close(w, '}');
}

void compare_json(const struct comparison *c, const struct compare_names *names, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", COMPARE_FORMAT);
	json_add_int(&w, "version", COMPARE_VERSION);
	json_add_text(&w, "base", names->base);
	json_add_text(&w, "changed", names->changed);
	json_add_real(&w, "geometric_mean", c->mean.value);
	add_pair(&w, "geometric_mean_interval", c->mean.interval);
	json_add_int(&w, "counted", (int64_t)c->mean.count);
	json_add_int(&w, "of", (int64_t)c->mean.of);
	json_open(&w, "benchmarks", '[');
	for (size_t i = 0; i < c->count; i++)
		json_compared(&w, &c->rows[i]);
	json_close(&w, ']');
	json_close(&w, '}');
	str_add_char(out, '\n');
}

static void add_csv_real(struct str *out, double value, const char *end)
{
	if (isfinite(value))
		str_addf(out, "%.9g", value);
	str_add(out, end);
}

void compare_csv(const struct comparison *c, struct str *out)
{
	str_add(out, "benchmark,base_mean,changed_mean,ratio,ratio_low,ratio_high,adjusted_p,word\n");
	for (size_t i = 0; i < c->count; i++) {
		const struct compared *row = &c->rows[i];

		csv_text(out, row->name);
		add_csv_real(out, row->base ? row->base_summary.mean : NAN, ",");
		add_csv_real(out, row->changed ? row->changed_summary.mean : NAN, ",");
		add_csv_real(out, row->ratio.value, ",");
		add_csv_real(out, row->judged.own.low, ",");
		add_csv_real(out, row->judged.own.high, ",");
		add_csv_real(out, row->judged.adjusted_p, ",");
		str_addf(out, "%s\n", speed_word(row->judged.word));
	}
}

void compare_markdown(const struct comparison *c, const struct compare_names *names, struct str *out)
{
	str_add(out, "| benchmark | ");
	str_add_quoted(out, names->base, STR_MARKDOWN);
	str_add(out, " | ");
	str_add_quoted(out, names->changed, STR_MARKDOWN);
	str_add(out, " | ratio | |\n| --- | ---: | ---: | ---: | --- |\n");
	for (size_t i = 0; i < c->count; i++) {
		const struct compared *row = &c->rows[i];

		str_add(out, "| ");
		str_add_quoted(out, row->name, STR_MARKDOWN);
		str_add(out, " | ");
		add_mean(row->base, &row->base_summary, false, out);
		str_add(out, " | ");
		add_mean(row->changed, &row->changed_summary, false, out);
		str_add(out, " | ");
		add_ratio(row, false, out);
		str_addf(out, " | %s %s |\n", speed_sign(row->judged.word), speed_word(row->judged.word));
	}
	str_add_char(out, '\n');
	add_geomean(c, false, out);
	add_words(c, out);
}
