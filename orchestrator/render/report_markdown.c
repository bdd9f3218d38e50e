/* The report as a comment: all of it where there is room, else the most important lines. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "render/changes.h"
#include "render/report_formats.h"
#include "render/speed.h"

#define NOTE_BYTES 160 /* for the line that says what is left out */

static void add_title(const struct report_text *t, struct str *out)
{
	char when[32];

	clock_format_utc(t->run->started_wall_ms, when, sizeof(when));
	str_addf(out, "## Run %" PRId64 " of %s%s\n\n", t->run->id, when, t->run->complete ? "" : ", cut off");
}

static void add_changes(const struct report_text *t, struct str *out)
{
	const struct changes_look look = { .opts = { .program = t->program } };

	if (!t->changes)
		return;
	changes_markdown(t->changes, &look, out);
	str_add_char(out, '\n');
}

static void add_matrix(const struct report_text *t, struct str *out)
{
	const struct render_opts opts = { .program = t->program };

	if (!t->report->matrix.row_count)
		return;
	str_add(out, "### Compatibility\n\n");
	markdown_renderer.render(t->report, &opts, out);
	str_add_char(out, '\n');
}

static void add_speed(const struct report_text *t, struct str *out)
{
	const struct speed_look look = { .opts = { .program = t->program } };

	if (!t->speed->row_count)
		return;
	str_add(out, "### Speed\n\n");
	speed_markdown_renderer.render(t->speed, &look, out);
}

/* The part, or as many of its first lines as there is room for. Every line stands by itself here: rows of tables and
 * items of lists. Returns how many lines were left out. */
static size_t add_lines(const struct str *part, size_t room, struct str *out)
{
	const char *text = str_text(part);
	size_t len = part->len, left_out = 0;

	if (len > room) {
		for (len = room; len && text[len - 1] != '\n'; len--)
			;
		for (size_t i = len; i < part->len; i++)
			left_out += text[i] == '\n';
	}
	str_add_bytes(out, text, len);
	return left_out;
}

void report_markdown(const struct report_text *t, struct str *out)
{
	AUTO_STR changes = { 0 };
	AUTO_STR matrix = { 0 };
	AUTO_STR speed = { 0 };
	const struct str *parts[] = { &changes, &matrix, &speed };
	size_t left_out = 0, room, rest;

	add_title(t, out);
	add_changes(t, &changes);
	add_matrix(t, &matrix);
	add_speed(t, &speed);
	rest = changes.len + matrix.len + speed.len;
	room = t->limit_bytes ? t->limit_bytes : SIZE_MAX;
	room = room > out->len + NOTE_BYTES ? room - out->len - NOTE_BYTES : 0;
	for (size_t i = 0; i < 3; i++) {
		size_t before = out->len, behind = rest - parts[i]->len;
		/* What comes behind may have half of the room, and leaves what it does not need. */
		size_t share = behind < room / 2 ? room - behind : room - room / 2;

		left_out += add_lines(parts[i], rest <= room ? room : share, out);
		room -= out->len - before;
		rest = behind;
	}
	if (left_out)
		str_addf(out, "\n%zu more lines are left out: `%s report %" PRId64 " -o FOLDER` tells everything.\n",
			 left_out, t->program, t->run->id);
}
