/* What there was, in the order of time. */
#include <string.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/query.h"

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
