#include "lab/lab_load.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "lab/vars.h"

#define MAX_VARIABLES	200
#define VARIABLE_ROUNDS 16 /* how deep variables may lean on later ones */

/* ---- lab.yaml ---- */

/* One variable more that can be said with those that are known; false: it cannot yet. */
static bool set_variable(const struct lab_wish *wish, struct vars *vars, const struct yaml_node *n)
{
	AUTO_STR value = { 0 };

	if (wish->variable && strcmp(wish->variable, yaml_key(n)) == 0) {
		vars_set(vars, wish->variable, wish->value);
		return true;
	}
	if (!yaml_text(n) || vars_expand(vars, yaml_text(n), &value, NULL) != 0)
		return false;
	vars_set(vars, yaml_key(n), str_text(&value));
	return true;
}

/* In any order. What cannot be said at all is told when the settings are read, with its place. */
static void set_variables(struct loader *l, const struct yaml_node *root, struct vars *vars)
{
	const struct yaml_node *map = yaml_kind(root) == YAML_MAP ? yaml_at(root, "variables") : NULL;
	size_t count = map && yaml_kind(map) == YAML_MAP ? yaml_count(map) : 0;

	if (count > MAX_VARIABLES)
		problems_add(l->problems, yaml_where(map), NULL, "%zu variables, but at most %d are read", count,
			     MAX_VARIABLES);
	if (count == 0 || count > MAX_VARIABLES)
		return;
	AUTO_FREE bool *is_set = mem_new(count, sizeof(bool));
	for (int round = 0; round < VARIABLE_ROUNDS; round++) {
		size_t i = 0;
		for (const struct yaml_node *n = yaml_next(map, NULL); n; n = yaml_next(map, n), i++)
			if (!is_set[i])
				is_set[i] = set_variable(l->wish, vars, n);
	}
}

static struct vars *new_vars(const struct vars *outer, const char *lab_folder)
{
	struct vars *vars = vars_new(outer);
	const struct passwd *user = getpwuid(getuid());
	const char *home = getenv("HOME");

	if (!home || home[0] != '/')
		home = user ? user->pw_dir : "/";
	vars_set(vars, "lab", lab_folder);
	vars_set(vars, "home", home);
	vars_set(vars, "arch", host_arch());
	return vars;
}

static void check_index(struct loader *l, const struct yaml_node *root)
{
	const struct index_settings *index = &l->lab->settings.index;
	const struct yaml_node *n = yaml_at(root, "index");

	if (!n || yaml_kind(n) != YAML_MAP)
		return;
	if (index->only_folder && !yaml_at(n, "folder"))
		problems_add(l->problems, yaml_where(n), NULL, "index.only_folder needs index.folder");
	if (index->folder && !file_is_folder(index->folder))
		problems_add(l->problems, yaml_where(yaml_at(n, "folder")), NULL,
			     "index.folder: there is no folder %.300s", index->folder);
	if (index->constraints && access(index->constraints, R_OK) != 0)
		problems_add(l->problems, yaml_where(yaml_at(n, "constraints")), NULL,
			     "index.constraints: cannot read %.300s", index->constraints);
	if (index->url && !str_starts(index->url, "https://") && !str_starts(index->url, "http://"))
		problems_add(l->problems, yaml_where(yaml_at(n, "url")), "for archives on this machine use folder:",
			     "index.url must begin with https:// or http://");
}

static void check_choice(struct loader *l, const struct yaml_node *root, const char *key, bool *out_chosen)
{
	const struct yaml_node *n = yaml_at(root, key);

	*out_chosen = n != NULL;
	if (n && yaml_kind(n) == YAML_LIST && yaml_count(n) == 0)
		problems_add(l->problems, yaml_where(n), "leave the line out for the usual choice",
			     "%s chooses nothing", key);
}

static void read_own_settings(struct loader *l, const struct yaml_node *root)
{
	set_variables(l, root, l->own_vars);
	schema_read(&lab_schema, root, l->own_vars, l->lab->arena, &l->lab->settings, l->problems);
	schema_references(&lab_schema, root, lab_note_reference, l);
	if (yaml_kind(root) != YAML_MAP)
		return;
	check_index(l, root);
	check_choice(l, root, "targets", &l->chooses_targets);
	check_choice(l, root, "runtimes", &l->chooses_runtimes);
}

/* lab.yaml decides whether the shipped lab counts, and that one's variables come first. */
static bool wants_shipped(const struct yaml_node *root)
{
	const struct yaml_node *n = yaml_kind(root) == YAML_MAP ? yaml_at(root, "shipped") : NULL;

	return !n || !yaml_text(n) || strcmp(yaml_text(n), "false") != 0;
}

/* Of the shipped lab.yaml only the variables count, and its choice where the user's lab makes none. */
static void read_shipped_settings(struct loader *l, const char *shipped, struct lab_settings *out)
{
	AUTO_FREE char *path = file_join(shipped, "lab.yaml");
	struct yaml_doc *doc = lab_open_file(l, path);

	if (!doc)
		return;
	set_variables(l, yaml_root(doc), l->shipped_vars);
	schema_read(&lab_schema, yaml_root(doc), l->shipped_vars, l->lab->arena, out, l->problems);
	yaml_doc_free(doc);
}

/* ---- all together ---- */

static struct text_list own_target_names(struct lab *lab, size_t count)
{
	struct text_list list = { arena_items(lab->arena, count + 1, sizeof(char *)), count };

	for (size_t i = 0; i < count; i++)
		list.items[i] = lab->targets[i].name;
	return list;
}

static struct text_list own_runtime_names(struct lab *lab, size_t count)
{
	struct text_list list = { arena_items(lab->arena, count + 1, sizeof(char *)), count };

	for (size_t i = 0; i < count; i++)
		list.items[i] = lab->runtimes[i].name;
	return list;
}

static int compare_targets(const void *a, const void *b)
{
	return strcmp(((const struct target_spec *)a)->name, ((const struct target_spec *)b)->name);
}

static int compare_runtimes(const void *a, const void *b)
{
	return strcmp(((const struct runtime_recipe *)a)->name, ((const struct runtime_recipe *)b)->name);
}

static int compare_packages(const void *a, const void *b)
{
	return strcmp(((const struct package_recipe *)a)->name, ((const struct package_recipe *)b)->name);
}

static int compare_benchmark_sets(const void *a, const void *b)
{
	return strcmp(((const struct benchmark_set *)a)->name, ((const struct benchmark_set *)b)->name);
}

static int compare_suites(const void *a, const void *b)
{
	return strcmp(((const struct suite *)a)->name, ((const struct suite *)b)->name);
}

static int compare_policies(const void *a, const void *b)
{
	return strcmp(((const struct policy *)a)->name, ((const struct policy *)b)->name);
}

static void sort_lists(struct lab *lab)
{
	qsort(lab->targets, lab->target_count, sizeof(*lab->targets), compare_targets);
	qsort(lab->runtimes, lab->runtime_count, sizeof(*lab->runtimes), compare_runtimes);
	qsort(lab->packages, lab->package_count, sizeof(*lab->packages), compare_packages);
	qsort(lab->benchmark_sets, lab->benchmark_set_count, sizeof(*lab->benchmark_sets), compare_benchmark_sets);
	qsort(lab->suites, lab->suite_count, sizeof(*lab->suites), compare_suites);
	qsort(lab->policies, lab->policy_count, sizeof(*lab->policies), compare_policies);
}

/* The sets lie where they stay from here on: their benchmarks point at them. */
static void gather_benchmarks(struct lab *lab, struct problems *problems)
{
	size_t room = 1;

	for (size_t i = 0; i < lab->benchmark_set_count; i++)
		room += lab->benchmark_sets[i].benchmarks.count;
	lab->benchmarks = mem_new(room, sizeof(*lab->benchmarks));
	for (size_t i = 0; i < lab->benchmark_set_count; i++) {
		struct benchmark_set *set = &lab->benchmark_sets[i];
		const struct benchmark *all = set->benchmarks.items;

		benchmark_set_link(set, lab->arena);
		for (size_t k = 0; k < set->benchmarks.count; k++) {
			const struct benchmark *other = lab_benchmark(lab, all[k].name);

			if (other && other->set != set)
				problems_add(problems, all[k].at, "one name, one benchmark: rename one of the two",
					     "the set %s has a benchmark %s as well", other->set->name, other->name);
			lab->benchmarks[lab->benchmark_count++] = &all[k];
		}
	}
}

/* What lab.yaml leaves open: its own folders' targets and runtimes, and where it has none the shipped choice. Called
 * before the lists are sorted: what is its own stands in front. */
static void fill_choices(struct loader *l, const struct lab_settings *shipped)
{
	struct lab *lab = l->lab;

	if (!l->chooses_targets)
		lab->settings.targets = l->own_targets ? own_target_names(lab, l->own_targets) : shipped->targets;
	if (!l->chooses_runtimes)
		lab->settings.runtimes = l->own_runtimes ? own_runtime_names(lab, l->own_runtimes) : shipped->runtimes;
}

static void read_all(struct loader *l, const char *shipped)
{
	AUTO_FREE char *path = file_join(l->lab->folder, "lab.yaml");
	struct lab_settings shipped_settings = { 0 };
	struct yaml_doc *doc = lab_open_file(l, path);

	if (doc && !wants_shipped(yaml_root(doc)))
		shipped = NULL;
	if (shipped) {
		l->shipped_vars = new_vars(NULL, shipped);
		read_shipped_settings(l, shipped, &shipped_settings);
		l->file = arena_dup(l->lab->arena, path);
	}
	l->vars = l->own_vars = new_vars(l->shipped_vars, l->lab->folder);
	if (doc)
		read_own_settings(l, yaml_root(doc));
	yaml_doc_free(doc);
	lab_read_folders(l, l->lab->folder);
	l->own_targets = l->lab->target_count;
	l->own_runtimes = l->lab->runtime_count;
	if (shipped) {
		l->vars = vars_new(l->own_vars);
		vars_set(l->vars, "lab", shipped);
		lab_read_folders(l, shipped);
		vars_free(l->vars);
	}
	fill_choices(l, &shipped_settings);
	if (l->lab->target_count == 0)
		problems_add(l->problems, (struct where){ path, 1, 1 },
			     "write targets/NAME.yaml, for example with kind: local", "this lab has no targets");
}

static char *absolute_from_here(const char *path)
{
	AUTO_FREE char *here = realpath(".", NULL);

	return path[0] == '/' || !here ? mem_dup(path) : file_join(here, path);
}

/* The shipped lab's folder is not the user's to write in: its results go where programs keep their state. */
static char *results_folder(const struct lab *lab, const struct lab_wish *wish, const char *how)
{
	const char *from_environment = getenv("LABCTL_RESULTS");

	if (wish->results)
		return absolute_from_here(wish->results);
	if (from_environment && from_environment[0])
		return absolute_from_here(from_environment);
	if (how != lab_how_shipped && lab->settings.results)
		return mem_dup(lab->settings.results);
	AUTO_FREE char *state = file_user_folder("state");
	return file_join(state, "results");
}

static char *lib_folder(const char *lab_folder, const char *shipped)
{
	char *own = file_join(lab_folder, "recipes/lib");

	if (!shipped || file_is_folder(own))
		return own;
	free(own);
	return file_join(shipped, "recipes/lib");
}

static void set_baseline(struct lab *lab)
{
	if (!lab->settings.baseline && lab_runtime(lab, "cpython"))
		lab->settings.baseline = "cpython";
}

static void load(struct lab *lab, const struct lab_wish *wish, const char *shipped, struct problems *problems)
{
	struct loader l = { .lab = lab, .wish = wish, .problems = problems };
	bool is_shipped = shipped && strcmp(shipped, lab->folder) == 0;

	read_all(&l, is_shipped ? NULL : shipped);
	sort_lists(lab);
	gather_benchmarks(lab, problems);
	set_baseline(lab);
	lab_check(lab, &l.references, problems);
	vec_free(&l.references);
	vars_free(l.own_vars);
	vars_free(l.shipped_vars);
}

struct lab *lab_load(const struct lab_wish *wish, struct problems *problems, struct err *e)
{
	const char *how;
	char *folder = lab_find(wish, &how, e);
	AUTO_FREE char *shipped = wish->shipped ? realpath(wish->shipped, NULL) : NULL;

	if (!folder)
		return NULL;
	struct lab *lab = mem_new(1, sizeof(*lab));
	lab->folder = folder;
	lab->arena = arena_new(64 * 1024);
	load(lab, wish, shipped, problems);
	problems_sort(problems);
	if (problems->count > 0) {
		size_t count = problems->count + problems->dropped;
		err_set(e, ERR_CONFIG, "%zu problem%s in the lab %s", count, count == 1 ? "" : "s", lab->folder);
		lab_free(lab);
		return NULL;
	}
	lab->lib_folder = lib_folder(lab->folder, shipped);
	lab->results_folder = results_folder(lab, wish, how);
	return lab;
}
