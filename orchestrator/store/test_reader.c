#include "store/test_reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "store/inside.h"

static const char tests_sql[] = "SELECT names, verdicts, details FROM outcome WHERE id = ?1";

/* A list of names that was asked for before. */
struct known_names {
	int64_t id; /* of its packed bytes */
	struct name_list list;
	uint32_t *sorted; /* positions in the order of the names, equal ones as they stand; NULL: not yet asked for */
};

struct test_reader {
	struct store *store;
	VEC(struct known_names *) names;
	struct str packed;
	unsigned char *verdicts; /* of the last outcome that test_reader_all was asked for */
	size_t verdicts_room;
};

/* An outcome's tests, as far as they are read. */
struct opened {
	int64_t names_id, verdicts_id, details_id; /* 0: none */
	struct known_names *names;		   /* NULL: no tests */
	unsigned char *verdicts;
	size_t count;
};

struct test_reader *test_reader_new(struct store *s)
{
	struct test_reader *r = mem_new(1, sizeof(*r));

	r->store = s;
	return r;
}

void test_reader_free(struct test_reader *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->names.count; i++) {
		name_list_free(&r->names.items[i]->list);
		free(r->names.items[i]->sorted);
		free(r->names.items[i]);
	}
	vec_free(&r->names);
	str_free(&r->packed);
	free(r->verdicts);
	free(r);
}

static int fetch(struct test_reader *r, int64_t id, struct err *e)
{
	str_clear(&r->packed);
	return packed_get(r->store, id, &r->packed, e);
}

static int find_names(struct test_reader *r, int64_t id, struct known_names **out, struct err *e)
{
	struct known_names *names;

	for (size_t i = r->names.count; i-- > 0;)
		if (r->names.items[i]->id == id) {
			*out = r->names.items[i];
			return 0;
		}
	names = mem_new(1, sizeof(*names));
	names->id = id;
	if (fetch(r, id, e) < 0 || unpack_names(&r->packed, &names->list, e) < 0) {
		free(names);
		return -1;
	}
	vec_add(&r->names, names);
	*out = names;
	return 0;
}

static int compare_positions(const void *a, const void *b, void *names)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = strcmp(((const char **)names)[x], ((const char **)names)[y]);

	return order != 0 ? order : (x > y) - (x < y);
}

static const uint32_t *sorted_of(struct known_names *names)
{
	if (names->sorted != NULL)
		return names->sorted;
	names->sorted = mem_new(names->list.count + 1, sizeof(*names->sorted));
	for (size_t i = 0; i < names->list.count; i++)
		names->sorted[i] = (uint32_t)i;
	qsort_r(names->sorted, names->list.count, sizeof(*names->sorted), compare_positions, (void *)names->list.names);
	return names->sorted;
}

/* ---- one outcome ---- */

static int ask_ids(struct test_reader *r, int64_t outcome, struct opened *out, struct err *e)
{
	struct db_stmt *q = store_statement(r->store, tests_sql, e);
	int got;

	*out = (struct opened){ 0 };
	if (outcome == 0)
		return 0;
	if (q == NULL)
		return -1;
	db_bind_int(q, 1, outcome);
	got = db_step(q, e);
	if (got == 0)
		return err_set(e, ERR_USAGE, "there is no outcome %" PRId64, outcome);
	if (got < 0)
		return -1;
	out->names_id = db_int(q, 0);
	out->verdicts_id = db_int(q, 1);
	out->details_id = db_int(q, 2);
	db_reset(q);
	return 0;
}

static int open_names(struct test_reader *r, struct opened *o, struct err *e)
{
	if (o->names_id == 0)
		return 0;
	if (find_names(r, o->names_id, &o->names, e) < 0)
		return -1;
	o->count = o->names->list.count;
	return 0;
}

/* Caller frees o->verdicts. */
static int open_outcome(struct test_reader *r, int64_t outcome, struct opened *o, struct err *e)
{
	if (ask_ids(r, outcome, o, e) < 0 || open_names(r, o, e) < 0)
		return -1;
	o->verdicts = mem_new(o->count + 1, 1);
	if (o->names_id == 0)
		return 0;
	return fetch(r, o->verdicts_id, e) < 0 ? -1 : unpack_verdicts(&r->packed, o->count, o->verdicts, e);
}

int test_reader_all(struct test_reader *r, int64_t outcome, const struct name_list **out_names,
		    const unsigned char **out_verdicts, struct err *e)
{
	static const struct name_list nothing;
	struct opened o;

	if (open_outcome(r, outcome, &o, e) < 0) {
		free(o.verdicts);
		return -1;
	}
	free(r->verdicts);
	r->verdicts = o.verdicts;
	*out_names = o.names != NULL ? &o.names->list : &nothing;
	*out_verdicts = r->verdicts;
	return 0;
}

/* ---- two outcomes ---- */

/* Where each test of a suite went in the set of pairs: 1 + its place, 0: it is not in it. */
struct pairing {
	struct opened before, now;
	uint32_t *before_at, *now_at;
	struct test_pair_set *out;
	bool is_now; /* whose details are being read */
};

static void add_pair(struct pairing *p, size_t before, size_t now, bool has_before, bool has_now)
{
	int was = has_before ? p->before.verdicts[before] : TEST_NOT_THERE;
	int is = has_now ? p->now.verdicts[now] : TEST_NOT_THERE;
	struct test_pair *pair;

	if (was == is && !verdict_is_bad((enum verdict)is))
		return;
	pair = test_pair_set_add(p->out);
	pair->name =
		arena_dup(p->out->arena, has_now ? p->now.names->list.names[now] : p->before.names->list.names[before]);
	pair->before = was;
	pair->now = is;
	if (has_before)
		p->before_at[before] = (uint32_t)p->out->count;
	if (has_now)
		p->now_at[now] = (uint32_t)p->out->count;
}

/* Both lists in the order of their names: what is equal stands side by side, the first of equal ones with the first. */
static void pair_by_name(struct pairing *p)
{
	const uint32_t *before = p->before.names != NULL ? sorted_of(p->before.names) : NULL;
	const uint32_t *now = p->now.names != NULL ? sorted_of(p->now.names) : NULL;
	size_t i = 0, j = 0;

	while (i < p->before.count || j < p->now.count) {
		int order;

		if (i == p->before.count || j == p->now.count)
			order = i == p->before.count ? 1 : -1;
		else
			order = strcmp(p->before.names->list.names[before[i]], p->now.names->list.names[now[j]]);
		add_pair(p, order <= 0 ? before[i] : 0, order >= 0 ? now[j] : 0, order <= 0, order >= 0);
		i += order <= 0;
		j += order >= 0;
	}
}

static void take_detail(void *ctx, const struct test_detail *d)
{
	struct pairing *p = ctx;
	const uint32_t *places = p->is_now ? p->now_at : p->before_at;
	size_t count = p->is_now ? p->now.count : p->before.count;
	struct test_pair *pair;

	if (d->at >= count || places[d->at] == 0)
		return;
	pair = &p->out->items[places[d->at] - 1];
	*(p->is_now ? &pair->known_now : &pair->known_before) = d->known;
	if (!p->is_now && pair->now >= 0 && verdict_is_bad((enum verdict)pair->now))
		return;
	pair->detail = d->detail;
	pair->cause = d->cause;
}

static int read_details(struct test_reader *r, struct pairing *p, bool is_now, struct err *e)
{
	int64_t id = is_now ? p->now.details_id : p->before.details_id;

	p->is_now = is_now;
	if (id == 0)
		return 0;
	return fetch(r, id, e) < 0 ? -1 : unpack_details(&r->packed, p->out->arena, take_detail, p, e);
}

static int pair_opened(struct test_reader *r, struct pairing *p, struct err *e)
{
	p->before_at = mem_new(p->before.count + 1, sizeof(*p->before_at));
	p->now_at = mem_new(p->now.count + 1, sizeof(*p->now_at));
	if (p->before.names == p->now.names)
		for (size_t i = 0; i < p->now.count; i++)
			add_pair(p, i, i, true, true);
	else
		pair_by_name(p);
	return read_details(r, p, false, e) < 0 || read_details(r, p, true, e) < 0 ? -1 : 0;
}

int test_reader_pair(struct test_reader *r, int64_t before, int64_t now, struct test_pair_set *out, struct err *e)
{
	struct pairing p = { .out = out };
	int result;

	*out = (struct test_pair_set){ 0 };
	test_pair_set_start(out);
	result = open_outcome(r, before, &p.before, e);
	if (result == 0)
		result = open_outcome(r, now, &p.now, e);
	if (result == 0)
		result = pair_opened(r, &p, e);
	free(p.before.verdicts);
	free(p.now.verdicts);
	free(p.before_at);
	free(p.now_at);
	return result;
}

/* ---- many outcomes ---- */

/* The first of this name; SIZE_MAX: there is none. */
static size_t find_test(struct known_names *names, const char *test)
{
	const uint32_t *sorted = sorted_of(names);
	size_t low = 0, high = names->list.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names->list.names[sorted[middle]], test) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < names->list.count && strcmp(names->list.names[sorted[low]], test) == 0)
		return sorted[low];
	return SIZE_MAX;
}

/* What was found for the outcome before: most are like it. */
struct last_row {
	int64_t names_id, verdicts_id;
	size_t *places;
	unsigned char *verdicts;
	size_t room;
};

static void find_places(struct known_names *names, const char *const *tests, size_t count, size_t *places)
{
	for (size_t i = 0; i < count; i++)
		places[i] = names != NULL ? find_test(names, tests[i]) : SIZE_MAX;
}

static int fill_row(struct test_reader *r, int64_t outcome, const char *const *tests, size_t test_count,
		    struct last_row *last, signed char *out, struct err *e)
{
	struct opened o;

	if (ask_ids(r, outcome, &o, e) < 0 || open_names(r, &o, e) < 0)
		return -1;
	if (o.names_id != last->names_id || last->verdicts == NULL)
		find_places(o.names, tests, test_count, last->places);
	if (o.count + 1 > last->room) {
		last->room = o.count + 1;
		last->verdicts = mem_grow(last->verdicts, last->room, 1);
	}
	if (o.names_id != 0 && (o.verdicts_id != last->verdicts_id || o.names_id != last->names_id) &&
	    (fetch(r, o.verdicts_id, e) < 0 || unpack_verdicts(&r->packed, o.count, last->verdicts, e) < 0))
		return -1;
	last->names_id = o.names_id;
	last->verdicts_id = o.verdicts_id;
	for (size_t i = 0; i < test_count; i++)
		out[i] = last->places[i] == SIZE_MAX ? TEST_NOT_THERE : (signed char)last->verdicts[last->places[i]];
	return 0;
}

int test_reader_verdicts(struct test_reader *r, const int64_t *outcomes, size_t outcome_count, const char *const *tests,
			 size_t test_count, signed char *out, struct err *e)
{
	struct last_row last = { .places = mem_new(test_count + 1, sizeof(size_t)) };
	int result = 0;

	for (size_t i = 0; result == 0 && i < outcome_count; i++)
		result = fill_row(r, outcomes[i], tests, test_count, &last, out + i * test_count, e);
	free(last.places);
	free(last.verdicts);
	return result;
}
