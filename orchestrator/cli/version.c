#include "cli/version.h"

#include <string.h>

#include "base/mem.h"

static bool is(const char *of, const char *word)
{
	return !strcmp(of ? of : VERSION_OF_PACKAGE, word);
}

static int plan_varied(const struct repro *r, const char *runtime, struct varied *v, struct err *e)
{
	const char *target = r->row->target, *package = r->row->package;
	const struct selection s = { .targets = { &target, 1 }, .runtimes = { &runtime, 1 }, .tier = r->row->tier };

	v->plan = context_plan(&v->context, &s, &package, 1, e);
	if (!v->plan)
		return -1;
	if (v->plan->count != 1)
		return err_set(e, ERR_USAGE, "'%s' names %zu runtimes", runtime, v->plan->count);
	v->cell = &v->plan->cells[0];
	return 0;
}

int version_open(const struct repro *r, const char *of, const char *version, struct varied *out, struct err *e)
{
	const struct target_spec *target = r->cell->target;
	const bool of_runtime = is(of, VERSION_OF_RUNTIME);
	const struct variation v = { .what = of_runtime			  ? NULL
					     : is(of, VERSION_OF_PACKAGE) ? r->row->package
									  : of,
				     .version = version,
				     .runtime = r->row->runtime,
				     .arch = target->arch ? target->arch : host_arch() };

	*out = (struct varied){ .opts = r->opts };
	if (context_open_varied(&out->context, r->context->globals, &v, e) ||
	    plan_varied(r, of_runtime ? version : r->row->runtime, out, e))
		return -1;
	out->opts.lab = out->context.lab;
	out->opts.install_digest = out->context.install_digest;
	out->opts.index_digest = out->context.index_digest;
	out->opts.lib_digest = out->context.lib_digest;
	out->opts.made = NULL;
	return 0;
}

void version_close(struct varied *v)
{
	plan_free(v->plan);
	context_close(&v->context);
	*v = (struct varied){ 0 };
}

void version_command(const struct repro *r, const char *of, const char *version, struct str *out)
{
	str_addf(out, "labctl repro %s ", r->label);
	if (r->test) {
		str_add_quoted(out, r->test->name, STR_SHELL);
		str_add(out, " ");
	}
	str_add(out, "--version ");
	str_add_quoted(out, version, STR_SHELL);
	if (!is(of, VERSION_OF_PACKAGE)) {
		str_add(out, " --versions-of ");
		str_add_quoted(out, of, STR_SHELL);
	}
}
