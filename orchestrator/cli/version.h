/* A cell of the record with another version of something: of its package, its runtime, or what a variable says. */
#ifndef LABCTL_CLI_VERSION_H
#define LABCTL_CLI_VERSION_H

#include "cli/repro.h"

#define VERSION_OF_PACKAGE "package"
#define VERSION_OF_RUNTIME "runtime"

struct varied {
	struct context context; /* without a store */
	struct plan *plan;
	const struct cell *cell; /* in plan */
	struct steps_opts opts;	 /* as the record's, with this lab */
};

/* of: "package" (NULL means it): the version of the cell's package that pip installs; "runtime": the name of a runtime
 * recipe; else the name of a variable of lab.yaml, or of another package that pip installs. Closed by the caller also
 * on failure. ERR_USAGE: there is nothing of that name to vary. */
int version_open(const struct repro *r, const char *of, const char *version, struct varied *out, struct err *e);
void version_close(struct varied *v);
/* The command that does it again with that version, for a person to paste. */
void version_command(const struct repro *r, const char *of, const char *version, struct str *out);

#endif
