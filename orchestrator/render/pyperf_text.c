#include "render/pyperf_text.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/real.h"

/* ---- times ---- */

/* The exponent of the highest decimal that is shown: from 100 s down to 1 ns. */
static int magnitude(double first)
{
	static const double powers[] = { 1e2, 1e1, 1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8 };

	for (size_t i = 0; i < COUNT_OF(powers); i++)
		if (fabs(first) >= powers[i])
			return 2 - (int)i;
	return -9;
}

/* Three digits of the first value: its magnitude, counted within steps of a thousand, tells how many are decimals. */
static void add_time(struct str *out, double first, double value)
{
	static const char *const units[] = { "sec", "ms", "us", "ns" };
	static const double factors[] = { 1, 1e3, 1e6, 1e9 };
	int exponent = magnitude(first);
	int step = exponent < 0 ? (2 - exponent) / 3 : 0;
	int decimals = 2 - (exponent + 3 * step) % 3;

	str_addf(out, "%.*f %s", decimals, value * factors[step], units[step]);
}

/* ---- sizes and numbers ---- */

static void add_size(struct str *out, double bytes)
{
	const double kib = 1024, mib = 1024 * 1024;

	if (bytes < 10 * kib)
		str_addf(out, "%.0f byte%s", bytes, bytes == 1 ? "" : "s");
	else if (bytes > 10 * mib)
		str_addf(out, "%.1f MiB", bytes / mib);
	else
		str_addf(out, "%.1f KiB", bytes / kib);
}

static int power_of_ten(double number)
{
	int power = 0;

	for (; number >= 10; number /= 10, power++)
		if (fmod(number, 10) != 0)
			return 0;
	return number == 1 ? power : 0;
}

static int power_of_two(double number)
{
	int exponent;

	return frexp(number, &exponent) == 0.5 ? exponent - 1 : 0;
}

void pyperf_text_number(struct str *out, double number, bool whole)
{
	char text[REAL_TEXT_BYTES];

	if (number >= 10000 && power_of_ten(number))
		str_addf(out, "10^%d", power_of_ten(number));
	else if (whole && number > 8192 && power_of_two(number))
		str_addf(out, "2^%d", power_of_two(number));
	else if (whole)
		str_addf(out, "%.0f", number);
	else
		str_add_bytes(out, text, real_write(number, text));
}

void pyperf_text_value(struct str *out, enum bench_unit unit, double first, double value, bool whole)
{
	if (unit == BENCH_SECONDS)
		add_time(out, first, value);
	else if (unit == BENCH_BYTES)
		add_size(out, value);
	else
		pyperf_text_number(out, value, whole);
}

void pyperf_text_mean(struct str *out, enum bench_unit unit, double mean, double deviation, bool whole)
{
	pyperf_text_value(out, unit, mean, mean, whole);
	str_add(out, " +- ");
	pyperf_text_value(out, unit, mean, deviation, false);
}

void pyperf_text_ratio(struct str *out, double reference, double changed)
{
	double ratio = changed / reference;

	if (ratio == 1.0)
		str_add(out, "no change");
	else if (ratio < 1.0)
		str_addf(out, "%.2fx faster", 1.0 / ratio);
	else
		str_addf(out, "%.2fx slower", ratio);
}

/* ---- durations ---- */

static void add_part(struct str *out, size_t before, double count, const char *unit)
{
	if (count > 0)
		str_addf(out, "%s%.0f %s", out->len > before ? " " : "", count, unit);
}

void pyperf_text_seconds(struct str *out, double seconds)
{
	size_t before = out->len;

	if (seconds == 0) {
		str_add(out, "0 sec");
		return;
	}
	if (seconds < 1) {
		add_time(out, seconds, seconds);
		return;
	}
	double minutes = floor(seconds / 60), rest = fmod(seconds, 60);
	double hours = floor(minutes / 60), days = floor(hours / 24);
	int parts = (days > 0) + (fmod(hours, 24) > 0) + (fmod(minutes, 60) > 0);

	add_part(out, before, days, "day");
	add_part(out, before, fmod(hours, 24), "hour");
	add_part(out, before, fmod(minutes, 60), "min");
	if (rest > 0 && parts <= 2)
		str_addf(out, "%s%.1f sec", out->len > before ? " " : "", rest);
}

/* ---- metadata ---- */

static void add_loops(struct str *out, double value, bool whole)
{
	pyperf_text_number(out, value, whole);
}

static void add_bytes(struct str *out, double value, bool whole)
{
	(void)whole;
	add_size(out, value);
}

static void add_seconds(struct str *out, double value, bool whole)
{
	(void)whole;
	pyperf_text_seconds(out, value);
}

static void add_load(struct str *out, double value, bool whole)
{
	(void)whole;
	str_addf(out, "%.2f", value);
}

static const struct {
	const char *key;
	void (*add)(struct str *out, double value, bool whole);
} known[] = {
	{ "calibrate_loops", add_loops },
	{ "calibrate_warmups", add_loops },
	{ "command_max_rss", add_bytes },
	{ "duration", add_seconds },
	{ "inner_loops", add_loops },
	{ "load_avg_1min", add_load },
	{ "loops", add_loops },
	{ "mem_max_rss", add_bytes },
	{ "mem_peak_pagefile_usage", add_bytes },
	{ "recalibrate_loops", add_loops },
	{ "recalibrate_warmups", add_loops },
	{ "uptime", add_seconds },
};

/* Python's repr of a text that has no control characters: in single quotes, unless only such are in it. */
static void add_repr(struct str *out, const char *text)
{
	char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';

	str_add_char(out, quote);
	for (const char *c = text; *c; c++)
		str_addf(out, "%s%c", *c == quote || *c == '\\' ? "\\" : "", *c);
	str_add_char(out, quote);
}

static size_t item_bytes(const char *item)
{
	size_t len = 0;

	for (bool in_text = false; item[len] && (in_text || (item[len] != ',' && item[len] != ']')); len++) {
		if (item[len] == '"')
			in_text = !in_text;
		len += item[len] == '\\' && item[len + 1];
	}
	return len;
}

/* ["a","b"] as Python shows a list: ['a', 'b']. */
static void add_list(struct str *out, const char *json)
{
	str_add_char(out, '[');
	for (const char *item = json + 1; *item && *item != ']';) {
		size_t len = item_bytes(item);
		AUTO_FREE char *one = mem_dup_bytes(item, len);
		AUTO_FREE char *text = bench_fact_text(one);

		if (*one == '"')
			add_repr(out, text);
		else
			str_add(out, text);
		item += len + (item[len] == ',');
		if (*item && *item != ']')
			str_add(out, ", ");
	}
	str_add_char(out, ']');
}

void pyperf_text_fact(struct str *out, const char *key, const char *json)
{
	double value = 0;
	bool whole = false;
	bool number = real_from_text(json, &value, &whole);

	for (size_t i = 0; number && i < COUNT_OF(known); i++)
		if (strcmp(known[i].key, key) == 0) {
			known[i].add(out, value, whole);
			return;
		}
	if (json[0] == '[') {
		add_list(out, json);
		return;
	}
	if (strcmp(json, "true") == 0 || strcmp(json, "false") == 0) {
		str_add(out, json[0] == 't' ? "True" : "False");
		return;
	}
	AUTO_FREE char *text = bench_fact_text(json);
	str_add(out, text);
}
