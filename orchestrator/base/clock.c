#include "base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

#define NS_PER_MIN  (60 * NS_PER_S)
#define NS_PER_HOUR (60 * NS_PER_MIN)
#define NS_PER_DAY  (24 * NS_PER_HOUR)

static const struct unit {
	const char *name;
	int64_t ns;
} units[] = {
	/* from large to small */
	{ "d", NS_PER_DAY }, { "h", NS_PER_HOUR }, { "m", NS_PER_MIN }, { "s", NS_PER_S }, { "ms", NS_PER_MS },
};

static int64_t now_ns(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t clock_now_ns(void)
{
	return now_ns(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
	return now_ns(CLOCK_REALTIME) / NS_PER_MS;
}

void clock_sleep_ns(int64_t ns)
{
	if (ns <= 0)
		return;
	struct timespec rest = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR)
		;
}

int64_t clock_deadline_ns(int64_t limit_ns)
{
	int64_t deadline;

	if (limit_ns < 0 || __builtin_add_overflow(clock_now_ns(), limit_ns, &deadline))
		return CLOCK_NEVER_NS;
	return deadline;
}

/* Rounded up, or the caller would spin through the last millisecond. */
int clock_poll_ms(int64_t deadline_ns)
{
	if (deadline_ns == CLOCK_NEVER_NS)
		return -1;
	int64_t rest_ns = deadline_ns - clock_now_ns();
	if (rest_ns <= 0)
		return 0;
	int64_t rest_ms = rest_ns / NS_PER_MS + (rest_ns % NS_PER_MS ? 1 : 0);
	return rest_ms > INT_MAX ? INT_MAX : (int)rest_ms;
}

static int bad_duration(const char *text, const char *why, struct err *e)
{
	err_set(e, ERR_CONFIG, "\"%.60s\" is not a duration: %s", text, why);
	return err_hint(e, "write a number and a unit: 250ms, 90s, 5m, 2h, 7d, or 1h30m");
}

/* The unit that begins at `text`, which ends where its letters end; NULL: none of ours. */
static const struct unit *find_unit(const char *text, size_t *out_len)
{
	*out_len = 0;
	while (isalpha((unsigned char)text[*out_len]))
		(*out_len)++;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strlen(units[i].name) == *out_len && memcmp(units[i].name, text, *out_len) == 0)
			return &units[i];
	return NULL;
}

int clock_parse_duration(const char *text, int64_t *out_ns, struct err *e)
{
	const struct unit *last = NULL;
	int64_t total = 0;

	if (strcmp(text, "0") == 0) {
		*out_ns = 0;
		return 0;
	}
	if (text[0] == '\0')
		return bad_duration(text, "it is empty", e);
	for (const char *at = text; *at;) {
		int64_t number = 0, part;
		size_t unit_len;

		if (!isdigit((unsigned char)*at))
			return bad_duration(text, "a whole number is expected before each unit", e);
		for (; isdigit((unsigned char)*at); at++)
			if (__builtin_mul_overflow(number, 10, &number) ||
			    __builtin_add_overflow(number, *at - '0', &number))
				return bad_duration(text, "it is too long", e);
		const struct unit *unit = find_unit(at, &unit_len);
		if (!unit)
			return bad_duration(text, *at ? "its unit is not known" : "it has no unit", e);
		if (last && unit <= last)
			return bad_duration(text, "its units must go from large to small", e);
		if (__builtin_mul_overflow(number, unit->ns, &part) || __builtin_add_overflow(total, part, &total))
			return bad_duration(text, "it is too long", e);
		last = unit;
		at += unit_len;
	}
	*out_ns = total;
	return 0;
}

static int64_t rounded(int64_t ns, int64_t unit_ns)
{
	return ns / unit_ns + (ns % unit_ns >= unit_ns / 2 ? 1 : 0);
}

static void format_whole_units(int64_t ns, const char *sign, char *buf, size_t size)
{
	int64_t s = rounded(ns, NS_PER_S), min = rounded(ns, NS_PER_MIN), h = rounded(ns, NS_PER_HOUR);

	if (s < 60)
		snprintf(buf, size, "%s%" PRId64 " s", sign, s);
	else if (s < 3600)
		snprintf(buf, size, "%s%" PRId64 " min %02" PRId64 " s", sign, s / 60, s % 60);
	else if (min < 24 * 60)
		snprintf(buf, size, "%s%" PRId64 " h %02" PRId64 " min", sign, min / 60, min % 60);
	else
		snprintf(buf, size, "%s%" PRId64 " d %02" PRId64 " h", sign, h / 24, h % 24);
}

void clock_format_duration(int64_t ns, char *buf, size_t size)
{
	const char *sign = ns < 0 ? "-" : "";

	if (ns < 0)
		ns = ns == INT64_MIN ? INT64_MAX : -ns;
	if (ns < 5000)
		snprintf(buf, size, "0 s");
	else if (ns < 995000)
		snprintf(buf, size, "%s%.2f ms", sign, (double)ns / NS_PER_MS);
	else if (rounded(ns, NS_PER_MS) < 100)
		snprintf(buf, size, "%s%" PRId64 " ms", sign, rounded(ns, NS_PER_MS));
	else if (ns < 995 * NS_PER_MS)
		snprintf(buf, size, "%s%.2f s", sign, (double)ns / NS_PER_S);
	else if (ns < 9950 * NS_PER_MS)
		snprintf(buf, size, "%s%.1f s", sign, (double)ns / NS_PER_S);
	else
		format_whole_units(ns, sign, buf, size);
}

static time_t whole_seconds(int64_t wall_ms)
{
	return (time_t)(wall_ms / 1000 - (wall_ms % 1000 < 0 ? 1 : 0));
}

void clock_format_utc(int64_t wall_ms, char *buf, size_t size)
{
	time_t s = whole_seconds(wall_ms);
	struct tm t;

	if (size > 0 && (!gmtime_r(&s, &t) || strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &t) == 0))
		buf[0] = '\0';
}

void clock_format_local(int64_t wall_ms, char *buf, size_t size)
{
	time_t s = whole_seconds(wall_ms);
	struct tm t;

	tzset(); /* localtime_r need not look at TZ by itself */
	if (size > 0 && (!localtime_r(&s, &t) || strftime(buf, size, "%Y-%m-%d %H:%M", &t) == 0))
		buf[0] = '\0';
}
