/* labctl bisect: which version of a list brought a change. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyse/speed.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/bisect.h"
#include "run/scratch.h"

#define DEFAULT_BUDGET_NS (5 * 60 * NS_PER_S)

struct bisect_options {
	struct option_list versions;
	const char *of, *run;
	int64_t retries, budget_ns;
};

#define AT(field) offsetof(struct bisect_options, field)

static const struct option_row rows[] = {
	{ "versions", 0, OPTION_LIST, AT(versions), "VERSION,...", NULL, NULL, "the versions, in their order" },
	{ "versions-of", 0, OPTION_TEXT, AT(of), "WHAT", NULL, NULL,
	  "of what: package (the cell's own, unless given), runtime (then they are names of runtimes), another "
	  "package, or "
	  "a variable of lab.yaml" },
	{ "retries", 0, OPTION_COUNT, AT(retries), "N", NULL, NULL,
	  "how often a version that is broken or lost is tried again; 1 unless given" },
	{ "budget", 'b', OPTION_DURATION, AT(budget_ns), "TIME", NULL, NULL,
	  "of a benchmark: how long one version may be measured; 5m unless given" },
	{ "run", 0, OPTION_TEXT, AT(run), "RUN", NULL, "run",
	  "the outcome in that run (latest, latest~2, a number, a name) instead of the last" },
	{ 0 },
};

/* The search, with what was seen. */
struct hunt {
	const struct bisect_options *options;
	struct bisecting at;
	struct bisect search;
	struct sight *sights; /* of each version, the last */
	size_t looks;
	int (*look)(struct bisecting *b, const char *version, struct sight *out, struct err *e);
};

/* Of a benchmark the state is a speed, of tests a verdict. */
static bool of_speed(const struct repro *r)
{
	return !strcmp(r->row->tier, SPEED_TIER);
}

static const char *state_word(const struct hunt *h, size_t i)
{
	int state = h->search.versions[i].state;

	return of_speed(h->at.repro) ? speed_word((enum speed)state) : verdict_name((enum verdict)state);
}

static void print_sight(const struct hunt *h, size_t i)
{
	const struct sight *s = &h->sights[i];

	printf("%-16s %-11s %s\n", h->options->versions.items[i], s->word, s->text);
	fflush(stdout);
}

static int search(struct hunt *h, struct err *e)
{
	for (size_t i; (i = bisect_next(&h->search)) < h->search.count; h->looks++) {
		if (h->look(&h->at, h->options->versions.items[i], &h->sights[i], e))
			return -1;
		bisect_tell(&h->search, i, h->sights[i].state);
		print_sight(h, i);
	}
	return 0;
}

/* ---- the answer ---- */

static void print_row(const struct hunt *h, size_t i, const struct bisect_end *end)
{
	const struct bisect_version *v = &h->search.versions[i];
	const char *version = h->options->versions.items[i];
	bool found = end->how == BISECT_FOUND, seen = v->seen || v->failed || v->left_out;

	printf("  %-16s ", version);
	if (!seen)
		printf("not run\n");
	else if (v->flaky)
		printf("flaky, left out\n");
	else
		printf("%s%s%s%s%s\n", h->sights[i].word, h->sights[i].text[0] ? ": " : "", h->sights[i].text,
		       v->left_out ? " (left out)" : "", found && i == end->after ? "   <- here" : "");
}

static void add_command(const struct hunt *h, const char *version, struct str *out)
{
	const struct outcome_row *row = h->at.repro->row;

	if (!of_speed(h->at.repro)) {
		version_command(h->at.repro, h->options->of, version, out);
		return;
	}
	str_addf(out, "labctl bench %s --target %s --fresh --runtime %s", row->package, row->target, version);
	if (strcmp(version, h->at.reference) != 0)
		str_addf(out, ",%s", h->at.reference);
}

static void print_commands(const struct hunt *h)
{
	printf("\nAgain:\n");
	for (size_t i = 0; i < h->search.count; i++) {
		AUTO_STR command = { 0 };

		if (!h->search.versions[i].seen)
			continue;
		add_command(h, h->options->versions.items[i], &command);
		printf("  %s\n", str_text(&command));
	}
}

static void print_found(const struct hunt *h, const struct bisect_end *end)
{
	const char *const *versions = (const char *const *)h->options->versions.items;
	const struct repro *r = h->at.repro;
	AUTO_STR what = { 0 };

	str_add_quoted(&what, r->test ? r->test->name : r->label, STR_TERMINAL);
	printf("%s is %s with %s and %s with %s%s\n", str_text(&what), state_word(h, end->before),
	       versions[end->before], state_word(h, end->after), versions[end->after],
	       end->between ? ": that one brought it, or one of those between, which cannot be tested"
			    : ": that one brought it");
}

static int print_answer(const struct hunt *h)
{
	const struct bisect_end end = bisect_end(&h->search);

	printf("\n%s, %zu runs\n", h->at.repro->label, h->looks);
	for (size_t i = 0; i < h->search.count; i++)
		print_row(h, i, &end);
	print_commands(h);
	printf("\n");
	switch (end.how) {
	case BISECT_FOUND:
		print_found(h, &end);
		return EXIT_AS_EXPECTED;
	case BISECT_NO_CHANGE:
		printf("%s and %s are both %s: nothing changed between them\n", h->options->versions.items[end.before],
		       h->options->versions.items[end.after], state_word(h, end.before));
		return EXIT_FINDINGS;
	default:
		printf("fewer than two of these versions can be tested\n");
		return EXIT_FINDINGS;
	}
}

/* ---- the command ---- */

static void end_at_signal(int number)
{
	(void)number;
	_exit(EXIT_INTERRUPTED); /* what was installed until then is kept */
}

static int hunt(const struct repro *r, const struct bisect_options *o, const char *scratch, struct err *e)
{
	struct hunt h = { .options = o, .at = { .repro = r, .of = o->of, .scratch = scratch } };

	h.look = of_speed(r) ? bisect_look_speed : bisect_look;
	h.at.step = NAN;
	h.at.budget_ns = o->budget_ns ? o->budget_ns : DEFAULT_BUDGET_NS;
	int status;

	h.sights = mem_new(o->versions.count, sizeof(*h.sights));
	bisect_start(&h.search, o->versions.count, o->retries ? (int)o->retries : 1);
	status = search(&h, e);
	if (!status)
		status = print_answer(&h);
	bisect_close(&h.at);
	bisect_free(&h.search);
	free(h.sights);
	return status;
}

static int in_scratch(const struct repro *r, const struct bisect_options *o, struct err *e)
{
	int lock_fd = -1, status;
	char *scratch = scratch_make(r->context->cache_folder, r->row->target, &lock_fd, e);

	if (!scratch)
		return -1;
	signal(SIGINT, end_at_signal);
	signal(SIGTERM, end_at_signal);
	signal(SIGHUP, end_at_signal);
	status = hunt(r, o, scratch, e);
	scratch_drop(scratch, lock_fd);
	return status;
}

/* A version that is named twice has no place in an order. */
static int check(const struct bisect_options *o, int operand_count, struct err *e)
{
	const struct option_list *list = &o->versions;

	if (operand_count < 1 || operand_count > 2)
		return err_set(e, ERR_USAGE, "bisect takes a cell, and perhaps one of its tests");
	if (list->count < 2) {
		err_set(e, ERR_USAGE, "bisect takes a list of versions, in their order");
		return err_hint(e, "--versions 1.2,1.3,1.4");
	}
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(list->items[i], list->items[k]))
				return err_set(e, ERR_USAGE, "the version %s stands twice", list->items[i]);
	return 0;
}

/* Two versions of a package do not stand side by side under one runtime. */
static int check_speed(const struct repro *r, const struct bisect_options *o, struct err *e)
{
	if (!of_speed(r) || (o->of && !strcmp(o->of, VERSION_OF_RUNTIME)))
		return 0;
	err_set(e, ERR_USAGE, "the speed of %s can be compared between runtimes only", r->label);
	return err_hint(e, "a runtime recipe for each version, and --versions-of runtime");
}

static int run_bisect(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct bisect_options *o = options;
	const struct repro_wish wish = { operand_count ? operands[0] : NULL, operand_count > 1 ? operands[1] : NULL,
					 o->run, true };
	AUTO_CONTEXT c = { 0 };
	struct repro r;
	int status;

	if (check(o, operand_count, e) || context_open(&c, g, e) || context_open_store(&c, true, e))
		return -1;
	status = repro_find(&r, &c, &wish, e);
	if (!status)
		status = check_speed(&r, o, e);
	if (!status)
		status = in_scratch(&r, o, e);
	repro_free(&r);
	return status;
}

const struct command bisect_command = {
	.name = "bisect",
	.operands = "CELL [TEST]",
	.completes = "cell",
	.title = "Find which version of a package or runtime brought a change",
	.help = "The cell runs on the first and the last version, then on one between those that differ, until two "
		"neighbours are left; each\n"
		"of these two runs twice. A version that cannot be had, or has no such test, is left out; one that is "
		"broken "
		"or lost is tried\n"
		"again before; one that is not the same twice is flaky, and left out. What was installed is kept as "
		"layers. "
		"Nothing is added to\n"
		"the results.\n"
		"\n"
		"A version of a package replaces what its pip requirements say of it. For other ways to install it, "
		"put the "
		"version as a\n"
		"variable into the recipe.\n"
		"\n"
		"Of a benchmark the versions are runtimes. Each is measured beside the first one, and belongs to the "
		"side of "
		"the first or of the\n"
		"last where its whole interval lies beyond the middle between them.\n"
		"\n"
		"The exit status is 0 when the change was found, 1 when the ends are alike or cannot be tested.\n"
		"\n"
		"  labctl bisect local/cpython/ours 'test_parse.py::test_empty' --versions 1.2,1.3,1.4,2.0\n"
		"  labctl bisect local/cpython/ours --versions-of runtime --versions cpython310,cpython311,cpython312\n"
		"  labctl bisect local/cpython/ours --versions-of ours_version --versions 1.2-1,1.3-1",
	.options = rows,
	.options_bytes = sizeof(struct bisect_options),
	.run = run_bisect,
};
