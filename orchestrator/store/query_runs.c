/* Runs, and how people name them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/query.h"

static const char runs_sql[] =
	"SELECT id, name, command, started_wall_ms, ended_wall_ms, complete, cells FROM run ORDER BY id DESC";
static const char latest_run_sql[] = "SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?1";
static const char run_by_id_sql[] = "SELECT id FROM run WHERE id = ?1";
static const char run_by_name_sql[] = "SELECT id FROM run WHERE name = ?1";
static const char run_until_sql[] =
	"SELECT id FROM run WHERE started_wall_ms < ?1 ORDER BY started_wall_ms DESC, id DESC LIMIT 1";

int query_runs(struct store *s, struct run_set *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, runs_sql, e);
	int got;

	memset(out, 0, sizeof(*out));
	run_set_start(out);
	if (q == NULL)
		return -1;
	while ((got = db_step(q, e)) == 1) {
		struct run_row *row = run_set_add(out);

		row->id = db_int(q, 0);
		row->name = arena_dup(out->arena, db_text(q, 1));
		row->command = arena_dup(out->arena, db_text(q, 2));
		row->started_wall_ms = db_int(q, 3);
		row->ended_wall_ms = db_int(q, 4);
		row->complete = db_int(q, 5) != 0;
		row->cells = db_int(q, 6);
	}
	return got;
}

/* One whole number, not negative, and nothing else. */
static bool read_number(const char *text, int64_t *out)
{
	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 15)
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

static int ask_run_by_number(struct store *s, const char *sql, int64_t number, int64_t *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, sql, e);

	if (q == NULL)
		return -1;
	db_bind_int(q, 1, number);
	return store_ask_int(q, out, e);
}

static int ask_run_by_name(struct store *s, const char *name, int64_t *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, run_by_name_sql, e);

	if (q == NULL)
		return -1;
	db_bind_text(q, 1, name);
	return store_ask_int(q, out, e);
}

static int ask_run_by_name_or_tag(struct store *s, const char *text, int64_t *out, struct err *e)
{
	AUTO_FREE char *name = NULL;
	int found = ask_run_by_name(s, text, out, e);

	if (found == 0)
		found = query_tag(s, text, &name, e);
	return found == 1 && name != NULL ? ask_run_by_name(s, name, out, e) : found;
}

/* "2026-01-31": when that day ends here. */
static bool read_day(const char *text, int64_t *out_end_wall_ms)
{
	struct tm day = { .tm_isdst = -1 };
	const char *rest = strlen(text) == strlen("2026-01-31") ? strptime(text, "%Y-%m-%d", &day) : NULL;

	if (rest == NULL || *rest != '\0')
		return false;
	day.tm_mday++;
	*out_end_wall_ms = (int64_t)mktime(&day) * 1000;
	return true;
}

int query_resolve_run(struct store *s, const char *text, int64_t *out, struct err *e)
{
	int64_t number, day_end_wall_ms;
	int found;

	if (strcmp(text, "latest") == 0)
		found = ask_run_by_number(s, latest_run_sql, 0, out, e);
	else if (str_starts(text, "latest~") && read_number(text + strlen("latest~"), &number))
		found = ask_run_by_number(s, latest_run_sql, number, out, e);
	else if (read_number(text, &number))
		found = ask_run_by_number(s, run_by_id_sql, number, out, e);
	else if (read_day(text, &day_end_wall_ms))
		found = ask_run_by_number(s, run_until_sql, day_end_wall_ms, out, e);
	else
		found = ask_run_by_name_or_tag(s, text, out, e);
	if (found != 0)
		return found < 0 ? -1 : 0;
	err_set(e, ERR_USAGE, "there is no run \"%s\" in %s", text, s->folder);
	return err_hint(e,
			"a run is named by its number, its name, latest, latest~1 for the one before, or a day as in "
			"2026-01-31");
}
