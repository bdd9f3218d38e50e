/* mmdebstrap, followed line by line, and tried again when the mirror is in trouble. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "target/contain.h"
#include "target/debian_native.h"
#include "target/driver.h"

#define BUILD_LIMIT_NS	 (2 * 3600 * NS_PER_S)
#define SILENCE_LIMIT_NS (900 * NS_PER_S)
#define MOST_COMPLAINTS	 16

static const int pauses_s[] = { 2, 5, 15, 45 }; /* behind the first, second, … try */

struct watched {
	const struct debian_run *r;
	const struct target_opts *o;
	VEC(char *) complaints; /* what apt could not fetch */
	bool is_mirrors_fault;
	bool package_unknown;
};

#define STEPS 5

static const struct stage {
	const char *line;
	int step;
	const char *words;
} stages[] = {
	{ "running --setup-hook", 1, "reading package lists" },
	{ "downloading packages", 2, "downloading packages" },
	{ "extracting archives", 3, "unpacking essential packages" },
	{ "installing essential packages", 4, "installing essential packages" },
	{ "installing remaining packages", 5, "installing packages" },
};

static void say_stage(const struct watched *w, const char *line)
{
	for (size_t i = 0; i < COUNT_OF(stages); i++)
		if (str_starts(line, stages[i].line))
			target_say(w->o, "building %s: %d of %d, %s", w->r->what, stages[i].step, STEPS,
				   stages[i].words);
}

static bool says_mirrors_fault(const char *line)
{
	static const char *const signs[] = {
		"Failed to fetch",	"unexpected size",	   "Hash Sum mismatch", "Could not resolve",
		"Temporary failure",	"Unable to connect",	   "Could not connect", "Connection failed",
		"Connection timed out", "Mirror sync in progress", "is not valid yet",	"Clearsigned file isn't valid",
	};

	for (size_t i = 0; i < COUNT_OF(signs); i++)
		if (strstr(line, signs[i]))
			return true;
	return false;
}

static void on_line(void *ctx, const char *line, size_t len)
{
	struct watched *w = ctx;

	(void)len;
	log_debug("%s: %s", w->r->what, line);
	if (str_starts(line, "I: "))
		say_stage(w, line + 3);
	if (!str_starts(line, "E: "))
		return;
	if (strstr(line, "Unable to locate package") || strstr(line, "has no installation candidate"))
		w->package_unknown = true;
	if (says_mirrors_fault(line))
		w->is_mirrors_fault = true;
	if (str_starts(line, "E: Failed to fetch") && w->complaints.count < MOST_COMPLAINTS)
		vec_add(&w->complaints, mem_dup(line));
}

/* One option each: a pattern like ?essential stands alone. */
static char **include_options(const struct debian_run *r)
{
	VEC(char *) all = { 0 };
	const char *const *const lists[] = { r->packages, r->extra };

	for (size_t i = 0; i < COUNT_OF(lists); i++)
		for (const char *const *name = lists[i]; name && *name; name++)
			vec_add(&all, mem_printf("--include=%s", *name));
	vec_add(&all, NULL);
	return all.items;
}

static int try_once(struct watched *w, const struct debian_sources *sources, struct err *e)
{
	const struct debian_run *r = w->r;
	AUTO_FREE_LIST char **includes = include_options(r);
	AUTO_STR lines = { 0 };
	AUTO_FREE char *path =
		mem_printf("PATH=/run/labctl-build:%s", getenv("PATH") ? getenv("PATH") : "/usr/sbin:/usr/bin");
	const char *const env[] = { path, "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive", NULL };
	VEC(const char *) argv = { 0 };
	int failed;

	debian_sources_lines(sources, NULL, &lines);
	vec_add(&argv, "mmdebstrap");
	vec_add(&argv, "--verbose");
	vec_add(&argv, "--mode=root");
	vec_add(&argv, "--format=directory");
	for (const char *const *option = r->options; *option; option++)
		vec_add(&argv, *option);
	for (char **include = includes; *include; include++)
		vec_add(&argv, *include);
	vec_add(&argv, r->release);
	vec_add(&argv, r->folder);
	if (lines.len)
		vec_add(&argv, "-"); /* the sources come on standard input */
	vec_add(&argv, NULL);
	const struct contain c = {
		.argv = argv.items,
		.env = env,
		.input = lines.len ? str_text(&lines) : NULL,
		.limit_ns = BUILD_LIMIT_NS,
		.silence_limit_ns = SILENCE_LIMIT_NS,
		.on_line = on_line,
		.ctx = w,
	};
	failed = contain_run(&c, e);
	vec_free(&argv);
	return failed;
}

static void forget_complaints(struct watched *w)
{
	for (size_t i = 0; i < w->complaints.count; i++)
		free(w->complaints.items[i]);
	vec_free(&w->complaints);
	w->is_mirrors_fault = false;
}

/* A mirror whose security archive is broken for one architecture must not keep everybody from testing. */
static void leave_out_broken_suites(const struct watched *w, struct debian_sources *sources)
{
	for (size_t i = 0; i < w->complaints.count; i++) {
		AUTO_FREE char *dropped = NULL;

		if (debian_sources_complain(sources, w->r->release, w->complaints.items[i], &dropped))
			log_warning("%s: the mirror cannot deliver %s just now; going on without it", w->r->what,
				    dropped);
	}
}

static int explain(const struct watched *w, struct err *e)
{
	err_wrap(e, "building %s", w->r->what);
	if (w->package_unknown) {
		if (e)
			e->code = ERR_UNAVAILABLE;
		return err_hint(e, "a package of the image does not exist for that release and architecture");
	}
	if (w->is_mirrors_fault)
		return err_hint(e, "the Debian mirror cannot be reached or is being updated: try again later, or set "
				   "image.mirror");
	return -1;
}

int debian_run(const struct debian_run *r, struct debian_sources *sources, const struct target_opts *o, struct err *e)
{
	struct watched w = { .r = r, .o = o };
	int failed;

	for (size_t tries = 0;; tries++) {
		failed = try_once(&w, sources, e);
		if (failed == 0)
			break;
		contain_remove_tree(r->folder, NULL);
		if (!w.is_mirrors_fault || w.package_unknown || tries == COUNT_OF(pauses_s)) {
			explain(&w, e);
			break;
		}
		leave_out_broken_suites(&w, sources);
		forget_complaints(&w);
		target_say(o, "building %s: the mirror is in trouble, trying again in %d s", r->what, pauses_s[tries]);
		clock_sleep_ns(pauses_s[tries] * NS_PER_S);
	}
	forget_complaints(&w);
	return failed;
}
