#include "target/ssh_hosts.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"

#define FILE_MAX_BYTES (8u << 20)

static void add_base64(const unsigned char *data, size_t len, bool pad, struct str *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0u);

		for (size_t k = 0; k < 4; k++) {
			if (k <= left)
				str_add_char(out, letters[bits >> (18 - 6 * k) & 63]);
			else if (pad)
				str_add_char(out, '=');
		}
	}
}

void host_key_base64(const struct host_key *k, struct str *out)
{
	add_base64(k->blob, k->len, true, out);
}

void host_key_type(const struct host_key *k, struct str *out)
{
	const unsigned char *b = k->blob;
	size_t len = k->len >= 4 ? (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3] : 0;

	if (!len || len > 64 || len > k->len - 4) {
		str_add(out, "?");
		return;
	}
	AUTO_FREE char *type = mem_dup_bytes((const char *)b + 4, len);

	str_add_quoted(out, type, STR_TERMINAL);
}

static unsigned char from_hex(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

void host_key_fingerprint(const struct host_key *k, struct str *out)
{
	char hex[DIGEST_TEXT_BYTES];
	unsigned char raw[32];

	digest_bytes(k->blob, k->len, hex);
	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (unsigned char)(from_hex(hex[2 * i]) << 4 | from_hex(hex[2 * i + 1]));
	str_add(out, "SHA256:");
	add_base64(raw, sizeof(raw), false, out);
}

void host_name(const char *host, int port, struct str *out)
{
	if (port == 22)
		str_add(out, host);
	else
		str_addf(out, "[%s]:%d", host, port);
}

/* One line of the file that speaks of the host. */
struct known_line {
	bool revoked;
	char *type, *key; /* into the line */
};

/* Patterns separated by commas; one behind ! that matches means no, whatever the others say. */
static bool names_match(char *names, struct ssh_session *s, const char *name)
{
	bool found = false;
	char *pattern;

	if (names[0] == '|')
		return ssh_session_is_hashed_name(s, names, name);
	while ((pattern = strsep(&names, ","))) {
		bool no = pattern[0] == '!';
		/* [ and ] of "[host]:port" stand for themselves, so only * and ? may work as patterns. */
		bool matches = strpbrk(pattern, "*?") && !strchr(pattern, '[') ? fnmatch(pattern + no, name, FNM_NOESCAPE) == 0 :
										 !strcasecmp(pattern + no, name);

		if (matches && no)
			return false;
		found |= matches;
	}
	return found;
}

/* Takes the line apart; false when it does not speak of this host. */
static bool read_line(char *line, struct ssh_session *s, const char *name, struct known_line *out)
{
	char *rest = line + strspn(line, " \t");
	char *word = strsep(&rest, " \t");

	out->revoked = false;
	if (word[0] == '@') {
		if (strcmp(word, "@revoked") != 0 || !rest)
			return false; /* certificate authorities are not for host keys */
		out->revoked = true;
		rest += strspn(rest, " \t");
		word = strsep(&rest, " \t");
	}
	if (!*word || *word == '#' || !rest || !names_match(word, s, name))
		return false;
	rest += strspn(rest, " \t");
	out->type = strsep(&rest, " \t");
	if (!rest)
		return false;
	rest += strspn(rest, " \t");
	out->key = strsep(&rest, " \t\r");
	return *out->key != '\0';
}

typedef void known_fn(void *ctx, const struct known_line *line);

static int each_line(const char *file, struct ssh_session *s, const char *host, int port, known_fn *fn, void *ctx, struct err *e)
{
	AUTO_STR text = { 0 };
	AUTO_STR name = { 0 };
	char *rest, *line;

	if (!file_exists(file))
		return 0;
	if (file_read(file, FILE_MAX_BYTES, &text, e))
		return -1;
	host_name(host, port, &name);
	rest = text.text;
	while (rest && (line = strsep(&rest, "\n"))) {
		struct known_line known;

		if (read_line(line, s, str_text(&name), &known))
			fn(ctx, &known);
	}
	return 0;
}

static const char *static_type(const char *type)
{
	static const char *const types[] = { "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
					     "ssh-rsa" };

	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (!strcmp(types[i], type))
			return types[i];
	return NULL;
}

struct type_list {
	const char **types;
	size_t count, room;
};

static void add_type(void *ctx, const struct known_line *line)
{
	struct type_list *list = ctx;
	const char *type = static_type(line->type);

	if (type && !line->revoked && list->count < list->room)
		list->types[list->count++] = type;
}

size_t known_hosts_types(const char *file, struct ssh_session *s, const char *host, int port, const char **types, size_t room)
{
	struct type_list list = { types, 0, room };

	return each_line(file, s, host, port, add_type, &list, NULL) ? 0 : list.count;
}

struct look {
	const char *key;
	enum host_key_word word;
	char *other; /* a key that is known instead */
};

static void compare(void *ctx, const struct known_line *line)
{
	struct look *look = ctx;
	bool same = !strcmp(line->key, look->key);

	if (line->revoked && same)
		look->word = HOST_KEY_REVOKED;
	else if (!line->revoked && same && look->word != HOST_KEY_REVOKED)
		look->word = HOST_KEY_KNOWN;
	else if (!line->revoked && look->word == HOST_KEY_UNKNOWN) {
		look->word = HOST_KEY_CHANGED;
		look->other = mem_printf("%s %.40s...", line->type, line->key);
	}
}

int known_hosts_look(const char *file, struct ssh_session *s, const char *host, int port, const struct host_key *k,
		     enum host_key_word *out, struct str *out_known, struct err *e)
{
	AUTO_STR key = { 0 };
	struct look look = { .word = HOST_KEY_UNKNOWN };
	int status;

	host_key_base64(k, &key);
	look.key = str_text(&key);
	status = each_line(file, s, host, port, compare, &look, e);
	if (look.other && out_known)
		str_add_quoted(out_known, look.other, STR_TERMINAL);
	free(look.other);
	*out = look.word;
	return status;
}

int known_hosts_add(const char *file, const char *host, int port, const struct host_key *k, struct err *e)
{
	AUTO_FREE char *folder = file_parent(file);
	AUTO_STR line = { 0 };

	host_name(host, port, &line);
	str_add(&line, " ");
	host_key_type(k, &line);
	str_add(&line, " ");
	host_key_base64(k, &line);
	if (file_make_folders(folder, e))
		return -1;
	return file_append_line(file, str_text(&line), e);
}
