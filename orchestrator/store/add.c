#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/pack.h"
#include "store/store.h"

static const char find_cell_sql[] = "SELECT id FROM cell WHERE name = ?1";
static const char insert_cell_sql[] =
	"INSERT INTO cell (name, target, arch, runtime, package, tier) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char find_word_sql[] = "SELECT id FROM word WHERE text = ?1";
static const char insert_word_sql[] = "INSERT INTO word (text) VALUES (?1)";
static const char last_tests_sql[] =
	"SELECT names, durations FROM outcome WHERE cell = ?1 ORDER BY run DESC, attempt DESC LIMIT 1";
static const char insert_outcome_sql[] =
	"INSERT INTO outcome (cell, run, attempt, verdict, emulated, how_run, reason, hint, started_wall_ms, took_ns,"
	" passed, failed, crashed, timed_out, broken, unavailable, lost, skipped, known, known_passed,"
	" names, verdicts, durations, details, facts, passing_facts)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,"
	" ?21, ?22, ?23, ?24, ?25, ?26) ON CONFLICT (cell, run, attempt) DO NOTHING";
static const char knows_sql[] =
	"SELECT 1 FROM outcome WHERE cell = (SELECT id FROM cell WHERE name = ?1) AND run = ?2 AND attempt = ?3";
/* A record that comes after its run was taken for ended: the folder is to be looked at again. */
static const char unsettle_sql[] = "UPDATE run SET settled = 0 WHERE id = ?1 AND settled = 1";

enum outcome_column {
	AT_CELL = 1,
	AT_RUN,
	AT_ATTEMPT,
	AT_VERDICT,
	AT_EMULATED,
	AT_HOW_RUN,
	AT_REASON,
	AT_HINT,
	AT_STARTED,
	AT_TOOK,
	AT_TALLY,
	AT_KNOWN = AT_TALLY + VERDICT_COUNT,
	AT_KNOWN_PASSED,
	AT_NAMES,
	AT_VERDICTS,
	AT_DURATIONS,
	AT_DETAILS,
	AT_FACTS,
	AT_PASSING_FACTS,
};

/* Facts that are of the hour, not of the machine. */
static const char *const passing_facts[] = { "load",	"date", "loop_ns", "disk_free_bytes", "memory_free_bytes",
					     "uptime_s" };

struct packed_ids {
	int64_t names, verdicts, durations, details, facts;
};

static int find_or_insert_cell(struct store *s, const struct outcome *o, int64_t *out_id, struct err *e)
{
	struct db_stmt *find = store_statement(s, find_cell_sql, e);
	struct db_stmt *insert = store_statement(s, insert_cell_sql, e);
	int found;

	if (find == NULL || insert == NULL)
		return -1;
	db_bind_text(find, 1, o->cell_id);
	found = store_ask_int(find, out_id, e);
	if (found != 0)
		return found < 0 ? -1 : 0;
	db_bind_text(insert, 1, o->cell_id);
	db_bind_text(insert, 2, o->target);
	db_bind_text(insert, 3, o->arch);
	db_bind_text(insert, 4, o->runtime);
	db_bind_text(insert, 5, o->package);
	db_bind_text(insert, 6, o->tier);
	if (db_step(insert, e) < 0)
		return -1;
	*out_id = db_last_id(s->db);
	return 0;
}

static int find_or_insert_word(struct store *s, const char *text, int64_t *out_id, struct err *e)
{
	struct db_stmt *find = store_statement(s, find_word_sql, e);
	struct db_stmt *insert = store_statement(s, insert_word_sql, e);
	int found;

	if (find == NULL || insert == NULL)
		return -1;
	db_bind_text(find, 1, text);
	found = store_ask_int(find, out_id, e);
	if (found != 0)
		return found < 0 ? -1 : 0;
	db_bind_text(insert, 1, text);
	if (db_step(insert, e) < 0)
		return -1;
	*out_id = db_last_id(s->db);
	return 0;
}

static int bind_word(struct store *s, struct db_stmt *insert, int at, const char *text, struct err *e)
{
	int64_t id;

	if (text[0] == '\0') {
		db_bind_text(insert, at, NULL);
		return 0;
	}
	if (find_or_insert_word(s, text, &id, e) < 0)
		return -1;
	db_bind_int(insert, at, id);
	return 0;
}

static int put_names(struct store *s, const struct result *r, int64_t *out_id, struct err *e)
{
	AUTO_STR bytes = { 0 };

	pack_names(r, &bytes);
	return packed_put(s, PACKED_NAMES, &bytes, out_id, e);
}

/* The durations of the same tests the last time, for pack_durations; empty when the tests were others. */
static int last_durations(struct store *s, int64_t cell, int64_t names, struct str *out, struct err *e)
{
	struct db_stmt *last = store_statement(s, last_tests_sql, e);
	int64_t durations = 0;
	int got;

	if (last == NULL)
		return -1;
	db_bind_int(last, 1, cell);
	got = db_step(last, e);
	if (got < 0)
		return -1;
	if (got == 1 && db_int(last, 0) == names)
		durations = db_int(last, 1);
	db_reset(last);
	return packed_get(s, durations, out, e);
}

static int put_durations(struct store *s, int64_t cell, const struct result *r, struct packed_ids *ids, struct err *e)
{
	AUTO_STR last = { 0 };
	AUTO_STR bytes = { 0 };

	if (last_durations(s, cell, ids->names, &last, e) < 0)
		return -1;
	pack_durations(r, &last, &bytes);
	return packed_put(s, PACKED_DURATIONS, &bytes, &ids->durations, e);
}

static int put_tests(struct store *s, int64_t cell, const struct result *r, struct packed_ids *ids, struct err *e)
{
	AUTO_STR verdicts = { 0 };
	AUTO_STR details = { 0 };

	if (r->count == 0)
		return 0;
	pack_verdicts(r, &verdicts);
	pack_details(r, &details);
	if (put_names(s, r, &ids->names, e) < 0 || put_durations(s, cell, r, ids, e) < 0 ||
	    packed_put(s, PACKED_VERDICTS, &verdicts, &ids->verdicts, e) < 0)
		return -1;
	return details.len == 0 ? 0 : packed_put(s, PACKED_DETAILS, &details, &ids->details, e);
}

static bool is_passing(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(passing_facts); i++)
		if (strcmp(passing_facts[i], name) == 0)
			return true;
	return false;
}

static void add_facts(const struct facts *f, bool passing, struct str *out)
{
	for (size_t i = 0; i < f->count; i++)
		if (is_passing(f->items[i].name) == passing)
			str_addf(out, "%s=%s\n", f->items[i].name, f->items[i].value);
}

static int put_facts(struct store *s, const struct facts *f, int64_t *out_id, struct err *e)
{
	AUTO_STR lasting = { 0 };

	add_facts(f, false, &lasting);
	return lasting.len == 0 ? 0 : packed_put(s, PACKED_FACTS, &lasting, out_id, e);
}

static void bind_id(struct db_stmt *insert, int at, int64_t id)
{
	if (id == 0)
		db_bind_text(insert, at, NULL);
	else
		db_bind_int(insert, at, id);
}

static void bind_numbers(struct db_stmt *insert, int64_t run, int64_t cell, const struct outcome *o)
{
	const struct tally *t = &o->result.tally;

	db_bind_int(insert, AT_CELL, cell);
	db_bind_int(insert, AT_RUN, run);
	db_bind_int(insert, AT_ATTEMPT, o->attempt);
	db_bind_int(insert, AT_VERDICT, o->verdict);
	db_bind_int(insert, AT_EMULATED, o->emulated);
	db_bind_int(insert, AT_STARTED, o->started_wall_ms);
	db_bind_int(insert, AT_TOOK, o->took_ns);
	for (int v = 0; v < VERDICT_COUNT; v++)
		db_bind_int(insert, AT_TALLY + v, t->count[v]);
	db_bind_int(insert, AT_KNOWN, t->known);
	db_bind_int(insert, AT_KNOWN_PASSED, t->known_passed);
}

static void bind_packed(struct db_stmt *insert, const struct packed_ids *ids, const struct facts *f)
{
	AUTO_STR passing = { 0 };

	bind_id(insert, AT_NAMES, ids->names);
	bind_id(insert, AT_VERDICTS, ids->verdicts);
	bind_id(insert, AT_DURATIONS, ids->durations);
	bind_id(insert, AT_DETAILS, ids->details);
	bind_id(insert, AT_FACTS, ids->facts);
	add_facts(f, true, &passing);
	db_bind_blob(insert, AT_PASSING_FACTS, str_text(&passing), passing.len);
}

static int insert_within(struct store *s, int64_t run, const struct outcome *o, struct err *e)
{
	struct db_stmt *insert = store_statement(s, insert_outcome_sql, e);
	struct db_stmt *unsettle = store_statement(s, unsettle_sql, e);
	struct packed_ids ids = { 0 };
	int64_t cell, how_run;

	if (insert == NULL || unsettle == NULL)
		return -1;
	if (find_or_insert_cell(s, o, &cell, e) < 0 || put_tests(s, cell, &o->result, &ids, e) < 0 ||
	    put_facts(s, &o->facts, &ids.facts, e) < 0 || find_or_insert_word(s, o->how_run, &how_run, e) < 0 ||
	    bind_word(s, insert, AT_REASON, o->reason, e) < 0 || bind_word(s, insert, AT_HINT, o->hint, e) < 0)
		return -1;
	db_bind_int(insert, AT_HOW_RUN, how_run);
	bind_numbers(insert, run, cell, o);
	bind_packed(insert, &ids, &o->facts);
	db_bind_int(unsettle, 1, run);
	return db_step(insert, e) < 0 || db_step(unsettle, e) < 0 ? -1 : 0;
}

int store_insert(struct store *s, int64_t run, const struct outcome *o, struct err *e)
{
	if (store_begin(s, e) < 0)
		return -1;
	if (insert_within(s, run, o, e) < 0 || store_commit(s, e) < 0) {
		store_rollback(s);
		return -1;
	}
	return 0;
}

int store_knows(struct store *s, int64_t run, const char *cell_id, int64_t attempt, struct err *e)
{
	struct db_stmt *knows = store_statement(s, knows_sql, e);
	int64_t one;

	if (knows == NULL)
		return -1;
	db_bind_text(knows, 1, cell_id);
	db_bind_int(knows, 2, run);
	db_bind_int(knows, 3, attempt);
	return store_ask_int(knows, &one, e);
}

/* "<cell id>/<attempt>" and nothing else. */
static int parse_folder(const char *folder, char cell_id[static DIGEST_ID_BYTES], int64_t *out_attempt)
{
	size_t digits = strspn(folder, "0123456789abcdef");
	char *end;

	if (digits != DIGEST_ID_BYTES - 1 || folder[digits] != '/' || folder[digits + 1] < '1' ||
	    folder[digits + 1] > '9')
		return -1;
	memcpy(cell_id, folder, digits);
	cell_id[digits] = '\0';
	*out_attempt = strtoll(folder + digits + 1, &end, 10);
	return *end == '\0' && *out_attempt < INT32_MAX ? 0 : -1;
}

int store_take_record(struct store *s, int64_t run, const char *run_name, const char *folder, bool *out_bad_record,
		      struct err *e)
{
	AUTO_FREE char *run_folder = store_path_of_run(s, run_name);
	AUTO_FREE char *path = file_join(run_folder, folder);
	AUTO_FREE struct outcome *o = NULL;
	char cell_id[DIGEST_ID_BYTES];
	int64_t attempt;
	int result;

	*out_bad_record = true;
	if (parse_folder(folder, cell_id, &attempt) < 0)
		return err_set(e, ERR_FORMAT, "%s: not the folder of an attempt (<cell id>/<number>)", path);
	*out_bad_record = false;
	result = store_knows(s, run, cell_id, attempt, e);
	if (result != 0)
		return result < 0 ? -1 : 0;
	o = mem_new(1, sizeof(*o));
	*out_bad_record = outcome_read(path, true, o, e) < 0;
	if (*out_bad_record)
		return -1;
	*out_bad_record = strcmp(o->cell_id, cell_id) != 0 || o->attempt != attempt;
	if (*out_bad_record)
		result = err_set(e, ERR_FORMAT, "%s: holds the record of another cell or attempt", path);
	else
		result = store_insert(s, run, o, e) < 0 ? -1 : 1;
	outcome_free(o);
	return result;
}
