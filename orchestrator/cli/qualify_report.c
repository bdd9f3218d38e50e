#include "cli/qualify_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define MOST_ATTEMPTS 1000000

static int refuse(struct err *e, const char *where, const char *why)
{
	return err_set(e, ERR_FORMAT, "%s: %s", where, why);
}

/* ---- its head ---- */

static int read_name(const struct json_value *v, const char *where, const char **out, struct err *e)
{
	*out = json_text(v, NULL);
	return *out && schema_is_name(*out) ? 0 : refuse(e, where, "a name is wanted");
}

static int read_side(const struct json_value *v, const char *key, struct dossier_side *out, struct err *e)
{
	const struct json_value *run = json_at(v, "run");

	*out = (struct dossier_side){ 0 };
	if (read_name(json_at(v, "runtime"), key, &out->runtime, e))
		return -1;
	return json_kind(run) == JSON_IS_NULL ? 0 : read_name(run, key, &out->run, e);
}

static int read_policy(const struct json_value *v, struct qualify_report *out, struct err *e)
{
	out->policy_name = json_text(json_at(v, "name"), NULL);
	out->policy_text = json_text(json_at(v, "text"), NULL);
	out->policy_digest = json_text(json_at(v, "digest"), NULL);
	if (!out->policy_name || !out->policy_text || !out->policy_digest ||
	    strlen(out->policy_digest) != DIGEST_TEXT_BYTES - 1)
		return refuse(e, "policy", "name, text and digest are wanted");
	return strlen(out->policy_text) <= QUALIFY_MOST_POLICY_BYTES ? 0 : refuse(e, "policy", "it is too long");
}

static int read_head(struct qualify_report *r, struct err *e)
{
	const struct json_value *root = r->root;

	if (strcmp(json_text(json_at(root, "format"), ""), DOSSIER_FORMAT) != 0)
		return refuse(e, "format", "this is no report of labctl qualify");
	if (json_int(json_at(root, "version"), 0) != DOSSIER_VERSION)
		return refuse(e, "version", "only reports of version 1 can be verified");
	r->made_wall_ms = json_int(json_at(root, "made_wall_ms"), -1);
	if (r->made_wall_ms < 0 || r->made_wall_ms > INT64_C(253402300799999)) /* the year 9999 */
		return refuse(e, "made_wall_ms", "this is no time");
	return read_side(json_at(root, "candidate"), "candidate", &r->candidate, e) ||
			       read_side(json_at(root, "baseline"), "baseline", &r->baseline, e) ||
			       read_policy(json_at(root, "policy"), r, e)
		       ? -1
		       : 0;
}

/* ---- its records ---- */

static bool is_cell_id(const char *text)
{
	return text && strlen(text) == DIGEST_ID_BYTES - 1 && strspn(text, "0123456789abcdef") == DIGEST_ID_BYTES - 1;
}

static unsigned read_roles(const struct json_value *list)
{
	unsigned roles = 0;

	for (size_t i = 0; i < json_count(list); i++)
		for (size_t k = 0; k < DOSSIER_ROLES; k++)
			if (!strcmp(json_text(json_item(list, i), ""), dossier_role_word(k)))
				roles |= 1u << k;
	return roles;
}

static int read_record(const struct json_value *v, size_t at, struct qualify_report_record *out, struct err *e)
{
	char where[32];

	snprintf(where, sizeof(where), "records[%zu]", at);
	out->roles = read_roles(json_at(v, "roles"));
	out->cell_id = json_text(json_at(v, "cell"), NULL);
	out->attempt = json_int(json_at(v, "attempt"), 0);
	if (read_name(json_at(v, "target"), where, &out->target, e) ||
	    read_name(json_at(v, "runtime"), where, &out->runtime, e) ||
	    read_name(json_at(v, "package"), where, &out->package, e) ||
	    read_name(json_at(v, "tier"), where, &out->tier, e) || read_name(json_at(v, "run"), where, &out->run, e))
		return -1;
	if (!is_cell_id(out->cell_id) || out->attempt < 1 || out->attempt > MOST_ATTEMPTS)
		return refuse(e, where, "it names no record");
	return 0;
}

static int read_records(struct qualify_report *r, struct err *e)
{
	const struct json_value *list = json_at(r->root, "records");

	if (json_kind(list) != JSON_IS_LIST || json_count(list) > QUALIFY_MOST_RECORDS)
		return refuse(e, "records", "a list of at most 100000 is wanted");
	r->records = mem_new(json_count(list) + 1, sizeof(*r->records));
	r->record_count = json_count(list);
	for (size_t i = 0; i < r->record_count; i++)
		if (read_record(json_item(list, i), i, &r->records[i], e))
			return -1;
	return 0;
}

int qualify_report_read(const char *path, struct qualify_report *out, struct err *e)
{
	AUTO_STR text = { 0 };

	*out = (struct qualify_report){ 0 };
	if (file_read(path, QUALIFY_MOST_REPORT_BYTES, &text, e))
		return -1;
	out->root = json_parse(str_text(&text), text.len, e);
	if (!out->root || read_head(out, e) || read_records(out, e))
		return err_wrap(e, "%s", path);
	return 0;
}

/* ---- as a finder ---- */

static bool is_sought(const struct qualify_report_record *r, const struct qualify_search *s)
{
	return (r->roles & s->role) && !strcmp(r->target, s->target) && !strcmp(r->runtime, s->runtime) &&
	       !strcmp(r->package, s->package) && !strcmp(r->tier, s->tier) && (!s->run || !strcmp(r->run, s->run));
}

int qualify_report_find(void *ctx, const struct qualify_search *sought, struct qualify_ref *out, struct err *e)
{
	const struct qualify_report *r = ctx;

	(void)e;
	for (size_t i = 0; i < r->record_count; i++) {
		if (!is_sought(&r->records[i], sought))
			continue;
		*out = (struct qualify_ref){ .run = r->records[i].run, .attempt = r->records[i].attempt };
		snprintf(out->cell_id, sizeof(out->cell_id), "%s", r->records[i].cell_id);
		return 1;
	}
	return 0;
}

void qualify_report_free(struct qualify_report *r)
{
	json_free(r->root);
	free(r->records);
	*r = (struct qualify_report){ 0 };
}
