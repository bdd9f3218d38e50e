#include "run/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/compress.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"

#define OUTCOME_FILE "outcome.json"
#define TESTS_FILE   "tests.jsonl.zst"

#define OUTCOME_MAX_BYTES    (1024u * 1024)
#define TESTS_MAX_BYTES      ((size_t)4 << 30)
#define TESTS_FLUSH_BYTES    (64u * 1024)
#define TEST_LINE_MAX_BYTES  (128u * 1024) /* 4 KiB of name and 8 KiB of detail, each byte escaped at worst */
#define TEST_COUNT_MAX       INT64_C(2000000)
#define CELL_ID_DIGITS       16
#define LABEL_ALLOWED_MARKS  "-_.+"

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

int outcome_write(const struct outcome *o, const char *folder, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, OUTCOME_FILE);
	AUTO_STR text = { 0 };

	outcome_encode(o, &text);
	str_add_char(&text, '\n');
	/* The file that makes a record whole comes last. */
	if (outcome_write_tests(&o->result, folder, e) < 0 || file_write(path, text.text, text.len, e) < 0)
		return err_wrap(e, "recording %s/%s/%s:%s", o->target, o->runtime, o->package, o->tier);
	return 0;
}
