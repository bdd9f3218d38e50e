/* A cell of the report: its facts, its bad tests with their messages, its steps, and apart from these its output. */
#include "render/site.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/vec.h"

#define MESSAGE_CUT_BYTES 300

static void add_facts(struct json_writer *w, const struct fact_pair *facts)
{
	json_open(w, "facts", '[');
	for (; facts && facts->name; facts++) {
		json_open(w, NULL, '[');
		json_add_text(w, NULL, facts->name);
		json_add_text(w, NULL, facts->value);
		json_close(w, ']');
	}
	json_close(w, ']');
}

/* The message, or its beginning where the cell has said enough. */
static void add_message(struct json_writer *w, const char *detail, size_t *said_bytes)
{
	size_t len = detail ? strlen(detail) : 0;
	AUTO_STR cut = { 0 };

	if (!detail)
		return;
	if (*said_bytes + len > SITE_MESSAGES_WHOLE_BYTES && len > MESSAGE_CUT_BYTES) {
		for (len = MESSAGE_CUT_BYTES; len && ((unsigned char)detail[len] & 0xc0) == 0x80; len--)
			;
		str_add_bytes(&cut, detail, len);
		str_add(&cut, " ...");
		detail = str_text(&cut);
	}
	*said_bytes += len;
	json_add_text(w, "message", detail);
}

static void add_bad(struct json_writer *w, const struct test_row *t, uint32_t place, size_t *said_bytes)
{
	json_open(w, NULL, '{');
	json_add_int(w, "test", place);
	json_add_text(w, "name", t->name);
	json_add_text(w, "verdict", verdict_key(t->verdict));
	if (t->cause)
		json_add_text(w, "cause", t->cause);
	if (t->known)
		json_add_text(w, "known", t->known);
	if (t->took_ns >= 0)
		json_add_real(w, "about_s", (double)t->took_ns / (double)NS_PER_S);
	add_message(w, t->detail, said_bytes);
	json_close(w, '}');
}

static void add_all_bad(struct json_writer *w, const struct site_cell *c)
{
	size_t told = 0, said_bytes = 0, left_out = 0;

	json_open(w, "bad", '[');
	for (size_t i = 0; i < c->tests->count; i++) {
		if (!verdict_is_bad(c->tests->rows[i].verdict))
			continue;
		if (told++ < SITE_MOST_BAD)
			add_bad(w, &c->tests->rows[i], c->places[i], &said_bytes);
		else
			left_out++;
	}
	json_close(w, ']');
	json_add_int(w, "bad_left_out", (int64_t)left_out);
}

static void add_steps(struct json_writer *w, const struct site_cell *c)
{
	json_open(w, "steps", '[');
	for (size_t i = 0; i < c->step_count; i++) {
		const struct site_step *s = &c->steps[i];

		json_open(w, NULL, '{');
		json_add_text(w, "name", s->name);
		json_add_text(w, "how", s->how);
		json_add_int(w, "status", s->status);
		json_add_real(w, "took_s", (double)s->took_ns / (double)NS_PER_S);
		json_add_bool(w, "log", s->log != NULL);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void site_cell(const struct site_cell *c, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, false);
	json_open(&w, NULL, '{');
	add_facts(&w, c->row->facts);
	add_all_bad(&w, c);
	add_steps(&w, c);
	site_past(c->past, &w);
	json_close(&w, '}');
}

bool site_log(const struct site_cell *c, struct str *out)
{
	struct json_writer w;
	bool any = false;

	json_start(&w, out, false);
	json_open(&w, NULL, '[');
	for (size_t i = 0; i < c->step_count; i++) {
		const struct site_step *s = &c->steps[i];

		if (!s->log)
			continue;
		any = true;
		json_open(&w, NULL, '{');
		json_add_text(&w, "name", s->name);
		json_add_int(&w, "left_out_bytes", s->log_left_out);
		json_add_int(&w, "dropped_bytes", s->dropped_bytes);
		json_add_text(&w, "text", s->log);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	return any;
}

/* ---- causes ---- */

static int64_t cause_index(struct site_causes *causes, const char *cause)
{
	if (!cause)
		return -1;
	for (size_t i = 0; i < causes->count; i++)
		if (!strcmp(causes->items[i], cause))
			return (int64_t)i;
	vec_add(causes, cause);
	return (int64_t)causes->count - 1;
}

struct placed_cause {
	uint32_t place;
	int64_t cause;
};

static int by_place(const void *x, const void *y)
{
	const struct placed_cause *a = x, *b = y;

	return (a->place > b->place) - (a->place < b->place);
}

static void add_cause_runs(struct json_writer *w, const struct placed_cause *bad, size_t count)
{
	json_open(w, NULL, '[');
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && bad[end].cause == bad[i].cause; end++)
			;
		json_open(w, NULL, '[');
		json_add_int(w, NULL, bad[i].cause);
		json_add_int(w, NULL, (int64_t)(end - i));
		json_close(w, ']');
	}
	json_close(w, ']');
}

void site_cell_causes(const struct site_cell *c, struct site_causes *causes, struct json_writer *w)
{
	AUTO_FREE struct placed_cause *bad = mem_new(c->tests->count + 1, sizeof(*bad));
	size_t count = 0;

	for (size_t i = 0; i < c->tests->count; i++)
		if (verdict_is_bad(c->tests->rows[i].verdict))
			bad[count++] =
				(struct placed_cause){ c->places[i], cause_index(causes, c->tests->rows[i].cause) };
	if (count)
		qsort(bad, count, sizeof(*bad), by_place);
	add_cause_runs(w, bad, count);
}
