/* The form of results/lab.sqlite, and how an old one becomes the present one. */
#ifndef LABCTL_STORE_DB_SCHEMA_H
#define LABCTL_STORE_DB_SCHEMA_H

#include "store/db.h"

/* Kept in SQLite's user_version; 0 is a database with nothing in it. */
#define DB_SCHEMA_VERSION 3

/* Brings the database to DB_SCHEMA_VERSION, in one transaction. A newer one is an error that says so. */
int db_schema_bring_up(struct db *d, struct err *e);
/* For readers, who may not change it: *out_version as it is; newer than ours is an error. */
int db_schema_version(struct db *d, int64_t *out_version, struct err *e);

#endif
