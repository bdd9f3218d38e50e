/* labctl import: results that came from elsewhere, into the store. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/context.h"
#include "cli/front.h"
#include "lab/benchmark.h"
#include "parse/bench_format.h"
#include "parse/parser.h"

struct import_options {
	const char *package, *target, *runtime, *tier, *format;
	bool bench;
};

#define AT(field) offsetof(struct import_options, field)

static const char *const formats[] = { "junit", "tap", "events", NULL };

static const struct option_row rows[] = {
	{ "package", 'p', OPTION_TEXT, AT(package), "NAME", NULL, "package", "the package that was tested" },
	{ "target", 't', OPTION_TEXT, AT(target), "NAME", NULL, "target", "where it was; else: imported" },
	{ "runtime", 'r', OPTION_TEXT, AT(runtime), "NAME", NULL, "runtime", "with which runtime; else: cpython" },
	{ "tier", 0, OPTION_TEXT, AT(tier), "TIER", NULL, "tier", "which tests; else: full" },
	{ "bench", 0, OPTION_FLAG, AT(bench), NULL, NULL, NULL,
	  "the file holds measurements, of any form that `labctl export --format help` lists as read" },
	{ "format", 0, OPTION_TEXT, AT(format), "FORMAT", NULL, NULL,
	  "what the file is: junit, tap, events, or with --bench one of those forms; else judged by its beginning" },
	{ 0 },
};

static const char *guess_format(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n\xef\xbb\xbf", *text)) {
		text++;
		len--;
	}
	return len && *text == '<' ? "junit" : len && *text == '{' ? "events" : "tap";
}

/* The file in pieces, so that its size does not matter. */
static int feed_file(int fd, const char *path, const char *format, struct parser **parser, struct err *e)
{
	const struct parser_opts opts = { .what = path };
	AUTO_FREE char *buf = mem_new(1, 1 << 18);
	ssize_t got;

	while ((got = read(fd, buf, 1 << 18)) > 0) {
		if (!*parser)
			*parser = parser_open(format ? format : guess_format(buf, (size_t)got), &opts, e);
		if (!*parser || parser_feed(*parser, buf, (size_t)got, e))
			return -1;
	}
	if (got < 0)
		return err_errno(e, ERR_IO, "%s", path);
	return *parser ? 0 : err_set(e, ERR_FORMAT, "%s is empty", path);
}

static int parse_file(const char *path, const char *format, struct result *out, struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct parser *parser = NULL;
	int status;

	if (fd < 0)
		return err_errno(e, ERR_IO, "%s", path);
	status = feed_file(fd, path, format, &parser, e);
	if (!status)
		status = parser_finish(parser, out, e);
	parser_free(parser);
	return status;
}

static void identify(struct outcome *o)
{
	struct digest *d = digest_new();
	char text[DIGEST_TEXT_BYTES];

	digest_add_field(d, "imported 1");
	digest_add_field(d, o->target);
	digest_add_field(d, o->runtime);
	digest_add_field(d, o->package);
	digest_add_field(d, o->tier);
	digest_end(d, text);
	memcpy(o->cell_id, text, sizeof(o->cell_id) - 1);
}

static void describe(struct context *c, const struct import_options *o, struct outcome *out)
{
	const struct target_spec *target = o->target ? lab_target(c->lab, o->target) : NULL;

	snprintf(out->target, sizeof(out->target), "%s", o->target ? o->target : "imported");
	snprintf(out->arch, sizeof(out->arch), "%s", target && target->arch ? target->arch : host_arch());
	snprintf(out->runtime, sizeof(out->runtime), "%s", o->runtime ? o->runtime : "cpython");
	snprintf(out->package, sizeof(out->package), "%s", o->package);
	snprintf(out->tier, sizeof(out->tier), "%s", o->tier ? o->tier : "full");
	snprintf(out->how_run, sizeof(out->how_run), "imported");
	out->attempt = 1;
	out->started_wall_ms = clock_wall_ms();
	identify(out);
}

static int store_outcome(struct context *c, const struct outcome *o, struct err *e)
{
	const char *ids[] = { o->cell_id, NULL };
	const struct run_info info = { .command = front_command_line(),
				       .version = PACKAGE_VERSION,
				       .started_wall_ms = o->started_wall_ms,
				       .cell_ids = ids };
	int64_t run;

	return store_begin_run(c->store, &info, &run, e) || store_add_outcome(c->store, run, o, e) ||
			       store_end_run(c->store, run, true, e)
		       ? -1
		       : 0;
}

static int check_names(const struct import_options *o, struct err *e)
{
	const struct {
		const char *option, *value;
	} names[] = {
		{ "package", o->package }, { "target", o->target }, { "runtime", o->runtime }, { "tier", o->tier }
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (!names[i].value || schema_is_name(names[i].value))
			continue;
		err_set(e, ERR_USAGE, "--%s %.100s: this is no name", names[i].option, names[i].value);
		return err_hint(e, "letters, digits, - _ . +, at most 64");
	}
	return 0;
}

/* A form of tests; those of measurements are checked by who reads them. */
static int check_format(const struct import_options *o, struct err *e)
{
	AUTO_STR known = { 0 };

	if (!o->format || o->bench)
		return 0;
	for (const char *const *f = formats; *f; f++) {
		if (!strcmp(*f, o->format))
			return 0;
		str_addf(&known, "%s%s", known.len ? ", " : "", *f);
	}
	return err_set(e, ERR_USAGE, "--format %.60s: not one of %s", o->format, str_text(&known));
}

/* ---- measurements ---- */

/* What a name of a lab may hold, and what may not be in one as _. */
static void make_name(const char *from, char *out, size_t size)
{
	size_t len = 0;

	for (; *from && len + 1 < size; from++) {
		bool fits = isalnum((unsigned char)*from) || (strchr("-_.+", *from) && (len || !strchr("-.", *from)));

		out[len++] = fits ? *from : '_';
	}
	out[len] = '\0';
}

/* Two that come out alike, or one too long, are told apart by the digest of what they were called. */
static void name_series(const struct bench_set *set, size_t at, char *out, size_t size)
{
	char other[SCHEMA_NAME_ROOM], digest[DIGEST_TEXT_BYTES];
	const char *name = set->series[at].name;
	bool taken = strlen(name) >= size;

	make_name(name, out, size);
	for (size_t i = 0; i < set->count && !taken; i++) {
		make_name(set->series[i].name, other, sizeof(other));
		taken = strcmp(set->series[i].name, name) && !strcmp(other, out);
	}
	if (!taken)
		return;
	digest_bytes(name, strlen(name), digest);
	if (strlen(out) > size - 10)
		out[size - 10] = '\0';
	snprintf(out + strlen(out), 10, "-%.8s", digest);
}

static int import_series(struct context *c, const struct import_options *o, const struct bench_set *set, size_t at,
			 int64_t run, struct err *e)
{
	const struct bench_series *s = &set->series[at];
	struct bench_set one;
	struct outcome out;
	int status;

	outcome_start(&out);
	describe(c, o, &out);
	name_series(set, at, out.package, sizeof(out.package));
	if (s->runtime && !o->runtime)
		make_name(s->runtime, out.runtime, sizeof(out.runtime));
	snprintf(out.tier, sizeof(out.tier), SPEED_TIER);
	identify(&out);
	bench_start(&one, "labctl");
	one.facts = set->facts;
	*bench_add_series(&one, s->name, s->runtime) = *s;
	status = bench_write("labctl", &one, NULL, &out.measured, NULL, e);
	bench_free(&one);
	for (size_t i = 0; !status && i < s->run_count; i++)
		if (s->runs[i].kind != BENCH_CALIBRATION)
			result_add(&out.result, "process",
				   s->runs[i].kind == BENCH_MEASURED ? VERDICT_PASSED : VERDICT_FAILED, -1,
				   s->runs[i].detail);
	out.result.complete = true;
	outcome_settle(&out);
	if (!status)
		status = store_add_outcome(c->store, run, &out, e);
	if (!status)
		printf("%s/%s/%s:%s %zu processes\n", out.target, out.runtime, out.package, out.tier, out.result.count);
	outcome_free(&out);
	return status;
}

static int import_measurements(struct context *c, const struct import_options *o, const char *path, struct err *e)
{
	const struct run_info info = { .command = front_command_line(),
				       .version = PACKAGE_VERSION,
				       .started_wall_ms = clock_wall_ms() };
	AUTO_BENCH set = { 0 };
	int64_t run;

	if (bench_read(path, o->format, &set, e) || store_begin_run(c->store, &info, &run, e))
		return -1;
	for (size_t i = 0; i < set.count; i++)
		if (import_series(c, o, &set, i, run, e))
			return -1;
	return store_end_run(c->store, run, true, e);
}

static int run_import(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct import_options *o = options;
	AUTO_CONTEXT c = { 0 };
	struct outcome outcome;
	const struct tally *tally = &outcome.result.tally;
	int status;

	if (operand_count != 1 || (!o->package && !o->bench))
		return err_set(e, ERR_USAGE, "import takes one file and --package NAME, or --bench");
	if (check_names(o, e) || check_format(o, e))
		return -1;
	if (context_open(&c, g, e) || context_open_store(&c, false, e))
		return -1;
	if (o->bench)
		return import_measurements(&c, o, operands[0], e);
	outcome_start(&outcome);
	describe(&c, o, &outcome);
	result_free(&outcome.result);
	status = parse_file(operands[0], o->format, &outcome.result, e);
	if (!status) {
		outcome_settle(&outcome);
		status = store_outcome(&c, &outcome, e);
	}
	if (!status)
		printf("%s/%s/%s:%s %s: %zu test%s, %lld passed, %lld failed, %lld skipped\n", outcome.target,
		       outcome.runtime, outcome.package, outcome.tier, verdict_name(outcome.verdict),
		       outcome.result.count, outcome.result.count == 1 ? "" : "s",
		       (long long)tally->count[VERDICT_PASSED], (long long)tally->count[VERDICT_FAILED],
		       (long long)tally->count[VERDICT_SKIPPED]);
	outcome_free(&outcome);
	return status;
}

const struct command import_command = {
	.name = "import",
	.operands = "FILE",
	.completes = "file",
	.title = "Add a test report (JUnit XML, TAP) or measurements from elsewhere to the results",
	.help = "  labctl import report.xml --package numpy --target s390x --runtime pypy\n"
		"  labctl import --bench pyperf.json --target power1 --runtime pypy",
	.options = rows,
	.options_bytes = sizeof(struct import_options),
	.run = run_import,
};
