/* labctl prune: raw output, images and layers that are old, or too much. */
#include "base/mem.h"
#include "cli/prune.h"

struct prune_options {
	int64_t raw_for_ns, raw_limit_bytes, layers_for_ns, cache_limit_bytes;
	bool dry_run;
};

#define AT(field) offsetof(struct prune_options, field)

static const struct option_row rows[] = {
	{ "raw-for", 0, OPTION_DURATION, AT(raw_for_ns), "TIME", NULL, NULL,
	  "remove the raw output of runs older than this, instead of retention.raw_for" },
	{ "raw-limit", 0, OPTION_BYTES, AT(raw_limit_bytes), "SIZE", NULL, NULL,
	  "keep at most so much raw output, instead of retention.raw_limit" },
	{ "layers-for", 0, OPTION_DURATION, AT(layers_for_ns), "TIME", NULL, NULL,
	  "remove images and layers that were not used for so long, instead of retention.layers_for" },
	{ "limit", 0, OPTION_BYTES, AT(cache_limit_bytes), "SIZE", NULL, NULL,
	  "keep at most so much of images and layers, instead of cache_limit" },
	{ "dry-run", 'n', OPTION_FLAG, AT(dry_run), NULL, NULL, NULL, "say what raw output would go, and end" },
	{ 0 },
};

#undef AT

static int run_prune(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct prune_options *o = options;
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };
	struct prune_wish w;

	(void)operands;
	if (operand_count)
		return err_set(e, ERR_USAGE, "prune takes no operand");
	if (context_open(&c, g, e))
		return -1;
	w = prune_wish_of(c.lab);
	w.raw_for_ns = o->raw_for_ns ? o->raw_for_ns : w.raw_for_ns;
	w.raw_limit_bytes = o->raw_limit_bytes ? o->raw_limit_bytes : w.raw_limit_bytes;
	w.layers_for_ns = o->layers_for_ns ? o->layers_for_ns : w.layers_for_ns;
	w.cache_limit_bytes = o->cache_limit_bytes ? o->cache_limit_bytes : w.cache_limit_bytes;
	w.only_look = o->dry_run;
	if (prune_run(&c, &w, false, &out, e))
		return -1;
	return context_put(NULL, &out, e);
}

const struct command prune_command = {
	.name = "prune",
	.title = "Remove raw output, images and layers that are old, or more than lab.yaml allows",
	.help = "Only the logs of steps go from the results. Verdicts, tests, messages and every iteration of "
		"benchmarks stay, and rebuild finds them.\n"
		"labctl show says when a log was removed. Runs that a labctl is at work on are passed over.\n"
		"\n"
		"labctl run does the same at its end.\n"
		"\n"
		"  labctl prune --dry-run\n"
		"  labctl prune --raw-for 30d --raw-limit 2G",
	.options = rows,
	.options_bytes = sizeof(struct prune_options),
	.run = run_prune,
};
