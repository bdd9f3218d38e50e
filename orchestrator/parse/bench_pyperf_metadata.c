/* pyperf checks metadata when it reads a file: its table, from pyperf/_metadata.py (version 2.10). */
#include <string.h>

#include "base/mem.h"
#include "base/real.h"
#include "parse/bench_pyperf.h"

enum shape {
	ANY, /* a text or a number */
	TEXT,
	INTEGER_FROM_0,
	INTEGER_FROM_1,
	NUMBER_FROM_0,
	UNIT,
	TAGS,  /* a list of texts, none of which is empty or "all" */
	PHASE, /* a list of two texts */
};

static const struct known {
	const char *key;
	enum shape shape;
	enum pyperf_meaning meaning;
} table[] = {
	{ NULL, ANY, PYPERF_NOTHING }, /* every other key */
	{ "boot_time", TEXT, PYPERF_NOTHING },
	{ "calibrate_loops", INTEGER_FROM_1, PYPERF_NOTHING },
	{ "calibrate_warmups", INTEGER_FROM_0, PYPERF_NOTHING },
	{ "command_max_rss", INTEGER_FROM_0, PYPERF_MEANS_COMMAND_PEAK },
	{ "date", TEXT, PYPERF_NOTHING },
	{ "duration", NUMBER_FROM_0, PYPERF_NOTHING },
	{ "inner_loops", INTEGER_FROM_1, PYPERF_MEANS_INNER_LOOPS },
	{ PYPERF_BETTER, ANY, PYPERF_MEANS_SERIES },
	{ PYPERF_FAILED, ANY, PYPERF_NOTHING },
	{ PYPERF_FROM_START, ANY, PYPERF_MEANS_SERIES },
	{ PYPERF_ROLE, ANY, PYPERF_MEANS_ROLE },
	{ PYPERF_RUNTIME, ANY, PYPERF_MEANS_SERIES },
	{ PYPERF_UNIT_NAME, ANY, PYPERF_MEANS_SERIES },
	{ "load_avg_1min", NUMBER_FROM_0, PYPERF_NOTHING },
	{ "loops", INTEGER_FROM_1, PYPERF_MEANS_LOOPS },
	{ "mem_max_rss", INTEGER_FROM_0, PYPERF_MEANS_PEAK },
	{ "mem_peak_pagefile_usage", INTEGER_FROM_0, PYPERF_NOTHING },
	{ "name", TEXT, PYPERF_MEANS_SERIES },
	{ "phase", PHASE, PYPERF_NOTHING },
	{ "recalibrate_loops", INTEGER_FROM_1, PYPERF_NOTHING },
	{ "recalibrate_warmups", INTEGER_FROM_0, PYPERF_NOTHING },
	{ "tags", TAGS, PYPERF_NOTHING },
	{ "unit", UNIT, PYPERF_MEANS_SERIES },
	{ "uptime", NUMBER_FROM_0, PYPERF_NOTHING },
};

int pyperf_known(const char *key)
{
	for (size_t i = 1; i < COUNT_OF(table); i++)
		if (strcmp(table[i].key, key) == 0)
			return (int)i + 1;
	return PYPERF_EVERY_OTHER;
}

enum pyperf_meaning pyperf_meaning(int known)
{
	return table[known - 1].meaning;
}

/* Facts are well-formed: a number that does not begin with a minus is at least 0, and one is at least 1 that does not
 * begin with 0 either, when it is an integer. */
static bool is_number(const char *json)
{
	return (json[0] >= '0' && json[0] <= '9') || strcmp(json, "-0.0") == 0;
}

static bool is_integer(const char *json)
{
	double value;
	bool whole = false;

	if (json[0] < '0' || json[0] > '9' || json[strspn(json, "0123456789")] != '\0')
		return false;
	return strlen(json) < 16 || (real_from_text(json, &value, &whole) && value <= BENCH_MOST_BYTES);
}

static bool is_blank(const char *at)
{
	return *at == ' ' || (*at == '\\' && at[1] && strchr("nrtf", at[1]));
}

/* pyperf cuts blanks off at both ends, newlines among them; then the text must not be empty, and of one line. */
static const char *text_complaint(const char *json)
{
	bool empty = true, line_ended = false;

	for (const char *at = json + 1; *at && *at != '"'; at += *at == '\\' ? 2 : 1) {
		bool blank = is_blank(at);

		if (!blank && line_ended)
			return "a text of one line";
		line_ended = blank && !empty && (line_ended || (*at == '\\' && (at[1] == 'n' || at[1] == 'r')));
		empty = empty && blank;
	}
	return empty ? "a text that is not empty" : NULL;
}

/* How many texts a list is made of; -1: something else is in it, or it is no list. */
static int count_texts(const char *json)
{
	const char *at = json;
	int count = 0;

	while (*at == (count ? ',' : '[') && at[1] == '"') {
		for (at += 2; *at != '"'; at += *at == '\\' ? 2 : 1)
			;
		at++;
		count++;
	}
	return *at == ']' ? count : strcmp(json, "[]") == 0 ? 0 : -1;
}

static bool has_item(const char *json, const char *quoted)
{
	const char *at = strstr(json, quoted);

	return at && (at[-1] == '[' || at[-1] == ',');
}

static const char *list_complaint(enum shape shape, const char *json)
{
	int count = count_texts(json);
	bool good = count >= 0 && !has_item(json, "\"\"");

	if (shape == PHASE)
		return good && count == 2 ? NULL : "a list of two texts";
	return good && !has_item(json, "\"all\"") ? NULL : "a list of texts, none of them empty or \"all\"";
}

const char *pyperf_complaint(int known, const char *json)
{
	switch (table[known - 1].shape) {
	case INTEGER_FROM_0:
		return is_integer(json) ? NULL : "an integer of at least 0";
	case INTEGER_FROM_1:
		return is_integer(json) && json[0] != '0' ? NULL : "an integer of at least 1";
	case NUMBER_FROM_0:
		return is_number(json) ? NULL : "a number of at least 0";
	case UNIT:
		if (strcmp(json, "\"second\"") == 0 || strcmp(json, "\"byte\"") == 0 ||
		    strcmp(json, "\"integer\"") == 0)
			return NULL;
		return "\"second\", \"byte\" or \"integer\"";
	case TAGS:
	case PHASE:
		return list_complaint(table[known - 1].shape, json);
	case TEXT:
		return json[0] == '"' ? text_complaint(json) : "a text";
	default:
		if (json[0] == '[')
			return "a text or a number";
		return json[0] == '"' ? text_complaint(json) : NULL;
	}
}
