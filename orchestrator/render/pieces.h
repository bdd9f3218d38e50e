/* Pieces that several forms of a report have in common, as JSON and as CSV. Not included outside render/. */
#ifndef LABCTL_RENDER_PIECES_H
#define LABCTL_RENDER_PIECES_H

#include "analyse/report.h"
#include "base/json.h"

/* A list of texts, NULL-ended. */
void json_texts(struct json_writer *w, const char *key, const char *const *texts);
/* The key "columns" of a matrix: target, arch, runtime, emulated. */
void json_columns(struct json_writer *w, const struct matrix *m);
/* The keys of a finding behind its package and tier: cause to sample. */
void json_finding_body(struct json_writer *w, const struct finding *f);
/* The keys of an attempt in the report that a browser opens: id to took_s. */
void json_attempt(struct json_writer *w, const struct outcome_row *row);

/* A field of CSV and its comma; NULL: empty. Control characters are made visible too: the lines may well be printed on
 * a terminal. */
void csv_text(struct str *out, const char *text);

#endif
