/* What changed between two sides as bytes: for people, for programs, and for a comment beside a change of code. */
#ifndef LABCTL_RENDER_CHANGES_H
#define LABCTL_RENDER_CHANGES_H

#include "analyse/changes.h"
#include "render/render.h"

struct changes_look {
	struct render_opts opts;
	bool all; /* every test of a group; else the first few */
};

/* Counts by kind first, then groups by package and cause with tests and the command that shows them, then speed. */
void changes_terminal(const struct changes *c, const struct changes_look *look, struct str *out);
void changes_markdown(const struct changes *c, const struct changes_look *look, struct str *out);
void changes_json(const struct changes *c, struct str *out); /* doc/labctl-changes.schema.json */

#endif
