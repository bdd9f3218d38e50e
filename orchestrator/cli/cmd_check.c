/* labctl check: all that is wrong with the lab, at once. */
#include <stdio.h>

#include "cli/context.h"

static int run_check(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };

	(void)options, (void)operand_count, (void)operands;
	if (context_open(&c, g, e))
		return e->code == ERR_CONFIG ? err_wrap(e, "check") : -1;
	printf("%s: %zu targets, %zu runtimes, %zu packages, %zu benchmarks, %zu suites, %zu policies, "
	       "%zu causes: no problem found\n",
	       c.lab->folder, c.lab->target_count, c.lab->runtime_count, c.lab->package_count, c.lab->benchmark_count,
	       c.lab->suite_count, c.lab->policy_count, c.lab->cause_count);
	return EXIT_AS_EXPECTED;
}

const struct command check_command = {
	.name = "check",
	.title = "Read the lab and tell everything that is wrong in it",
	.help = "Each problem is told as file:line:column; the exit status is 3 when there is one. Nothing is run.",
	.run = run_check,
};
