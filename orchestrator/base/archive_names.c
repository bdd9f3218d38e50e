#include "base/archive_names.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

#define DEEPEST_FOLDER	   64
#define LONGEST_NAME_BYTES 4000

/* The next part of a name, empty and "." parts left out. False: no more. */
static bool next_part(const char **at, const char **out_part, size_t *out_len)
{
	for (;;) {
		*at += strspn(*at, "/");
		if (!**at)
			return false;
		*out_part = *at;
		*out_len = strcspn(*at, "/");
		*at += *out_len;
		if (*out_len != 1 || **out_part != '.')
			return true;
	}
}

static bool is_up(const char *part, size_t len)
{
	return len == 2 && part[0] == '.' && part[1] == '.';
}

static int refuse(struct err *e, const char *what, const char *name)
{
	AUTO_STR shown = { 0 };

	str_add_quoted(&shown, name, STR_TERMINAL);
	return err_set(e, ERR_FORMAT, "the archive is refused: %s: \"%.200s\"", what, str_text(&shown));
}

int archive_check_name(const char *name, struct err *e)
{
	const char *at = name, *part;
	size_t len;
	unsigned depth = 0;

	if (!name || !*name)
		return refuse(e, "an entry without a name", "");
	if (*name == '/')
		return refuse(e, "an absolute name", name);
	if (strlen(name) > LONGEST_NAME_BYTES)
		return refuse(e, "a name that is too long", name);
	while (next_part(&at, &part, &len)) {
		if (is_up(part, len))
			return refuse(e, "a name with \"..\"", name);
		if (++depth > DEEPEST_FOLDER)
			return refuse(e, "a name with too many folders", name);
	}
	return 0;
}

unsigned archive_count_parts(const char *name)
{
	const char *at = name, *part;
	size_t len;
	unsigned count = 0;

	while (next_part(&at, &part, &len))
		count++;
	return count;
}

/* ".." is fine only before the first name: behind one, that name may be a link itself, and ".." then leads up from
 * where it points to. The folders above the link are no links, the names behind the ".." are, at worst, checked links.
 */
int archive_check_link(const char *name, const char *target, struct err *e)
{
	const char *at = target, *part;
	size_t len;
	unsigned parts = archive_count_parts(name), up_count = 0;
	bool had_name = false;

	if (!target || !*target || *target == '/')
		return refuse(e, "a link to an absolute name", name);
	if (strlen(target) > LONGEST_NAME_BYTES)
		return refuse(e, "a link that is too long", name);
	while (next_part(&at, &part, &len)) {
		if (!is_up(part, len))
			had_name = true;
		else if (had_name || parts == 0 || ++up_count > parts - 1)
			return refuse(e, "a link that leads outside", name);
	}
	return 0;
}
