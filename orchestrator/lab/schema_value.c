#include "lab/schema_value.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static const struct type_words {
	const char *wanted, *example;
} type_words[] = {
	[FIELD_TEXT] = { "a text", "some words" },
	[FIELD_SCRIPT] = { "shell text", "echo hello" },
	[FIELD_NAME] = { "a name (letters, digits, - _ . +, at most 64)", NULL },
	[FIELD_PATH] = { "a path", "folder/file" },
	[FIELD_BOOL] = { "true or false", "true" },
	[FIELD_INT] = { "a whole number", NULL },
	[FIELD_BYTES] = { "a size", "512 MiB" },
	[FIELD_DURATION] = { "a duration", "90s" },
	[FIELD_REAL] = { "a number", NULL },
	[FIELD_CHOICE] = { "one of a few words", NULL },
	[FIELD_TEXT_LIST] = { "a list of texts", "[one, two]" },
	[FIELD_TEXT_MAP] = { "a map of texts", "{NAME: value}" },
	[FIELD_STRUCT] = { "a map", NULL },
	[FIELD_STRUCT_LIST] = { "a list of maps", NULL },
	[FIELD_STRUCT_MAP] = { "a map of maps", NULL },
	[FIELD_PATTERN] = { "a regular expression", "'^test_.*'" },
	[FIELD_WHERE] = { "a place", NULL },
};

const char *value_wanted(const struct schema_field *f)
{
	return type_words[f->type].wanted;
}

const char *value_example(const struct schema_field *f)
{
	if (f->type == FIELD_CHOICE)
		return f->choices[0];
	return type_words[f->type].example;
}

bool value_is_text(enum field_type type)
{
	return type == FIELD_TEXT || type == FIELD_SCRIPT || type == FIELD_NAME || type == FIELD_PATH ||
	       type == FIELD_PATTERN;
}

static const struct byte_unit {
	const char *name;
	int64_t bytes;
} byte_units[] = {
	/* from large to small; the first of equal ones is written */
	{ "TiB", INT64_C(1) << 40 },
	{ "GiB", INT64_C(1) << 30 },
	{ "MiB", INT64_C(1) << 20 },
	{ "KiB", INT64_C(1) << 10 },
	{ "T", INT64_C(1) << 40 },
	{ "G", INT64_C(1) << 30 },
	{ "M", INT64_C(1) << 20 },
	{ "K", INT64_C(1) << 10 },
	{ "TB", 1000000000000 },
	{ "GB", 1000000000 },
	{ "MB", 1000000 },
	{ "kB", 1000 },
	{ "B", 1 },
};

/* Digits at `text`, at most what fits; NULL: none, or too many. */
static const char *parse_digits(const char *text, int64_t *out)
{
	const char *at = text;

	for (*out = 0; isdigit((unsigned char)*at); at++)
		if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, *at - '0', out))
			return NULL;
	return at == text ? NULL : at;
}

static bool parse_bytes(const char *text, int64_t *out)
{
	int64_t number;
	const char *at = parse_digits(text, &number);

	if (!at)
		return false;
	*out = number;
	if (number == 0 && *at == '\0')
		return true;
	at += *at == ' ';
	for (size_t i = 0; i < COUNT_OF(byte_units); i++)
		if (strcmp(byte_units[i].name, at) == 0)
			return !__builtin_mul_overflow(number, byte_units[i].bytes, out);
	return false;
}

static bool parse_int(const char *text, int64_t *out)
{
	bool negative = text[0] == '-';
	const char *end = parse_digits(text + negative, out);

	if (negative)
		*out = -*out;
	return end && *end == '\0';
}

/* Up to 15 digits and an exact power of ten: one division, correctly rounded, whatever the locale. */
static bool parse_real(const char *text, double *out)
{
	int64_t digits = 0;
	int64_t scale = 1;
	bool negative = text[0] == '-', point = false;
	const char *at = text + negative;

	if (!isdigit((unsigned char)*at) || strlen(at) > 16)
		return false;
	for (; *at; at++) {
		if (*at == '.' && !point && at[1]) {
			point = true;
			continue;
		}
		if (!isdigit((unsigned char)*at))
			return false;
		digits = digits * 10 + (*at - '0');
		scale *= point ? 10 : 1;
	}
	if (digits >= INT64_C(1) << 53)
		return false;
	*out = (double)digits / (double)scale * (negative ? -1 : 1);
	return true;
}

static int wrong(const struct schema_field *f, const char *text, struct err *e)
{
	const char *example = value_example(f);

	err_set(e, ERR_CONFIG, "%s is \"%.60s\", but %s is wanted", f->key, text, value_wanted(f));
	if (f->type == FIELD_BYTES)
		err_hint(e, "a whole number and a unit: %s: 512M, %s: 2 GiB", f->key, f->key);
	else if (f->type == FIELD_INT || f->type == FIELD_REAL)
		err_hint(e, "for example %s: %" PRId64 ", without quotes", f->key, f->min ? f->min : 1);
	else if (example)
		err_hint(e, "for example %s: %s", f->key, example);
	return -1;
}

static int parse_choice(const struct schema_field *f, const char *text, int *out, struct err *e)
{
	AUTO_STR list = { 0 };

	for (int i = 0; f->choices[i]; i++) {
		if (strcmp(f->choices[i], text) == 0) {
			*out = i;
			return 0;
		}
		str_addf(&list, "%s%s", i ? ", " : "", f->choices[i]);
	}
	const char *nearest = str_nearest(text, f->choices);
	err_set(e, ERR_CONFIG, "%s is \"%.60s\", but one of %s is wanted", f->key, text, str_text(&list));
	return nearest ? err_hint(e, "did you mean \"%s\"?", nearest) : -1;
}

static int parse_bool(const struct schema_field *f, const char *text, bool *out, struct err *e)
{
	*out = strcmp(text, "true") == 0;
	return *out || strcmp(text, "false") == 0 ? 0 : wrong(f, text, e);
}

static int parse_number(const struct schema_field *f, const char *text, int64_t *out, struct err *e)
{
	struct err why = ERR_INIT;

	if (f->type == FIELD_INT && !parse_int(text, out))
		return wrong(f, text, e);
	if (f->type == FIELD_BYTES && !parse_bytes(text, out))
		return wrong(f, text, e);
	if (f->type == FIELD_DURATION && clock_parse_duration(text, out, &why) != 0) {
		err_set(e, ERR_CONFIG, "%s: %s", f->key, why.text);
		return err_hint(e, "%s", why.hint);
	}
	return 0;
}

static bool has_range(const struct schema_field *f)
{
	return f->min != 0 || f->max != 0;
}

static void number_text(enum field_type type, int64_t number, struct str *out)
{
	static const struct byte_unit duration_units[] = {
		{ "d", 86400 * NS_PER_S }, { "h", 3600 * NS_PER_S }, { "m", 60 * NS_PER_S },
		{ "s", NS_PER_S },	   { "ms", NS_PER_MS },
	};
	const struct byte_unit *units = type == FIELD_BYTES ? byte_units : duration_units;
	size_t count = type == FIELD_BYTES ? COUNT_OF(byte_units) : COUNT_OF(duration_units);

	if (type == FIELD_INT || type == FIELD_REAL || number == 0) {
		str_addf(out, "%" PRId64, number);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (number % units[i].bytes == 0) {
			str_addf(out, "%" PRId64 "%s%s", number / units[i].bytes, type == FIELD_BYTES ? " " : "",
				 units[i].name);
			return;
		}
	str_addf(out, "%" PRId64 "ms", number / NS_PER_MS);
}

void value_range(const struct schema_field *f, struct str *out)
{
	if (!has_range(f))
		return;
	str_add(out, "from ");
	number_text(f->type, f->min, out);
	str_add(out, " to ");
	number_text(f->type, f->max, out);
}

static int out_of_range(const struct schema_field *f, const char *text, struct err *e)
{
	AUTO_STR range = { 0 };

	value_range(f, &range);
	return err_set(e, ERR_CONFIG, "%s is %.60s, but it must be %s", f->key, text, str_text(&range));
}

int value_parse(const struct schema_field *f, const char *text, void *at, struct err *e)
{
	int64_t number = 0;
	double real = 0;

	if (f->type == FIELD_BOOL)
		return parse_bool(f, text, at, e);
	if (f->type == FIELD_CHOICE)
		return parse_choice(f, text, at, e);
	if (f->type == FIELD_REAL) {
		if (!parse_real(text, &real))
			return wrong(f, text, e);
		if (has_range(f) && (real < (double)f->min || real > (double)f->max))
			return out_of_range(f, text, e);
		*(double *)at = real;
		return 0;
	}
	if (parse_number(f, text, &number, e) != 0)
		return -1;
	if (has_range(f) && (number < f->min || number > f->max))
		return out_of_range(f, text, e);
	*(int64_t *)at = number;
	return 0;
}

bool value_text(const struct schema_field *f, const void *at, struct str *out)
{
	if (value_is_text(f->type)) {
		const char *text = *(const char *const *)at;
		if (text)
			str_add(out, text);
		return text != NULL;
	}
	switch (f->type) {
	case FIELD_BOOL:
		str_add(out, *(const bool *)at ? "true" : "false");
		return *(const bool *)at;
	case FIELD_CHOICE:
		str_add(out, f->choices[*(const int *)at]);
		return true;
	case FIELD_REAL:
		str_addf(out, "%.15g", *(const double *)at);
		return *(const double *)at != 0;
	default:
		number_text(f->type, *(const int64_t *)at, out);
		return *(const int64_t *)at != 0;
	}
}
