#include "lab/pin.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

#define VERSION_MOST_BYTES 64

bool pin_is_version(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= VERSION_MOST_BYTES && isalnum((unsigned char)text[0]) &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+!:~-") == len;
}

static bool is_mark(char c)
{
	return c == '-' || c == '_' || c == '.';
}

/* How long the name is that a requirement begins with. */
static size_t name_of(const char *requirement)
{
	size_t len = 0;

	while (isalnum((unsigned char)requirement[len]) || is_mark(requirement[len]))
		len++;
	return len;
}

/* In small letters, runs of - _ . as one -: PEP 503. */
static bool same_name(const char *a, size_t a_len, const char *b)
{
	size_t b_len = strlen(b), i = 0, k = 0;

	while (i < a_len && k < b_len) {
		if (is_mark(a[i]) != is_mark(b[k]))
			return false;
		if (!is_mark(a[i]) && tolower((unsigned char)a[i]) != tolower((unsigned char)b[k]))
			return false;
		for (bool mark = is_mark(a[i]); mark && is_mark(a[i + 1]) && i + 1 < a_len;)
			i++;
		for (bool mark = is_mark(b[k]); mark && is_mark(b[k + 1]);)
			k++;
		i++;
		k++;
	}
	return i == a_len && k == b_len;
}

bool pin_requirement(const char *requirement, const char *name, const char *version, struct str *out)
{
	const char *start = requirement + strspn(requirement, " \t"), *marker = strchr(start, ';');
	size_t len = name_of(start), extras = 0;

	if (!len || !same_name(start, len, name))
		return false;
	if (start[len] == '[')
		extras = strcspn(start + len, "]") + (strchr(start + len, ']') != NULL);
	str_add_bytes(out, start, len + extras);
	str_addf(out, "==%s", version);
	if (marker)
		str_add(out, marker);
	return true;
}

/* The requirements of one step; how many were of that name. */
static size_t pin_step(struct lab *lab, const struct package_recipe *p, struct install_step *step, const char *version)
{
	size_t count = 0;

	for (size_t i = 0; i < step->pip.count; i++) {
		AUTO_STR pinned = { 0 };

		if (!pin_requirement(step->pip.items[i], p->name, version, &pinned) &&
		    !(p->import && pin_requirement(step->pip.items[i], p->import, version, &pinned)))
			continue;
		step->pip.items[i] = arena_dup(lab->arena, str_text(&pinned));
		count++;
	}
	return count;
}

static int fail_no_requirement(const struct package_recipe *p, const char *runtime, const char *arch, struct err *e)
{
	err_set(e, ERR_USAGE, "the recipe of %s installs no version with pip for %s on %s", p->name, runtime, arch);
	return err_hint(
		e,
		"put the version as a variable of lab.yaml into the step (apt: [\"python3-%s=${version}\"]) and "
		"name that variable in --versions-of",
		p->name);
}

int lab_pin(struct lab *lab, const char *package, const char *version, const char *runtime, const char *arch,
	    struct err *e)
{
	const struct package_recipe *p = lab_package(lab, package);
	struct install_step *steps;
	size_t count = 0;

	if (!p)
		return err_set(e, ERR_USAGE, "the lab has no package '%s'", package);
	if (!pin_is_version(version))
		return err_set(e, ERR_USAGE, "'%.100s' is no version", version);
	steps = p->install.items;
	for (size_t i = 0; i < p->install.count; i++)
		if (recipe_applies(&steps[i].runtimes, &steps[i].archs, runtime, arch))
			count += pin_step(lab, p, &steps[i], version);
	return count ? 0 : fail_no_requirement(p, runtime, arch, e);
}
