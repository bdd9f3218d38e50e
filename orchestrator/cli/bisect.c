#include "cli/bisect.h"

#include <stdio.h>
#include <string.h>

#include "analyse/likeness.h"
#include "base/file.h"
#include "base/mem.h"

void bisect_say_step(void *globals, const char *what)
{
	context_say(globals, what);
}

static void set_text(struct sight *s, const char *text)
{
	AUTO_STR line = { 0 };
	AUTO_STR clean = { 0 };

	likeness_line(text, &line);
	str_add_quoted(&clean, str_text(&line), STR_TERMINAL);
	snprintf(s->text, sizeof(s->text), "%.300s", str_text(&clean));
}

static void see(struct sight *s, int state, enum verdict verdict, const char *text)
{
	s->state = state;
	s->word = verdict_name(verdict);
	set_text(s, text);
}

static void see_test(struct sight *s, const struct outcome *o, const char *name)
{
	const struct test_case *found = NULL;

	for (size_t i = o->result.count; i-- > 0 && !found;)
		if (!strcmp(o->result.cases[i].name, name))
			found = &o->result.cases[i];
	if (found && found->verdict == VERDICT_SKIPPED)
		see(s, BISECT_UNTESTABLE, VERDICT_SKIPPED, found->detail);
	else if (found)
		see(s, (int)found->verdict, found->verdict, verdict_is_bad(found->verdict) ? found->detail : NULL);
	else if (o->result.complete && (o->result.count || strstr(o->reason, "no test ran")))
		see(s, BISECT_UNTESTABLE, VERDICT_UNAVAILABLE, "it has no such test");
	else
		see(s, BISECT_UNDECIDED, o->verdict, o->reason);
}

void bisect_see_outcome(struct sight *s, const struct outcome *o, const char *test)
{
	switch (o->verdict) {
	case VERDICT_UNAVAILABLE:
		see(s, BISECT_UNTESTABLE, o->verdict, o->reason);
		return;
	case VERDICT_LOST:
		see(s, BISECT_UNDECIDED, o->verdict, o->reason);
		return;
	case VERDICT_BROKEN:
		if (!o->result.count && !(test && o->result.complete)) {
			see(s, BISECT_UNDECIDED, o->verdict, o->reason);
			return;
		}
		break;
	default:
		break;
	}
	if (test)
		see_test(s, o, test);
	else
		see(s, (int)o->verdict, o->verdict, o->reason);
}

int bisect_open_target(struct bisecting *b, struct err *e)
{
	const struct context *c = b->repro->context;
	const struct target_opts opts = { .cache_folder = c->cache_folder,
					  .scratch_folder = b->scratch,
					  .say = context_say,
					  .ctx = (void *)c->globals };

	if (!b->target)
		b->target = target_open(b->repro->cell->target, &opts, e);
	return b->target ? 0 : -1;
}

void bisect_close(struct bisecting *b)
{
	target_close(b->target);
	b->target = NULL;
}

static int run_varied(struct bisecting *b, struct varied *v, struct sight *out, struct err *e)
{
	AUTO_FREE char *logs = file_join(b->scratch, "record");
	struct outcome o;
	int status;

	v->opts.folder = logs;
	v->opts.ears = (struct steps_ears){ .step = bisect_say_step, .ctx = (void *)b->repro->context->globals };
	if (file_make_folders(logs, e) || bisect_open_target(b, e))
		return -1;
	outcome_start(&o);
	status = steps_run(b->target, v->cell, &v->opts, &o, e);
	if (!status)
		bisect_see_outcome(out, &o, v->opts.test);
	if (o.verdict == VERDICT_LOST)
		bisect_close(b);
	outcome_free(&o);
	file_remove_tree(logs, NULL);
	return status;
}

int bisect_look(struct bisecting *b, const char *version, struct sight *out, struct err *e)
{
	struct varied v;
	int status = version_open(b->repro, b->of, version, &v, e);

	*out = (struct sight){ 0 };
	if (!status)
		status = run_varied(b, &v, out, e);
	version_close(&v);
	return status;
}
