#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "run/outcome.h"
#include "run/outcome_inside.h"

#define TEST_COUNT_MAX	   INT64_C(2000000)
#define CELL_ID_DIGITS	   16
#define NAME_ALLOWED_MARKS "-_.+"

/* What is left of a text behind a cut, without half a character at its end. */
void outcome_copy_text(char *into, size_t room, const char *text)
{
	size_t len = strlen(text);

	if (len >= room) {
		len = room - 1;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(into, text, len);
	into[len] = '\0';
}

static void encode_tally(struct json_writer *w, const struct tally *t)
{
	json_open(w, "tally", '{');
	for (int v = 0; v < VERDICT_COUNT; v++)
		json_add_int(w, verdict_key((enum verdict)v), t->count[v]);
	json_add_int(w, "known", t->known);
	json_add_int(w, "known_passed", t->known_passed);
	json_close(w, '}');
}

static void encode_facts(struct json_writer *w, const struct facts *f)
{
	json_open(w, "facts", '{');
	for (size_t i = 0; i < f->count; i++)
		json_add_text(w, f->items[i].name, f->items[i].value);
	json_close(w, '}');
}

static void encode_steps(struct json_writer *w, const struct outcome *o)
{
	json_open(w, "steps", '[');
	for (size_t i = 0; i < o->step_count; i++) {
		const struct outcome_step *s = &o->steps[i];

		json_open(w, NULL, '{');
		json_add_text(w, "name", s->name);
		json_add_text(w, "how", s->how);
		json_add_int(w, "status", s->status);
		json_add_int(w, "took_ns", s->took_ns);
		json_add_int(w, "dropped_bytes", s->dropped_bytes);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void outcome_encode(const struct outcome *o, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_int(&w, "format", OUTCOME_FORMAT);
	json_add_text(&w, "cell", o->cell_id);
	json_add_int(&w, "attempt", o->attempt);
	json_add_text(&w, "target", o->target);
	json_add_text(&w, "arch", o->arch);
	json_add_text(&w, "runtime", o->runtime);
	json_add_text(&w, "package", o->package);
	json_add_text(&w, "tier", o->tier);
	json_add_text(&w, "how_run", o->how_run);
	json_add_bool(&w, "emulated", o->emulated);
	json_add_text(&w, "verdict", verdict_key(o->verdict));
	json_add_text(&w, "reason", o->reason);
	json_add_text(&w, "hint", o->hint);
	json_add_int(&w, "started_wall_ms", o->started_wall_ms);
	json_add_int(&w, "took_ns", o->took_ns);
	json_add_int(&w, "tests", (int64_t)o->result.count);
	json_add_bool(&w, "complete", o->result.complete);
	encode_tally(&w, &o->result.tally);
	encode_facts(&w, &o->facts);
	encode_steps(&w, o);
	json_close(&w, '}');
}

static void decode_text(const struct json_value *root, const char *key, char *into, size_t room)
{
	outcome_copy_text(into, room, json_text(json_at(root, key), ""));
}

/* Names become parts of paths, labels and commands: what labctl's own lab files could not have said is refused. */
static bool is_name(const char *text)
{
	if (text[0] == '\0' || text[0] == '-' || text[0] == '.')
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && !(*c >= '0' && *c <= '9') &&
		    strchr(NAME_ALLOWED_MARKS, *c) == NULL)
			return false;
	return true;
}

static int check_names(const struct outcome *o, struct err *e)
{
	const char *const names[][2] = {
		{ "target", o->target },   { "arch", o->arch }, { "runtime", o->runtime },
		{ "package", o->package }, { "tier", o->tier },
	};

	if (strlen(o->cell_id) != CELL_ID_DIGITS || strspn(o->cell_id, "0123456789abcdef") != CELL_ID_DIGITS)
		return err_set(e, ERR_FORMAT, "cell: not an id of 16 hexadecimal digits");
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (!is_name(names[i][1]))
			return err_set(e, ERR_FORMAT, "%s: missing, or not a name", names[i][0]);
	if (o->attempt < 1)
		return err_set(e, ERR_FORMAT, "attempt: must be 1 or more");
	return 0;
}

static void decode_tally(const struct json_value *v, struct tally *t)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		int64_t count = json_int(json_at(v, verdict_key((enum verdict)i)), 0);

		t->count[i] = count < 0 ? 0 : count > TEST_COUNT_MAX ? TEST_COUNT_MAX : count;
	}
	t->known = json_int(json_at(v, "known"), 0);
	t->known_passed = json_int(json_at(v, "known_passed"), 0);
}

static void decode_fact(void *facts, const char *key, const struct json_value *value)
{
	facts_set(facts, key, json_text(value, ""));
}

static void decode_steps(const struct json_value *list, struct outcome *o)
{
	size_t count = json_count(list);

	for (size_t i = 0; i < count && o->step_count < COUNT_OF(o->steps); i++) {
		const struct json_value *v = json_item(list, i);
		struct outcome_step *s = &o->steps[o->step_count++];

		decode_text(v, "name", s->name, sizeof(s->name));
		decode_text(v, "how", s->how, sizeof(s->how));
		s->status = json_int(json_at(v, "status"), 0);
		s->took_ns = json_int(json_at(v, "took_ns"), 0);
		s->dropped_bytes = json_int(json_at(v, "dropped_bytes"), 0);
	}
}

static void decode_fields(const struct json_value *root, struct outcome *o)
{
	decode_text(root, "cell", o->cell_id, sizeof(o->cell_id));
	decode_text(root, "target", o->target, sizeof(o->target));
	decode_text(root, "arch", o->arch, sizeof(o->arch));
	decode_text(root, "runtime", o->runtime, sizeof(o->runtime));
	decode_text(root, "package", o->package, sizeof(o->package));
	decode_text(root, "tier", o->tier, sizeof(o->tier));
	decode_text(root, "how_run", o->how_run, sizeof(o->how_run));
	decode_text(root, "reason", o->reason, sizeof(o->reason));
	decode_text(root, "hint", o->hint, sizeof(o->hint));
	o->emulated = json_bool(json_at(root, "emulated"), false);
	o->attempt = json_int(json_at(root, "attempt"), 0);
	o->started_wall_ms = json_int(json_at(root, "started_wall_ms"), 0);
	o->took_ns = json_int(json_at(root, "took_ns"), 0);
	o->result.complete = json_bool(json_at(root, "complete"), false);
	decode_tally(json_at(root, "tally"), &o->result.tally);
	json_each(json_at(root, "facts"), decode_fact, &o->facts);
	decode_steps(json_at(root, "steps"), o);
}

static int decode_root(const struct json_value *root, struct outcome *o, struct err *e)
{
	int64_t format = json_int(json_at(root, "format"), 0);
	int verdict = verdict_from_key(json_text(json_at(root, "verdict"), ""));

	if (format > OUTCOME_FORMAT) {
		err_set(e, ERR_FORMAT, "written by a newer labctl (format %" PRId64 ", this one reads %d)", format,
			OUTCOME_FORMAT);
		return err_hint(e, "use the labctl that wrote it, or a newer one");
	}
	if (format < 1)
		return err_set(e, ERR_FORMAT, "not an outcome: it has no format number");
	if (verdict < 0)
		return err_set(e, ERR_FORMAT, "verdict: missing or unknown");
	o->verdict = (enum verdict)verdict;
	decode_fields(root, o);
	return check_names(o, e);
}

int outcome_decode_counted(const char *text, size_t len, struct outcome *o, int64_t *out_tests, struct err *e)
{
	AUTO_JSON *root = json_parse(text, len, e);

	outcome_start(o);
	if (root == NULL || decode_root(root, o, e) < 0) {
		outcome_free(o);
		return -1;
	}
	*out_tests = json_int(json_at(root, "tests"), 0);
	return 0;
}

int outcome_decode(const char *text, size_t len, struct outcome *out, struct err *e)
{
	int64_t tests;

	return outcome_decode_counted(text, len, out, &tests, e);
}
