/* The packed tests of an outcome, read again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/pack.h"
#include "store/pack_inside.h"

/* Two digits of it: more would not be true. */
static int64_t rounded(int64_t ns)
{
	int64_t unit = 1;

	while (ns / unit >= 100)
		unit *= 10;
	return (ns + unit / 2) / unit * unit;
}

/* The middle of what the byte stands for. */
static int64_t duration_ns(unsigned char byte)
{
	double ns = (double)NS_PER_MS * exp2((byte - DURATION_FIRST_STEP + 0.5) / DURATION_STEPS_PER_2);

	if (byte == DURATION_UNKNOWN)
		return -1;
	if (byte == DURATION_UNDER_1_MS)
		return NS_PER_MS / 2;
	return ns < (double)(INT64_MAX / 2) ? rounded((int64_t)ns) : INT64_MAX / 2;
}

/* Reading: nothing is believed, since a disk may have changed it. `at` stays NULL-safe by start and end; broken once is
 * broken for good. */
struct part {
	const unsigned char *at, *end;
	bool broken;
};

static struct part part_of(const struct str *s)
{
	const unsigned char *start = (const unsigned char *)str_text(s);

	return (struct part){ start, start + s->len, false };
}

static uint64_t take_number(struct part *p)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && p->at < p->end; shift += 7) {
		unsigned char byte = *p->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	p->broken = true;
	return 0;
}

static const char *take_bytes(struct part *p, size_t len)
{
	const char *start = (const char *)p->at;

	if ((size_t)(p->end - p->at) < len) {
		p->broken = true;
		return "";
	}
	p->at += len;
	return start;
}

static const char *take_text(struct part *p, struct arena *a)
{
	size_t len = take_number(p);
	const char *text = take_bytes(p, len);

	return p->broken ? NULL : arena_dup_bytes(a, text, len);
}

struct unpacker {
	struct part names, verdicts, durations, details;
	char name[NAME_MAX_BYTES + 1];
	uint64_t run_left;  /* tests left in the present run of verdicts */
	uint64_t detail_at; /* the next test that has details */
	bool more_details;
	enum verdict verdict;
};

static void next_name(struct unpacker *u)
{
	uint64_t shared = take_number(&u->names);
	uint64_t len = take_number(&u->names);
	const char *rest = take_bytes(&u->names, len);

	if (u->names.broken || shared > NAME_MAX_BYTES || shared + len > NAME_MAX_BYTES) {
		u->names.broken = true;
		return;
	}
	memcpy(u->name + shared, rest, len);
	u->name[shared + len] = '\0';
}

static void next_verdict(struct unpacker *u)
{
	if (u->run_left == 0) {
		unsigned char v = *(const unsigned char *)take_bytes(&u->verdicts, 1);

		u->run_left = take_number(&u->verdicts);
		if (v >= VERDICT_COUNT || u->run_left == 0)
			u->verdicts.broken = true;
		u->verdict = (enum verdict)v;
	}
	u->run_left--;
}

static void find_detail(struct unpacker *u, uint64_t from)
{
	u->more_details = u->details.at < u->details.end;
	u->detail_at = u->more_details ? from + take_number(&u->details) : 0;
}

static void take_detail(struct unpacker *u, struct arena *a, struct test_row *row)
{
	unsigned char has = *(const unsigned char *)take_bytes(&u->details, 1);

	if (has & HAS_DETAIL)
		row->detail = take_text(&u->details, a);
	if (has & HAS_CAUSE)
		row->cause = take_text(&u->details, a);
	if (has & HAS_KNOWN)
		row->known = take_text(&u->details, a);
}

static bool is_broken(const struct unpacker *u)
{
	return u->names.broken || u->verdicts.broken || u->durations.broken || u->details.broken;
}

static void unpack_test(struct unpacker *u, uint64_t at, bool only_bad, struct test_set *out)
{
	struct test_row row = { 0 };
	unsigned char byte;

	next_name(u);
	next_verdict(u);
	byte = *(const unsigned char *)take_bytes(&u->durations, 1);
	row.verdict = u->verdict;
	if (u->more_details && u->detail_at == at) {
		take_detail(u, out->arena, &row);
		find_detail(u, at + 1);
	}
	if (is_broken(u) || (only_bad && !verdict_is_bad(row.verdict)))
		return;
	row.took_ns = duration_ns(byte);
	row.name = arena_dup(out->arena, u->name);
	*test_set_add(out) = row;
}

int unpack_tests(const struct packed_tests *p, bool only_bad, struct test_set *out, struct err *e)
{
	struct unpacker u = {
		.names = part_of(&p->names),
		.verdicts = part_of(&p->verdicts),
		.durations = part_of(&p->durations),
		.details = part_of(&p->details),
	};
	uint64_t count = take_number(&u.names);

	test_set_start(out);
	find_detail(&u, 0);
	for (uint64_t i = 0; i < count && !is_broken(&u); i++)
		unpack_test(&u, i, only_bad, out);
	if (is_broken(&u) || u.names.at != u.names.end || u.verdicts.at != u.verdicts.end || u.run_left != 0 ||
	    u.durations.at != u.durations.end || u.more_details)
		return err_set(e, ERR_FORMAT, "the packed tests of this outcome are damaged");
	return 0;
}

static int fail_damaged(const char *what, struct err *e)
{
	return err_set(e, ERR_FORMAT, "the packed %s of this outcome are damaged", what);
}

/* Where each name begins is known only when all are read: the bytes move while they grow. */
int unpack_names(const struct str *packed, struct name_list *out, struct err *e)
{
	struct unpacker u = { .names = part_of(packed) };
	uint64_t count = take_number(&u.names);
	AUTO_FREE size_t *starts = NULL;

	*out = (struct name_list){ 0 };
	/* A name takes two bytes at least. */
	if (u.names.broken || count > packed->len / 2)
		return fail_damaged("names", e);
	starts = mem_new(count + 1, sizeof(*starts));
	for (uint64_t i = 0; i < count && !u.names.broken; i++) {
		next_name(&u);
		starts[i] = out->bytes.len;
		str_add_bytes(&out->bytes, u.name, strlen(u.name) + 1);
	}
	if (u.names.broken || u.names.at != u.names.end) {
		name_list_free(out);
		return fail_damaged("names", e);
	}
	out->count = count;
	out->names = mem_new(count + 1, sizeof(*out->names));
	for (uint64_t i = 0; i < count; i++)
		out->names[i] = out->bytes.text + starts[i];
	return 0;
}

void name_list_free(struct name_list *l)
{
	free(l->names);
	str_free(&l->bytes);
	*l = (struct name_list){ 0 };
}

int unpack_verdicts(const struct str *packed, size_t count, unsigned char *out, struct err *e)
{
	struct part p = part_of(packed);
	size_t at = 0;

	while (p.at < p.end && !p.broken) {
		unsigned char verdict = *(const unsigned char *)take_bytes(&p, 1);
		uint64_t run = take_number(&p);

		if (p.broken || verdict >= VERDICT_COUNT || run > count - at)
			return fail_damaged("verdicts", e);
		memset(out + at, verdict, run);
		at += run;
	}
	return at == count ? 0 : fail_damaged("verdicts", e);
}

int unpack_details(const struct str *packed, struct arena *a, void (*each)(void *ctx, const struct test_detail *d),
		   void *ctx, struct err *e)
{
	struct unpacker u = { .details = part_of(packed) };

	find_detail(&u, 0);
	while (u.more_details && !u.details.broken) {
		struct test_row row = { 0 };
		size_t at = u.detail_at;

		take_detail(&u, a, &row);
		if (u.details.broken)
			break;
		each(ctx, &(struct test_detail){ at, row.detail, row.cause, row.known });
		find_detail(&u, at + 1);
	}
	return u.details.broken ? fail_damaged("details", e) : 0;
}

void packed_tests_free(struct packed_tests *p)
{
	str_free(&p->names);
	str_free(&p->verdicts);
	str_free(&p->durations);
	str_free(&p->details);
}
