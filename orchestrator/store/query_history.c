/* What there was, in the order of time. */
#include <string.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/query.h"
#include "store/query_inside.h"

static const char state_sql[] =
	"SELECT" OUTCOME_COLUMNS " FROM cell c CROSS JOIN outcome o ON o.id = (SELECT id FROM outcome WHERE cell = c.id"
	" AND run <= ?1 AND verdict <> ?2 ORDER BY run DESC, attempt DESC LIMIT 1)" OUTCOME_TABLES
	" WHERE ?3 = '' OR c.tier = ?3"
	" ORDER BY c.target, c.runtime, c.package, c.tier, o.run DESC, o.attempt DESC, o.id DESC";
static const char last_tested_sql[] =
	"SELECT o.id FROM cell c INDEXED BY cell_by_coordinates CROSS JOIN outcome o ON o.cell = c.id"
	" WHERE c.package = ?1 AND c.target = ?2 AND c.runtime = ?3 AND c.tier = ?4 AND o.run <= ?5 AND o.names > 0"
	" ORDER BY o.run DESC, o.attempt DESC LIMIT 1";
static const char history_sql[] = "SELECT" OUTCOME_COLUMNS " FROM cell c JOIN outcome o ON o.cell = c.id" OUTCOME_TABLES
				  " WHERE (?2 = '' OR c.target = ?2) AND (?3 = '' OR c.runtime = ?3)"
				  " AND (?4 = '' OR c.package = ?4) AND (?5 = '' OR c.tier = ?5) AND o.run <= ?1"
				  " ORDER BY c.target, c.runtime, c.package, c.tier, o.run, o.attempt, o.id";
static const char history_package_sql[] =
	"SELECT" OUTCOME_COLUMNS
	" FROM cell c INDEXED BY cell_by_coordinates CROSS JOIN outcome o ON o.cell = c.id" OUTCOME_TABLES
	" WHERE (?2 = '' OR c.target = ?2) AND (?3 = '' OR c.runtime = ?3)"
	" AND c.package = ?4 AND (?5 = '' OR c.tier = ?5) AND o.run <= ?1"
	" ORDER BY c.target, c.runtime, c.package, c.tier, o.run, o.attempt, o.id";

static const char recent_sql[] =
	"SELECT o.id, o.run, o.attempt, o.cell FROM cell this"
	" JOIN cell c INDEXED BY cell_by_coordinates ON c.package = this.package AND c.target = this.target"
	" AND c.runtime = this.runtime AND c.tier = this.tier CROSS JOIN outcome o ON o.cell = c.id"
	" WHERE this.name = ?1 AND o.run <= ?2 ORDER BY o.run DESC, o.attempt DESC LIMIT ?3";

int query_recent(struct store *s, const char *cell_id, int64_t until_run, size_t most, struct outcome_key *out,
		 size_t *out_count, struct err *e)
{
	struct db_stmt *q = store_statement(s, recent_sql, e);
	size_t count = 0;
	int got;

	*out_count = 0;
	if (q == NULL)
		return -1;
	db_bind_text(q, 1, cell_id);
	db_bind_int(q, 2, until_run > 0 ? until_run : INT64_MAX);
	db_bind_int(q, 3, (int64_t)most);
	while ((got = db_step(q, e)) == 1 && count < most)
		out[count++] = (struct outcome_key){ db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3) };
	db_reset(q);
	for (size_t i = 0; i < count / 2; i++) {
		struct outcome_key newer = out[i];

		out[i] = out[count - 1 - i];
		out[count - 1 - i] = newer;
	}
	*out_count = count;
	return got < 0 ? -1 : 0;
}

int query_state(struct store *s, const char *tier, int64_t run, struct outcome_set *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, state_sql, e);
	int result;

	memset(out, 0, sizeof(*out));
	outcome_set_start(out);
	if (q == NULL)
		return -1;
	db_bind_int(q, 1, run);
	db_bind_int(q, 2, VERDICT_LOST);
	db_bind_text(q, 3, tier);
	result = query_gather(s, q, false, out, e);
	query_keep_first_of_each(out);
	return result;
}

int query_last_tested(struct store *s, const struct outcome_row *like, int64_t *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, last_tested_sql, e);

	*out = 0;
	if (q == NULL)
		return -1;
	db_bind_text(q, 1, like->package);
	db_bind_text(q, 2, like->target);
	db_bind_text(q, 3, like->runtime);
	db_bind_text(q, 4, like->tier);
	db_bind_int(q, 5, like->run);
	return store_ask_int(q, out, e) < 0 ? -1 : 0;
}

int query_history(struct store *s, const char *target, const char *runtime, const char *package, const char *tier,
		  int64_t until_run, struct outcome_set *out, struct err *e)
{
	struct db_stmt *q = store_statement(s, package[0] == '\0' ? history_sql : history_package_sql, e);

	memset(out, 0, sizeof(*out));
	outcome_set_start(out);
	if (q == NULL)
		return -1;
	db_bind_int(q, 1, until_run > 0 ? until_run : INT64_MAX);
	db_bind_text(q, 2, target);
	db_bind_text(q, 3, runtime);
	db_bind_text(q, 4, package);
	db_bind_text(q, 5, tier);
	return query_gather(s, q, false, out, e);
}
