/* JSON: what the JSON library takes, the scanner must take too; and a number must be the one that strtod reads. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_scan.h"
#include "base/mem.h"
#include "base/real.h"
#include "fuzz.h"

static void must(int good)
{
	if (!good)
		abort();
}

static bool scan_skips(const char *text, size_t len)
{
	AUTO_FREE char *copy = mem_dup_bytes(text, len);
	AUTO_ARENA struct arena *arena = arena_new(0);
	struct err e = ERR_INIT;
	struct json_scan s;

	json_scan_start(&s, copy, len, arena, &e);
	json_scan_skip(&s);
	bool good = json_scan_finish(&s);
	must(good == (e.code == ERR_NONE));
	return good;
}

/* A fact that was written once does not change when it is read again. */
static void check_fact(const char *text, size_t len)
{
	AUTO_FREE char *copy = mem_dup_bytes(text, len);
	AUTO_ARENA struct arena *arena = arena_new(0);
	struct json_scan s, again;

	json_scan_start(&s, copy, len, arena, NULL);
	const char *fact = json_scan_fact(&s);
	if (!json_scan_finish(&s))
		return;
	AUTO_FREE char *second = mem_dup(fact);
	json_scan_start(&again, second, strlen(second), arena, NULL);
	must(strcmp(json_scan_fact(&again), fact) == 0 && json_scan_finish(&again));
	AUTO_FREE char *plain = json_scan_fact_text(fact);
	AUTO_FREE char *quoted = json_scan_quote(plain);
	must(quoted[0] == '"');
}

static void check_number(const char *text)
{
	double value = 0, expected;
	char *end, written[REAL_TEXT_BYTES];
	bool whole;

	if (!real_from_text(text, &value, &whole))
		return;
	expected = strtod(text, &end);
	must(*end == '\0' && memcmp(&value, &expected, sizeof(value)) == 0);
	real_write(value, written);
	must(real_from_text(written, &expected, &whole) && memcmp(&value, &expected, sizeof(value)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = mem_dup_bytes((const char *)data, size);
	AUTO_JSON *tree = json_parse(text, size, NULL);
	AUTO_JSON *loose = json_parse_with_nan(text, size, NULL);
	bool scanned = scan_skips(text, size);

	/* The library takes NULs behind the end for blanks. */
	must(!tree || scanned || memchr(text, '\0', size));
	check_fact(text, size);
	check_number(text);
	return 0;
}
