#include "plan/cell.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void cell_label(const struct cell *c, struct str *out)
{
	str_addf(out, "%s/%s/%s:%s", c->target->name, c->runtime->name, c->package->name, c->tier_name);
}

/* Copies text[0..len) when it fits. */
static int take_part(char *into, size_t room, const char *text, size_t len)
{
	if (len >= room)
		return -1;
	memcpy(into, text, len);
	into[len] = '\0';
	return 0;
}

static int fail_form(const char *text, struct err *e)
{
	err_set(e, ERR_USAGE, "'%.100s' names no cell", text);
	return err_hint(
		e, "a cell is TARGET/RUNTIME/PACKAGE or TARGET/RUNTIME/PACKAGE:TIER, as in s390x/cpython/pandas:smoke");
}

int cell_name_parse(const char *text, struct cell_name *out, struct err *e)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	const char *parts[3];
	size_t lens[3], count = 0;

	memset(out, 0, sizeof(*out));
	if (colon && (!colon[1] || take_part(out->tier, sizeof(out->tier), colon + 1, strlen(colon + 1))))
		return fail_form(text, e);
	for (const char *at = text, *end = text + len; count < 3; at += lens[count++] + 1) {
		const char *slash = memchr(at, '/', (size_t)(end - at));

		parts[count] = at;
		lens[count] = (size_t)((slash ? slash : end) - at);
		if (!lens[count])
			return fail_form(text, e);
		if (!slash) {
			count++;
			break;
		}
		if (count == 2)
			return fail_form(text, e);
	}
	if (take_part(out->package, sizeof(out->package), parts[count - 1], lens[count - 1]) ||
	    (count > 1 && take_part(out->target, sizeof(out->target), parts[0], lens[0])) ||
	    (count > 2 && take_part(out->runtime, sizeof(out->runtime), parts[1], lens[1])))
		return fail_form(text, e);
	return 0;
}
