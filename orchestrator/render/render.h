/* A report as bytes. One file per format; each is a pure function of the report. */
#ifndef LABCTL_RENDER_RENDER_H
#define LABCTL_RENDER_RENDER_H

#include <stdbool.h>

#include "analyse/report.h"
#include "base/str.h"

struct render_opts {
	bool colour;
	bool ascii;	     /* nothing beyond ASCII: where the locale is not UTF-8 (see render_locale_is_utf8) */
	unsigned width;	     /* columns of the terminal; 0: as wide as it gets */
	const char *program; /* how the reader calls labctl, for commands to paste */
};

struct renderer {
	const char *name; /* "terminal", "json", "csv", "markdown", "junit" */
	const char *help;
	void (*render)(const struct report *r, const struct render_opts *o, struct str *out);
};

extern const struct renderer terminal_renderer, json_renderer, csv_renderer, markdown_renderer, junit_renderer;

/* Can this process's terminal show UTF-8? Asks the locale that main has set. */
bool render_locale_is_utf8(void);
const struct renderer *renderer_at(size_t i); /* NULL: no more */
const struct renderer *renderer_find(const char *name);

struct speed_page;

/* One cell with its tests, for `labctl show`. */
struct cell_page {
	const char *label;
	const struct outcome_row *row;
	const struct test_set *tests;
	const char *raw;		/* raw output to show; NULL: none */
	int64_t raw_pruned_wall_ms;	/* when its raw output was removed; 0: it was not */
	bool all_tests;			/* else only bad ones are listed */
	const struct speed_page *speed; /* of a benchmark: render/speed_page.h; NULL: none */
};
void terminal_cell(const struct cell_page *page, const struct render_opts *o, struct str *out);
void json_cell(const struct cell_page *page, struct str *out);

#endif
