#include "lab/select.h"

#include <fnmatch.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

#define LONGEST_WORD 200 /* matching a pattern takes longer the longer it is */

/* One sort of thing that can be selected: the three differ in where they lie only. */
struct shelf {
	const char *one, *all; /* "target", "targets" */
	size_t count;
	const char *(*name)(const struct lab *lab, size_t i);
	const struct text_list *(*tags)(const struct lab *lab, size_t i);
	const char *(*group)(const struct lab *lab, size_t i); /* a name for several of them; NULL: there are none */
	const struct text_list *standard;		       /* the lab's choice; empty: everything */
	bool (*is_left_out)(const struct lab *lab, size_t i);  /* of the standard choice; NULL: none is */
};

static const char *target_name(const struct lab *lab, size_t i)
{
	return lab->targets[i].name;
}

static const struct text_list *target_tags(const struct lab *lab, size_t i)
{
	return &lab->targets[i].tags;
}

static bool is_local_anyway(const struct lab *lab, size_t i)
{
	const struct target_spec *target = &lab->targets[i];

	return target->only_foreign && target->arch && strcmp(target->arch, host_arch()) == 0;
}

static const char *runtime_name(const struct lab *lab, size_t i)
{
	return lab->runtimes[i].name;
}

static const struct text_list *runtime_tags(const struct lab *lab, size_t i)
{
	return &lab->runtimes[i].tags;
}

static const char *package_name(const struct lab *lab, size_t i)
{
	return lab->packages[i].name;
}

static const struct text_list *package_tags(const struct lab *lab, size_t i)
{
	return &lab->packages[i].tags;
}

static const char *benchmark_name(const struct lab *lab, size_t i)
{
	return lab->benchmarks[i]->name;
}

static const char *benchmark_group(const struct lab *lab, size_t i)
{
	return lab->benchmarks[i]->set->name;
}

static const struct text_list *benchmark_tags(const struct lab *lab, size_t i)
{
	return &lab->benchmarks[i]->as_package->tags;
}

static const struct text_list nothing;

static struct shelf target_shelf(const struct lab *lab)
{
	return (struct shelf){ .one = "target",
			       .all = "targets",
			       .count = lab->target_count,
			       .name = target_name,
			       .tags = target_tags,
			       .standard = &lab->settings.targets,
			       .is_left_out = is_local_anyway };
}

static struct shelf runtime_shelf(const struct lab *lab)
{
	return (struct shelf){ .one = "runtime",
			       .all = "runtimes",
			       .count = lab->runtime_count,
			       .name = runtime_name,
			       .tags = runtime_tags,
			       .standard = &lab->settings.runtimes };
}

static struct shelf package_shelf(const struct lab *lab)
{
	return (struct shelf){ .one = "package",
			       .all = "packages",
			       .count = lab->package_count,
			       .name = package_name,
			       .tags = package_tags,
			       .standard = &nothing };
}

static struct shelf benchmark_shelf(const struct lab *lab)
{
	return (struct shelf){ .one = "benchmark",
			       .all = "benchmarks",
			       .count = lab->benchmark_count,
			       .name = benchmark_name,
			       .tags = benchmark_tags,
			       .group = benchmark_group,
			       .standard = &nothing };
}

/* ---- the choice so far ---- */

struct choice {
	const struct lab *lab;
	const struct shelf *shelf;
	bool *is_in, *is_out; /* of each thing on the shelf */
	VEC(size_t) order;
};

static void take(struct choice *c, size_t i)
{
	if (c->is_in[i])
		return;
	c->is_in[i] = true;
	vec_add(&c->order, i);
}

static bool fits(const struct choice *c, size_t i, const char *word)
{
	const struct shelf *shelf = c->shelf;

	if (str_starts(word, "tag:"))
		return text_list_has(shelf->tags(c->lab, i), word + 4);
	if (strpbrk(word, "*?["))
		return fnmatch(word, shelf->name(c->lab, i), 0) == 0;
	if (shelf->group && strcmp(word, shelf->group(c->lab, i)) == 0)
		return true;
	return strcmp(word, shelf->name(c->lab, i)) == 0;
}

static char **all_words(const struct choice *c, bool tags)
{
	VEC(char *) words = { 0 };

	for (size_t i = 0; i < c->shelf->count; i++) {
		const struct text_list *list = c->shelf->tags(c->lab, i);
		if (!tags)
			vec_add(&words, mem_dup(c->shelf->name(c->lab, i)));
		if (!tags && c->shelf->group)
			vec_add(&words, mem_dup(c->shelf->group(c->lab, i)));
		for (size_t t = 0; tags && t < list->count; t++)
			vec_add(&words, mem_printf("tag:%s", list->items[t]));
	}
	vec_add(&words, NULL);
	return words.items;
}

static void add_known(char **words, struct err *e)
{
	AUTO_STR list = { 0 };
	size_t count = 0;

	for (; words[count] && count < 20; count++)
		str_addf(&list, "%s%s", count ? ", " : "", words[count]);
	if (count > 0)
		err_hint(e, "there %s %s%s", count == 1 ? "is" : "are", str_text(&list), words[count] ? ", …" : "");
}

static int chooses_nothing(const struct choice *c, const char *word, struct err *e)
{
	AUTO_FREE_LIST char **words = all_words(c, str_starts(word, "tag:"));
	const char *nearest = str_nearest(word, (const char *const *)words);

	if (str_starts(word, "tag:"))
		err_set(e, ERR_USAGE, "no %s has the tag \"%.60s\"", c->shelf->one, word + 4);
	else if (strpbrk(word, "*?["))
		err_set(e, ERR_USAGE, "no %s fits \"%.60s\"", c->shelf->one, word);
	else
		err_set(e, ERR_USAGE, "there is no %s \"%.60s\"", c->shelf->one, word);
	if (nearest)
		return err_hint(e, "did you mean \"%s\"?", nearest);
	add_known(words, e);
	return -1;
}

/* Calls back for each thing that the word names; a word that names none is an error. */
static int each_fit(struct choice *c, const char *word, void (*fn)(struct choice *c, size_t i), struct err *e)
{
	bool found = false;

	if (strlen(word) > LONGEST_WORD)
		return err_set(e, ERR_USAGE, "\"%.60s…\" is too long for the name of a %s", word, c->shelf->one);
	for (size_t i = 0; i < c->shelf->count; i++)
		if (fits(c, i, word)) {
			fn(c, i);
			found = true;
		}
	return found ? 0 : chooses_nothing(c, word, e);
}

static void leave_out(struct choice *c, size_t i)
{
	c->is_out[i] = true;
}

static void take_everything(struct choice *c)
{
	for (size_t i = 0; i < c->shelf->count; i++)
		take(c, i);
}

static int read_words(struct choice *c, const struct text_list *words, int (*take_all)(struct choice *c, struct err *e),
		      struct err *e);

static int take_all_there_is(struct choice *c, struct err *e)
{
	(void)e;
	take_everything(c);
	return 0;
}

/* The lab's own choice. In it, `all` means everything. */
static int take_standard(struct choice *c, struct err *e)
{
	struct choice standard = {
		c->lab, c->shelf, mem_new(c->shelf->count + 1, 1), mem_new(c->shelf->count + 1, 1), { 0 }
	};
	int result = 0;

	if (c->shelf->standard->count == 0)
		take_everything(&standard);
	else
		result = read_words(&standard, c->shelf->standard, take_all_there_is, e);
	for (size_t k = 0; result == 0 && k < standard.order.count; k++) {
		size_t i = standard.order.items[k];
		if (!standard.is_out[i] && !(c->shelf->is_left_out && c->shelf->is_left_out(c->lab, i)))
			take(c, i);
	}
	free(standard.is_in);
	free(standard.is_out);
	vec_free(&standard.order);
	return result;
}

static int read_word(struct choice *c, const char *word, int (*take_all)(struct choice *c, struct err *e), bool *chose,
		     struct err *e)
{
	if (word[0] == '-')
		return each_fit(c, word + 1, leave_out, e);
	*chose = true;
	return strcmp(word, "all") == 0 ? take_all(c, e) : each_fit(c, word, take, e);
}

/* Words may come one by one or with commas between them. */
static int read_words(struct choice *c, const struct text_list *words, int (*take_all)(struct choice *c, struct err *e),
		      struct err *e)
{
	bool chose = false;

	for (size_t i = 0; i < words->count; i++) {
		AUTO_FREE char *text = mem_dup(words->items[i]);
		char *rest = NULL;
		for (char *word = strtok_r(text, ", \t\n", &rest); word; word = strtok_r(NULL, ", \t\n", &rest))
			if (read_word(c, word, take_all, &chose, e) != 0)
				return -1;
	}
	return chose ? 0 : take_all(c, e);
}

static int nothing_left(const struct shelf *shelf, struct err *e)
{
	if (shelf->count == 0)
		return err_set(e, ERR_USAGE, "the lab has no %s", shelf->all);
	err_set(e, ERR_USAGE, "the selection leaves no %s", shelf->one);
	return err_hint(e, "`labctl check` shows what the lab has; a word with - in front leaves out");
}

/* The positions that are chosen, in order; freed by the caller. NULL with e set. */
static size_t *select_from(const struct lab *lab, const struct shelf *shelf, const struct text_list *wish,
			   size_t *out_count, struct err *e)
{
	AUTO_FREE bool *is_in = mem_new(shelf->count + 1, sizeof(bool));
	AUTO_FREE bool *is_out = mem_new(shelf->count + 1, sizeof(bool));
	struct choice c = { lab, shelf, is_in, is_out, { 0 } };
	int result = read_words(&c, wish, take_standard, e);

	*out_count = 0;
	for (size_t k = 0; k < c.order.count; k++)
		if (!is_out[c.order.items[k]])
			c.order.items[(*out_count)++] = c.order.items[k];
	if (result == 0 && *out_count == 0)
		result = nothing_left(shelf, e);
	if (result != 0)
		vec_free(&c.order);
	return c.order.items;
}

int select_targets(const struct lab *lab, const struct text_list *wish, const struct target_spec ***out_items,
		   size_t *out_count, struct err *e)
{
	struct shelf shelf = target_shelf(lab);
	AUTO_FREE size_t *chosen = select_from(lab, &shelf, wish, out_count, e);

	if (!chosen)
		return -1;
	*out_items = mem_new(*out_count, sizeof(**out_items));
	for (size_t i = 0; i < *out_count; i++)
		(*out_items)[i] = &lab->targets[chosen[i]];
	return 0;
}

int select_runtimes(const struct lab *lab, const struct text_list *wish, const struct runtime_recipe ***out_items,
		    size_t *out_count, struct err *e)
{
	struct shelf shelf = runtime_shelf(lab);
	AUTO_FREE size_t *chosen = select_from(lab, &shelf, wish, out_count, e);

	if (!chosen)
		return -1;
	*out_items = mem_new(*out_count, sizeof(**out_items));
	for (size_t i = 0; i < *out_count; i++)
		(*out_items)[i] = &lab->runtimes[chosen[i]];
	return 0;
}

int select_packages(const struct lab *lab, const struct text_list *wish, const struct package_recipe ***out_items,
		    size_t *out_count, struct err *e)
{
	struct shelf shelf = package_shelf(lab);
	AUTO_FREE size_t *chosen = select_from(lab, &shelf, wish, out_count, e);

	if (!chosen)
		return -1;
	*out_items = mem_new(*out_count, sizeof(**out_items));
	for (size_t i = 0; i < *out_count; i++)
		(*out_items)[i] = &lab->packages[chosen[i]];
	return 0;
}

int select_benchmarks(const struct lab *lab, const struct text_list *wish, const struct benchmark ***out_items,
		      size_t *out_count, struct err *e)
{
	struct shelf shelf = benchmark_shelf(lab);
	AUTO_FREE size_t *chosen = select_from(lab, &shelf, wish, out_count, e);

	if (!chosen)
		return -1;
	*out_items = mem_new(*out_count, sizeof(**out_items));
	for (size_t i = 0; i < *out_count; i++)
		(*out_items)[i] = lab->benchmarks[chosen[i]];
	return 0;
}

int select_check_word(const struct lab *lab, const char *of, const char *word, struct err *e)
{
	struct shelf shelf = strcmp(of, "targets") == 0	     ? target_shelf(lab)
			     : strcmp(of, "runtimes") == 0   ? runtime_shelf(lab)
			     : strcmp(of, "benchmarks") == 0 ? benchmark_shelf(lab)
							     : package_shelf(lab);
	AUTO_FREE bool *is_in = mem_new(shelf.count + 1, sizeof(bool));
	AUTO_FREE bool *is_out = mem_new(shelf.count + 1, sizeof(bool));
	struct choice c = { lab, &shelf, is_in, is_out, { 0 } };
	const struct text_list one = { &word, 1 };
	int result = read_words(&c, &one, take_all_there_is, e);

	vec_free(&c.order);
	return result;
}
