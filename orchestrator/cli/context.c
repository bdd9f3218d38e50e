#include "cli/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "lab/pin.h"
#include "lab/select.h"

/* In a build tree the program lies beside lab.yaml and recipes/. */
static char *folder_of_program(void)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *lib = NULL;

	if (len <= 0)
		return NULL;
	path[len] = '\0';
	folder = file_parent(path);
	lib = file_join(folder, "recipes/lib");
	return file_is_folder(lib) ? TAKE(folder) : NULL;
}

char *context_shipped_folder(void)
{
	const char *named = getenv("LABCTL_DATA");
	char *beside = named && *named ? NULL : folder_of_program();

	if (named && *named)
		return mem_dup(named);
	return beside ? beside : mem_dup(PKGDATADIR);
}

struct lab_wish context_lab_wish(const struct globals *g, char **shipped)
{
	*shipped = context_shipped_folder();
	return (struct lab_wish){ .folder = g->lab, .results = g->results, .shipped = *shipped };
}

static char *cache_folder(const struct globals *g)
{
	return g->cache ? mem_dup(g->cache) : file_user_folder("cache");
}

/* Everything that decides what pip would install. */
static int digest_index(const struct index_settings *index, char out[static DIGEST_TEXT_BYTES], struct err *e)
{
	struct digest *d = digest_new();
	char part[DIGEST_TEXT_BYTES];

	digest_add_field(d, index->url);
	digest_add_field(d, index->only_folder ? "only folder" : "");
	digest_add_field(d, index->build_isolation ? "isolated" : "");
	if (index->folder) {
		if (digest_folder(index->folder, part, e)) {
			digest_end(d, part);
			return err_wrap(e, "the folder of archives that lab.yaml names");
		}
		digest_add_field(d, part);
	}
	if (index->constraints) {
		if (digest_file(index->constraints, part, e)) {
			digest_end(d, part);
			return err_wrap(e, "the constraints file that lab.yaml names");
		}
		digest_add_field(d, part);
	}
	digest_end(d, out);
	return 0;
}

static int digest_lab(struct context *c, struct err *e)
{
	AUTO_FREE char *install = file_join(c->lab->lib_folder, "install");

	if (digest_folder(c->lab->lib_folder, c->lib_digest, e) || digest_folder(install, c->install_digest, e))
		return err_wrap(e, "what runs on targets"),
		       err_hint(e, "install labctl, or set LABCTL_DATA to the folder of its sources");
	return digest_index(&c->lab->settings.index, c->index_digest, e);
}

static bool is_variable(const struct lab *lab, const char *name)
{
	for (size_t i = 0; i < lab->settings.variables.count; i++)
		if (!strcmp(lab->settings.variables.items[i].key, name))
			return true;
	return false;
}

static int vary(struct context *c, const struct variation *v, struct err *e)
{
	if (!v->what || is_variable(c->lab, v->what))
		return 0;
	return lab_pin(c->lab, v->what, v->version, v->runtime, v->arch, e);
}

int context_open_varied(struct context *c, const struct globals *g, const struct variation *v, struct err *e)
{
	AUTO_FREE char *shipped = NULL;
	AUTO_FREE char *folder = NULL;
	struct lab_wish wish = context_lab_wish(g, &shipped);
	struct problems problems = { 0 };

	wish.variable = v->what;
	wish.value = v->version;
	*c = (struct context){ .globals = g, .cache_folder = cache_folder(g) };
	folder = lab_find(&wish, &c->lab_how, e);
	if (!folder)
		return -1;
	c->lab = lab_load(&wish, &problems, e);
	if (problems.count) {
		AUTO_STR text = { 0 };

		problems_show(&problems, &text);
		fputs(str_text(&text), stderr);
	}
	problems_free(&problems);
	return !c->lab || vary(c, v, e) ? -1 : digest_lab(c, e);
}

int context_open(struct context *c, const struct globals *g, struct err *e)
{
	return context_open_varied(c, g, &(struct variation){ 0 }, e);
}

int context_open_store(struct context *c, bool read_only, struct err *e)
{
	c->store = store_open(c->lab->results_folder, read_only, e);
	return c->store ? 0 : -1;
}

void context_close(struct context *c)
{
	store_close(c->store);
	lab_free(c->lab);
	free(c->cache_folder);
	*c = (struct context){ 0 };
}

void context_close_at(struct context *c)
{
	context_close(c);
}

static struct text_list as_text_list(const struct option_list *list)
{
	return (struct text_list){ list->items, list->count };
}

/* Targets and runtimes of a wish; the arrays are the caller's to free. */
static int choose_columns(struct context *c, const struct selection *s, struct plan_wish *wish, struct err *e)
{
	struct text_list targets = as_text_list(&s->targets), runtimes = as_text_list(&s->runtimes);

	*wish = (struct plan_wish){
		.tier = s->tier ? s->tier : c->lab->settings.tier,
		.lib_digest = c->lib_digest,
		.index_digest = c->index_digest,
	};
	return select_targets(c->lab, &targets, &wish->targets, &wish->target_count, e) ||
			       select_runtimes(c->lab, &runtimes, &wish->runtimes, &wish->runtime_count, e)
		       ? -1
		       : 0;
}

static struct plan *build_plan(struct context *c, struct plan_wish *wish, bool chosen, struct err *e)
{
	struct plan *p = chosen ? plan_build(c->lab, wish, e) : NULL;

	free(wish->targets);
	free(wish->runtimes);
	free(wish->packages);
	free(wish->benchmarks);
	return p;
}

struct plan *context_plan(struct context *c, const struct selection *s, const char *const *packages,
			  size_t package_count, struct err *e)
{
	struct text_list words = { (const char **)packages, package_count };
	struct plan_wish wish;
	bool chosen = !choose_columns(c, s, &wish, e) &&
		      !select_packages(c->lab, &words, &wish.packages, &wish.package_count, e);

	return build_plan(c, &wish, chosen, e);
}

struct plan *context_plan_benchmarks(struct context *c, const struct selection *s, const char *const *words,
				     size_t word_count, struct err *e)
{
	struct text_list list = { (const char **)words, word_count };
	struct plan_wish wish;
	bool chosen = !choose_columns(c, s, &wish, e) &&
		      !select_benchmarks(c->lab, &list, &wish.benchmarks, &wish.benchmark_count, e);

	return build_plan(c, &wish, chosen, e);
}

struct plan *context_plan_both(struct context *c, const struct selection *s, const struct text_list *packages,
			       const struct text_list *benchmarks, struct err *e)
{
	struct plan_wish wish;
	bool chosen = !choose_columns(c, s, &wish, e);

	if (chosen && packages->count)
		chosen = !select_packages(c->lab, packages, &wish.packages, &wish.package_count, e);
	if (chosen && benchmarks->count)
		chosen = !select_benchmarks(c->lab, benchmarks, &wish.benchmarks, &wish.benchmark_count, e);
	return build_plan(c, &wish, chosen, e);
}

const struct target_spec *context_target(struct context *c, const char *name, struct err *e)
{
	const struct target_spec *found = lab_target(c->lab, name);
	AUTO_FREE const char **names = NULL;
	const char *near;

	if (found)
		return found;
	names = mem_new(c->lab->target_count + 1, sizeof(*names));
	for (size_t i = 0; i < c->lab->target_count; i++)
		names[i] = c->lab->targets[i].name;
	near = str_nearest(name, names);
	err_set(e, ERR_USAGE, "there is no target '%.100s'", name);
	if (near)
		err_hint(e, "did you mean %s?", near);
	else
		err_hint(e, "labctl target list");
	return NULL;
}

char *context_about_target(const char *target, const char *text)
{
	size_t len = strlen(target);

	return !strncmp(text, target, len) && text[len] == ':' ? mem_dup(text) : mem_printf("%s: %s", target, text);
}

static bool wants_colour(const struct globals *g)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (g->colour && !strcmp(g->colour, "always"))
		return true;
	if ((g->colour && !strcmp(g->colour, "never")) || (no_colour && *no_colour))
		return false;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

struct render_opts context_render_opts(const struct globals *g)
{
	struct winsize size = { 0 };
	struct render_opts opts = { .colour = wants_colour(g), .ascii = !render_locale_is_utf8(), .program = "labctl" };

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		opts.width = size.ws_col;
	return opts;
}

bool context_is_live(const struct globals *g)
{
	const char *term = getenv("TERM");

	return !g->quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

int context_put(const char *path, const struct str *text, struct err *e)
{
	if (path)
		return file_write(path, str_text(text), text->len, e);
	if (fwrite(str_text(text), 1, text->len, stdout) != text->len || fflush(stdout))
		return err_errno(e, ERR_IO, "standard output");
	return 0;
}

bool context_ask(const struct globals *g, const char *question)
{
	char answer[16];

	if (g->yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "%s [y/N] ", question);
	fflush(stderr);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

void context_say(void *ctx, const char *what)
{
	const struct globals *g = ctx;

	if (!g->quiet)
		log_info("%s", what);
}
