#include "target/ssh_login.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#define KEY_MAX_BYTES 65536

/* What a private key file says of itself, as far as errors need it. */
struct key_look {
	bool encrypted, rsa;
};

static int digit_of(char c)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(letters, c) : NULL;

	return at ? (int)(at - letters) : -1;
}

/* The bytes between the BEGIN and END lines. */
static void decode_body(const char *text, struct str *out)
{
	const char *at = strchr(text, '\n');
	unsigned bits = 0, have = 0;

	for (; at && *at && *at != '-'; at++) {
		int digit = digit_of(*at);

		if (digit < 0)
			continue;
		bits = bits << 6 | (unsigned)digit;
		have += 6;
		if (have >= 8) {
			have -= 8;
			str_add_char(out, (char)(bits >> have & 0xff));
		}
	}
}

static bool holds(const struct str *bytes, const char *word)
{
	return memmem(str_text(bytes), bytes->len, word, strlen(word)) != NULL;
}

static void look_at_key(const char *text, struct key_look *out)
{
	AUTO_STR body = { 0 };

	out->rsa = strstr(text, "BEGIN RSA PRIVATE KEY") != NULL;
	out->encrypted = strstr(text, "BEGIN ENCRYPTED PRIVATE KEY") || strstr(text, "Proc-Type: 4,ENCRYPTED");
	if (!strstr(text, "BEGIN OPENSSH PRIVATE KEY"))
		return;
	decode_body(text, &body);
	out->rsa = holds(&body, "ssh-rsa");
	/* The cipher stands right behind the magic: a length, then its name. */
	out->encrypted = body.len > 24 && memcmp(str_text(&body) + 19, "none", 4) != 0;
}

static int read_key(const char *path, struct key_look *out, struct err *e)
{
	AUTO_STR text = { 0 };

	*out = (struct key_look){ 0 };
	if (file_read(path, KEY_MAX_BYTES, &text, e)) {
		if (e)
			e->code = ERR_UNREACHABLE;
		return err_wrap(e, "the key file");
	}
	if (!strstr(str_text(&text), "PRIVATE KEY-----")) {
		err_set(e, ERR_UNREACHABLE, "%s: that is no private key", path);
		return err_hint(e, str_starts(str_text(&text), "ssh-") || str_starts(str_text(&text), "ecdsa-") ?
					   "name the private key, not the .pub file beside it" :
					   "make one: ssh-keygen -t ed25519");
	}
	look_at_key(str_text(&text), out);
	return 0;
}

/* The blob of PATH.pub, to ask the agent for that key before others. */
static void read_public(const char *path, struct str *out)
{
	AUTO_FREE char *name = mem_printf("%s.pub", path);
	AUTO_STR text = { 0 };
	AUTO_STR as_body = { 0 };
	char *blank;

	if (file_read(name, KEY_MAX_BYTES, &text, NULL) || !(blank = strchr(text.text, ' ')))
		return;
	str_add(&as_body, "\n");
	str_add_bytes(&as_body, blank + 1, strcspn(blank + 1, " \r\n="));
	decode_body(str_text(&as_body), out);
}

struct attempt {
	const struct ssh_identity *who;
	const char *name;
	struct key_look key;
	unsigned from_agent; /* keys that the agent offered */
};

static int fail_refused(struct ssh_session *s, const struct attempt *a, int64_t deadline_ns, struct err *e)
{
	AUTO_FREE char *methods = ssh_session_methods(s, a->who->user, deadline_ns);

	if (a->who->key_file && a->key.encrypted && !a->from_agent) {
		err_set(e, ERR_UNREACHABLE, "%s: the key %s has a passphrase, and no agent holds it", a->name, a->who->key_file);
		return err_hint(e, "ssh-add %s", a->who->key_file);
	}
	if (a->who->key_file && a->key.rsa && ssh_session_is_old_library()) {
		err_set(e, ERR_UNREACHABLE, "%s: it refuses the RSA key %s of %s, which libssh2 %s can sign with SHA-1 only", a->name,
			a->who->key_file, a->who->user, ssh_session_library_version());
		return err_hint(e, "use an ed25519 key: ssh-keygen -t ed25519");
	}
	if (methods && !strstr(methods, "publickey")) {
		err_set(e, ERR_UNREACHABLE, "%s: it lets nobody in by key, only by %s", a->name, methods);
		return err_hint(e, "labctl logs in by key alone: allow PubkeyAuthentication there");
	}
	if (!a->who->key_file && !a->from_agent) {
		err_set(e, ERR_UNREACHABLE, "%s: there is no key to log in with: no key_file, and no agent that holds one", a->name);
		return err_hint(e, "set key_file: in the target's file, or ssh-add a key");
	}
	if (a->who->key_file)
		err_set(e, ERR_UNREACHABLE, "%s: it refuses the key %s%s for the user %s", a->name, a->who->key_file,
			a->from_agent ? " and those of the agent" : "", a->who->user);
	else
		err_set(e, ERR_UNREACHABLE, "%s: it refuses all %u keys of the agent for the user %s", a->name, a->from_agent, a->who->user);
	return err_hint(e, "put the public key into ~%s/.ssh/authorized_keys there, or correct user: and key_file:", a->who->user);
}

static enum ssh_login ask_agent(struct ssh_session *s, struct attempt *a, int64_t deadline_ns, struct err *e)
{
	AUTO_STR first = { 0 };

	if (!a->who->agent || !getenv("SSH_AUTH_SOCK"))
		return SSH_LOGIN_REFUSED;
	if (a->who->key_file)
		read_public(a->who->key_file, &first);
	return ssh_session_login_agent(s, a->who->user, first.len ? str_text(&first) : NULL, first.len, deadline_ns, &a->from_agent, e);
}

int ssh_login(struct ssh_session *s, const struct ssh_identity *who, const char *name, int64_t deadline_ns, struct err *e)
{
	struct attempt a = { .who = who, .name = name };
	enum ssh_login result = SSH_LOGIN_REFUSED;

	if (who->key_file && read_key(who->key_file, &a.key, e))
		return err_wrap(e, "%s", name);
	if (who->key_file && !a.key.encrypted)
		result = ssh_session_login_file(s, who->user, who->key_file, deadline_ns, e);
	if (result == SSH_LOGIN_REFUSED)
		result = ask_agent(s, &a, deadline_ns, e);
	if (result == SSH_LOGIN_REFUSED)
		return fail_refused(s, &a, deadline_ns, e);
	return result == SSH_LOGIN_DONE ? 0 : -1;
}
