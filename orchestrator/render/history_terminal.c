#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "render/history.h"
#include "render/plot.h"
#include "render/speed.h"
#include "render/terminal_text.h"

#define STRIP_WIDTH 60
#define PLOT_HEIGHT 12
#define PLOT_WIDTH  72
#define DATE_BYTES  10 /* of "2026-01-31 13:00" */

static void add_value(enum history_metric m, enum bench_unit unit, double value, bool ascii, struct str *out)
{
	if (isnan(value))
		str_add(out, "-");
	else if (m == HISTORY_MEMORY || (m == HISTORY_TIME && unit == BENCH_BYTES))
		str_addf(out, "%.4g MiB", value / 1048576);
	else if (m == HISTORY_TIME && unit == BENCH_SECONDS)
		phrase_time(value, false, ascii, out);
	else if (m == HISTORY_PASS_RATE)
		str_addf(out, "%.4g %%", value * 100);
	else if (m == HISTORY_VERDICT)
		str_addf(out, "bad in %.0f %%", value * 100);
	else
		str_addf(out, "%.4g", value);
}

/* ---- a line of signs ---- */

struct strip {
	const struct history_series *series;
	double low, high;
	size_t width;
};

static struct strip strip_of(const struct history_series *s)
{
	struct strip strip = { s, INFINITY, -INFINITY, s->count < STRIP_WIDTH ? s->count : STRIP_WIDTH };

	for (size_t i = 0; i < s->count; i++) {
		if (!isfinite(s->points[i].value))
			continue;
		strip.low = fmin(strip.low, s->points[i].value);
		strip.high = fmax(strip.high, s->points[i].value);
	}
	/* Noise shall not look like mountains. */
	if ((s->metric == HISTORY_TIME || s->metric == HISTORY_MEMORY) && strip.high < strip.low * 1.05)
		strip.high = strip.low * 1.05;
	return strip;
}

/* Where a column stands for several points it shows the worst of a test, else their mean. NaN: nothing was run. */
static double column_of(const struct strip *s, size_t column)
{
	size_t from = s->series->count * column / s->width, to = s->series->count * (column + 1) / s->width, known = 0;
	double sum = 0, most = 0;

	for (size_t i = from; i < to; i++) {
		double value = s->series->points[i].value;

		if (!isfinite(value))
			continue;
		sum += value;
		most = fmax(most, value);
		known++;
	}
	return !known ? NAN : s->series->metric == HISTORY_VERDICT ? most : sum / (double)known;
}

static const char *sign_of(const struct strip *s, double value, bool ascii)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6", "7" };
	double share = s->high > s->low ? (value - s->low) / (s->high - s->low) : 0;

	if (isnan(value))
		return " ";
	if (s->series->metric == HISTORY_VERDICT)
		return value > 0 ? (ascii ? "x" : "✗") : ascii ? "." : "·";
	return (ascii ? digits : blocks)[(size_t)fmin(7, share * 8)];
}

static void add_strip(const struct pen *p, const struct history_series *s)
{
	struct strip strip = strip_of(s);

	str_add(p->out, "  ");
	for (size_t i = 0; i < strip.width; i++)
		str_add(p->out, sign_of(&strip, column_of(&strip, i), p->opts->ascii));
	str_add_char(p->out, '\n');
}

/* ---- changes ---- */

static void add_size(const struct history_series *s, const struct history_change *c, struct str *out)
{
	double by = c->after / c->before - 1;

	if (s->metric == HISTORY_TIME && s->unit == BENCH_SECONDS && c->before > 0)
		str_addf(out, ", %.3g %% %s", fabs(by) * 100, by > 0 ? "more time" : "less time");
	else if ((s->metric == HISTORY_TIME || s->metric == HISTORY_MEMORY) && c->before > 0)
		str_addf(out, ", %+.3g %%", by * 100);
}

static void add_change(const struct pen *p, const struct history_series *s, const struct history_change *c)
{
	const struct history_point *at = &s->points[c->at];
	const char *arrow = p->opts->ascii ? " -> " : " → ";
	char when[64];
	AUTO_STR line = { 0 };

	clock_format_local(at->started_wall_ms, when, sizeof(when));
	when[strlen(when) > DATE_BYTES ? DATE_BYTES : strlen(when)] = '\0';
	str_addf(&line, "%s %s  run %lld  ",
		 c->worse	  ? p->signs->newly
		 : p->opts->ascii ? "v"
				  : "▼",
		 when, (long long)at->run);
	if (s->metric == HISTORY_VERDICT && !s->flaky.is_flaky) {
		str_add(&line, c->worse ? verdict_name(at->verdict) : "passes again");
	} else {
		add_value(s->metric, s->unit, c->before, p->opts->ascii, &line);
		str_add(&line, arrow);
		add_value(s->metric, s->unit, c->after, p->opts->ascii, &line);
		add_size(s, c, &line);
	}
	if (isfinite(c->adjusted_p))
		str_addf(&line, "  p %.1g", c->adjusted_p);
	if (c->pending)
		str_add(&line, "  pending: too few points yet");
	str_add(p->out, "  ");
	pen_styled(p, c->pending ? STYLE_KNOWN : c->worse ? STYLE_BAD : STYLE_GOOD, str_text(&line));
	str_add_char(p->out, '\n');
}

/* The runs on both sides of the newest change. */
static void add_command(const struct pen *p, const struct history_series *s)
{
	const struct history_change *c = &s->changes[s->change_count - 1];
	AUTO_STR command = { 0 };

	if (!c->at)
		return;
	str_addf(&command, "%s compare %lld %lld --target %s --runtime %s --package %s", p->opts->program,
		 (long long)s->points[c->at - 1].run, (long long)s->points[c->at].run, s->target, s->runtime,
		 s->package);
	str_add(p->out, "  ");
	pen_styled(p, STYLE_FAINT, str_text(&command));
	str_add_char(p->out, '\n');
}

/* ---- a series ---- */

static void label_time(double value, bool ascii, struct str *out)
{
	phrase_time(value, false, ascii, out);
}

static void add_curve(const struct pen *p, const struct history_series *s)
{
	AUTO_FREE double *values = mem_new(s->count + 1, sizeof(*values));
	const double *const curves[] = { values };
	const size_t counts[] = { s->count };
	struct plot plot = { PLOT_WIDTH, PLOT_HEIGHT, p->opts->ascii, false, label_time, "runs" };

	for (size_t i = 0; i < s->count; i++)
		values[i] = s->points[i].value;
	plot_curves(&plot, curves, counts, 1, p->out);
}

static void add_head(const struct pen *p, const struct history_series *s)
{
	pen_styled(p, STYLE_BOLD, s->label);
	str_addf(p->out, "%s%s  %s now ", s->emulated ? " " : "", s->emulated ? p->signs->emulated : "",
		 history_metric_key(s->metric));
	add_value(s->metric, s->unit, history_level(s), p->opts->ascii, p->out);
	str_add(p->out, ", ");
	phrase_count((int64_t)s->count, "run", "runs", p->out);
	if (s->metric == HISTORY_VERDICT && s->flaky.is_flaky)
		str_addf(p->out, ", flaky: bad in %zu of the last %zu, verdict changes in %.0f %% of the steps",
			 s->flaky.bad, s->flaky.outcomes, flaky_rate(&s->flaky) * 100);
	str_add_char(p->out, '\n');
}

static void add_series(const struct pen *p, const struct history_series *s, bool curve)
{
	add_head(p, s);
	if (curve)
		add_curve(p, s);
	else
		add_strip(p, s);
	for (size_t i = 0; i < s->change_count; i++)
		add_change(p, s, &s->changes[i]);
	if (s->change_count)
		add_command(p, s);
}

void history_terminal(const struct history *h, const struct render_opts *o, struct str *out)
{
	struct pen p = pen_new(o, out);
	size_t changes = 0, pending = 0;

	for (size_t i = 0; i < h->count; i++) {
		const struct history_series *s = &h->series[i];

		add_series(&p, s, h->count == 1 && s->metric == HISTORY_TIME && s->unit == BENCH_SECONDS);
		str_add_char(out, '\n');
		for (size_t c = 0; c < s->change_count; c++)
			pending += s->changes[c].pending;
		changes += s->change_count;
	}
	phrase_count((int64_t)h->count, "series", "series", out);
	str_add(out, ", ");
	phrase_count((int64_t)changes, "change", "changes", out);
	if (pending)
		str_addf(out, ", %zu of them pending", pending);
	str_add_char(out, '\n');
}
