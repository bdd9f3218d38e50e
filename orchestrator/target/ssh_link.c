#include "target/ssh_link.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/ssh_hosts.h"
#include "target/ssh_login.h"
#include "target/ssh_pump.h"
#include "target/ssh_shell.h"
#include "target/ssh_tcp.h"

#define JUMPS_MAX	8
#define RETRY_PAUSE_NS	(100 * NS_PER_MS)
#define BUSY_TRIES	20 /* of a server that closes before it greets, as one does that has too many beginners */
#define ALIVE_LIMIT_NS	(5 * NS_PER_S)
#define GOODBYE_NS	(200 * NS_PER_MS)
#define INPUT_BYTES	32768
#define OUTPUT_BYTES	65536

struct ssh_link {
	struct ssh_session *session;
	char *name;
	pid_t pumps[JUMPS_MAX]; /* one for each host on the way */
	size_t pump_count;
	int64_t idle_limit_ns, keepalive_ns;
};

/* One host of the way: a jump, or the target itself. */
struct stop {
	const char *host;
	int port;
	struct ssh_identity who;
	const char *pinned_key;
	char *name; /* "host port 22" */
};

typedef bool trust_fn(void *ctx, const char *host, const char *key_type, const char *fingerprint);

struct way {
	const struct ssh_where *where;
	struct ssh_link *link;
	int64_t deadline_ns;
	trust_fn *ask; /* NULL: an unknown key is an error */
	void *ctx;
};

static int fail_unknown(const struct stop *stop, const struct host_key *key, struct err *e)
{
	AUTO_STR type = { 0 };
	AUTO_STR print = { 0 };

	host_key_type(key, &type);
	host_key_fingerprint(key, &print);
	err_set(e, ERR_UNREACHABLE, "%s: its host key is not known: %s %s", stop->name, str_text(&type), str_text(&print));
	return err_hint(e, "compare it with what the host's owner says, then: labctl target trust NAME");
}

static int fail_changed(const struct stop *stop, const struct host_key *key, const char *known, const char *file, struct err *e)
{
	AUTO_STR type = { 0 };
	AUTO_STR print = { 0 };

	host_key_type(key, &type);
	host_key_fingerprint(key, &print);
	err_set(e, ERR_UNREACHABLE, "%s: its host key has CHANGED: it shows %s %s, known is %s", stop->name, str_text(&type),
		str_text(&print), known);
	return err_hint(e, "somebody may be in between. Ask the host's owner; only if the new key is right, remove the old line from %s", file);
}

static int ask_trust(const struct way *w, const struct stop *stop, const struct host_key *key, struct err *e)
{
	AUTO_STR type = { 0 };
	AUTO_STR print = { 0 };
	AUTO_STR name = { 0 };

	host_key_type(key, &type);
	host_key_fingerprint(key, &print);
	host_name(stop->host, stop->port, &name);
	if (!w->ask(w->ctx, str_text(&name), str_text(&type), str_text(&print)))
		return err_set(e, ERR_UNREACHABLE, "%s: its host key is not trusted", stop->name);
	return known_hosts_add(w->where->known_hosts, stop->host, stop->port, key, e);
}

static int check_pinned(const struct stop *stop, const struct host_key *key, struct err *e)
{
	AUTO_STR shown = { 0 };
	size_t len = strcspn(stop->pinned_key, " \n");
	const char *pinned = stop->pinned_key + len + strspn(stop->pinned_key + len, " ");

	host_key_base64(key, &shown);
	if (!strncmp(pinned, str_text(&shown), shown.len) && (!pinned[shown.len] || strchr(" \r\n", pinned[shown.len])))
		return 0;
	return err_set(e, ERR_UNREACHABLE, "%s: it shows another host key than the one that its image was made with", stop->name);
}

static int check_key(const struct way *w, const struct stop *stop, struct ssh_session *s, struct err *e)
{
	struct host_key key;
	enum host_key_word word;
	AUTO_STR known = { 0 };

	key.blob = ssh_session_host_key(s, &key.len);
	if (!key.blob)
		return err_set(e, ERR_UNREACHABLE, "%s: it shows no host key", stop->name);
	if (stop->pinned_key)
		return check_pinned(stop, &key, e);
	if (known_hosts_look(w->where->known_hosts, s, stop->host, stop->port, &key, &word, &known, e))
		return -1;
	switch (word) {
	case HOST_KEY_KNOWN:
		return 0;
	case HOST_KEY_UNKNOWN:
		return w->ask ? ask_trust(w, stop, &key, e) : fail_unknown(stop, &key, e);
	case HOST_KEY_CHANGED:
		return fail_changed(stop, &key, str_text(&known), w->where->known_hosts, e);
	case HOST_KEY_REVOKED:
		return err_set(e, ERR_UNREACHABLE, "%s: its host key is marked as revoked in %s", stop->name, w->where->known_hosts);
	}
	return err_set(e, ERR_INTERNAL, "%s: a host key of no kind", stop->name);
}

/* Greeting and keys over a connected socket, which is taken. */
static struct ssh_session *greet(const struct way *w, const struct stop *stop, int fd, bool *out_again, struct err *e)
{
	struct ssh_session *s = ssh_session_new(fd, stop->name);
	const char *types[8];
	size_t count = 0;

	if (stop->pinned_key)
		types[count++] = "ssh-ed25519";
	else
		count = known_hosts_types(w->where->known_hosts, s, stop->host, stop->port, types, COUNT_OF(types));
	ssh_session_prefer(s, types, count);
	if (!ssh_session_handshake(s, w->deadline_ns, out_again, e))
		return s;
	ssh_session_end(s);
	return NULL;
}

/* The first host of the way is reached by TCP. A guest that boots refuses; a busy server closes: both are tried again within the limit. */
static struct ssh_session *greet_first(const struct way *w, const struct stop *stop, struct err *e)
{
	for (unsigned tries = 1;; tries++) {
		bool again = false;
		int fd = ssh_tcp_connect(stop->host, stop->port, w->deadline_ns, &again, e);
		struct ssh_session *s = fd < 0 ? NULL : greet(w, stop, fd, &again, e);

		if (s)
			return s;
		again = again && (w->where->retry_refused || (fd >= 0 && tries < BUSY_TRIES));
		if (!again || clock_now_ns() + RETRY_PAUSE_NS > w->deadline_ns)
			return NULL;
		clock_sleep_ns(RETRY_PAUSE_NS);
	}
}

static struct ssh_session *reach(struct way *w, const struct stop *stop, struct ssh_session *before, struct err *e)
{
	bool again;
	int fd;

	if (!before)
		return greet_first(w, stop, e);
	fd = ssh_pump_start(before, stop->host, stop->port, w->deadline_ns, &w->link->pumps[w->link->pump_count], e);
	if (fd < 0)
		return NULL;
	w->link->pump_count++;
	return greet(w, stop, fd, &again, e);
}

/* From the hosts before to this one, known and logged in. `before` is used up in any case. */
static struct ssh_session *step(struct way *w, const struct stop *stop, struct ssh_session *before, struct err *e)
{
	struct ssh_session *s = reach(w, stop, before, e);

	if (s && !check_key(w, stop, s, e) && !ssh_login(s, &stop->who, stop->name, w->deadline_ns, e))
		return s;
	ssh_session_end(s);
	return NULL;
}

static void set_stop(const struct ssh_where *where, size_t at, struct stop *out)
{
	const struct ssh_hop *hop = at < where->jump_count ? &where->jumps[at] : NULL;

	*out = (struct stop){
		.host = hop ? hop->host : where->host,
		.port = hop ? (int)hop->port : where->port,
		.pinned_key = hop ? NULL : where->pinned_key,
		.who = {
			.user = hop && hop->user ? hop->user : where->user,
			.key_file = hop && hop->key_file ? hop->key_file : where->key_file,
			.agent = where->agent,
		},
	};
	out->name = mem_printf("%s port %d", out->host, out->port);
}

static int walk(struct way *w, struct err *e)
{
	struct ssh_session *s = NULL;

	if (w->where->jump_count > JUMPS_MAX)
		return err_set(e, ERR_CONFIG, "more than %d jump hosts", JUMPS_MAX);
	for (size_t at = 0; at <= w->where->jump_count; at++) {
		struct stop stop;

		set_stop(w->where, at, &stop);
		s = step(w, &stop, s, e);
		if (s && at == w->where->jump_count)
			w->link->name = TAKE(stop.name);
		free(stop.name);
		if (!s)
			return -1;
	}
	w->link->session = s;
	return 0;
}

static struct ssh_link *open_link(const struct ssh_where *where, trust_fn *ask, void *ctx, struct err *e)
{
	struct ssh_link *l = mem_new(1, sizeof(*l));
	struct way w = { .where = where, .link = l, .deadline_ns = clock_deadline_ns(where->connect_limit_ns), .ask = ask, .ctx = ctx };

	l->idle_limit_ns = where->idle_limit_ns;
	l->keepalive_ns = where->keepalive_ns;
	if (!walk(&w, e))
		return l;
	ssh_link_close(l);
	return NULL;
}

struct ssh_link *ssh_link_open(const struct ssh_where *where, struct err *e)
{
	return open_link(where, NULL, NULL, e);
}

int ssh_link_trust(const struct ssh_where *where, bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint),
		   void *ctx, struct err *e)
{
	struct ssh_link *l = open_link(where, ask, ctx, e);

	ssh_link_close(l);
	return l ? 0 : -1;
}

void ssh_link_close(struct ssh_link *l)
{
	if (!l)
		return;
	ssh_session_end(l->session);
	for (size_t i = l->pump_count; i-- > 0;)
		ssh_pump_end(l->pumps[i]);
	free(l->name);
	free(l);
}

const char *ssh_link_library_version(void)
{
	return ssh_session_library_version();
}

/* ---- a command ---- */

struct command {
	struct ssh_link *link;
	struct ssh_channel *channel;
	const struct driver_exec *x;
	char input[INPUT_BYTES];
	size_t input_at, input_len;
	bool input_read, input_done; /* its end was read; its end was sent */
	int64_t begun_ns, printed_ns, asked_ns;
	bool moved; /* in this round */
};

/* -1: the link broke; -2: the caller's own function failed. */
static int move_input(struct command *c, struct err *e)
{
	ssize_t count;

	if (c->input_done)
		return 0;
	if (!c->input_len && !c->input_read) {
		count = c->x->input ? c->x->input(c->x->ctx, c->input, sizeof(c->input), e) : 0;
		if (count < 0)
			return -2;
		c->input_at = 0;
		c->input_len = (size_t)count;
		c->input_read = !count;
	}
	if (c->input_len) {
		count = ssh_channel_write(c->channel, c->input + c->input_at, c->input_len, e);
		if (count < 0)
			return -1;
		c->input_at += (size_t)count;
		c->input_len -= (size_t)count;
		c->moved |= count > 0;
	} else if (c->input_read) {
		int sent = ssh_channel_send_end(c->channel, e);

		if (sent < 0)
			return -1;
		c->input_done = !sent;
	}
	return 0;
}

static int move_output(struct command *c, int stream, struct err *e)
{
	char data[OUTPUT_BYTES];
	ssize_t got = ssh_channel_read(c->channel, stream, data, sizeof(data), e);

	if (got < 0)
		return -1;
	if (!got)
		return 0;
	c->moved = true;
	c->printed_ns = clock_now_ns();
	if (c->x->output && c->x->output(c->x->ctx, stream == SSH_STREAM_ERR ? TARGET_ERR : TARGET_OUT, data, (size_t)got, e))
		return -2;
	return 0;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static int64_t after(int64_t from_ns, int64_t limit_ns)
{
	return limit_ns > 0 ? from_ns + limit_ns : CLOCK_NEVER_NS;
}

/* A sign of life is asked for when nothing was heard for a while; a link on which nothing comes for the idle limit is lost. */
static int look_after_link(struct command *c, int64_t now_ns, struct err *e)
{
	struct ssh_link *l = c->link;
	int64_t heard_ns = ssh_session_heard_ns(l->session);

	if (now_ns >= after(heard_ns, l->idle_limit_ns)) {
		char took[32];

		clock_format_duration(now_ns - heard_ns, took, sizeof(took));
		return err_set(e, ERR_LOST, "%s: not heard of for %s", l->name, took);
	}
	if (now_ns < after(heard_ns > c->asked_ns ? heard_ns : c->asked_ns, l->keepalive_ns))
		return 0;
	c->asked_ns = now_ns;
	return ssh_session_keepalive(l->session, e);
}

static void wait_for_more(struct command *c)
{
	int64_t heard_ns = ssh_session_heard_ns(c->link->session);
	int64_t until_ns = earlier(after(c->begun_ns, c->x->limit_ns), after(c->printed_ns, c->x->silence_limit_ns));
	struct pollfd socket = { .fd = ssh_session_fd(c->link->session), .events = ssh_session_events(c->link->session) };

	until_ns = earlier(until_ns, after(heard_ns, c->link->idle_limit_ns));
	until_ns = earlier(until_ns, after(heard_ns > c->asked_ns ? heard_ns : c->asked_ns, c->link->keepalive_ns));
	poll(&socket, 1, clock_poll_ms(until_ns));
}

/* 1: *out says how it ended; 0: not yet; -1: the caller's function failed. */
static int round_of(struct command *c, enum driver_ending *out, struct err *e)
{
	int64_t now_ns;
	int status;

	c->moved = false;
	status = move_input(c, e);
	for (int stream = SSH_STREAM_OUT; !status && stream <= SSH_STREAM_ERR; stream++)
		status = move_output(c, stream, e);
	if (status == -2)
		return -1;
	now_ns = clock_now_ns();
	if (status || look_after_link(c, now_ns, e)) {
		*out = DRIVER_LOST;
		return 1;
	}
	if (c->moved)
		return 0;
	if (ssh_channel_at_end(c->channel))
		*out = DRIVER_ENDED;
	else if (now_ns >= after(c->begun_ns, c->x->limit_ns))
		*out = DRIVER_TIMED_OUT;
	else if (now_ns >= after(c->printed_ns, c->x->silence_limit_ns))
		*out = DRIVER_SILENT;
	else
		return 0;
	return 1;
}

int ssh_link_exec(struct ssh_link *l, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	struct command *c = mem_new(1, sizeof(*c));
	int64_t open_limit_ns = l->idle_limit_ns > 0 ? l->idle_limit_ns : 60 * NS_PER_S;
	int status = 0;

	*out = DRIVER_LOST;
	c->link = l;
	c->x = x;
	c->begun_ns = c->printed_ns = c->asked_ns = clock_now_ns();
	c->channel = ssh_channel_exec(l->session, x->command, NULL, clock_deadline_ns(open_limit_ns), e);
	while (c->channel && !(status = round_of(c, out, e)))
		if (!c->moved)
			wait_for_more(c);
	/* A command that still runs keeps its channel open: closing does not wait for it. */
	ssh_channel_free(c->channel, *out == DRIVER_LOST ? 0 : GOODBYE_NS);
	free(c);
	return status < 0 ? -1 : 0;
}

bool ssh_link_alive(struct ssh_link *l)
{
	struct ssh_channel *c = ssh_channel_exec(l->session, "true", NULL, clock_deadline_ns(ALIVE_LIMIT_NS), NULL);

	ssh_channel_free(c, GOODBYE_NS);
	return c != NULL;
}

int ssh_link_shell(struct ssh_link *l, const char *command, struct err *e)
{
	return ssh_shell(l->session, command, e);
}
