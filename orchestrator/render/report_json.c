/* Programs read this: keys are added, and a change that a reader could stumble over raises the version. */
#include "base/clock.h"
#include "base/json.h"
#include "render/changes.h"
#include "render/report_formats.h"
#include "render/speed.h"

#define REPORT_FORMAT  "labctl-report"
#define REPORT_VERSION 1

static void add_run(struct json_writer *w, const char *key, const struct run_row *r)
{
	char started[32];

	if (!r) {
		json_add_text(w, key, NULL);
		return;
	}
	clock_format_utc(r->started_wall_ms, started, sizeof(started));
	json_open(w, key, '{');
	json_add_int(w, "id", r->id);
	json_add_text(w, "name", r->name);
	json_add_text(w, "command", r->command);
	json_add_text(w, "started", started);
	json_add_bool(w, "complete", r->complete);
	json_close(w, '}');
}

/* A document of its own kind, with its own format and version in it. */
static void add_document(struct str *out, const char *key, const struct str *document)
{
	size_t len = document->len;

	while (len && str_text(document)[len - 1] == '\n')
		len--;
	str_addf(out, ",\n  \"%s\": ", key);
	str_add_bytes(out, str_text(document), len);
}

void report_json(const struct report_text *t, struct str *out)
{
	const struct render_opts opts = { .program = t->program };
	const struct speed_look look = { .opts = opts };
	AUTO_STR matrix = { 0 };
	AUTO_STR speed = { 0 };
	AUTO_STR changes = { 0 };
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", REPORT_FORMAT);
	json_add_int(&w, "version", REPORT_VERSION);
	add_run(&w, "run", t->run);
	add_run(&w, "before", t->before);
	json_renderer.render(t->report, &opts, &matrix);
	add_document(out, "matrix", &matrix);
	speed_json_renderer.render(t->speed, &look, &speed);
	add_document(out, "speed", &speed);
	if (t->changes) {
		changes_json(t->changes, &changes);
		add_document(out, "changes", &changes);
	}
	json_close(&w, '}');
}
