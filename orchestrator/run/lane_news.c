/* The line that a worker sends, and what the parent reads in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "run/lane_worker.h"

static const char *const kind_names[] = {
	[LANE_SAYS] = "says", [CELL_STARTS] = "starts",	     [CELL_STEP] = "step",	[CELL_PROGRESS] = "progress",
	[CELL_DONE] = "done", [LANE_FAILED] = "lane failed", [LANE_ENDS] = "lane ends",
};

static int write_whole(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t wrote = write(fd, text, len);

		if (wrote < 0)
			return -1;
		text += wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

int lane_news_send(const struct lane_news *news, int fd)
{
	AUTO_STR line = { 0 };
	struct json_writer w;

	json_start(&w, &line, false);
	json_open(&w, NULL, '{');
	json_add_text(&w, "news", kind_names[news->kind]);
	if (news->cell_id[0])
		json_add_text(&w, "cell", news->cell_id);
	if (news->text[0])
		json_add_text(&w, "text", news->text);
	if (news->hint[0])
		json_add_text(&w, "hint", news->hint);
	if (news->kind == LANE_FAILED)
		json_add_text(&w, "code", err_code_name((enum err_code)news->code));
	if (news->again)
		json_add_bool(&w, "again", true);
	if (news->kind == CELL_PROGRESS) {
		json_add_int(&w, "done", news->done);
		json_add_int(&w, "total", news->total);
		json_add_int(&w, "bad", news->bad);
	}
	json_close(&w, '}');
	str_add(&line, "\n");
	return write_whole(fd, str_text(&line), line.len);
}

static int kind_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++)
		if (!strcmp(kind_names[i], name))
			return (int)i;
	return -1;
}

int lane_news_parse(const char *line, size_t len, struct lane_news *out)
{
	AUTO_JSON *root = json_parse(line, len, NULL);
	int kind = root ? kind_of(json_text(json_at(root, "news"), "")) : -1;

	*out = (struct lane_news){ 0 };
	if (kind < 0)
		return -1;
	out->kind = (enum lane_news_kind)kind;
	snprintf(out->cell_id, sizeof(out->cell_id), "%s", json_text(json_at(root, "cell"), ""));
	snprintf(out->text, sizeof(out->text), "%s", json_text(json_at(root, "text"), ""));
	snprintf(out->hint, sizeof(out->hint), "%s", json_text(json_at(root, "hint"), ""));
	out->code = (int)err_code_from_name(json_text(json_at(root, "code"), ""));
	out->done = json_int(json_at(root, "done"), 0);
	out->total = json_int(json_at(root, "total"), 0);
	out->bad = json_int(json_at(root, "bad"), 0);
	out->again = json_bool(json_at(root, "again"), false);
	return 0;
}
