/* The whole report as one text: for a comment beside a change of code, for a CI service, for programs. The site is in
 * render/site.h. */
#ifndef LABCTL_RENDER_REPORT_FORMATS_H
#define LABCTL_RENDER_REPORT_FORMATS_H

#include "analyse/changes.h"
#include "analyse/report.h"
#include "analyse/speed_matrix.h"
#include "render/render.h"

struct report_text {
	const struct run_row *run, *before; /* before NULL: it is the first */
	const struct report *report;
	const struct speed_matrix *speed; /* may have no rows */
	const struct changes *changes;	  /* NULL: there is nothing to hold it against */
	const char *program;
	size_t limit_bytes; /* of markdown; 0: no limit */
};

/* What changed, the matrix with its findings, speed. Over the limit the least important lines go, and a last line says
 * so: at least REPORT_LEAST_BYTES are needed to say that. */
#define REPORT_LEAST_BYTES 1000
void report_markdown(const struct report_text *t, struct str *out);
/* Workflow commands of public CI services ("::error title=...::..."), one a line, the most important first. */
void report_annotations(const struct report_text *t, struct str *out);
void report_json(const struct report_text *t, struct str *out); /* doc/labctl-report.schema.json */
/* A line for each cell, benchmarks too: the columns of csv_renderer and those of speed behind them. */
void report_csv(const struct report_text *t, struct str *out);

#endif
