#include "parse/xml_bytes.h"

#include <string.h>
#include <strings.h>

/* Bytes of the UTF-8 sequence that begins with `lead`; 0: none does. */
static size_t sequence_bytes(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/* Not too long, no surrogate, nothing above U+10FFFF, none of the two that XML leaves out. */
static bool second_fits(unsigned char lead, unsigned char second)
{
	unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	return second >= low && second <= high;
}

/* How many bytes at `at` are one character: 0 when they are none, more than len when the rest did not come yet. */
static size_t character_bytes(const unsigned char *at, size_t len)
{
	size_t want = sequence_bytes(at[0]);

	for (size_t i = 1; i < want && i < len; i++)
		if (i == 1 ? !second_fits(at[0], at[1]) : (at[i] & 0xc0) != 0x80)
			return 0;
	if (want == 3 && len >= 3 && at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe)
		return 0;
	return want;
}

static bool is_plain(unsigned char c)
{
	return (c >= 0x20 && c <= 0x7f) || c == '\n' || c == '\t' || c == '\r';
}

/* The file's own word on its encoding, from its first bytes. */
static bool is_other_encoding(const char *data, size_t len)
{
	char head[128] = "";
	const char *named;

	if (len >= 2 && (!memcmp(data, "\xff\xfe", 2) || !memcmp(data, "\xfe\xff", 2)))
		return true;
	memcpy(head, data, len < sizeof(head) ? len : sizeof(head) - 1);
	head[strcspn(head, ">")] = '\0';
	named = strncmp(head, "<?xml", 5) ? NULL : strstr(head, "encoding=");
	return named && strncasecmp(named + 10, "utf-8", 5) && strncasecmp(named + 10, "us-ascii", 8) &&
	       strncasecmp(named + 10, "ascii", 5);
}

/* Ends the sequence that the piece before began; returns how many bytes of data that took. */
static size_t finish_held(struct xml_bytes *x, const char *data, size_t len, char *out, size_t *out_len)
{
	size_t taken = 0;

	while (x->held_len && taken < len) {
		size_t n;

		x->held[x->held_len++] = data[taken++];
		n = character_bytes((const unsigned char *)x->held, x->held_len);
		if (n > x->held_len)
			continue;
		if (n) {
			memcpy(out, x->held, n);
			*out_len = n;
		} else {
			memset(out, '?', x->held_len - 1);
			*out_len = x->held_len - 1;
			taken--; /* the byte that did not fit may begin something itself */
		}
		x->held_len = 0;
	}
	return taken;
}

size_t xml_bytes_repair(struct xml_bytes *x, const char *data, size_t len, char *out)
{
	size_t out_len = 0, at;

	if (!x->begun)
		x->as_they_are = is_other_encoding(data, len);
	x->begun = true;
	if (x->as_they_are) {
		memcpy(out, data, len);
		return len;
	}
	for (at = finish_held(x, data, len, out, &out_len); at < len;) {
		const unsigned char *c = (const unsigned char *)data + at;
		size_t n = is_plain(*c) ? 1 : *c < 0x80 ? 0 : character_bytes(c, len - at);

		if (n > len - at) {
			memcpy(x->held, c, len - at);
			x->held_len = len - at;
			break;
		}
		if (n <= 1)
			out[out_len++] = n ? (char)*c : '?';
		else
			memcpy(out + out_len, c, n);
		out_len += n > 1 ? n : 0;
		at += n ? n : 1;
	}
	return out_len;
}
