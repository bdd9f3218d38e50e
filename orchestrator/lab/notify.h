/* Who is told when a suite has run: a program, a web address, or both. */
#ifndef LABCTL_LAB_NOTIFY_H
#define LABCTL_LAB_NOTIFY_H

#include "lab/schema.h"

enum notify_when {
	NOTIFY_ALWAYS,
	NOTIFY_FINDINGS, /* only when the exit status is not 0 */
};

/* The address may hold a token: it is named here and never said. */
struct notify_settings {
	struct text_list command; /* a program and its arguments; the summary comes on its standard input */
	const char *url_file;	  /* its first line is the address; NULL: none */
	const char *url_env;	  /* the environment variable that holds the address; NULL: none */
	int64_t limit_ns;	  /* of each of the two */
	int when;		  /* enum notify_when */
};

extern const struct schema notify_schema;

/* Is there anybody to tell? */
bool notify_is_set(const struct notify_settings *n);

#endif
