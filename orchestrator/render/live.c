#include "render/live.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"

#define WIDTH_OTHERWISE	 80
#define HEIGHT_OTHERWISE 24

struct extent {
	size_t width, height;
};

static struct extent ask_extent(const struct live *l)
{
	struct winsize w = { 0 };
	struct extent x = { l->fixed_width, l->fixed_height };

	if (x.width == 0 || x.height == 0)
		ioctl(fileno(l->out), TIOCGWINSZ, &w);
	if (x.width == 0)
		x.width = w.ws_col != 0 ? w.ws_col : WIDTH_OTHERWISE;
	if (x.height == 0)
		x.height = w.ws_row != 0 ? w.ws_row : HEIGHT_OTHERWISE;
	return x;
}

/* How many rows the present lines take: a terminal that was made narrower has broken them. */
static size_t rows_now(const struct live *l, size_t width)
{
	size_t rows = 0;

	for (size_t i = 0; i < l->line_count; i++)
		rows += l->widths[i] <= width ? 1 : (l->widths[i] + width - 1) / width;
	return rows;
}

static size_t char_width(const char *at, size_t bytes)
{
	char one[8] = "";

	memcpy(one, at, bytes < sizeof(one) ? bytes : sizeof(one) - 1);
	return str_width(one);
}

/* A full line would make some terminals go to the next one, so the last column stays free. Returns the columns it took.
 */
static size_t add_cut(struct str *out, const char *line, size_t width)
{
	size_t len = strlen(line), at = 0, used = 0;

	while (at < len) {
		uint32_t code = 0;
		size_t bytes = str_decode(line + at, len - at, &code), wide;

		bytes = bytes ? bytes : 1;
		wide = char_width(line + at, bytes);
		if (used + wide >= width)
			break;
		used += wide;
		at += bytes;
	}
	str_add_bytes(out, line, at);
	return used;
}

static void remember(struct live *l, size_t width)
{
	if (l->line_count == l->line_room) {
		l->line_room = l->line_room * 2 + 8;
		l->widths = mem_grow(l->widths, l->line_room, sizeof(*l->widths));
	}
	l->widths[l->line_count++] = width;
}

void live_draw(struct live *l, const char *stays, char *const *lines, size_t count)
{
	struct extent x = ask_extent(l);
	size_t up = rows_now(l, x.width), room = x.height > 2 ? x.height - 1 : 1;
	AUTO_STR s = { 0 };

	if (up >= x.height)
		up = x.height - 1;
	if (up > 0)
		str_addf(&s, "\r\033[%zuA", up);
	if (up > 0)
		str_add(&s, "\033[J");
	str_add(&s, stays);
	l->line_count = 0;
	for (size_t i = count > room ? count - room : 0; i < count; i++) {
		remember(l, add_cut(&s, lines[i], x.width));
		str_add_char(&s, '\n');
	}
	fwrite(str_text(&s), 1, s.len, l->out);
	fflush(l->out);
}

void live_free(struct live *l)
{
	free(l->widths);
}
