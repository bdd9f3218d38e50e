#include <string.h>

#include "base/mdoc.h"
#include "lab/schema.h"
#include "lab/schema_value.h"

static void add_choices(const struct schema_field *f, struct str *out)
{
	for (size_t i = 0; f->choices[i]; i++)
		str_addf(out, "%s%s", i ? ", " : "", f->choices[i]);
}

static void add_kind(const struct schema_field *f, struct str *out)
{
	const char *refers = f->refers_to;

	if (f->type == FIELD_CHOICE) {
		str_add(out, "one of ");
		add_choices(f, out);
	} else if (refers && strcmp(refers, "arch") == 0) {
		str_add(out, f->type == FIELD_TEXT_LIST ? "a list of Debian architectures" : "a Debian architecture");
	} else if (refers && refers[strlen(refers) - 1] == 's') {
		str_addf(out, "a selection of %s", refers);
	} else if (refers) {
		str_addf(out, f->type == FIELD_TEXT_LIST ? "a list of %ss" : "the name of a %s", refers);
	} else {
		str_add(out, value_wanted(f));
	}
}

/* "a size, from 64 MiB to 1 TiB, default 1 GiB" */
static void add_facts(const struct schema_field *f, struct str *out)
{
	size_t before;

	add_kind(f, out);
	str_add(out, ", ");
	before = out->len;
	value_range(f, out);
	if (out->len == before)
		str_cut(out, before - 2);
	if (f->flags & FIELD_REQUIRED)
		str_add(out, ", required");
	if (f->default_text)
		str_addf(out, ", default %s", f->default_text);
}

static bool is_written(const struct schema_field *f)
{
	return f->type != FIELD_WHERE && !(f->flags & FIELD_HIDDEN);
}

static void describe_fields(const struct schema *s, unsigned depth, struct str *out)
{
	int margin = (int)depth * 4 + 2;

	for (const struct schema_field *f = s->fields; f->key; f++) {
		if (!is_written(f))
			continue;
		str_addf(out, "%*s%s: ", margin, "", f->key);
		add_facts(f, out);
		str_addf(out, "\n%*s%s\n", margin + 4, "", f->help);
		if (f->of)
			describe_fields(f->of, depth + 1, out);
	}
}

void schema_describe(const struct schema *s, struct str *out)
{
	str_addf(out, "%s: %s\n", s->name, s->help);
	describe_fields(s, 0, out);
}

static void describe_man_fields(const struct schema *s, struct str *out)
{
	str_add(out, ".Bl -tag -width Ds\n");
	for (const struct schema_field *f = s->fields; f->key; f++) {
		AUTO_STR facts = { 0 };
		if (!is_written(f))
			continue;
		str_addf(out, ".It Cm %s\n", f->key);
		mdoc_add_prose(out, f->help, ".");
		str_add(&facts, "Value: ");
		add_facts(f, &facts);
		mdoc_add_prose(out, str_text(&facts), ".");
		if (f->of)
			describe_man_fields(f->of, out);
	}
	str_add(out, ".El\n");
}

void schema_describe_man(const struct schema *s, struct str *out)
{
	mdoc_add_prose(out, s->help, ".");
	describe_man_fields(s, out);
}
