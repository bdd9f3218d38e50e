#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "lab/lab_load.h"
#include "lab/select.h"

#define LONGEST_CIRCLE_BYTES 400

static const char *const archs[] = { "alpha",	  "amd64",   "arm64", "armel",	 "armhf",   "hppa",
				     "hurd-i386", "i386",    "ia64",  "loong64", "m68k",    "mips64el",
				     "mipsel",	  "powerpc", "ppc64", "ppc64el", "riscv64", "s390x",
				     "sh4",	  "sparc64", "x32",   NULL };

static void tell_unknown(const char *what, const struct reference *r, const char *const *known,
			 struct problems *problems)
{
	AUTO_FREE char *hint = problems_nearest(problems, r->name, known);

	problems_add(problems, r->at, hint, "there is no %s \"%.64s\"", what, r->name);
}

static bool is_one_of(const char *word, const char *const *known)
{
	for (; *known; known++)
		if (strcmp(*known, word) == 0)
			return true;
	return false;
}

static const char **names_of(const struct lab *lab, const char *what)
{
	VEC(const char *) names = { 0 };

	for (size_t i = 0; strcmp(what, "target") == 0 && i < lab->target_count; i++)
		vec_add(&names, lab->targets[i].name);
	for (size_t i = 0; strcmp(what, "runtime") == 0 && i < lab->runtime_count; i++)
		vec_add(&names, lab->runtimes[i].name);
	for (size_t i = 0; strcmp(what, "package") == 0 && i < lab->package_count; i++)
		vec_add(&names, lab->packages[i].name);
	vec_add(&names, NULL);
	return names.items;
}

static const char **tier_names(const struct lab *lab)
{
	VEC(const char *) names = { 0 };

	for (size_t i = 0; i < lab->package_count; i++) {
		const struct tier *tiers = lab->packages[i].tiers.items;
		for (size_t t = 0; t < lab->packages[i].tiers.count; t++)
			vec_add(&names, tiers[t].name);
	}
	vec_add(&names, NULL);
	return names.items;
}

static bool exists(const struct lab *lab, const struct reference *r)
{
	if (strcmp(r->refers_to, "target") == 0)
		return lab_target(lab, r->name) != NULL;
	if (strcmp(r->refers_to, "runtime") == 0)
		return lab_runtime(lab, r->name) != NULL;
	return lab_package(lab, r->name) != NULL;
}

static void check_tier(const struct lab *lab, const struct reference *r, struct problems *problems)
{
	AUTO_FREE const char **known = NULL;

	for (size_t i = 0; i < lab->package_count; i++)
		if (package_tier(&lab->packages[i], r->name))
			return;
	known = tier_names(lab);
	if (known[0]) /* a lab without any is still being written */
		tell_unknown("package with the tier", r, known, problems);
}

static void check_selection(const struct lab *lab, const struct reference *r, struct problems *problems)
{
	struct err e = ERR_INIT;

	if (select_check_word(lab, r->refers_to, r->name, &e) != 0)
		problems_add(problems, r->at, e.hint[0] ? e.hint : NULL, "%s", e.text);
}

static void check_reference(const struct lab *lab, const struct reference *r, struct problems *problems)
{
	size_t len = strlen(r->refers_to);

	if (strcmp(r->refers_to, "arch") == 0) {
		if (!is_one_of(r->name, archs))
			tell_unknown("Debian architecture", r, archs, problems);
	} else if (strcmp(r->refers_to, "tier") == 0) {
		check_tier(lab, r, problems);
	} else if (r->refers_to[len - 1] == 's') {
		check_selection(lab, r, problems);
	} else if (!exists(lab, r)) {
		AUTO_FREE const char **known = names_of(lab, r->refers_to);
		tell_unknown(r->refers_to, r, known, problems);
	}
}

/* ---- circles in needs ---- */

enum colour {
	NOT_SEEN,
	ON_THE_WAY,
	DONE
};

struct walk {
	const struct lab *lab;
	const struct references *references;
	struct problems *problems;
	unsigned char *colours; /* of each package: enum colour */
	VEC(size_t) way;
};

static struct where place_of_need(const struct walk *w, const struct package_recipe *p, const char *need)
{
	for (size_t i = 0; i < w->references->count; i++) {
		const struct reference *r = &w->references->items[i];
		if (strcmp(r->refers_to, "package") == 0 && strcmp(r->name, need) == 0 && p->at.file &&
		    strcmp(r->at.file, p->at.file) == 0)
			return r->at;
	}
	return p->at;
}

/* The way leads from `first` back to it: the last on it needs the first again. */
static void tell_circle(const struct walk *w, size_t first)
{
	const struct package_recipe *packages = w->lab->packages;
	const struct package_recipe *last = &packages[w->way.items[w->way.count - 1]];
	size_t start = 0;
	AUTO_STR text = { 0 };

	while (w->way.items[start] != first)
		start++;
	for (size_t i = start; i < w->way.count && text.len < LONGEST_CIRCLE_BYTES; i++)
		str_addf(&text, "%s needs ", packages[w->way.items[i]].name);
	problems_add(w->problems, place_of_need(w, last, packages[first].name), "leave out one of these needs",
		     "needs go in a circle: %s%s", str_text(&text), packages[first].name);
}

static void visit(struct walk *w, size_t i)
{
	const struct package_recipe *p = &w->lab->packages[i];

	w->colours[i] = ON_THE_WAY;
	vec_add(&w->way, i);
	for (size_t n = 0; n < p->needs.count; n++) {
		const struct package_recipe *need = lab_package(w->lab, p->needs.items[n]);
		if (!need)
			continue;
		size_t next = (size_t)(need - w->lab->packages);
		if (w->colours[next] == ON_THE_WAY)
			tell_circle(w, next);
		else if (w->colours[next] == NOT_SEEN)
			visit(w, next);
	}
	w->way.count--;
	w->colours[i] = DONE;
}

static void check_circles(const struct lab *lab, const struct references *references, struct problems *problems)
{
	AUTO_FREE unsigned char *colours = mem_new(lab->package_count + 1, 1);
	struct walk w = { lab, references, problems, colours, { 0 } };

	for (size_t i = 0; i < lab->package_count; i++)
		if (colours[i] == NOT_SEEN)
			visit(&w, i);
	vec_free(&w.way);
}

void lab_check(const struct lab *lab, const struct references *references, struct problems *problems)
{
	for (size_t i = 0; i < references->count && !problems_full(problems); i++)
		check_reference(lab, &references->items[i], problems);
	check_circles(lab, references, problems);
}
