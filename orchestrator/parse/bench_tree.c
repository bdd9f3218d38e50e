#include "parse/bench_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/real.h"

static const char *kind_name(enum json_kind kind)
{
	static const char *const names[] = { "missing", "null",	  "true or false", "a number",
					     "a text",	"a list", "an object" };

	return names[kind];
}

int bench_tree_want(const struct json_value *v, enum json_kind kind, const char *where, struct err *e)
{
	if (json_kind(v) == kind)
		return 0;
	return err_set(e, ERR_FORMAT, "%.300s must be %s; it is %s", where, kind_name(kind), kind_name(json_kind(v)));
}

const struct json_value *bench_tree_member(const struct json_value *object, const char *key, enum json_kind kind,
					   struct err *e)
{
	AUTO_FREE char *where = mem_printf("\"%s\"", key);
	const struct json_value *v = json_at(object, key);

	return bench_tree_want(v, kind, where, e) == 0 ? v : NULL;
}

int bench_tree_number(const struct json_value *v, const char *where, double *out, struct err *e)
{
	if (bench_tree_want(v, JSON_IS_NUMBER, where, e) != 0)
		return -1;
	*out = json_number(v, NAN);
	if (!isfinite(*out))
		return err_set(e, ERR_FORMAT, "%.300s is %s", where, isnan(*out) ? "NaN" : "infinite");
	if (json_is_whole(v) && fabs(*out) > BENCH_MOST_BYTES)
		return err_set(e, ERR_FORMAT, "%.300s is an integer too large to be exact", where);
	return 0;
}

int bench_tree_numbers(const struct json_value *list, const char *where, struct bench_scale scale,
		       struct bench_numbers *out, struct err *e)
{
	if (bench_tree_want(list, JSON_IS_LIST, where, e) != 0)
		return -1;
	for (size_t i = 0; i < json_count(list); i++) {
		double value = 0;

		if (bench_tree_number(json_item(list, i), "an entry", &value, e) != 0)
			return err_wrap(e, "%.300s, entry %zu", where, i + 1);
		vec_add(out, bench_scaled(scale, value));
	}
	return 0;
}

/* ---- facts ---- */

/* The JSON text of one value; false: it is no fact. */
static bool add_scalar(struct str *out, const struct json_value *v)
{
	char text[REAL_TEXT_BYTES];
	double value = json_number(v, NAN);

	if (json_kind(v) == JSON_IS_TEXT) {
		AUTO_FREE char *quoted = json_scan_quote(json_text(v, ""));
		str_add(out, quoted);
	} else if (json_kind(v) == JSON_IS_BOOL) {
		str_add(out, json_bool(v, false) ? "true" : "false");
	} else if (json_is_whole(v)) {
		str_addf(out, "%lld", (long long)json_int(v, 0));
	} else if (isfinite(value)) {
		str_add_bytes(out, text, real_write(value, text));
	} else {
		return false;
	}
	return true;
}

static bool add_list(struct str *out, const struct json_value *v)
{
	str_add_char(out, '[');
	for (size_t i = 0; i < json_count(v); i++) {
		if (i)
			str_add_char(out, ',');
		if (!add_scalar(out, json_item(v, i)))
			return false;
	}
	str_add_char(out, ']');
	return true;
}

void bench_tree_fact(struct bench_set *s, struct bench_facts *f, const char *key, const struct json_value *v)
{
	AUTO_STR json = { 0 };

	if (f->count >= BENCH_MOST_FACTS)
		return;
	if (json_kind(v) == JSON_IS_LIST ? add_list(&json, v) : add_scalar(&json, v))
		bench_fact_set(s, f, key, str_text(&json));
}

struct members {
	struct bench_set *set;
	struct bench_facts *facts;
	const char *prefix;
	const char *const *but;
};

static void add_member(void *ctx, const char *key, const struct json_value *value)
{
	const struct members *m = ctx;
	AUTO_FREE char *full = NULL;

	for (const char *const *but = m->but; but && *but; but++)
		if (strcmp(*but, key) == 0)
			return;
	full = mem_printf("%s%s", m->prefix, key);
	bench_tree_fact(m->set, m->facts, full, value);
}

void bench_tree_facts(struct bench_set *s, struct bench_facts *f, const char *prefix, const struct json_value *object,
		      const char *const *but)
{
	struct members m = { s, f, prefix, but };

	if (json_kind(object) == JSON_IS_OBJECT)
		json_each(object, add_member, &m);
}

/* ---- units ---- */

struct unit {
	const char *name;
	struct bench_scale scale;
};

static bool find_unit(const struct unit *units, size_t count, const char *name, struct bench_scale *out)
{
	for (size_t i = 0; name && i < count; i++)
		if (strcmp(units[i].name, name) == 0) {
			*out = units[i].scale;
			return true;
		}
	return false;
}

bool bench_time_unit(const char *unit, struct bench_scale *out)
{
	static const struct unit units[] = {
		{ "s", { 1, 1 } },
		{ "sec", { 1, 1 } },
		{ "second", { 1, 1 } },
		{ "seconds", { 1, 1 } },
		{ "ms", { 1, 1e3 } },
		{ "msec", { 1, 1e3 } },
		{ "milliseconds", { 1, 1e3 } },
		{ "us", { 1, 1e6 } },
		{ "\xC2\xB5s", { 1, 1e6 } },
		{ "\xCE\xBCs", { 1, 1e6 } },
		{ "microseconds", { 1, 1e6 } },
		{ "ns", { 1, 1e9 } },
		{ "nanoseconds", { 1, 1e9 } },
	};

	return find_unit(units, COUNT_OF(units), unit, out);
}

bool bench_size_unit(const char *unit, struct bench_scale *out)
{
	static const struct unit units[] = {
		{ "B", { 1, 1 } },	   { "byte", { 1, 1 } },	 { "bytes", { 1, 1 } }, { "kB", { 1e3, 1 } },
		{ "KB", { 1e3, 1 } },	   { "MB", { 1e6, 1 } },	 { "GB", { 1e9, 1 } },	{ "KiB", { 1024, 1 } },
		{ "MiB", { 1048576, 1 } }, { "GiB", { 1073741824, 1 } },
	};

	return find_unit(units, COUNT_OF(units), unit, out);
}

struct bench_scale bench_set_unit(struct bench_set *s, struct bench_series *series, const char *unit)
{
	struct bench_scale scale = BENCH_AS_IT_IS;

	if (bench_time_unit(unit, &scale)) {
		series->unit = BENCH_SECONDS;
	} else if (bench_size_unit(unit, &scale)) {
		series->unit = BENCH_BYTES;
	} else {
		series->unit = BENCH_COUNT;
		series->unit_name = unit && *unit ? arena_dup(s->arena, unit) : NULL;
	}
	return scale;
}
