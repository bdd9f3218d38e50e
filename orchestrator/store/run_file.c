#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "store/inside.h"

#define RUN_FILE      "run.json"
#define RUN_FORMAT    1
#define RUN_MAX_BYTES ((size_t)16 << 20)

int run_file_write(const char *run_folder, const struct run_file *f, struct err *e)
{
	AUTO_FREE char *path = file_join(run_folder, RUN_FILE);
	AUTO_STR text = { 0 };
	struct json_writer w;

	json_start(&w, &text, true);
	json_open(&w, NULL, '{');
	json_add_int(&w, "format", RUN_FORMAT);
	json_add_text(&w, "command", f->command);
	json_add_text(&w, "version", f->version);
	json_add_int(&w, "started_wall_ms", f->started_wall_ms);
	json_add_int(&w, "ended_wall_ms", f->ended_wall_ms);
	json_add_bool(&w, "complete", f->complete);
	if (f->cell_ids != NULL) {
		json_open(&w, "cells", '[');
		for (size_t i = 0; f->cell_ids[i] != NULL; i++)
			json_add_text(&w, NULL, f->cell_ids[i]);
		json_close(&w, ']');
	}
	json_close(&w, '}');
	return file_write(path, text.text, text.len, e);
}

static char **read_cells(const struct json_value *list)
{
	size_t count = json_count(list);
	char **ids;

	if (list == NULL)
		return NULL;
	ids = mem_new(count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = mem_dup(json_text(json_item(list, i), ""));
	return ids;
}

int run_file_read(const char *run_folder, struct run_file *out, struct err *e)
{
	AUTO_FREE char *path = file_join(run_folder, RUN_FILE);
	AUTO_STR text = { 0 };
	AUTO_JSON *root = NULL;

	memset(out, 0, sizeof(*out));
	if (file_read(path, RUN_MAX_BYTES, &text, e) < 0)
		return -1;
	root = json_parse(str_text(&text), text.len, e);
	if (root == NULL)
		return err_wrap(e, "%s", path);
	out->command = mem_dup(json_text(json_at(root, "command"), ""));
	out->version = mem_dup(json_text(json_at(root, "version"), ""));
	out->started_wall_ms = json_int(json_at(root, "started_wall_ms"), 0);
	out->ended_wall_ms = json_int(json_at(root, "ended_wall_ms"), 0);
	out->complete = json_bool(json_at(root, "complete"), false);
	out->cells = (int64_t)json_count(json_at(root, "cells"));
	out->cell_ids = read_cells(json_at(root, "cells"));
	return 0;
}

void run_file_free(struct run_file *f)
{
	free(f->command);
	free(f->version);
	if (f->cell_ids != NULL)
		mem_free_list(f->cell_ids);
	memset(f, 0, sizeof(*f));
}
