#include "target/ssh_keys.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"

#define KEY_MAX_BYTES (64 * 1024)

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int ssh_base64_decode(const char *text, size_t len, struct str *out)
{
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < len && text[i] != '='; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (text[i] == '\n' || text[i] == '\r')
			continue;
		if (!digit)
			return -1;
		bits = bits << 6 | (uint32_t)(digit - digits);
		held += 6;
		if (held >= 8) {
			held -= 8;
			str_add_char(out, (char)(bits >> held & 0xff));
		}
	}
	return 0;
}

void ssh_base64_encode(const void *data, size_t len, struct str *out)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)bytes[i] << 16;
		bits |= i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0;
		bits |= i + 2 < len ? bytes[i + 2] : 0;
		str_add_char(out, digits[bits >> 18]);
		str_add_char(out, digits[bits >> 12 & 63]);
		str_add_char(out, i + 1 < len ? digits[bits >> 6 & 63] : '=');
		str_add_char(out, i + 2 < len ? digits[bits & 63] : '=');
	}
}

static unsigned hex_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

void ssh_fingerprint(const void *blob, size_t len, char out[static SSH_FINGERPRINT_BYTES])
{
	char hex[DIGEST_TEXT_BYTES];
	unsigned char sum[32];
	AUTO_STR text = { 0 };

	digest_bytes(blob, len, hex);
	for (size_t i = 0; i < sizeof(sum); i++)
		sum[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
	ssh_base64_encode(sum, sizeof(sum), &text);
	str_cut(&text, text.len - 1); /* the padding is not shown */
	snprintf(out, SSH_FINGERPRINT_BYTES, "SHA256:%s", str_text(&text));
}

/* A length-prefixed field of the wire's and key files' form. */
struct reader {
	const unsigned char *at;
	size_t left;
};

static bool read_number(struct reader *r, uint32_t *out)
{
	if (r->left < 4)
		return false;
	*out = (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 | (uint32_t)r->at[2] << 8 | r->at[3];
	r->at += 4;
	r->left -= 4;
	return true;
}

static bool read_field(struct reader *r, const unsigned char **out, size_t *out_len)
{
	uint32_t len;

	if (!read_number(r, &len) || len > r->left)
		return false;
	*out = r->at;
	*out_len = len;
	r->at += len;
	r->left -= len;
	return true;
}

bool ssh_blob_type(const void *blob, size_t len, char *out, size_t size)
{
	struct reader r = { blob, len };
	const unsigned char *name;
	size_t name_len;

	if (!read_field(&r, &name, &name_len) || name_len == 0 || name_len >= size)
		return false;
	for (size_t i = 0; i < name_len; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	memcpy(out, name, name_len);
	out[name_len] = '\0';
	return true;
}

static int parse_openssh(const char *base64, size_t len, struct ssh_key *out)
{
	static const char magic[] = "openssh-key-v1"; /* its NUL belongs to it */
	AUTO_STR bytes = { 0 };
	const unsigned char *cipher, *skipped, *blob;
	size_t cipher_len, skipped_len, blob_len;
	uint32_t count;

	if (ssh_base64_decode(base64, len, &bytes) != 0 || bytes.len < sizeof(magic) ||
	    memcmp(bytes.text, magic, sizeof(magic)) != 0)
		return -1;
	struct reader r = { (unsigned char *)bytes.text + sizeof(magic), bytes.len - sizeof(magic) };
	if (!read_field(&r, &cipher, &cipher_len) || !read_field(&r, &skipped, &skipped_len) ||
	    !read_field(&r, &skipped, &skipped_len) || !read_number(&r, &count) || count < 1 ||
	    !read_field(&r, &blob, &blob_len))
		return -1;
	out->encrypted = cipher_len != 4 || memcmp(cipher, "none", 4) != 0;
	str_add_bytes(&out->blob, blob, blob_len);
	return ssh_blob_type(blob, blob_len, out->type, sizeof(out->type)) ? 0 : -1;
}

int ssh_key_parse(const char *text, struct ssh_key *out)
{
	static const struct {
		const char *label, *type;
		bool encrypted;
	} forms[] = {
		{ "RSA PRIVATE KEY", "ssh-rsa", false }, { "EC PRIVATE KEY", "", false },
		{ "DSA PRIVATE KEY", "ssh-dss", false }, { "PRIVATE KEY", "", false },
		{ "ENCRYPTED PRIVATE KEY", "", true },
	};
	const char *begin = strstr(text, "-----BEGIN ");

	if (!begin)
		return -1;
	begin += strlen("-----BEGIN ");
	const char *end = strstr(begin, "-----END ");
	if (str_starts(begin, "OPENSSH PRIVATE KEY-----")) {
		begin += strlen("OPENSSH PRIVATE KEY-----");
		return end ? parse_openssh(begin, (size_t)(end - begin), out) : -1;
	}
	for (size_t i = 0; i < COUNT_OF(forms); i++)
		if (str_starts(begin, forms[i].label) && str_starts(begin + strlen(forms[i].label), "-----")) {
			snprintf(out->type, sizeof(out->type), "%s", forms[i].type);
			out->encrypted = forms[i].encrypted || strstr(begin, "Proc-Type: 4,ENCRYPTED");
			return 0;
		}
	return -1;
}

static int not_a_private_key(const char *path, const char *text, struct err *e)
{
	if (str_starts(text, "ssh-") || str_starts(text, "ecdsa-") || str_starts(text, "sk-")) {
		err_set(e, ERR_CONFIG, "%s holds a public key", path);
		return err_hint(e, "key_file names the private one: the same path without .pub");
	}
	err_set(e, ERR_CONFIG, "%s is no private key that labctl can read", path);
	return err_hint(e, "make one with: ssh-keygen -t ed25519");
}

int ssh_key_read(const char *path, struct ssh_key *out, struct err *e)
{
	AUTO_STR text = { 0 };
	struct err why = ERR_INIT;

	memset(out, 0, sizeof(*out));
	errno = 0;
	if (file_read(path, KEY_MAX_BYTES, &text, &why) != 0) {
		int reason = errno;
		if (e)
			*e = why;
		err_wrap(e, "the key");
		if (reason == ENOENT)
			return err_hint(e, "make one with: ssh-keygen -t ed25519 -f %s", path);
		return err_hint(e, "let only its owner read it: chmod 600 %s", path);
	}
	if (ssh_key_parse(str_text(&text), out) != 0)
		return not_a_private_key(path, str_text(&text), e);
	explicit_bzero(text.text, text.len);
	return 0;
}

void ssh_key_free(struct ssh_key *k)
{
	str_free(&k->blob);
}
