#include "target/facts.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/str.h"

#define LOOP_LIMIT_NS (60 * NS_PER_S)
#define SLOWNESS_MAX  1000.0

/* The best of three rounds: a neighbour may disturb one. */
#define LOOP_SCRIPT                                                                                                    \
	"best=\n"                                                                                                      \
	"for round in 1 2 3; do\n"                                                                                     \
	"begun=$(date +%s%N); i=0\n"                                                                                   \
	"while [ $i -lt 10000 ]; do i=$((i+1)); done\n"                                                                \
	"ended=$(date +%s%N)\n"                                                                                        \
	"case $begun$ended in *[!0-9]*) break ;; esac\n"                                                               \
	"took=$((ended-begun))\n"                                                                                      \
	"if [ -z \"$best\" ] || [ $took -lt $best ]; then best=$took; fi\n"                                            \
	"done\n"                                                                                                       \
	"[ -z \"$best\" ] || echo loop_ns=$best\n"

const char facts_script[] =
	"LC_ALL=C; export LC_ALL\n"
	"echo arch=$(uname -m)\n"
	"echo kernel=$(uname -r)\n"
	"echo \"os=$(. /etc/os-release 2>/dev/null; echo \"$PRETTY_NAME\")\"\n"
	"echo processors=$(nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo)\n"
	"model=$(sed -n 's/^\\(model name\\|cpu\\|Hardware\\)[\t ]*: *//p' /proc/cpuinfo | head -n 1)\n"
	"[ -n \"$model\" ] || model=$(lscpu 2>/dev/null | sed -n 's/^\\(Model name\\|Machine type\\): *//p' | head -n "
	"1)\n"
	"echo \"processor=$model\"\n"
	"read -r name kib unit </proc/meminfo && echo memory_bytes=$((kib*1024))\n"
	"set -- $(df -Pk . | tail -n 1) && echo disk_free_bytes=$(($4*1024))\n"
	"read -r load rest </proc/loadavg && echo load=$load\n"
	"echo page_bytes=$(getconf PAGESIZE)\n"
	"echo date=$(date -u +%Y-%m-%dT%H:%M:%SZ)\n" LOOP_SCRIPT;

static struct fact *find(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].name, name) == 0)
			return (struct fact *)&f->items[i];
	return NULL;
}

const char *facts_get(const struct facts *f, const char *name)
{
	const struct fact *fact = find(f, name);

	return fact ? fact->value : NULL;
}

static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.");

	return len > 0 && name[len] == '\0' && len < sizeof(((struct fact *)0)->name);
}

/* How many bytes the character at `text` has, 0 when it is none that may be kept. */
static size_t good_bytes(const char *text, size_t len)
{
	unsigned char first = (unsigned char)text[0];
	size_t want = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (first < 0x20 || first == 0x7f || want > len || !str_is_utf8(text, want))
		return 0;
	if (first == 0xc2 && (unsigned char)text[1] < 0xa0) /* the control characters of the second half */
		return 0;
	return want;
}

static void set_value(struct fact *fact, const char *value)
{
	size_t left = strlen(value), used = 0;

	while (left > 0) {
		size_t bytes = good_bytes(value, left);
		size_t step = bytes ? bytes : 1;
		if (used + step >= sizeof(fact->value))
			break;
		if (bytes)
			memcpy(fact->value + used, value, bytes);
		else
			fact->value[used] = '?';
		used += step;
		value += step;
		left -= step;
	}
	fact->value[used] = '\0';
}

void facts_set(struct facts *f, const char *name, const char *value)
{
	struct fact *fact = find(f, name);

	if (!fact) {
		if (f->count == FACTS_MAX || !is_name(name))
			return;
		fact = &f->items[f->count++];
		snprintf(fact->name, sizeof(fact->name), "%s", name);
	}
	set_value(fact, value);
}

int64_t facts_int(const struct facts *f, const char *name, int64_t otherwise)
{
	const char *value = facts_get(f, name);
	char *end;

	if (!value || (!isdigit((unsigned char)value[0]) && value[0] != '-'))
		return otherwise;
	errno = 0;
	long long number = strtoll(value, &end, 10);
	return errno == 0 && end != value && *end == '\0' ? number : otherwise;
}

static void take_line(struct facts *f, const char *line, size_t len)
{
	char text[sizeof(struct fact) + 64];

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, line, len);
	text[len] = '\0';
	if (len > 0 && text[len - 1] == '\r')
		text[len - 1] = '\0';
	char *equals = strchr(text, '=');
	if (!equals)
		return;
	*equals = '\0';
	if (is_name(text) && equals[1] != '\0')
		facts_set(f, text, equals + 1);
}

int facts_parse(const char *text, size_t len, struct facts *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	while (len > 0) {
		const char *newline = memchr(text, '\n', len);
		size_t line = newline ? (size_t)(newline - text) : len;

		take_line(out, text, line);
		line += newline != NULL;
		text += line;
		len -= line;
	}
	if (facts_get(out, "arch"))
		return 0;
	return err_set(e, ERR_FORMAT, "it did not say what machine it is (uname -m)");
}

/* This machine's loop_ns, measured once; 0: unknown. */
static int64_t loop_here_ns(void)
{
	static int64_t measured_ns = -1;
	AUTO_STR text = { 0 };
	struct facts here = { 0 };

	if (measured_ns >= 0)
		return measured_ns;
	measured_ns = 0;
	if (proc_run_ok((const char *const[]){ "sh", "-c", LOOP_SCRIPT, NULL }, LOOP_LIMIT_NS, &text, NULL) == 0) {
		facts_parse(str_text(&text), text.len, &here, NULL); /* arch is not asked here */
		measured_ns = facts_int(&here, "loop_ns", 0);
	}
	return measured_ns;
}

/* Time limits are multiplied with it: what a machine says must not make them endless. */
static double bounded(double slowness)
{
	if (!(slowness > 1))
		return 1;
	return slowness < SLOWNESS_MAX ? slowness : SLOWNESS_MAX;
}

double facts_slowness(const struct facts *f)
{
	const char *given = facts_get(f, "slowness");
	int64_t there_ns = facts_int(f, "loop_ns", 0);

	if (given) {
		return bounded(strtod(given, NULL));
	}
	if (there_ns <= 0 || loop_here_ns() <= 0)
		return 1;
	return bounded((double)there_ns / (double)loop_here_ns());
}
