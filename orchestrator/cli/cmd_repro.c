/* labctl repro: an outcome of the record done again. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/version.h"

struct repro_options {
	const char *run, *bundle, *version, *of;
	bool shell, print;
};

#define AT(field) offsetof(struct repro_options, field)

static const struct option_row rows[] = {
	{ "shell", 0, OPTION_FLAG, AT(shell), NULL, NULL, NULL,
	  "run nothing: a shell in that machine, before the tests, with their environment" },
	{ "bundle", 0, OPTION_TEXT, AT(bundle), "FILE", NULL, "file",
	  "run nothing: write all that a bug report needs to FILE, a tar archive compressed with zstd" },
	{ "print", 'n', OPTION_FLAG, AT(print), NULL, NULL, NULL,
	  "run nothing: print the script that does it without labctl" },
	{ "version", 0, OPTION_TEXT, AT(version), "VERSION", NULL, NULL,
	  "with this version of the package, as bisect runs it" },
	{ "versions-of", 0, OPTION_TEXT, AT(of), "WHAT", NULL, NULL,
	  "of what --version is one: package, runtime, another package, or a variable of lab.yaml" },
	{ "run", 0, OPTION_TEXT, AT(run), "RUN", NULL, "run",
	  "the outcome in that run (latest, latest~2, a number, a name) instead of the last" },
	{ 0 },
};

static int check(const struct repro_options *o, int operand_count, struct err *e)
{
	if (operand_count < 1 || operand_count > 2)
		return err_set(e, ERR_USAGE, "repro takes a cell, and perhaps one of its tests");
	if (o->shell + o->print + (o->bundle != NULL) > 1)
		return err_set(e, ERR_USAGE, "--shell, --bundle and --print exclude each other");
	if (o->of && !o->version)
		return err_set(e, ERR_USAGE, "--versions-of says of what --version is one");
	return 0;
}

static int print_script(const struct repro *r, struct err *e)
{
	AUTO_STR out = { 0 };
	AUTO_STR lib = { 0 };

	str_add_quoted(&lib, r->context->lab->lib_folder, STR_SHELL);
	repro_script(r, str_text(&lib), &out);
	return context_put(NULL, &out, e) ? -1 : EXIT_AS_EXPECTED;
}

/* From here on the cell is the one with that version. */
static int take_version(struct repro *r, const struct repro_options *o, struct varied *v, struct err *e)
{
	if (!o->version)
		return 0;
	if (version_open(r, o->of, o->version, v, e))
		return -1;
	r->cell = v->cell;
	r->opts = v->opts;
	r->is_varied = true;
	r->has_then = false;
	return 0;
}

static int run_repro(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct repro_options *o = options;
	const struct repro_wish wish = { operand_count ? operands[0] : NULL, operand_count > 1 ? operands[1] : NULL,
					 o->run };
	AUTO_CONTEXT c = { 0 };
	struct varied v = { 0 };
	struct repro r;
	int status;

	if (check(o, operand_count, e) || context_open(&c, g, e) || context_open_store(&c, true, e))
		return -1;
	status = repro_find(&r, &c, &wish, e) || take_version(&r, o, &v, e) ? -1 : 0;
	if (!status)
		status = o->print    ? print_script(&r, e)
			 : o->bundle ? repro_bundle(&r, o->bundle, e)
				     : repro_run(&r, o->shell, e);
	repro_free(&r);
	version_close(&v);
	return status;
}

const struct command repro_command = {
	.name = "repro",
	.operands = "CELL [TEST]",
	.completes = "cell",
	.title = "Do it again: one test, or all of a cell, in the very machine of the record",
	.help = "A cell is named as for `labctl show`, or by its id; a test by its name or by a part of it that no "
		"other "
		"has. The layers of\n"
		"the recorded outcome are restored, and the test runs with the same environment, limits and settings. "
		"Where the recipe has\n"
		"changed since, labctl says what differs, and does what was recorded if that can still be made, else "
		"what "
		"the recipe says\n"
		"now. Nothing is added to the results.\n"
		"\n"
		"The exit status is 0 when it is as recorded (the same verdict, and when that is bad the same cause or "
		"the "
		"same error line),\n"
		"1 when it passes, or fails otherwise, 4 when the target was lost.\n"
		"\n"
		"A pytest suite runs the one test alone; any other suite runs as a whole, with the test's name in "
		"LABCTL_TEST.\n"
		"\n"
		"  labctl repro s390x/cpython/numpy 'test_umath.py::TestPower::test_fast_power'\n"
		"  labctl repro s390x/cpython/numpy test_fast_power --shell\n"
		"  labctl repro s390x/cpython/numpy test_fast_power --bundle power.tar.zst",
	.options = rows,
	.options_bytes = sizeof(struct repro_options),
	.run = run_repro,
};
