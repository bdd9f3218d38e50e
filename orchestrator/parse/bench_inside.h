/* What a benchmark format is made of. Not included outside parse/. */
#ifndef LABCTL_PARSE_BENCH_INSIDE_H
#define LABCTL_PARSE_BENCH_INSIDE_H

#include "base/str.h"
#include "parse/bench.h"
#include "parse/bench_format.h"

/* What is to be read. Messages of readers do not name the file: bench_read does. */
struct bench_source {
	const char *name;
	const char *path; /* NULL: not from a file */
	char *text;	  /* NUL behind it; a reader may take it, and puts NULL here. NULL: a folder */
	size_t len;
};

/* What a format is recognised by. */
#define BENCH_ROOT_KEYS 64
struct bench_look {
	const char *file_name; /* "" where there is none */
	const char *text;
	size_t len;
	char root;			   /* '{' or '[': it may be JSON; else NUL */
	const char *keys[BENCH_ROOT_KEYS]; /* of the root object, quotes left out, not terminated; or of the first */
	size_t key_bytes[BENCH_ROOT_KEYS]; /* object in a root list */
	size_t key_count;
};

/* `text` has a NUL behind its end. */
void bench_look_at(struct bench_look *l, const char *file_name, const char *text, size_t len);
bool bench_look_has(const struct bench_look *l, const char *key);
/* What stands behind a key, up to the end of the file; "": there is no such key. */
const char *bench_look_value(const struct bench_look *l, const char *key);
bool bench_look_begins(const struct bench_look *l, const char *prefix); /* blanks before it are passed over */

struct bench_written {
	struct str *out;
	struct str *left_out; /* see bench_write */
};

struct bench_kind {
	struct bench_format about;
	bool (*recognise)(const struct bench_look *l);
	int (*read)(struct bench_source *from, struct bench_set *s, struct err *e); /* into a set that was begun */
	int (*read_folder)(const char *path, struct bench_set *s, struct err *e);   /* NULL: it has no folders */
	/* `s` was checked. NULL: not written. */
	int (*write)(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *w,
		     struct err *e);
};

extern const struct bench_kind bench_own, bench_events, bench_pyperf, bench_asv, bench_codespeed, bench_hyperfine,
	bench_google, bench_rebench, bench_krun, bench_criterion, bench_otava;

/* For formats that are lines of text: a NUL would end them. */
int bench_check_text(const struct bench_source *from, struct err *e);
/* A name that more than one series has; NULL: there is none. */
const char *bench_name_twice(const struct bench_set *s);
/* As Python writes it; a whole one without a point. */
void bench_add_number(struct str *out, double value, bool whole);
/* A line for left_out. */
void bench_leave_out(struct bench_written *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
