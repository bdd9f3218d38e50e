#include "store/query.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/query_inside.h"

/* The last one of cell c; ?1 is the run before which it must be. */
#define LAST_OF_CELL                                                                                                   \
	" CROSS JOIN outcome o ON o.id = (SELECT id FROM outcome WHERE cell = c.id AND run < ?1"                       \
	" ORDER BY run DESC, attempt DESC LIMIT 1)"

static const char last_all_sql[] = "SELECT" OUTCOME_COLUMNS " FROM cell c" LAST_OF_CELL OUTCOME_TABLES " ORDER BY c.id";
static const char last_of_sql[] = "SELECT" OUTCOME_COLUMNS " FROM (SELECT DISTINCT value FROM json_each(?2)) wanted"
				  " CROSS JOIN cell c ON c.name = wanted.value" LAST_OF_CELL OUTCOME_TABLES;
static const char last_like_sql[] =
	"SELECT" OUTCOME_COLUMNS " FROM cell c" LAST_OF_CELL OUTCOME_TABLES
	" WHERE (?2 = '' OR c.target = ?2) AND (?3 = '' OR c.runtime = ?3) AND (?4 = '' OR c.package = ?4)"
	" AND (?5 = '' OR c.tier = ?5)"
	" ORDER BY c.target, c.runtime, c.package, c.tier, o.run DESC, o.attempt DESC, o.id DESC";
static const char last_like_package_sql[] =
	"SELECT" OUTCOME_COLUMNS " FROM cell c INDEXED BY cell_by_coordinates" LAST_OF_CELL OUTCOME_TABLES
	" WHERE (?2 = '' OR c.target = ?2) AND (?3 = '' OR c.runtime = ?3) AND c.package = ?4"
	" AND (?5 = '' OR c.tier = ?5)"
	" ORDER BY c.target, c.runtime, c.package, c.tier, o.run DESC, o.attempt DESC, o.id DESC";
static const char of_run_sql[] = "SELECT" OUTCOME_COLUMNS " FROM outcome o JOIN cell c ON c.id = o.cell" OUTCOME_TABLES
				 " WHERE o.run = ?1 ORDER BY o.id";
static const char of_cell_sql[] = "SELECT" OUTCOME_COLUMNS " FROM outcome o JOIN cell c ON c.id = o.cell" OUTCOME_TABLES
				  " WHERE o.cell = (SELECT id FROM cell WHERE name = ?1)"
				  " ORDER BY o.run DESC, o.attempt DESC";

enum outcome_field {
	F_ID,
	F_RUN,
	F_CELL,
	F_TARGET,
	F_ARCH,
	F_RUNTIME,
	F_PACKAGE,
	F_TIER,
	F_HOW_RUN,
	F_EMULATED,
	F_ATTEMPT,
	F_VERDICT,
	F_REASON,
	F_HINT,
	F_STARTED,
	F_TOOK,
	F_TALLY,
	F_KNOWN = F_TALLY + VERDICT_COUNT,
	F_KNOWN_PASSED,
	F_RUN_NAME,
	F_FACTS,
	F_PASSING_FACTS
};

static const char *text_or_empty(struct db_stmt *q, int column, struct arena *a)
{
	const char *text = db_text(q, column);

	return text == NULL ? "" : arena_dup(a, text);
}

static void tally_from_row(struct db_stmt *q, struct tally *t)
{
	for (int v = 0; v < VERDICT_COUNT; v++)
		t->count[v] = db_int(q, F_TALLY + v);
	t->known = db_int(q, F_KNOWN);
	t->known_passed = db_int(q, F_KNOWN_PASSED);
}

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

/* "name=value" lines, cut in place. */
static struct fact_pair *cut_facts(char *text, struct fact_pair *at)
{
	char *line_end;

	for (char *line = text; (line_end = strchr(line, '\n')) != NULL; line = line_end + 1) {
		char *sign;

		*line_end = '\0';
		sign = strchr(line, '=');
		if (sign == NULL)
			continue;
		*sign = '\0';
		*at++ = (struct fact_pair){ line, sign + 1 };
	}
	return at;
}

static int read_facts(struct store *s, struct db_stmt *q, struct arena *a, const struct fact_pair **out, struct err *e)
{
	AUTO_STR text = { 0 };
	size_t passing_len;
	const char *passing;
	struct fact_pair *pairs;

	if (packed_get(s, db_int(q, F_FACTS), &text, e) < 0)
		return -1;
	passing = db_blob(q, F_PASSING_FACTS, &passing_len);
	if (passing_len > 0)
		str_add_bytes(&text, passing, passing_len);
	pairs = arena_items(a, count_lines(str_text(&text), text.len) + 1, sizeof(*pairs));
	cut_facts(arena_dup_bytes(a, str_text(&text), text.len), pairs);
	*out = pairs;
	return 0;
}

static void outcome_from_row(struct db_stmt *q, struct arena *a, struct outcome_row *row)
{
	row->id = db_int(q, F_ID);
	row->run = db_int(q, F_RUN);
	row->cell_id = arena_dup(a, db_text(q, F_CELL));
	row->target = arena_dup(a, db_text(q, F_TARGET));
	row->arch = arena_dup(a, db_text(q, F_ARCH));
	row->runtime = arena_dup(a, db_text(q, F_RUNTIME));
	row->package = arena_dup(a, db_text(q, F_PACKAGE));
	row->tier = arena_dup(a, db_text(q, F_TIER));
	row->how_run = text_or_empty(q, F_HOW_RUN, a);
	row->emulated = db_int(q, F_EMULATED) != 0;
	row->attempt = db_int(q, F_ATTEMPT);
	row->verdict = (enum verdict)(db_int(q, F_VERDICT) < VERDICT_COUNT ? db_int(q, F_VERDICT) : VERDICT_BROKEN);
	row->reason = text_or_empty(q, F_REASON, a);
	row->hint = text_or_empty(q, F_HINT, a);
	row->started_wall_ms = db_int(q, F_STARTED);
	row->took_ns = db_int(q, F_TOOK);
	tally_from_row(q, &row->tally);
	row->folder = arena_printf(a, "runs/%s/%s/%" PRId64, db_text(q, F_RUN_NAME), row->cell_id, row->attempt);
}

static int add_outcome(struct store *s, struct db_stmt *q, bool with_facts, struct outcome_set *out, struct err *e)
{
	struct outcome_row *row = outcome_set_add(out);

	outcome_from_row(q, out->arena, row);
	return with_facts ? read_facts(s, q, out->arena, &row->facts, e) : 0;
}

int query_gather(struct store *s, struct db_stmt *q, bool with_facts, struct outcome_set *out, struct err *e)
{
	int got;

	while ((got = db_step(q, e)) == 1)
		if (add_outcome(s, q, with_facts, out, e) < 0) {
			db_reset(q);
			return -1;
		}
	return got;
}

static void bind_before(struct db_stmt *q, int64_t before_run)
{
	db_bind_int(q, 1, before_run > 0 ? before_run : INT64_MAX);
}

static void bind_ids(struct db_stmt *q, const char *const *cell_ids)
{
	AUTO_STR list = { 0 };
	struct json_writer w;

	json_start(&w, &list, false);
	json_open(&w, NULL, '[');
	for (size_t i = 0; cell_ids[i] != NULL; i++)
		json_add_text(&w, NULL, cell_ids[i]);
	json_close(&w, ']');
	db_bind_text(q, 2, list.text);
}

int query_last(struct store *s, const char *const *cell_ids, int64_t before_run, bool with_facts,
	       struct outcome_set *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, cell_ids == NULL ? last_all_sql : last_of_sql, e);

	memset(out, 0, sizeof(*out));
	outcome_set_start(out);
	if (q == NULL)
		return -1;
	bind_before(q, before_run);
	if (cell_ids != NULL)
		bind_ids(q, cell_ids);
	return query_gather(s, q, with_facts, out, e);
}

static bool same_coordinates(const struct outcome_row *a, const struct outcome_row *b)
{
	return strcmp(a->target, b->target) == 0 && strcmp(a->runtime, b->runtime) == 0 &&
	       strcmp(a->package, b->package) == 0 && strcmp(a->tier, b->tier) == 0;
}

void query_keep_first_of_each(struct outcome_set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++)
		if (kept == 0 || !same_coordinates(&set->rows[kept - 1], &set->rows[i]))
			set->rows[kept++] = set->rows[i];
	set->count = kept;
}

int query_last_like(struct store *s, const char *target, const char *runtime, const char *package, const char *tier,
		    int64_t before_run, struct outcome_set *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, package[0] == '\0' ? last_like_sql : last_like_package_sql, e);
	int result;

	memset(out, 0, sizeof(*out));
	outcome_set_start(out);
	if (q == NULL)
		return -1;
	bind_before(q, before_run);
	db_bind_text(q, 2, target);
	db_bind_text(q, 3, runtime);
	db_bind_text(q, 4, package);
	db_bind_text(q, 5, tier);
	result = query_gather(s, q, false, out, e);
	query_keep_first_of_each(out);
	return result;
}

/* Kept in run.json alone: it is asked for once in a while, and then for one run. */
int query_run_planned(struct store *s, int64_t run, char ***out_ids, struct err *e)
{
	AUTO_FREE char *folder = store_run_folder(s, run);
	struct run_file f;

	*out_ids = NULL;
	if (folder == NULL)
		return err_set(e, ERR_USAGE, "there is no run %" PRId64, run);
	if (run_file_read(folder, &f, e) < 0) {
		run_file_free(&f);
		return -1;
	}
	*out_ids = TAKE(f.cell_ids);
	run_file_free(&f);
	return 0;
}

int query_run_outcomes(struct store *s, int64_t run, struct outcome_set *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, of_run_sql, e);

	memset(out, 0, sizeof(*out));
	outcome_set_start(out);
	if (q == NULL)
		return -1;
	db_bind_int(q, 1, run);
	return query_gather(s, q, false, out, e);
}

int query_cell_outcomes(struct store *s, const char *cell_id, struct outcome_set *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, of_cell_sql, e);

	memset(out, 0, sizeof(*out));
	outcome_set_start(out);
	if (q == NULL)
		return -1;
	db_bind_text(q, 1, cell_id);
	return query_gather(s, q, false, out, e);
}
