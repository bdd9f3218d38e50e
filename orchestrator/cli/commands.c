/* The list of all commands, in the order of --help. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/command.h"

extern const struct command matrix_command, bench_command, run_command, show_command, compare_command, history_command,
	report_command, repro_command, bisect_command, qualify_command, verify_command, export_command, runs_command,
	check_command, describe_command, doctor_command, target_list_command, target_show_command, target_probe_command,
	target_run_command, target_shell_command, target_up_command, target_down_command, target_build_command,
	target_trust_command, cache_list_command, cache_prune_command, prune_command, import_command, rebuild_command,
	completion_command;

static const struct command *const commands[] = {
	&matrix_command,       &bench_command,	     &run_command,	   &show_command,	  &compare_command,
	&history_command,      &report_command,	     &repro_command,	   &bisect_command,	  &qualify_command,
	&verify_command,       &export_command,	     &runs_command,	   &check_command,	  &describe_command,
	&doctor_command,       &target_list_command, &target_show_command, &target_probe_command, &target_run_command,
	&target_shell_command, &target_up_command,   &target_down_command, &target_build_command, &target_trust_command,
	&cache_list_command,   &cache_prune_command, &prune_command,	   &import_command,	  &rebuild_command,
	&completion_command,
};

const struct command *command_at(size_t i)
{
	return i < COUNT_OF(commands) ? commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

const struct command *command_nearest(const char *name)
{
	const char *names[COUNT_OF(commands) + 1] = { 0 };
	const char *near;

	for (size_t i = 0; i < COUNT_OF(commands); i++)
		names[i] = commands[i]->name;
	near = str_nearest(name, names);
	return near ? command_find(near) : NULL;
}
