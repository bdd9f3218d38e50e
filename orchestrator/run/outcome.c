#include "run/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/compress.h"
#include "base/file.h"
#include "base/mem.h"
#include "run/outcome_inside.h"

#define OUTCOME_FILE	  "outcome.json"
#define OUTCOME_MAX_BYTES (1024u * 1024)

void outcome_start(struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	o->attempt = 1;
	o->verdict = VERDICT_PASSED;
	result_start(&o->result);
}

void outcome_free(struct outcome *o)
{
	result_free(&o->result);
	str_free(&o->measured);
}

/* How the step that ran the tests ended; "" when there was none. */
static const char *tests_ended(const struct outcome *o)
{
	for (size_t i = o->step_count; i-- > 0;)
		if (strcmp(o->steps[i].name, "tests") == 0)
			return o->steps[i].how;
	return "";
}

static void add_count(struct str *s, int64_t count, const char *word)
{
	if (count > 0)
		str_addf(s, "%s%" PRId64 " %s", s->len ? ", " : "", count, word);
}

static void say_bad_tests(struct outcome *o)
{
	const struct tally *t = &o->result.tally;
	AUTO_STR s = { 0 };

	add_count(&s, t->count[VERDICT_CRASHED], "crashed");
	add_count(&s, t->count[VERDICT_TIMED_OUT], "timed out");
	add_count(&s, t->count[VERDICT_BROKEN], "broken");
	add_count(&s, t->count[VERDICT_FAILED], "failed");
	str_addf(&s, " of %zu tests", o->result.count);
	if (t->known > 0)
		str_addf(&s, " (%" PRId64 " known)", t->known);
	outcome_copy_text(o->reason, sizeof(o->reason), str_text(&s));
}

static void settle_as(struct outcome *o, enum verdict v, const char *why)
{
	o->verdict = v;
	if (o->reason[0] != '\0')
		return;
	if (o->result.count == 0)
		snprintf(o->reason, sizeof(o->reason), "%s before the first test ended", why);
	else
		snprintf(o->reason, sizeof(o->reason), "%s; %zu tests had ended", why, o->result.count);
}

/* The suite never said that it was through. Returns false when nothing tells why. */
static bool settle_unfinished(struct outcome *o)
{
	const char *how = tests_ended(o);
	const struct tally *t = &o->result.tally;

	if (strcmp(how, "timed out") == 0)
		settle_as(o, VERDICT_TIMED_OUT, "the suite ran out of time");
	else if (strcmp(how, "silent") == 0)
		settle_as(o, VERDICT_TIMED_OUT, "the suite fell silent");
	else if (strcmp(how, "lost") == 0)
		settle_as(o, VERDICT_LOST, "the target went away");
	else if (strcmp(how, "disk full") == 0)
		settle_as(o, VERDICT_BROKEN, "the target's disk is full");
	else if (t->count[VERDICT_CRASHED] > 0)
		settle_as(o, VERDICT_CRASHED, "the interpreter crashed and the suite did not come to its end");
	else if (t->count[VERDICT_TIMED_OUT] > 0)
		settle_as(o, VERDICT_TIMED_OUT, "a test ran out of time and the suite did not come to its end");
	else
		return false;
	return true;
}

static int64_t bad_count(const struct tally *t)
{
	return t->count[VERDICT_FAILED] + t->count[VERDICT_CRASHED] + t->count[VERDICT_TIMED_OUT] +
	       t->count[VERDICT_BROKEN];
}

void outcome_settle(struct outcome *o)
{
	if (o->verdict != VERDICT_PASSED)
		return;
	if (!o->result.complete && settle_unfinished(o))
		return;
	if (o->result.count == 0) {
		o->verdict = VERDICT_BROKEN;
		if (o->reason[0] == '\0')
			outcome_copy_text(o->reason, sizeof(o->reason), "no test ran");
	} else if (!o->result.complete) {
		settle_as(o, VERDICT_BROKEN, "the suite did not come to its end");
	} else if (bad_count(&o->result.tally) > o->result.tally.known) {
		o->verdict = VERDICT_FAILED;
		if (o->reason[0] == '\0')
			say_bad_tests(o);
	}
}

static int write_measured(const struct outcome *o, const char *folder, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, MEASURED_FILE);
	struct compress_file *file = o->measured.len ? compress_create(path, UINT64_MAX, e) : NULL;

	if (!file)
		return o->measured.len ? -1 : 0;
	if (!compress_add(file, o->measured.text, o->measured.len, e))
		return compress_close(file, e);
	compress_close(file, NULL);
	return -1;
}

int outcome_write(const struct outcome *o, const char *folder, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, OUTCOME_FILE);
	AUTO_STR text = { 0 };

	outcome_encode(o, &text);
	/* The file that makes a record whole comes last. */
	if (outcome_write_tests(&o->result, folder, e) < 0 || write_measured(o, folder, e) < 0 ||
	    file_write(path, text.text, text.len, e) < 0)
		return err_wrap(e, "recording %s/%s/%s:%s", o->target, o->runtime, o->package, o->tier);
	return 0;
}

int outcome_read(const char *folder, bool with_tests, struct outcome *out, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, OUTCOME_FILE);
	AUTO_STR text = { 0 };
	struct tally told;
	int64_t tests;

	if (file_read(path, OUTCOME_MAX_BYTES, &text, e) < 0)
		return -1;
	if (outcome_decode_counted(str_text(&text), text.len, out, &tests, e) < 0)
		return err_wrap(e, "%s", path);
	if (!with_tests)
		return 0;
	told = out->result.tally;
	memset(&out->result.tally, 0, sizeof(out->result.tally));
	if (outcome_read_tests(folder, &out->result, e) < 0) {
		outcome_free(out);
		return -1;
	}
	if ((int64_t)out->result.count != tests) {
		err_set(e, ERR_FORMAT, "%s: promises %" PRId64 " tests, but %zu are there", path, tests,
			out->result.count);
		outcome_free(out);
		return -1;
	}
	result_count(&out->result);
	out->result.tally.known_passed = told.known_passed;
	return 0;
}
