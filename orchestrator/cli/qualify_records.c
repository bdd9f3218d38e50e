/* Records as evidence: read from their files, never from the database, with the digests of those files. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/qualify_inside.h"
#include "lab/benchmark.h"
#include "parse/bench_format.h"

#define RECORD_CAP_BYTES ((size_t)512 << 20)
#define FIRST_ROOM	 64

static const char *const files[] = { "outcome.json", "tests.jsonl.zst", MEASURED_FILE };

const char *qualify_record_file(size_t i)
{
	return i < COUNT_OF(files) ? files[i] : NULL;
}

char *qualify_record_folder(const char *run, const char *cell_id, int64_t attempt)
{
	return mem_printf("runs/%s/%s/%" PRId64, run, cell_id, attempt);
}

static struct qualify_loaded *known_record(const struct qualify_case *q, const char *folder, size_t *out_at)
{
	for (size_t i = 0; i < q->record_count; i++)
		if (!strcmp(q->loaded[i]->folder, folder)) {
			*out_at = i;
			return q->loaded[i];
		}
	return NULL;
}

/* ---- reading one ---- */

static int read_speed(const char *folder, struct speed_summary *out, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, MEASURED_FILE);
	AUTO_STR text = { 0 };
	struct bench_set set = { 0 };
	int status;

	if (!file_exists(path))
		return 0;
	if (compress_read_file(path, RECORD_CAP_BYTES, &text, e))
		return -1;
	status = bench_read_bytes(str_text(&text), text.len, path, "labctl", &set, e);
	if (!status && set.count)
		speed_summarise(&set.series[0], out);
	bench_free(&set);
	return status;
}

/* A record says itself what it is of: a report may not pass off one for another. */
static int check_identity(const struct outcome *o, const struct qualify_search *s, const struct qualify_ref *ref,
			  struct err *e)
{
	if (!strcmp(o->target, s->target) && !strcmp(o->runtime, s->runtime) && !strcmp(o->package, s->package) &&
	    !strcmp(o->tier, s->tier) && !strcmp(o->cell_id, ref->cell_id) && o->attempt == ref->attempt)
		return 0;
	return err_set(e, ERR_FORMAT, "the record is of %s/%s/%s:%s, attempt %" PRId64 " of the cell %s", o->target,
		       o->runtime, o->package, o->tier, o->attempt, o->cell_id);
}

static int read_record(const char *folder, const struct qualify_search *s, const struct qualify_ref *ref,
		       struct qualify_loaded *out, struct err *e)
{
	bool measured = !strcmp(s->tier, SPEED_TIER);

	if (outcome_read(folder, !measured, &out->outcome, e))
		return -1;
	out->has_outcome = true;
	if (check_identity(&out->outcome, s, ref, e))
		return -1;
	return measured ? read_speed(folder, &out->speed, e) : 0;
}

static void digest_files(const char *folder, struct qualify_loaded *l, struct dossier_record *r)
{
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		AUTO_FREE char *path = file_join(folder, files[i]);

		if (!file_exists(path) || digest_file(path, l->digests[i], NULL))
			continue;
		r->files[r->file_count++] = (struct dossier_file){ files[i], l->digests[i] };
	}
}

static const struct fact_pair *pairs_of(struct arena *a, const struct facts *f)
{
	struct fact_pair *pairs = arena_items(a, f->count + 1, sizeof(*pairs));

	for (size_t i = 0; i < f->count; i++)
		pairs[i] = (struct fact_pair){ f->items[i].name, f->items[i].value };
	return pairs;
}

static void describe(struct qualify_case *q, const struct qualify_loaded *l, struct dossier_record *r)
{
	const struct outcome *o = &l->outcome;

	r->arch = o->arch;
	r->how_run = o->how_run;
	r->verdict = o->verdict;
	r->reason = o->reason;
	r->started_wall_ms = o->started_wall_ms;
	r->facts = pairs_of(q->arena, &o->facts);
}

static struct qualify_loaded *add_record(struct qualify_case *q, const struct qualify_search *s,
					 const struct qualify_ref *ref, char *folder)
{
	AUTO_FREE char *path = file_join(q->c->lab->results_folder, folder);
	struct qualify_loaded *l = mem_new(1, sizeof(*l));
	struct err e = ERR_INIT;
	struct dossier_record r = {
		.target = arena_dup(q->arena, s->target),
		.runtime = arena_dup(q->arena, s->runtime),
		.package = arena_dup(q->arena, s->package),
		.tier = arena_dup(q->arena, s->tier),
		.run = arena_dup(q->arena, ref->run),
		.cell_id = arena_dup(q->arena, ref->cell_id),
		.attempt = ref->attempt,
		.verdict = VERDICT_LOST,
	};

	l->folder = folder;
	l->run = r.run;
	digest_files(path, l, &r);
	if (read_record(path, s, ref, l, &e))
		r.unreadable = arena_printf(q->arena, "the record cannot be read: %s", e.text);
	else
		describe(q, l, &r);
	if (q->record_count == q->record_room) {
		q->record_room = q->record_room * 2 + FIRST_ROOM;
		q->records = mem_grow(q->records, q->record_room, sizeof(*q->records));
		q->loaded = mem_grow(q->loaded, q->record_room, sizeof(struct qualify_loaded *));
	}
	q->records[q->record_count] = r;
	q->loaded[q->record_count++] = l;
	return l;
}

/* ---- as evidence ---- */

static void fill_evidence(const struct dossier_record *r, const struct qualify_loaded *l, struct qualify_evidence *out)
{
	const char *clock = l->has_outcome ? facts_get(&l->outcome.facts, "clock") : NULL;

	*out = (struct qualify_evidence){ .reason = r->unreadable };
	if (r->unreadable)
		return;
	*out = (struct qualify_evidence){
		.record = l->folder,
		.run = l->run,
		.arch = l->outcome.arch,
		.counted = clock && !strcmp(clock, "instructions"),
		.verdict = l->outcome.verdict,
		.reason = l->outcome.reason[0] ? l->outcome.reason : NULL,
		.took_ns = l->outcome.took_ns,
		.tests = &l->outcome.result,
		.speed = &l->speed,
	};
}

int qualify_load(struct qualify_case *q, const struct qualify_search *s, struct qualify_evidence *out, struct err *e)
{
	struct qualify_ref ref;
	struct qualify_loaded *l;
	char *folder;
	size_t at;
	int found = q->request->find(q->request->find_ctx, s, &ref, e);

	*out = (struct qualify_evidence){ 0 };
	if (found <= 0)
		return found;
	folder = qualify_record_folder(ref.run, ref.cell_id, ref.attempt);
	l = known_record(q, folder, &at);
	if (l) {
		free(folder);
	} else {
		at = q->record_count;
		l = add_record(q, s, &ref, folder);
	}
	q->records[at].roles |= s->role;
	fill_evidence(&q->records[at], l, out);
	return 0;
}

void qualify_free_records(struct qualify_case *q)
{
	for (size_t i = 0; i < q->record_count; i++) {
		if (q->loaded[i]->has_outcome)
			outcome_free(&q->loaded[i]->outcome);
		speed_summary_free(&q->loaded[i]->speed);
		free(q->loaded[i]->folder);
		free(q->loaded[i]);
	}
	free(q->loaded);
	free(q->records);
}
