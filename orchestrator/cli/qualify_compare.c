/* Two reports as trees: where they differ. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "cli/qualify_report.h"

#define MOST_VALUE_BYTES 80
#define SAME_TO		 1e-9

struct comparing {
	struct qualify_differences *out;
	struct str path;
	const struct json_value *other; /* of the object that is gone through */
	bool only_absent;
};

static void compare(struct comparing *c, const struct json_value *told, const struct json_value *now);

/* A value as a few words. */
static void add_value(const struct json_value *v, struct str *out)
{
	AUTO_STR text = { 0 };

	switch (json_kind(v)) {
	case JSON_ABSENT:
		str_add(out, "nothing");
		return;
	case JSON_IS_TEXT:
		str_add_bytes(&text, json_text(v, ""), strnlen(json_text(v, ""), MOST_VALUE_BYTES));
		str_add_char(out, '"');
		str_add_quoted(out, str_text(&text), STR_TERMINAL);
		str_add(out, strlen(json_text(v, "")) > MOST_VALUE_BYTES ? "…\"" : "\"");
		return;
	case JSON_IS_NUMBER:
		str_addf(out, "%.12g", json_number(v, NAN));
		return;
	case JSON_IS_BOOL:
		str_add(out, json_bool(v, false) ? "true" : "false");
		return;
	case JSON_IS_LIST:
		str_addf(out, "a list of %zu", json_count(v));
		return;
	default:
		str_add(out, json_kind(v) == JSON_IS_NULL ? "null" : "an object");
	}
}

static void tell(struct comparing *c, const struct json_value *told, const struct json_value *now)
{
	if (c->out->count++ >= QUALIFY_MOST_DIFFERENCES)
		return;
	str_addf(&c->out->text, "%s: the report says ", str_text(&c->path));
	add_value(told, &c->out->text);
	str_add(&c->out->text, ", the records say ");
	add_value(now, &c->out->text);
	str_add(&c->out->text, "\n");
}

static bool same_number(double a, double b)
{
	return a == b || fabs(a - b) <= SAME_TO * fmax(fabs(a), fabs(b));
}

static void compare_entry(void *ctx, const char *key, const struct json_value *value)
{
	struct comparing *c = ctx;
	const struct json_value *other = c->other;
	bool only_absent = c->only_absent;
	size_t len = c->path.len;

	if (len)
		str_add_char(&c->path, '.');
	str_add_quoted(&c->path, key, STR_TERMINAL);
	if (only_absent && json_kind(json_at(other, key)) == JSON_ABSENT)
		tell(c, NULL, value);
	else if (!only_absent)
		compare(c, value, json_at(other, key));
	str_cut(&c->path, len);
	c->other = other;
	c->only_absent = only_absent;
}

static void compare_objects(struct comparing *c, const struct json_value *told, const struct json_value *now)
{
	c->only_absent = false;
	c->other = now;
	json_each(told, compare_entry, c);
	c->only_absent = true;
	c->other = told;
	json_each(now, compare_entry, c);
	c->only_absent = false;
}

static void compare_lists(struct comparing *c, const struct json_value *told, const struct json_value *now)
{
	size_t count = json_count(told) < json_count(now) ? json_count(told) : json_count(now), len = c->path.len;

	if (json_count(told) != json_count(now))
		tell(c, told, now);
	for (size_t i = 0; i < count; i++) {
		str_addf(&c->path, "[%zu]", i);
		compare(c, json_item(told, i), json_item(now, i));
		str_cut(&c->path, len);
	}
}

static void compare(struct comparing *c, const struct json_value *told, const struct json_value *now)
{
	bool same = false;

	if (json_kind(told) != json_kind(now)) {
		tell(c, told, now);
		return;
	}
	switch (json_kind(told)) {
	case JSON_IS_OBJECT:
		compare_objects(c, told, now);
		return;
	case JSON_IS_LIST:
		compare_lists(c, told, now);
		return;
	case JSON_IS_TEXT:
		same = !strcmp(json_text(told, ""), json_text(now, ""));
		break;
	case JSON_IS_NUMBER:
		same = same_number(json_number(told, 0), json_number(now, 0));
		break;
	case JSON_IS_BOOL:
		same = json_bool(told, false) == json_bool(now, false);
		break;
	default:
		same = true;
	}
	if (!same)
		tell(c, told, now);
}

void qualify_compare(const struct json_value *told, const struct json_value *now, struct qualify_differences *out)
{
	struct comparing c = { .out = out };

	compare(&c, told, now);
	str_free(&c.path);
}
