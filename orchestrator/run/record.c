#include "run/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

static const char *how_it_runs(const struct target_spec *spec)
{
	switch (spec->kind) {
	case TARGET_LOCAL:
		return target_is_emulated(spec) ? "emulated process" : "native";
	case TARGET_QEMU:
		return target_is_emulated(spec) ? "emulated machine" : "virtual machine";
	case TARGET_SSH:
		return "ssh";
	default:
		return "scripted";
	}
}

void lane_describe_cell(const struct cell *c, struct outcome *out)
{
	memcpy(out->cell_id, c->id, sizeof(out->cell_id));
	snprintf(out->target, sizeof(out->target), "%s", c->target->name);
	snprintf(out->arch, sizeof(out->arch), "%s", c->target->arch ? c->target->arch : host_arch());
	snprintf(out->runtime, sizeof(out->runtime), "%s", c->runtime->name);
	snprintf(out->package, sizeof(out->package), "%s", c->package->name);
	snprintf(out->tier, sizeof(out->tier), "%s", c->tier_name);
	snprintf(out->how_run, sizeof(out->how_run), "%s", how_it_runs(c->target));
	out->emulated = target_is_emulated(c->target);
}

/* The number of the next attempt at a cell in this run: folders that are there count. */
static int64_t next_attempt(const char *cell_folder)
{
	AUTO_FREE_LIST char **names = NULL;
	int64_t last = 0;

	if (file_list(cell_folder, NULL, &names, NULL))
		return 1;
	for (char **name = names; *name; name++) {
		int64_t number = atoll(*name);

		if (number > last && !strstr(*name, ".part"))
			last = number;
	}
	return last + 1;
}

char *record_begin(const struct cell *c, const struct lane_opts *o, int64_t *out_attempt, struct err *e)
{
	AUTO_FREE char *cell_folder = file_join(o->run_folder, c->id);
	AUTO_FREE char *name = NULL;
	char *folder;

	*out_attempt = next_attempt(cell_folder);
	name = mem_printf("%lld.part", (long long)*out_attempt);
	folder = file_join(cell_folder, name);
	if (!file_remove_tree(folder, e) && !file_make_folders(folder, e))
		return folder;
	free(folder);
	return NULL;
}

int record_finish(const struct cell *c, const struct lane_opts *o, const struct outcome *outcome, const char *part,
		  char *out_folder, size_t size, struct err *e)
{
	AUTO_FREE char *whole = NULL;

	snprintf(out_folder, size, "%s/%lld", c->id, (long long)outcome->attempt);
	whole = file_join(o->run_folder, out_folder);
	if (outcome_write(outcome, part, e) || file_rename(part, whole, e))
		return -1;
	return 0;
}

int lane_record(const struct cell *c, const struct lane_opts *o, struct outcome *outcome, char *out_folder, size_t size,
		struct err *e)
{
	AUTO_FREE char *part = record_begin(c, o, &outcome->attempt, e);

	if (!part)
		return -1;
	lane_describe_cell(c, outcome);
	if (!outcome->started_wall_ms)
		outcome->started_wall_ms = clock_wall_ms();
	return record_finish(c, o, outcome, part, out_folder, size, e);
}
