#include "target/ssh_session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libssh2.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define GOODBYE_LIMIT_NS  (200 * NS_PER_MS)
#define STALL_LIMIT_NS	  (90 * NS_PER_S) /* a socket that takes nothing for so long is broken */
#define WINDOW_BYTES	  (8 * 1024 * 1024)
#define COMMAND_MAX_BYTES (30 * 1024)

struct ssh_session {
	LIBSSH2_SESSION *lib;
	int fd;
	char *name;
	int64_t heard_ns;  /* 0: nothing yet */
	char greeting[64]; /* the first bytes that arrived */
	size_t greeting_len;
};

struct ssh_channel {
	struct ssh_session *session;
	LIBSSH2_CHANNEL *lib;
};

/* Calls again until it is no longer "not now", or the deadline passed; then rc is still LIBSSH2_ERROR_EAGAIN. */
#define TRY_UNTIL(session, deadline_ns, rc, call)                                                                      \
	do                                                                                                             \
		(rc) = (call);                                                                                         \
	while ((rc) == LIBSSH2_ERROR_EAGAIN && wait_ready(session, deadline_ns))

static bool wait_ready(const struct ssh_session *s, int64_t deadline_ns)
{
	struct pollfd socket = { .fd = s->fd, .events = ssh_session_events(s) };

	for (;;) {
		int ready = poll(&socket, 1, clock_poll_ms(deadline_ns));
		if (ready > 0)
			return true;
		if (ready == 0 || errno != EINTR)
			return false;
	}
}

/* Our own, to know when the other side was last heard of. Returns as libssh2 wants it: a negative errno. */
static LIBSSH2_RECV_FUNC(hear)
{
	struct ssh_session *s = *abstract;
	ssize_t got;

	do
		got = recv(socket, buffer, length, flags);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	if (got > 0) {
		s->heard_ns = clock_now_ns();
		size_t room = sizeof(s->greeting) - s->greeting_len;
		size_t keep = (size_t)got < room ? (size_t)got : room;
		memcpy(s->greeting + s->greeting_len, buffer, keep);
		s->greeting_len += keep;
	}
	return got;
}

static void start_library(void)
{
	static bool started;

	if (!started)
		libssh2_init(0);
	started = true;
}

const char *ssh_session_library_version(void)
{
	return libssh2_version(0);
}

bool ssh_session_is_old_library(void)
{
	return libssh2_version(0x010b00) == NULL;
}

struct ssh_session *ssh_session_new(int fd, const char *name)
{
	struct ssh_session *s = mem_new(1, sizeof(*s));

	start_library();
	s->fd = fd;
	s->name = mem_dup(name);
	s->lib = libssh2_session_init_ex(NULL, NULL, NULL, s);
	if (!s->lib) /* only for want of memory */
		abort();
	libssh2_session_callback_set(s->lib, LIBSSH2_CALLBACK_RECV, (void *)hear);
	libssh2_session_set_blocking(s->lib, 0);
	return s;
}

int ssh_session_fd(const struct ssh_session *s)
{
	return s->fd;
}

short ssh_session_events(const struct ssh_session *s)
{
	bool out = libssh2_session_block_directions(s->lib) & LIBSSH2_SESSION_BLOCK_OUTBOUND;

	return out ? POLLIN | POLLOUT : POLLIN;
}

int64_t ssh_session_heard_ns(const struct ssh_session *s)
{
	return s->heard_ns;
}

static const char *last_error(struct ssh_session *s)
{
	char *text = NULL;

	libssh2_session_last_error(s->lib, &text, NULL, 0);
	return text && *text ? text : "no reason given";
}

static int fail(struct ssh_session *s, enum err_code code, const char *what, struct err *e)
{
	AUTO_STR why = { 0 };

	str_add_quoted(&why, last_error(s), STR_TERMINAL);
	return err_set(e, code, "%s: %s: %s", s->name, what, str_text(&why));
}

/* ---- greeting and keys ---- */

void ssh_session_prefer(struct ssh_session *s, const char *const *key_types, size_t count)
{
	static const char *const all[] = { "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
					   "ecdsa-sha2-nistp521", "ssh-rsa" };
	AUTO_STR list = { 0 };

	for (size_t i = 0; i < count + COUNT_OF(all); i++) {
		const char *type = i < count ? key_types[i] : all[i - count];
		AUTO_FREE char *item = mem_printf("%s,", type);
		if (!strstr(str_text(&list), item))
			str_add(&list, item);
	}
	str_cut(&list, list.len - 1);
	/* What this libssh2 does not know it leaves out. */
	libssh2_session_method_pref(s->lib, LIBSSH2_METHOD_HOSTKEY, str_text(&list));
}

static int no_common_algorithm(struct ssh_session *s, struct err *e)
{
	err_set(e, ERR_UNREACHABLE, "%s: no way to exchange keys that both sides know", s->name);
	if (!ssh_session_is_old_library())
		return -1;
	return err_hint(e,
			"libssh2 %s knows RSA host keys with SHA-1 only, which servers refuse: give the server an "
			"ed25519 host key "
			"(ssh-keygen -A there)",
			ssh_session_library_version());
}

static int no_greeting(struct ssh_session *s, struct err *e)
{
	AUTO_STR said = { 0 };

	if (s->greeting_len == 0)
		return err_set(e, ERR_UNREACHABLE, "%s: it closed the connection before it said anything", s->name);
	AUTO_FREE char *text = mem_dup_bytes(s->greeting, s->greeting_len);
	text[strcspn(text, "\r\n")] = '\0';
	str_add_quoted(&said, text, STR_TERMINAL);
	err_set(e, ERR_UNREACHABLE, "%s: it says '%s', which is no SSH greeting", s->name, str_text(&said));
	return err_hint(e, "is that the port of an SSH server?");
}

static int handshake_too_slow(struct ssh_session *s, struct err *e)
{
	if (s->heard_ns == 0) {
		err_set(e, ERR_UNREACHABLE, "%s: it accepts connections but says nothing", s->name);
		return err_hint(e, "is that the port of an SSH server, and is that machine well?");
	}
	return err_set(e, ERR_UNREACHABLE, "%s: it greets, but does not exchange keys in time", s->name);
}

int ssh_session_handshake(struct ssh_session *s, int64_t deadline_ns, bool *out_again, struct err *e)
{
	int rc;

	*out_again = false;
	TRY_UNTIL(s, deadline_ns, rc, libssh2_session_handshake(s->lib, s->fd));
	bool greeted = s->greeting_len >= 4 && memcmp(s->greeting, "SSH-", 4) == 0;
	switch (rc) {
	case 0:
		return 0;
	case LIBSSH2_ERROR_EAGAIN:
		return handshake_too_slow(s, e);
	case LIBSSH2_ERROR_KEX_FAILURE:
	case LIBSSH2_ERROR_METHOD_NONE:
		if (greeted)
			return no_common_algorithm(s, e);
		break;
	case LIBSSH2_ERROR_SOCKET_DISCONNECT:
	case LIBSSH2_ERROR_SOCKET_RECV:
	case LIBSSH2_ERROR_SOCKET_SEND:
	case LIBSSH2_ERROR_BANNER_RECV:
	case LIBSSH2_ERROR_BANNER_SEND:
		*out_again = true;
		break;
	}
	return greeted ? fail(s, ERR_UNREACHABLE, "the key exchange failed", e) : no_greeting(s, e);
}

const void *ssh_session_host_key(struct ssh_session *s, size_t *out_len)
{
	int type;

	return libssh2_session_hostkey(s->lib, out_len, &type);
}

bool ssh_session_is_hashed_name(struct ssh_session *s, const char *hashed, const char *name)
{
	LIBSSH2_KNOWNHOSTS *hosts = libssh2_knownhost_init(s->lib);
	/* libssh2 wants a whole line with a key of believable length; which one plays no part. */
	AUTO_FREE char *line = mem_printf("%s ssh-ed25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", hashed);
	bool is_it = false;

	if (hosts && libssh2_knownhost_readline(hosts, line, strlen(line), LIBSSH2_KNOWNHOST_FILE_OPENSSH) == 0) {
		int found = libssh2_knownhost_check(hosts, name, "x", 1,
						    LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW, NULL);
		is_it = found == LIBSSH2_KNOWNHOST_CHECK_MATCH || found == LIBSSH2_KNOWNHOST_CHECK_MISMATCH;
	}
	if (hosts)
		libssh2_knownhost_free(hosts);
	return is_it;
}

/* ---- logging in ---- */

static enum ssh_login login_result(struct ssh_session *s, int rc, struct err *e)
{
	switch (rc) {
	case 0:
		return SSH_LOGIN_DONE;
	case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
	case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
		return SSH_LOGIN_REFUSED;
	case LIBSSH2_ERROR_EAGAIN:
		err_set(e, ERR_UNREACHABLE, "%s: it did not answer the log-in in time", s->name);
		return SSH_LOGIN_BROKEN;
	default:
		fail(s, ERR_UNREACHABLE, "logging in failed", e);
		return SSH_LOGIN_BROKEN;
	}
}

enum ssh_login ssh_session_login_file(struct ssh_session *s, const char *user, const char *key_file,
				      int64_t deadline_ns, struct err *e)
{
	int rc;

	TRY_UNTIL(s, deadline_ns, rc,
		  libssh2_userauth_publickey_fromfile_ex(s->lib, user, (unsigned)strlen(user), NULL, key_file, ""));
	if (rc == LIBSSH2_ERROR_FILE || rc == LIBSSH2_ERROR_METHOD_NONE) {
		err_set(e, ERR_UNREACHABLE, "%s: libssh2 %s cannot use the key", key_file,
			ssh_session_library_version());
		err_hint(e, "make an ed25519 key: ssh-keygen -t ed25519");
		return SSH_LOGIN_BROKEN;
	}
	return login_result(s, rc, e);
}

static bool is_first(const struct libssh2_agent_publickey *key, const void *first, size_t first_len)
{
	return first && key->blob_len == first_len && memcmp(key->blob, first, first_len) == 0;
}

static enum ssh_login offer(struct ssh_session *s, LIBSSH2_AGENT *agent, const char *user,
			    struct libssh2_agent_publickey *key, int64_t deadline_ns, struct err *e)
{
	int rc;

	TRY_UNTIL(s, deadline_ns, rc, libssh2_agent_userauth(agent, user, key));
	/* An agent that has the key but will not sign is as good as one without it. */
	if (rc == LIBSSH2_ERROR_AGENT_PROTOCOL)
		return SSH_LOGIN_REFUSED;
	return login_result(s, rc, e);
}

static enum ssh_login offer_all(struct ssh_session *s, LIBSSH2_AGENT *agent, const char *user, const void *first,
				size_t first_len, int64_t deadline_ns, unsigned *out_tried, struct err *e)
{
	for (int round = first ? 0 : 1; round < 2; round++) {
		struct libssh2_agent_publickey *key = NULL;
		while (libssh2_agent_get_identity(agent, &key, key) == 0) {
			if (is_first(key, first, first_len) != (round == 0))
				continue;
			++*out_tried;
			enum ssh_login result = offer(s, agent, user, key, deadline_ns, e);
			if (result != SSH_LOGIN_REFUSED)
				return result;
		}
	}
	return SSH_LOGIN_REFUSED;
}

enum ssh_login ssh_session_login_agent(struct ssh_session *s, const char *user, const void *first, size_t first_len,
				       int64_t deadline_ns, unsigned *out_tried, struct err *e)
{
	enum ssh_login result = SSH_LOGIN_REFUSED;
	LIBSSH2_AGENT *agent = libssh2_agent_init(s->lib);

	*out_tried = 0;
	if (agent && libssh2_agent_connect(agent) == 0) {
		if (libssh2_agent_list_identities(agent) == 0)
			result = offer_all(s, agent, user, first, first_len, deadline_ns, out_tried, e);
		libssh2_agent_disconnect(agent);
	}
	if (agent)
		libssh2_agent_free(agent);
	return result;
}

char *ssh_session_methods(struct ssh_session *s, const char *user, int64_t deadline_ns)
{
	char *list;

	do
		list = libssh2_userauth_list(s->lib, user, (unsigned)strlen(user));
	while (!list && libssh2_session_last_errno(s->lib) == LIBSSH2_ERROR_EAGAIN && wait_ready(s, deadline_ns));
	return mem_dup(list);
}

void ssh_session_end(struct ssh_session *s)
{
	int64_t deadline_ns = clock_deadline_ns(GOODBYE_LIMIT_NS);
	int rc;

	if (!s)
		return;
	TRY_UNTIL(s, deadline_ns, rc, libssh2_session_disconnect(s->lib, "done"));
	TRY_UNTIL(s, deadline_ns, rc, libssh2_session_free(s->lib));
	/* A session that cannot be freed for a stuck channel stays in memory: its process ends soon. */
	close(s->fd);
	free(s->name);
	if (rc == 0)
		free(s);
}

/* A packet that goes out only in part would have to be finished before any other; so none is begun without room for it.
 */
int ssh_session_keepalive(struct ssh_session *s, struct err *e)
{
	struct pollfd socket = { .fd = s->fd, .events = POLLOUT };
	int next_s;

	if (poll(&socket, 1, 0) <= 0 || !(socket.revents & POLLOUT))
		return 0;
	libssh2_keepalive_config(s->lib, 1, 2); /* at least 2 seconds apart: it knows no less */
	if (libssh2_keepalive_send(s->lib, &next_s) == 0)
		return 0;
	return fail(s, ERR_LOST, "the connection broke", e);
}

/* ---- channels ---- */

static struct ssh_channel *channel_of(struct ssh_session *s, LIBSSH2_CHANNEL *lib)
{
	struct ssh_channel *c = mem_new(1, sizeof(*c));

	c->session = s;
	c->lib = lib;
	return c;
}

/* libssh2 cannot begin another packet before one that went out in part is finished by the very same call. So such a
 * call is repeated here, without reading: an SSH server takes what is within its window whatever it has to send itself.
 */
static bool is_half_sent(const struct ssh_session *s, int64_t deadline_ns)
{
	struct pollfd socket = { .fd = s->fd, .events = POLLOUT };

	if (!(libssh2_session_block_directions(s->lib) & LIBSSH2_SESSION_BLOCK_OUTBOUND))
		return false;
	while (poll(&socket, 1, clock_poll_ms(deadline_ns)) < 0 && errno == EINTR)
		;
	return clock_now_ns() < deadline_ns;
}

#define FINISH_PACKET(session, rc, call)                                                                               \
	do {                                                                                                           \
		int64_t stalled_ns_ = clock_deadline_ns(STALL_LIMIT_NS);                                               \
		do                                                                                                     \
			(rc) = (call);                                                                                 \
		while ((rc) == LIBSSH2_ERROR_EAGAIN && is_half_sent(session, stalled_ns_));                            \
	} while (0)

static LIBSSH2_CHANNEL *open_channel(struct ssh_session *s, int64_t deadline_ns)
{
	LIBSSH2_CHANNEL *lib;

	do
		lib = libssh2_channel_open_ex(s->lib, "session", strlen("session"), WINDOW_BYTES,
					      LIBSSH2_CHANNEL_PACKET_DEFAULT, NULL, 0);
	while (!lib && libssh2_session_last_errno(s->lib) == LIBSSH2_ERROR_EAGAIN && wait_ready(s, deadline_ns));
	return lib;
}

static int channel_failed(struct ssh_session *s, const char *what, struct err *e)
{
	if (libssh2_session_last_errno(s->lib) == LIBSSH2_ERROR_EAGAIN)
		return err_set(e, ERR_LOST, "%s: no answer in time: %s", s->name, what);
	return fail(s, ERR_LOST, what, e);
}

static int ask_terminal(struct ssh_channel *c, const struct ssh_terminal *terminal, int64_t deadline_ns)
{
	int rc;

	TRY_UNTIL(c->session, deadline_ns, rc,
		  libssh2_channel_request_pty_ex(c->lib, terminal->name, (unsigned)strlen(terminal->name), NULL, 0,
						 terminal->columns, terminal->rows, 0, 0));
	return rc;
}

struct ssh_channel *ssh_channel_exec(struct ssh_session *s, const char *command, const struct ssh_terminal *terminal,
				     int64_t deadline_ns, struct err *e)
{
	int rc = 0;

	if (strlen(command) > COMMAND_MAX_BYTES) { /* libssh2 sends a request as one packet */
		err_set(e, ERR_CONFIG, "a command of %zu bytes is too long for SSH", strlen(command));
		return NULL;
	}
	LIBSSH2_CHANNEL *lib = open_channel(s, deadline_ns);
	if (!lib) {
		channel_failed(s, "cannot open a channel", e);
		return NULL;
	}
	struct ssh_channel *c = channel_of(s, lib);
	if (terminal)
		rc = ask_terminal(c, terminal, deadline_ns);
	if (rc == 0)
		TRY_UNTIL(s, deadline_ns, rc,
			  libssh2_channel_process_startup(lib, "exec", strlen("exec"), command,
							  (unsigned)strlen(command)));
	if (rc == 0)
		return c;
	channel_failed(s, "it does not start commands", e);
	ssh_channel_free(c, GOODBYE_LIMIT_NS);
	return NULL;
}

struct ssh_channel *ssh_channel_tcp(struct ssh_session *s, const char *host, int port, int64_t deadline_ns,
				    struct err *e)
{
	LIBSSH2_CHANNEL *lib;

	do
		lib = libssh2_channel_direct_tcpip_ex(s->lib, host, port, "127.0.0.1", 22);
	while (!lib && libssh2_session_last_errno(s->lib) == LIBSSH2_ERROR_EAGAIN && wait_ready(s, deadline_ns));
	if (lib)
		return channel_of(s, lib);
	AUTO_FREE char *what = mem_printf("it cannot pass on to %s port %d", host, port);
	channel_failed(s, what, e);
	if (e)
		e->code = ERR_UNREACHABLE;
	return NULL;
}

ssize_t ssh_channel_read(struct ssh_channel *c, int stream, void *data, size_t room, struct err *e)
{
	ssize_t rc;

	FINISH_PACKET(c->session, rc, libssh2_channel_read_ex(c->lib, stream, data, room));
	if (rc >= 0)
		return rc;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return 0;
	return fail(c->session, ERR_LOST, "the connection broke", e);
}

ssize_t ssh_channel_write(struct ssh_channel *c, const void *data, size_t len, struct err *e)
{
	ssize_t rc;

	FINISH_PACKET(c->session, rc, libssh2_channel_write_ex(c->lib, 0, data, len));
	if (rc >= 0)
		return rc;
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return 0;
	if (rc == LIBSSH2_ERROR_CHANNEL_CLOSED || rc == LIBSSH2_ERROR_CHANNEL_EOF_SENT)
		return (ssize_t)len;
	return fail(c->session, ERR_LOST, "the connection broke", e);
}

int ssh_channel_send_end(struct ssh_channel *c, struct err *e)
{
	int rc;

	FINISH_PACKET(c->session, rc, libssh2_channel_send_eof(c->lib));
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return 1;
	return rc == 0 ? 0 : fail(c->session, ERR_LOST, "the connection broke", e);
}

bool ssh_channel_at_end(struct ssh_channel *c)
{
	return libssh2_channel_eof(c->lib) == 1;
}

bool ssh_channel_is_closed(struct ssh_channel *c)
{
	return ssh_channel_at_end(c) && libssh2_channel_wait_closed(c->lib) == 0;
}

int ssh_channel_exit(struct ssh_channel *c, int64_t deadline_ns)
{
	int rc;

	TRY_UNTIL(c->session, deadline_ns, rc, libssh2_channel_wait_closed(c->lib));
	return rc == 0 ? libssh2_channel_get_exit_status(c->lib) : 0;
}

void ssh_channel_resize(struct ssh_channel *c, int columns, int rows)
{
	int rc;

	FINISH_PACKET(c->session, rc, libssh2_channel_request_pty_size_ex(c->lib, columns, rows, 0, 0));
}

void ssh_channel_free(struct ssh_channel *c, int64_t limit_ns)
{
	int64_t deadline_ns = clock_deadline_ns(limit_ns);
	int rc;

	if (!c)
		return;
	TRY_UNTIL(c->session, deadline_ns, rc, libssh2_channel_free(c->lib));
	free(c);
}
