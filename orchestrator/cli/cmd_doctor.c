/* labctl doctor: checks this machine and every target, and says what to do about each finding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/context.h"
#include "lab/select.h"

struct doctor {
	struct str out;
	const char *heading; /* of the group that comes next; NULL: written */
	size_t notes, problems;
	char **told; /* what was told already: this machine's findings come up with many targets */
	size_t told_count;
};

static bool was_told(struct doctor *d, const char *what)
{
	for (size_t i = 0; i < d->told_count; i++)
		if (!strcmp(d->told[i], what))
			return true;
	d->told = mem_grow(d->told, d->told_count + 1, sizeof(*d->told));
	d->told[d->told_count++] = mem_dup(what);
	return false;
}

static void on_finding(void *ctx, enum finding_level level, const char *what, const char *what_to_do)
{
	static const char *const signs[] = {
		[FINDING_OK] = "ok", [FINDING_NOTE] = "note", [FINDING_PROBLEM] = "PROBLEM"
	};
	struct doctor *d = ctx;

	if (was_told(d, what))
		return;
	if (d->heading)
		str_addf(&d->out, "%s\n", d->heading);
	d->heading = NULL;
	str_addf(&d->out, "  %-8s ", signs[level]);
	str_add_quoted(&d->out, what, STR_TERMINAL);
	str_add(&d->out, "\n");
	if (level != FINDING_OK && what_to_do && *what_to_do) {
		str_add(&d->out, "           ");
		str_add_quoted(&d->out, what_to_do, STR_TERMINAL);
		str_add(&d->out, "\n");
	}
	d->notes += level == FINDING_NOTE;
	d->problems += level == FINDING_PROBLEM;
}

static void check_folder(struct doctor *d, const char *what, const char *path, int64_t want_bytes)
{
	struct err e = ERR_INIT;
	int64_t free_bytes;
	AUTO_FREE char *text = NULL;

	if (file_make_folders(path, &e) || access(path, W_OK)) {
		text = mem_printf("the %s folder %s cannot be written", what, path);
		on_finding(d, FINDING_PROBLEM, text, "name another one or give yourself the right to write there");
		return;
	}
	free_bytes = file_free_bytes(path);
	text = mem_printf("the %s folder %s has %.1f GiB free", what, path, (double)free_bytes / (1 << 30));
	on_finding(d, free_bytes < want_bytes ? FINDING_PROBLEM : FINDING_OK, text,
		   "images and layers take some GiB: free some room, or `labctl cache prune`");
}

static int run_doctor(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	AUTO_FREE const struct target_spec **targets = NULL;
	struct text_list words = { (const char **)operands, (size_t)operand_count };
	struct doctor d = { .heading = "this machine" };
	size_t count;

	(void)options;
	if (context_open(&c, g, e) || select_targets(c.lab, &words, &targets, &count, e))
		return -1;
	check_folder(&d, "cache", c.cache_folder, INT64_C(8) << 30);
	check_folder(&d, "results", c.lab->results_folder, INT64_C(1) << 28);
	for (size_t i = 0; i < count; i++) {
		const struct target_opts opts = { .cache_folder = c.cache_folder, .scratch_folder = c.cache_folder };
		AUTO_FREE char *heading = mem_printf("%s (%s)", targets[i]->name, target_kind_name(targets[i]->kind));

		d.heading = heading;
		target_doctor(targets[i], &opts, on_finding, &d);
	}
	str_addf(&d.out, "%zu problem%s, %zu note%s\n", d.problems, d.problems == 1 ? "" : "s", d.notes,
		 d.notes == 1 ? "" : "s");
	for (size_t i = 0; i < d.told_count; i++)
		free(d.told[i]);
	free(d.told);
	if (context_put(NULL, &d.out, e))
		return -1;
	str_free(&d.out);
	return d.problems ? EXIT_FINDINGS : EXIT_AS_EXPECTED;
}

const struct command doctor_command = {
	.name = "doctor",
	.operands = "[TARGET...]",
	.completes = "target",
	.title = "Check this machine and the targets, and say what to do about each finding",
	.help = "Nothing is built or started. A problem keeps something from working; a note says what would be "
		"better.",
	.run = run_doctor,
};
