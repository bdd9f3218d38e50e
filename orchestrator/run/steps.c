#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/install.h"
#include "run/made.h"
#include "run/step_command.h"

#define CHECK_LIMIT_NS (60 * NS_PER_S)

/* "name=value" lines that the check printed. */
static void take_facts(struct cell_run *r, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		const char *equals = memchr(text, '=', len);

		if (equals && equals - text < 32) {
			AUTO_FREE char *name = mem_dup_bytes(text, (size_t)(equals - text));
			AUTO_FREE char *value = mem_dup_bytes(equals + 1, len - (size_t)(equals - text) - 1);

			facts_set(&r->out->facts, name, value);
		}
		text += len + (text[len] == '\n');
	}
}

static int ask_facts(struct cell_run *r, struct err *e)
{
	AUTO_STR text = { 0 };

	if (target_ask(r->target, "cat facts.txt", 30 * NS_PER_S, &text, e))
		return -1;
	take_facts(r, str_text(&text));
	return 0;
}

/* What has to load for the cell to make sense; "": the interpreter alone. */
static const char *module_of(const struct cell_run *r)
{
	const struct package_recipe *p = r->cell->package;
	const struct package_recipe *first;

	if (!r->cell->benchmark)
		return p->import ? p->import : p->name;
	if (!p->needs.count)
		return "";
	first = lab_package(r->opts->lab, p->needs.items[0]);
	return first->import ? first->import : first->name;
}

int steps_check(struct cell_run *r, bool *out_go_on, struct err *e)
{
	const struct package_recipe *p = r->cell->package;
	AUTO_STR script = { 0 };
	struct step_end end;
	const struct step_command command = {
		.name = "check",
		.limit_ns = (int64_t)(CHECK_LIMIT_NS * r->opts->slowness),
	};
	struct step_command with_script = command;

	str_add(&script, "set -e\n. lib/install/env.sh\n\"$LABCTL_PYTHON\" lib/package_facts.py ");
	str_add_quoted(&script, module_of(r), STR_SHELL);
	str_add(&script, " >facts.txt\n");
	if (p->version)
		str_addf(&script, "printf 'package_version=%%s\\n' \"$(\n%s\n)\" >>facts.txt\n", p->version);
	if (r->cell->benchmark)
		str_add(&script,
			"printf 'runtime_python=%s\nruntime_python_path=%s\n' \"$(command -v \"$LABCTL_PYTHON\")\" "
			"\"$PYTHONPATH\" >>facts.txt\n");
	with_script.script = str_text(&script);
	step_tell(r, "importing", p->name);
	*out_go_on = false;
	if (step_command_run(r, &with_script, &end, e))
		return -1;
	if (step_settle_ending(r, "importing it", &end))
		return 0;
	if (end.end.status != 0) {
		step_verdict(r, VERDICT_BROKEN, "%s cannot be imported: %s", p->name, end.last_line);
		return 0;
	}
	*out_go_on = true;
	return ask_facts(r, e);
}

/* So that the attempt can be done again, whatever becomes of the recipes. */
static int note_made(struct cell_run *r, const struct layer_wish *w, const struct layer_steps *layers, struct err *e)
{
	struct made made;
	AUTO_STR tests = { 0 };
	int status;

	suite_script(r, &tests);
	made_fill(&made, w, r->opts, layers, r->env + r->own_env, str_text(&tests));
	status = made_write(&made, r->opts->folder, e);
	made_free(&made);
	return status;
}

static int run_on_machine(struct cell_run *r, const struct layer_wish *w, const struct layer_steps *layers,
			  struct err *e)
{
	bool go_on;

	if (note_made(r, w, layers, e) || install_layers(r, layers, &go_on, e))
		return -1;
	if (go_on && steps_check(r, &go_on, e))
		return -1;
	return go_on ? suite_run(r, e) : 0;
}

bool steps_settle_by_recipe(struct cell_run *r, const struct layer_steps *layers)
{
	const struct benchmark *b = r->cell->benchmark;

	if (b && !recipe_applies(&b->runtimes, &(struct text_list){ 0 }, r->cell->runtime->name, "")) {
		step_verdict(r, VERDICT_UNAVAILABLE, "%s is not for %s", b->name, r->cell->runtime->name);
		return true;
	}
	if (!r->cell->tier) {
		step_verdict(r, VERDICT_UNAVAILABLE, "%s has no tests of the tier %s", r->cell->package->name,
			     r->cell->tier_name);
		return true;
	}
	for (size_t i = 0; i < layers->count; i++) {
		if (layers->items[i].unavailable) {
			step_verdict(r, VERDICT_UNAVAILABLE, "%s", layers->items[i].unavailable);
			return true;
		}
	}
	return false;
}

int steps_settle_error(struct cell_run *r, struct err *e)
{
	switch (e->code) {
	case ERR_LOST:
	case ERR_UNREACHABLE:
	case ERR_TIMEOUT:
		step_verdict(r, VERDICT_LOST, "%.500s", e->text);
		break;
	case ERR_UNAVAILABLE:
		step_verdict(r, VERDICT_UNAVAILABLE, "%.500s", e->text);
		break;
	case ERR_INTERRUPTED:
	case ERR_INTERNAL:
		return -1;
	default:
		step_verdict(r, VERDICT_BROKEN, "%.500s", e->text);
	}
	snprintf(r->out->hint, sizeof(r->out->hint), "%.250s", e->hint);
	return 0;
}

int steps_layers(const struct cell_run *r, const struct layer_wish *w, struct layer_steps *out, struct err *e)
{
	return r->opts->made ? layer_steps_copy(&r->opts->made->layers, out) : layer_steps_of(r->cell, w, out, e);
}

int steps_run(struct target *t, const struct cell *c, const struct steps_opts *o, struct outcome *out, struct err *e)
{
	struct cell_run r = { .target = t, .cell = c, .opts = o, .out = out };
	const struct layer_wish wish = { o->lab, target_base_id(t), o->install_digest, o->index_digest };
	struct layer_steps layers;
	int64_t begun_ns = clock_now_ns();
	int status;

	cell_run_start(&r);
	status = steps_layers(&r, &wish, &layers, e);
	if (!status && !steps_settle_by_recipe(&r, &layers))
		status = run_on_machine(&r, &wish, &layers, e);
	if (status)
		status = steps_settle_error(&r, e);
	layer_steps_free(&layers);
	out->took_ns = clock_now_ns() - begun_ns;
	cell_run_end(&r);
	return status;
}
