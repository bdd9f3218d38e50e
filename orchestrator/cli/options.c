#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mdoc.h"
#include "base/mem.h"

static int fail_value(const struct option_row *row, const char *value, const char *wanted, struct err *e)
{
	return err_set(e, ERR_USAGE, "--%s %s: not %s", row->name, value, wanted);
}

static int parse_count(const struct option_row *row, const char *value, int64_t *out, struct err *e)
{
	char *end;
	long long number = strtoll(value, &end, 10);

	if (end == value || *end || number < 0 || number > INT32_MAX)
		return fail_value(row, value, "a whole number", e);
	*out = number;
	return 0;
}

static int parse_bytes(const struct option_row *row, const char *value, int64_t *out, struct err *e)
{
	static const char units[] = "KMGT";
	char *end;
	double number = strtod(value, &end);
	const char *unit = NULL;

	while (*end == ' ')
		end++;
	if (*end)
		unit = strchr(units, *end);
	if (end == value || (*end && !unit))
		return fail_value(row, value, "a size such as 512M or 20G", e);
	for (int power = unit ? (int)(unit - units) + 1 : 0; power > 0; power--)
		number *= 1024;
	if (!(number >= 0 && number < 0x1p62)) /* also what is no number at all */
		return fail_value(row, value, "a size such as 512M or 20G", e);
	if (unit && strcmp(end + 1, "") != 0 && strcmp(end + 1, "iB") != 0 && strcmp(end + 1, "B") != 0)
		return fail_value(row, value, "a size such as 512M or 20G", e);
	*out = (int64_t)number;
	return 0;
}

/* Splits at commas; the texts live as long as the process, like argv. */
static void add_to_list(struct option_list *list, char *value)
{
	char *rest = value, *word;

	while ((word = strsep(&rest, ","))) {
		if (!*word)
			continue;
		list->items = mem_grow(list->items, list->count + 1, sizeof(*list->items));
		list->items[list->count++] = word;
	}
}

static int parse_choice(const struct option_row *row, const char *value, const char **out, struct err *e)
{
	AUTO_STR known = { 0 };

	for (const char *const *choice = row->choices; *choice; choice++) {
		if (!strcmp(*choice, value)) {
			*out = *choice;
			return 0;
		}
		str_addf(&known, "%s%s", known.len ? ", " : "", *choice);
	}
	return err_set(e, ERR_USAGE, "--%s %s: not one of %s", row->name, value, str_text(&known));
}

static int store_value(const struct option_row *row, char *value, void *into, struct err *e)
{
	void *at = (char *)into + row->offset;

	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)at = value;
		return 0;
	case OPTION_LIST:
		add_to_list(at, value);
		return 0;
	case OPTION_COUNT:
		return parse_count(row, value, at, e);
	case OPTION_BYTES:
		return parse_bytes(row, value, at, e);
	case OPTION_DURATION:
		return clock_parse_duration(value, at, NULL)
			       ? fail_value(row, value, "a time such as 90s, 5m or 1h30m", e)
			       : 0;
	case OPTION_CHOICE:
		return parse_choice(row, value, at, e);
	}
	return err_set(e, ERR_INTERNAL, "option --%s is of no type", row->name);
}

/* The two tables as one, for looking up. */
struct tables {
	const struct option_row *rows[2];
	void *into[2];
};

static const struct option_row *find_long(const struct tables *t, const char *name, size_t len, void **into)
{
	for (int i = 0; i < 2; i++) {
		for (const struct option_row *row = t->rows[i]; row && row->name; row++) {
			if (strlen(row->name) == len && !strncmp(row->name, name, len)) {
				*into = t->into[i];
				return row;
			}
		}
	}
	return NULL;
}

static const struct option_row *find_letter(const struct tables *t, char letter, void **into)
{
	for (int i = 0; i < 2; i++) {
		for (const struct option_row *row = t->rows[i]; row && row->name; row++) {
			if (row->letter == letter) {
				*into = t->into[i];
				return row;
			}
		}
	}
	return NULL;
}

static int fail_unknown(const struct tables *t, const char *name, size_t len, struct err *e)
{
	const char *names[128];
	size_t count = 0;
	AUTO_FREE char *word = mem_dup_bytes(name, len);
	const char *near;

	for (int i = 0; i < 2; i++)
		for (const struct option_row *row = t->rows[i]; row && row->name && count + 1 < COUNT_OF(names); row++)
			names[count++] = row->name;
	names[count] = NULL;
	near = str_nearest(word, names);
	err_set(e, ERR_USAGE, "unknown option --%s", word);
	if (near)
		err_hint(e, "did you mean --%s?", near);
	return -1;
}

/* argv[*at] is a long option; takes its value from behind = or from the next argument. */
static int parse_long(const struct tables *t, int argc, char **argv, int *at, struct err *e)
{
	const char *name = argv[*at] + 2;
	size_t len = strcspn(name, "=");
	void *into = NULL;
	const struct option_row *row = find_long(t, name, len, &into);
	char *value = NULL;

	if (!row)
		return fail_unknown(t, name, len, e);
	if (row->type == OPTION_FLAG) {
		if (name[len] == '=')
			return err_set(e, ERR_USAGE, "--%s takes no value", row->name);
	} else if (name[len] == '=') {
		value = argv[*at] + 2 + len + 1;
	} else if (*at + 1 < argc) {
		value = argv[++*at];
	} else {
		return err_set(e, ERR_USAGE, "--%s needs a value: --%s %s", row->name, row->name, row->value_name);
	}
	return store_value(row, value, into, e);
}

/* argv[*at] is one or more letters behind a dash; the last may take a value. */
static int parse_letters(const struct tables *t, int argc, char **argv, int *at, struct err *e)
{
	for (char *letter = argv[*at] + 1; *letter; letter++) {
		void *into = NULL;
		const struct option_row *row = find_letter(t, *letter, &into);
		char *value = NULL;

		if (!row)
			return err_set(e, ERR_USAGE, "unknown option -%c", *letter);
		if (row->type != OPTION_FLAG) {
			if (letter[1])
				value = letter + 1;
			else if (*at + 1 < argc)
				value = argv[++*at];
			else
				return err_set(e, ERR_USAGE, "-%c needs a value: -%c %s", *letter, *letter,
					       row->value_name);
		}
		if (store_value(row, value, into, e))
			return -1;
		if (value)
			break;
	}
	return 0;
}

int options_parse(const struct option_row *rows, void *into, const struct option_row *global_rows, void *global_into,
		  int argc, char **argv, int *out_count, struct err *e)
{
	const struct tables t = { { rows, global_rows }, { into, global_into } };
	int operands = 0;

	for (int at = 0; at < argc; at++) {
		if (!strcmp(argv[at], "--")) {
			while (++at < argc)
				argv[operands++] = argv[at];
			break;
		}
		if (argv[at][0] != '-' || !argv[at][1])
			argv[operands++] = argv[at];
		else if (argv[at][1] == '-' ? parse_long(&t, argc, argv, &at, e)
					    : parse_letters(&t, argc, argv, &at, e))
			return -1;
	}
	*out_count = operands;
	return 0;
}

static void option_words(const struct option_row *row, struct str *out)
{
	if (row->letter)
		str_addf(out, "-%c, ", row->letter);
	str_addf(out, "--%s", row->name);
	if (row->value_name)
		str_addf(out, " %s", row->value_name);
}

static void add_choices(const struct option_row *row, struct str *out)
{
	for (const char *const *choice = row->choices; choice && *choice; choice++)
		str_addf(out, "%s%s", choice == row->choices ? ": " : ", ", *choice);
}

void options_help(const struct option_row *rows, struct str *out)
{
	for (const struct option_row *row = rows; row && row->name; row++) {
		AUTO_STR words = { 0 };

		option_words(row, &words);
		str_addf(out, "  %-26s %s%s", str_text(&words), words.len > 26 ? "\n                             " : "",
			 row->help);
		add_choices(row, out);
		str_add(out, "\n");
	}
}

void options_man(const struct option_row *rows, struct str *out)
{
	for (const struct option_row *row = rows; row && row->name; row++) {
		AUTO_STR help = { 0 };

		str_add(out, ".It ");
		if (row->letter)
			str_addf(out, "Fl %c , ", row->letter);
		str_addf(out, "Fl Fl %s", row->name);
		if (row->value_name)
			str_addf(out, " Ar %s", row->value_name);
		str_add(out, "\n");
		str_add(&help, row->help);
		add_choices(row, &help);
		mdoc_add_prose(out, str_text(&help), ".");
	}
}

void options_list_free(struct option_list *l)
{
	free(l->items);
	l->items = NULL;
	l->count = 0;
}
