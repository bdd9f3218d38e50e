#include "store/db_schema.h"

#include <inttypes.h>

#include "base/mem.h"

/* What is said again and again is said once and pointed at: coordinates in cell, words in word, lists of tests and the
 * like in packed (see store/pack.h for their forms). `digest` is of the packed bytes before compression, with their
 * kind. */
static const char first_form[] =
	"CREATE TABLE run ("
	"	id INTEGER PRIMARY KEY,"
	"	name TEXT NOT NULL UNIQUE,"
	"	command TEXT NOT NULL,"
	"	version TEXT NOT NULL,"
	"	started_wall_ms INTEGER NOT NULL,"
	"	ended_wall_ms INTEGER NOT NULL DEFAULT 0,"
	"	complete INTEGER NOT NULL DEFAULT 0,"
	"	cells INTEGER NOT NULL DEFAULT 0,"
	/* No record will come any more and all are in: its folder need not be looked at again. */
	"	settled INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX run_open ON run (id) WHERE settled = 0;"

	"CREATE TABLE cell ("
	"	id INTEGER PRIMARY KEY,"
	"	name TEXT NOT NULL UNIQUE,"
	"	target TEXT NOT NULL,"
	"	arch TEXT NOT NULL,"
	"	runtime TEXT NOT NULL,"
	"	package TEXT NOT NULL,"
	"	tier TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX cell_by_coordinates ON cell (package, target, runtime, tier);"

	"CREATE TABLE word ("
	"	id INTEGER PRIMARY KEY,"
	"	text TEXT NOT NULL UNIQUE"
	") STRICT;"

	"CREATE TABLE packed ("
	"	id INTEGER PRIMARY KEY,"
	"	digest BLOB NOT NULL UNIQUE,"
	"	bytes BLOB NOT NULL"
	") STRICT;"

	/* The unique key is also the way to the last outcome of a cell. */
	"CREATE TABLE outcome ("
	"	id INTEGER PRIMARY KEY,"
	"	cell INTEGER NOT NULL REFERENCES cell,"
	"	run INTEGER NOT NULL REFERENCES run,"
	"	attempt INTEGER NOT NULL,"
	"	verdict INTEGER NOT NULL,"
	"	emulated INTEGER NOT NULL,"
	"	how_run INTEGER NOT NULL REFERENCES word,"
	"	reason INTEGER REFERENCES word,"
	"	hint INTEGER REFERENCES word,"
	"	started_wall_ms INTEGER NOT NULL,"
	"	took_ns INTEGER NOT NULL,"
	"	passed INTEGER NOT NULL,"
	"	failed INTEGER NOT NULL,"
	"	crashed INTEGER NOT NULL,"
	"	timed_out INTEGER NOT NULL,"
	"	broken INTEGER NOT NULL,"
	"	unavailable INTEGER NOT NULL,"
	"	lost INTEGER NOT NULL,"
	"	skipped INTEGER NOT NULL,"
	"	known INTEGER NOT NULL,"
	"	known_passed INTEGER NOT NULL,"
	"	names INTEGER REFERENCES packed,"
	"	verdicts INTEGER REFERENCES packed,"
	"	durations INTEGER REFERENCES packed,"
	"	details INTEGER REFERENCES packed,"
	"	facts INTEGER REFERENCES packed,"
	/* Facts that differ from night to night; they would make every list of facts a new one. */
	"	passing_facts BLOB,"
	"	UNIQUE (cell, run, attempt)"
	") STRICT;"
	"CREATE INDEX outcome_of_run ON outcome (run);";

/* What analyse made of a benchmark's iterations, which lie in the record: made anew when there is none of this version.
 */
static const char second_form[] = "CREATE TABLE speed ("
				  "	outcome INTEGER PRIMARY KEY REFERENCES outcome,"
				  "	version INTEGER NOT NULL,"
				  "	summary BLOB NOT NULL"
				  ") STRICT;";

/* The few figures of a summary that a history is made of, so that a year of it is read without unpacking summaries.
 * NULL in unit: a summary that was put there before. */
static const char third_form[] = "ALTER TABLE speed ADD COLUMN unit INTEGER;"
				 "ALTER TABLE speed ADD COLUMN mean REAL;"
				 "ALTER TABLE speed ADD COLUMN low REAL;"
				 "ALTER TABLE speed ADD COLUMN high REAL;"
				 "ALTER TABLE speed ADD COLUMN peak_bytes REAL;"
				 "ALTER TABLE speed ADD COLUMN processes INTEGER;"
				 "ALTER TABLE speed ADD COLUMN failed INTEGER;"
				 "ALTER TABLE speed ADD COLUMN means BLOB;";

/* migrations[v] brings form v to form v + 1. */
static const char *const migrations[DB_SCHEMA_VERSION] = { first_form, second_form, third_form };

int db_schema_version(struct db *d, int64_t *out_version, struct err *e)
{
	struct db_stmt *s = db_prepare(d, "PRAGMA user_version", e);
	int got;

	if (s == NULL)
		return -1;
	got = db_step(s, e);
	*out_version = got == 1 ? db_int(s, 0) : 0;
	db_finish(s);
	if (got < 0)
		return -1;
	if (*out_version <= DB_SCHEMA_VERSION)
		return 0;
	err_set(e, ERR_CONFIG, "the results database has form %" PRId64 ", and this labctl knows forms up to %d",
		*out_version, DB_SCHEMA_VERSION);
	return err_hint(e, "use the newer labctl that wrote it, or move lab.sqlite away and say `labctl rebuild`");
}

static int bring_up_within(struct db *d, struct err *e)
{
	int64_t version;
	AUTO_FREE char *stamp = mem_printf("PRAGMA user_version = %d", DB_SCHEMA_VERSION);

	/* Asked again behind the lock: another labctl may have been quicker. */
	if (db_schema_version(d, &version, e) < 0)
		return -1;
	for (; version < DB_SCHEMA_VERSION; version++)
		if (db_run(d, migrations[version], e) < 0)
			return err_wrap(e, "bringing the database to form %" PRId64, version + 1);
	return db_run(d, stamp, e);
}

int db_schema_bring_up(struct db *d, struct err *e)
{
	int64_t version;

	if (db_schema_version(d, &version, e) < 0)
		return -1;
	if (version == DB_SCHEMA_VERSION)
		return 0;
	if (db_run(d, "BEGIN IMMEDIATE", e) < 0)
		return -1;
	if (bring_up_within(d, e) < 0) {
		db_run(d, "ROLLBACK", NULL);
		return -1;
	}
	return db_run(d, "COMMIT", e);
}
