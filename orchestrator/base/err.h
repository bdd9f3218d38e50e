/* An error as a value that the caller owns: no allocation, nothing to free.
 *
 * A function that can fail takes a `struct err *` last and returns 0 or -1 (or a pointer or NULL). It fills the value
 * only when it fails. A failing test is not an error: it is a result. */
#ifndef LABCTL_BASE_ERR_H
#define LABCTL_BASE_ERR_H

#include <stdarg.h>

enum err_code {
	ERR_NONE,
	ERR_USAGE,	 /* the command line is wrong */
	ERR_CONFIG,	 /* what the user wrote in the lab is wrong */
	ERR_IO,		 /* a file, a pipe or a program of this machine */
	ERR_FORMAT,	 /* bytes that are not what they claim to be */
	ERR_UNREACHABLE, /* a target cannot be reached, or refuses us */
	ERR_LOST,	 /* a target was there and went away */
	ERR_TIMEOUT,	 /* a time limit passed */
	ERR_DISK_FULL,	 /* no room left, here or there */
	ERR_UNAVAILABLE, /* it does not exist there: an answer, not a failure */
	ERR_INTERRUPTED, /* the user asked to stop */
	ERR_INTERNAL,	 /* a promise of the program's own is broken */
};

struct err {
	enum err_code code;
	char text[1024]; /* what happened, and where */
	char hint[512];	 /* what to do next, one line; empty: nothing sensible to say */
};

#define ERR_INIT                                                                                                       \
	{                                                                                                              \
		ERR_NONE, "", ""                                                                                       \
	}

/* Sets code and text, clears the hint; returns -1. A NULL `e` is allowed and ignored, here and below. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* As err_set, with strerror(errno) behind the text. ENOSPC and EDQUOT become ERR_DISK_FULL whatever `code` says. */
int err_errno(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts "context: " before what it says already; keeps code and hint; returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Says what to do next; returns -1. */
int err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *err_code_name(enum err_code code);	    /* "usage", "config", … */
enum err_code err_code_from_name(const char *name); /* ERR_INTERNAL for an unknown name */

#endif
