#include "target/ssh_hosts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "target/ssh_keys.h"

char *ssh_host_name(const char *host, int port)
{
	return port == 22 ? mem_dup(host) : mem_printf("[%s]:%d", host, port);
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* '*' and '?' as in known_hosts; brackets are plain. */
static bool pattern_fits(const char *pattern, size_t len, const char *name)
{
	const char *star = NULL, *again = NULL, *end = pattern + len;

	while (*name) {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			again = name;
		} else if (pattern < end && (*pattern == '?' || same_letter(*pattern, *name))) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++again;
		} else {
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

static bool list_fits(const char *list, const char *name)
{
	bool fits = false;

	while (*list) {
		size_t len = strcspn(list, ",");
		bool negated = *list == '!';
		if (pattern_fits(list + negated, len - negated, name)) {
			if (negated)
				return false;
			fits = true;
		}
		list += len + (list[len] == ',');
	}
	return fits;
}

/* The next word of a line; NULL at its end. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\r");

	if (*word == '\0')
		return NULL;
	*rest = word + strcspn(word, " \t\r");
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

static void take_line(char *line, unsigned number, const char *name, ssh_hashed_fn *is_hashed, void *ctx,
		      struct ssh_host_keys *out)
{
	struct ssh_host_key key = { .line = number };
	char *names = next_word(&line);

	if (!names || names[0] == '#')
		return;
	if (names[0] == '@') {
		if (strcmp(names, "@revoked") != 0)
			return;
		key.revoked = true;
		names = next_word(&line);
	}
	char *type = next_word(&line);
	char *base64 = next_word(&line);
	if (!names || !type || !base64)
		return;
	if (names[0] == '|' ? !is_hashed(ctx, names, name) : !list_fits(names, name))
		return;
	if (ssh_base64_decode(base64, strlen(base64), &key.blob) != 0 || key.blob.len == 0) {
		str_free(&key.blob);
		return;
	}
	key.type = mem_dup(type);
	vec_add(out, key);
}

void ssh_hosts_find(const char *text, const char *name, ssh_hashed_fn *is_hashed, void *ctx, struct ssh_host_keys *out)
{
	for (unsigned number = 1; *text; number++) {
		size_t len = strcspn(text, "\n");
		AUTO_FREE char *line = mem_dup_bytes(text, len);
		take_line(line, number, name, is_hashed, ctx, out);
		text += len + (text[len] == '\n');
	}
}

static bool same_key(const struct ssh_host_key *key, const void *blob, size_t len)
{
	return key->blob.len == len && memcmp(key->blob.text, blob, len) == 0;
}

static enum ssh_host_verdict judge_line(const struct ssh_host_key *key, const char *type, const void *blob, size_t len)
{
	bool same = same_key(key, blob, len);

	if (key->revoked)
		return same ? SSH_HOST_REVOKED : SSH_HOST_UNKNOWN;
	if (same)
		return SSH_HOST_KNOWN;
	return strcmp(key->type, type) == 0 ? SSH_HOST_CHANGED : SSH_HOST_OTHER_TYPE;
}

enum ssh_host_verdict ssh_hosts_judge(const struct ssh_host_keys *keys, const void *blob, size_t len,
				      const struct ssh_host_key **out_known)
{
	/* A revocation beats everything, a fitting line beats those that do not fit. */
	static const int strength[] = {
		[SSH_HOST_UNKNOWN] = 0, [SSH_HOST_OTHER_TYPE] = 1, [SSH_HOST_CHANGED] = 2,
		[SSH_HOST_KNOWN] = 3,	[SSH_HOST_REVOKED] = 4,
	};
	enum ssh_host_verdict verdict = SSH_HOST_UNKNOWN;
	char type[48] = "";

	*out_known = NULL;
	ssh_blob_type(blob, len, type, sizeof(type));
	for (size_t i = 0; i < keys->count; i++) {
		enum ssh_host_verdict says = judge_line(&keys->items[i], type, blob, len);
		if (strength[says] <= strength[verdict])
			continue;
		verdict = says;
		*out_known = &keys->items[i];
	}
	return verdict;
}

void ssh_hosts_free(struct ssh_host_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		free(keys->items[i].type);
		str_free(&keys->items[i].blob);
	}
	vec_free(keys);
}

void ssh_hosts_line(const char *name, const void *blob, size_t len, struct str *out)
{
	char type[48] = "";

	ssh_blob_type(blob, len, type, sizeof(type));
	str_addf(out, "%s %s ", name, type);
	ssh_base64_encode(blob, len, out);
}

char *ssh_hosts_path(const char *wish)
{
	const char *home = getenv("HOME");

	if (wish)
		return mem_dup(wish);
	return mem_printf("%s/.ssh/known_hosts", home ? home : "");
}

int ssh_hosts_add(const char *path, const char *name, const void *blob, size_t len, struct err *e)
{
	AUTO_STR line = { 0 };
	AUTO_FREE char *folder = file_parent(path);

	if (!file_is_folder(folder)) {
		if (file_make_folders(folder, e) != 0)
			return -1;
		chmod(folder, 0700);
	}
	ssh_hosts_line(name, blob, len, &line);
	return file_append_line(path, str_text(&line), e);
}
