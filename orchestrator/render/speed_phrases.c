#include <math.h>
#include <string.h>

#include "render/phrases.h"
#include "render/speed.h"

/* Three digits that count. */
static void add_digits(double value, struct str *out)
{
	int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;

	str_addf(out, "%.*f", decimals, value);
}

void phrase_time(double seconds, bool counted, bool ascii, struct str *out)
{
	static const char *const time_units[] = { "s", "ms", "µs", "ns" };
	static const char *const ascii_units[] = { "s", "ms", "us", "ns" };
	static const char *const instruction_units[] = { "G instr.", "M instr.", "k instr.", "instr." };
	const char *const *units = counted ? instruction_units : ascii ? ascii_units : time_units;
	size_t unit = 0;

	while (seconds < 0.9995 && unit < 3) {
		seconds *= 1000;
		unit++;
	}
	add_digits(seconds, out);
	str_addf(out, " %s", units[unit]);
}

void phrase_factor(double ratio, bool ascii, struct str *out)
{
	double factor = 1 / ratio;

	if (factor < 0.995)
		str_addf(out, "%.3f", factor);
	else
		add_digits(factor, out);
	str_add(out, ascii ? "x" : "×");
}

void phrase_half_width(const struct ratio *r, struct interval i, bool ascii, struct str *out)
{
	double half = (fmax(i.high / r->value, r->value / i.low) - 1) * 100;

	str_add(out, ascii ? "+-" : "±");
	if (!interval_known(i) || !isfinite(half))
		str_add_char(out, '?');
	else
		str_addf(out, half < 9.95 ? "%.1f %%" : "%.0f %%", half);
}

void phrase_class(enum warmup_class class, bool ascii, struct str *out)
{
	if (ascii)
		str_add_char(out, warmup_words[class].word[0]);
	else
		str_add(out, warmup_words[class].sign);
}

bool speed_is_absent(const struct speed_cell *c)
{
	return c->now && (c->now->verdict == VERDICT_UNAVAILABLE || c->now->verdict == VERDICT_LOST);
}

void phrase_speed(const struct speed_column *column, const struct speed_cell *c, const struct signs *signs,
		  struct str *out)
{
	bool ascii = signs == &ascii_signs;

	if (!c->now) {
		str_add(out, signs->nothing);
	} else if (speed_is_absent(c)) {
		str_add(out, verdict_name(c->now->verdict));
	} else if (speed_known(&c->summary) && isnan(c->ratio.value)) {
		phrase_time(c->summary.mean, column->counted, ascii, out);
	} else if (speed_known(&c->summary)) {
		phrase_factor(c->ratio.value, ascii, out);
		str_add_char(out, ' ');
		phrase_half_width(&c->ratio, c->judged.own, ascii, out);
	} else {
		str_add(out, speed_word(c->judged.word));
	}
}

void phrase_speed_marks(const struct speed_cell *c, const struct signs *signs, bool memory, struct str *out)
{
	bool ascii = signs == &ascii_signs;

	if (!c->now || speed_is_absent(c))
		return;
	if (!c->is_baseline)
		str_add(out, ascii ? speed_ascii_sign(c->judged.word) : speed_sign(c->judged.word));
	if (c->summary.process_count)
		phrase_class(c->summary.class, ascii, out);
	if (c->summary.failed)
		str_addf(out, " %s%zu", signs->failed, c->summary.failed);
	if (memory && isfinite(c->memory_ratio))
		str_addf(out, " mem %.2f%s", c->memory_ratio, ascii ? "x" : "×");
	else if (memory && isfinite(c->summary.median_peak_bytes))
		str_addf(out, " %.1f MiB", c->summary.median_peak_bytes / 1048576);
}

const struct speed_renderer *speed_renderer_find(const char *name)
{
	static const struct speed_renderer *const all[] = { &speed_terminal_renderer, &speed_json_renderer,
							    &speed_csv_renderer, &speed_markdown_renderer };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}
