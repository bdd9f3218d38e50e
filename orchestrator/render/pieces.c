#include "render/pieces.h"

#include "base/clock.h"

void json_texts(struct json_writer *w, const char *key, const char *const *texts)
{
	json_open(w, key, '[');
	for (; *texts; texts++)
		json_add_text(w, NULL, *texts);
	json_close(w, ']');
}

void json_columns(struct json_writer *w, const struct matrix *m)
{
	json_open(w, "columns", '[');
	for (size_t i = 0; i < m->column_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "target", m->columns[i].target);
		json_add_text(w, "arch", m->columns[i].arch);
		json_add_text(w, "runtime", m->columns[i].runtime);
		json_add_bool(w, "emulated", m->columns[i].emulated);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void json_finding_body(struct json_writer *w, const struct finding *f)
{
	json_add_text(w, "cause", f->cause);
	json_add_text(w, "advice", f->advice);
	json_add_text(w, "worst", verdict_key(f->worst));
	json_add_bool(w, "new", f->is_new);
	json_add_bool(w, "known", f->known);
	json_add_int(w, "test_count", (int64_t)f->test_count);
	json_texts(w, "tests", (const char *const *)f->tests);
	json_texts(w, "cells", (const char *const *)f->cells);
	json_add_text(w, "sample", f->sample);
}

void json_attempt(struct json_writer *w, const struct outcome_row *row)
{
	json_add_text(w, "id", row->cell_id);
	json_add_text(w, "verdict", verdict_key(row->verdict));
	if (row->reason && row->reason[0])
		json_add_text(w, "reason", row->reason);
	if (row->hint && row->hint[0])
		json_add_text(w, "hint", row->hint);
	json_add_text(w, "how_run", row->how_run);
	json_add_int(w, "run", row->run);
	json_add_int(w, "attempt", row->attempt);
	json_add_int(w, "started_ms", row->started_wall_ms);
	json_add_real(w, "took_s", (double)row->took_ns / (double)NS_PER_S);
}

void csv_text(struct str *out, const char *text)
{
	AUTO_STR visible = { 0 };

	if (text) {
		str_add_quoted(&visible, text, STR_TERMINAL);
		str_add_quoted(out, str_text(&visible), STR_CSV);
	}
	str_add_char(out, ',');
}
