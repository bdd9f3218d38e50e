#include "target/ssh_link.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/ssh_hosts.h"
#include "target/ssh_inside.h"
#include "target/ssh_keys.h"
#include "target/ssh_socket.h"

#define HOSTS_MAX_BYTES	  (8 * 1024 * 1024)
#define GREETING_TRIES	  5 /* a server that has too much to do turns connections away */
#define GREETING_PAUSE_NS (300 * NS_PER_MS)
#define GUEST_ATTEMPT_NS                                                                                               \
	(30 * NS_PER_S) /* a network in front of a machine that still boots may accept and stay silent */
#define ALIVE_LIMIT_NS	   (5 * NS_PER_S)
#define PREFERRED_TYPE_MAX 16

struct ssh_where ssh_where_of_jump(const struct ssh_where *w, size_t i)
{
	const struct ssh_hop *hop = &w->jumps[i];
	struct ssh_where there = *w;

	there.host = hop->host;
	there.port = (int)hop->port;
	there.user = hop->user;
	if (hop->key_file)
		there.key_file = hop->key_file;
	there.jump_count = i;
	there.pinned_key = NULL;
	there.retry_refused = false;
	return there;
}

char *ssh_where_user(const struct ssh_where *w)
{
	const struct passwd *us = w->user ? NULL : getpwuid(geteuid());

	if (w->user)
		return mem_dup(w->user);
	return mem_dup(us ? us->pw_name : "root");
}

static char *name_of(const struct ssh_where *w)
{
	return mem_printf("%s port %d", w->host, w->port);
}

/* ---- the host's key ---- */

static bool is_hashed_name(void *ctx, const char *hashed, const char *name)
{
	return ssh_session_is_hashed_name(ctx, hashed, name);
}

static int pinned(const struct ssh_where *w, struct ssh_host_keys *out, struct err *e)
{
	/* A known_hosts line for every host. */
	AUTO_FREE char *line = mem_printf("* %s", w->pinned_key);

	ssh_hosts_find(line, w->host, is_hashed_name, NULL, out);
	return out->count > 0 ? 0 : err_set(e, ERR_INTERNAL, "%s: the key to expect is unreadable", w->host);
}

static int known(const struct ssh_where *w, struct ssh_session *s, struct ssh_host_keys *out, struct err *e)
{
	AUTO_FREE char *path = ssh_hosts_path(w->known_hosts);
	AUTO_FREE char *name = ssh_host_name(w->host, w->port);
	AUTO_STR text = { 0 };

	if (!file_exists(path))
		return 0;
	if (file_read(path, HOSTS_MAX_BYTES, &text, e) != 0)
		return -1;
	ssh_hosts_find(str_text(&text), name, is_hashed_name, s, out);
	return 0;
}

static int expected_keys(const struct ssh_where *w, struct ssh_session *s, struct ssh_host_keys *out, struct err *e)
{
	return w->pinned_key ? pinned(w, out, e) : known(w, s, out, e);
}

/* The server shows one key: it should be one of a type that is known here. */
static void prefer_known(struct ssh_session *s, const struct ssh_host_keys *keys)
{
	const char *types[PREFERRED_TYPE_MAX];
	size_t count = 0;

	for (size_t i = 0; i < keys->count && count < PREFERRED_TYPE_MAX; i++)
		if (!keys->items[i].revoked)
			types[count++] = keys->items[i].type;
	if (count > 0)
		ssh_session_prefer(s, types, count);
}

static void hint_trust(const struct ssh_where *w, const char *before, struct err *e)
{
	if (w->target_name)
		err_hint(e, "%s: labctl target trust %s", before, w->target_name);
}

static int wrong_host_key(const struct ssh_where *w, enum ssh_host_verdict verdict, const struct ssh_host_key *line,
			  const void *blob, size_t len, struct err *e)
{
	AUTO_FREE char *path = ssh_hosts_path(w->known_hosts);
	char shown[SSH_FINGERPRINT_BYTES], known_as[SSH_FINGERPRINT_BYTES] = "", type[48] = "";

	ssh_blob_type(blob, len, type, sizeof(type));
	ssh_fingerprint(blob, len, shown);
	if (line)
		ssh_fingerprint(line->blob.text, line->blob.len, known_as);
	if (w->pinned_key)
		return err_set(e, ERR_UNREACHABLE,
			       "%s port %d: another machine answers there: it shows the key %s instead of %s", w->host,
			       w->port, shown, known_as);
	switch (verdict) {
	case SSH_HOST_CHANGED:
		err_set(e, ERR_UNREACHABLE,
			"%s port %d: its host key has changed: it shows the %s key %s, but %s line %u has %s", w->host,
			w->port, type, shown, path, line->line, known_as);
		return err_hint(
			e,
			"another machine may be answering in its place; only when its administrator confirms the new "
			"fingerprint remove line %u of %s, and then run: labctl target trust %s",
			line->line, path, w->target_name ? w->target_name : "NAME");
	case SSH_HOST_REVOKED:
		return err_set(e, ERR_UNREACHABLE, "%s port %d: its %s key %s is revoked by %s line %u", w->host,
			       w->port, type, shown, path, line->line);
	case SSH_HOST_OTHER_TYPE:
		err_set(e, ERR_UNREACHABLE, "%s port %d: its %s key %s is not known: %s has only its %s key", w->host,
			w->port, type, shown, path, line->type);
		break;
	case SSH_HOST_UNKNOWN:
	case SSH_HOST_KNOWN:
		err_set(e, ERR_UNREACHABLE, "%s port %d: unknown host key: its %s key %s is not in %s", w->host,
			w->port, type, shown, path);
		break;
	}
	hint_trust(w, "compare the fingerprint with the machine's own, then", e);
	return -1;
}

static int check_host(const struct ssh_where *w, struct ssh_session *s, struct err *e)
{
	struct ssh_host_keys keys = { 0 };
	const struct ssh_host_key *line = NULL;
	size_t len = 0;
	const void *blob = ssh_session_host_key(s, &len);
	int failed = expected_keys(w, s, &keys, e);

	if (failed == 0) {
		enum ssh_host_verdict verdict = ssh_hosts_judge(&keys, blob, len, &line);
		if (verdict != SSH_HOST_KNOWN)
			failed = wrong_host_key(w, verdict, line, blob, len, e);
	}
	ssh_hosts_free(&keys);
	return failed;
}

/* ---- logging in ---- */

static int no_key_at_all(const char *name, struct err *e)
{
	const char *agent = getenv("SSH_AUTH_SOCK");

	err_set(e, ERR_UNREACHABLE, "%s: no key to log in with: no key_file is given, and %s", name,
		agent && *agent ? "the SSH agent holds none" : "no SSH agent is running");
	return err_hint(e, "name a key_file in the target's file, or load one into an agent: ssh-add FILE");
}

static int locked_key(const struct ssh_where *w, struct err *e)
{
	err_set(e, ERR_UNREACHABLE, "%s: it is protected by a passphrase, and %s", w->key_file,
		w->agent ? "no SSH agent holds it" : "the SSH agent is not to be asked");
	return err_hint(e, "%sssh-add %s", w->agent ? "" : "set agent: true in the target's file, and: ", w->key_file);
}

static int refused(const struct ssh_where *w, struct ssh_session *s, const char *user, const struct ssh_key *key,
		   int64_t deadline_ns, struct err *e)
{
	AUTO_FREE char *name = name_of(w);
	AUTO_FREE char *methods = ssh_session_methods(s, user, deadline_ns);

	if (methods && !strstr(methods, "publickey")) {
		AUTO_STR shown = { 0 };
		str_add_quoted(&shown, methods, STR_TERMINAL);
		err_set(e, ERR_UNREACHABLE, "%s: it does not let %s in with a key, only with: %s", name, user,
			str_text(&shown));
		return err_hint(e, "labctl logs in with keys only: allow PubkeyAuthentication there");
	}
	if (w->key_file && key->encrypted) {
		err_set(e, ERR_UNREACHABLE, "%s: it does not let %s in with the keys of the SSH agent", name, user);
		return err_hint(e, "%s is protected by a passphrase: ssh-add -l tells whether the agent holds it",
				w->key_file);
	}
	err_set(e, ERR_UNREACHABLE, "%s: it does not let %s in with %s", name, user,
		w->key_file ? w->key_file : "the keys of the SSH agent");
	if (strcmp(key->type, "ssh-rsa") == 0 && ssh_session_is_old_library())
		return err_hint(
			e,
			"that is an RSA key: libssh2 %s signs with RSA in the SHA-1 form only, which servers refuse; "
			"use an ed25519 key: ssh-keygen -t ed25519",
			ssh_session_library_version());
	if (w->key_file)
		return err_hint(e, "is user right? else let the key in: ssh-copy-id -p %d -i %s %s@%s", w->port,
				w->key_file, user, w->host);
	return err_hint(e, "is user right? else let a key in: ssh-copy-id -p %d %s@%s", w->port, user, w->host);
}

static int log_in(const struct ssh_where *w, struct ssh_session *s, const struct ssh_key *key, int64_t deadline_ns,
		  struct err *e)
{
	AUTO_FREE char *user = ssh_where_user(w);
	enum ssh_login result = SSH_LOGIN_REFUSED;
	unsigned tried = 0;

	if (w->key_file && !key->encrypted)
		result = ssh_session_login_file(s, user, w->key_file, deadline_ns, e);
	if (result == SSH_LOGIN_REFUSED && w->agent)
		result = ssh_session_login_agent(s, user, key->blob.text, key->blob.len, deadline_ns, &tried, e);
	if (result != SSH_LOGIN_REFUSED)
		return result == SSH_LOGIN_DONE ? 0 : -1;
	if (w->key_file && key->encrypted && tried == 0)
		return locked_key(w, e);
	if (!w->key_file && tried == 0) {
		AUTO_FREE char *name = name_of(w);
		return no_key_at_all(name, e);
	}
	return refused(w, s, user, key, deadline_ns, e);
}

/* ---- opening ---- */

static int connect_to(const struct ssh_where *w, int64_t deadline_ns, pid_t *out_jump_pid, struct err *e)
{
	*out_jump_pid = 0;
	if (w->jump_count > 0)
		return ssh_jump_connect(w, deadline_ns, out_jump_pid, e);
	return ssh_socket_connect(w->host, w->port, deadline_ns, w->retry_refused, e);
}

static struct ssh_session *greet(const struct ssh_where *w, int64_t deadline_ns, bool *out_again, pid_t *out_jump_pid,
				 struct err *e)
{
	AUTO_FREE char *name = name_of(w);
	struct ssh_host_keys keys = { 0 };
	int fd = connect_to(w, deadline_ns, out_jump_pid, e);

	*out_again = false;
	if (fd < 0)
		return NULL;
	struct ssh_session *s = ssh_session_new(fd, name);
	int failed = expected_keys(w, s, &keys, e);
	if (failed == 0) {
		prefer_known(s, &keys);
		failed = ssh_session_handshake(s, deadline_ns, out_again, e);
	}
	ssh_hosts_free(&keys);
	if (failed == 0)
		return s;
	ssh_session_end(s);
	ssh_jump_end(*out_jump_pid);
	*out_jump_pid = 0;
	return NULL;
}

struct ssh_session *ssh_open_to_key(const struct ssh_where *w, int64_t deadline_ns, pid_t *out_jump_pid, struct err *e)
{
	for (unsigned tries = 1;; tries++) {
		int64_t now_ns = clock_now_ns();
		bool short_attempt = w->retry_refused && now_ns + GUEST_ATTEMPT_NS < deadline_ns;
		bool again;
		struct ssh_session *s =
			greet(w, short_attempt ? now_ns + GUEST_ATTEMPT_NS : deadline_ns, &again, out_jump_pid, e);
		if (s)
			return s;
		if (!w->retry_refused && (!again || tries >= GREETING_TRIES))
			return NULL;
		if (clock_now_ns() + GREETING_PAUSE_NS >= deadline_ns)
			return NULL;
		clock_sleep_ns(GREETING_PAUSE_NS);
	}
}

struct ssh_session *ssh_open_session(const struct ssh_where *w, int64_t deadline_ns, pid_t *out_jump_pid, struct err *e)
{
	struct ssh_key key = { 0 };
	struct ssh_session *s = NULL;
	int failed = w->key_file ? ssh_key_read(w->key_file, &key, e) : 0;

	*out_jump_pid = 0;
	if (failed == 0)
		s = ssh_open_to_key(w, deadline_ns, out_jump_pid, e);
	if (s && (check_host(w, s, e) != 0 || log_in(w, s, &key, deadline_ns, e) != 0)) {
		ssh_session_end(s);
		ssh_jump_end(*out_jump_pid);
		s = NULL;
	}
	ssh_key_free(&key);
	return s;
}

struct ssh_link *ssh_link_open(const struct ssh_where *where, struct err *e)
{
	pid_t jump_pid;
	struct ssh_session *s = ssh_open_session(where, clock_deadline_ns(where->connect_limit_ns), &jump_pid, e);

	if (!s)
		return NULL;
	struct ssh_link *l = mem_new(1, sizeof(*l));
	l->session = s;
	l->name = name_of(where);
	l->jump_pid = jump_pid;
	l->idle_limit_ns = where->idle_limit_ns;
	l->keepalive_ns = where->keepalive_ns;
	return l;
}

void ssh_link_close(struct ssh_link *l)
{
	if (!l)
		return;
	ssh_session_end(l->session);
	ssh_jump_end(l->jump_pid);
	free(l->name);
	free(l);
}

bool ssh_link_alive(struct ssh_link *l)
{
	struct ssh_channel *c = ssh_channel_exec(l->session, "true", NULL, clock_deadline_ns(ALIVE_LIMIT_NS), NULL);

	ssh_channel_free(c, ALIVE_LIMIT_NS);
	return c != NULL;
}

int ssh_link_check_idle(struct ssh_link *l, int64_t since_ns, int64_t *out_wake_ns, struct err *e)
{
	int64_t heard_ns = ssh_session_heard_ns(l->session);
	int64_t now_ns = clock_now_ns();
	char limit[32];

	*out_wake_ns = CLOCK_NEVER_NS;
	if (l->idle_limit_ns <= 0)
		return 0;
	if (heard_ns < since_ns)
		heard_ns = since_ns;
	if (now_ns - heard_ns >= l->idle_limit_ns) {
		clock_format_duration(l->idle_limit_ns, limit, sizeof(limit));
		return err_set(e, ERR_LOST, "%s: no sign of life for %s", l->name, limit);
	}
	*out_wake_ns = heard_ns + l->idle_limit_ns;
	if (l->keepalive_ns <= 0)
		return 0;
	int64_t due_ns = (heard_ns > l->asked_ns ? heard_ns : l->asked_ns) + l->keepalive_ns;
	if (now_ns >= due_ns) {
		if (ssh_session_keepalive(l->session, e) != 0)
			return -1;
		l->asked_ns = now_ns;
		due_ns = now_ns + l->keepalive_ns;
	}
	if (due_ns < *out_wake_ns)
		*out_wake_ns = due_ns;
	return 0;
}

/* ---- getting to know a host ---- */

static int trust_shown(const struct ssh_where *w, struct ssh_session *s,
		       bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint),
		       void *ctx, struct err *e)
{
	struct ssh_host_keys keys = { 0 };
	const struct ssh_host_key *line = NULL;
	char type[48] = "", fingerprint[SSH_FINGERPRINT_BYTES];
	size_t len = 0;
	const void *blob = ssh_session_host_key(s, &len);
	int failed = expected_keys(w, s, &keys, e);
	enum ssh_host_verdict verdict = failed ? SSH_HOST_UNKNOWN : ssh_hosts_judge(&keys, blob, len, &line);

	if (failed == 0 && (verdict == SSH_HOST_CHANGED || verdict == SSH_HOST_REVOKED))
		failed = wrong_host_key(w, verdict, line, blob, len, e);
	ssh_hosts_free(&keys);
	if (failed != 0 || verdict == SSH_HOST_KNOWN)
		return failed;
	AUTO_FREE char *path = ssh_hosts_path(w->known_hosts);
	AUTO_FREE char *name = ssh_host_name(w->host, w->port);
	ssh_blob_type(blob, len, type, sizeof(type));
	ssh_fingerprint(blob, len, fingerprint);
	if (!ask(ctx, name, type, fingerprint))
		return err_set(e, ERR_UNREACHABLE, "%s: its key is not trusted", name);
	return ssh_hosts_add(path, name, blob, len, e);
}

int ssh_link_trust(const struct ssh_where *where,
		   bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint), void *ctx,
		   struct err *e)
{
	pid_t jump_pid;
	struct ssh_session *s = ssh_open_to_key(where, clock_deadline_ns(where->connect_limit_ns), &jump_pid, e);

	if (!s)
		return -1;
	int failed = trust_shown(where, s, ask, ctx, e);
	ssh_session_end(s);
	ssh_jump_end(jump_pid);
	return failed;
}

const char *ssh_link_library_version(void)
{
	return ssh_session_library_version();
}
