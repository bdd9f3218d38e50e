#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/ssh_inside.h"

#define CHUNK_BYTES    (64 * 1024)
#define CLOSE_LIMIT_NS (2 * NS_PER_S)

/* In single quotes every shell leaves alone what is not ' \ ! or a new line; those go through printf's %b. */
void ssh_encode_command(const char *command, struct str *out)
{
	str_add(out, "exec sh -c 'eval \"$(printf %b \"$0\")\"' '");
	for (; *command; command++) {
		if (strchr("'\\!\n", *command))
			str_addf(out, "\\0%03o", (unsigned char)*command);
		else
			str_add_char(out, *command);
	}
	str_add_char(out, '\'');
}

struct pump {
	struct ssh_link *link;
	struct ssh_channel *channel;
	const struct driver_exec *x;
	char *arrived; /* CHUNK_BYTES */
	char *pending; /* CHUNK_BYTES that x->input gave */
	size_t pending_len, pending_done;
	bool input_ended, end_sent;
	int64_t begun_ns, printed_ns;
};

/* What became of one step. */
enum step {
	STEP_BROKEN = -2,
	STEP_FAILED = -1,
	STEP_IDLE,
	STEP_MOVED
};

static enum step drain(struct pump *p, int stream, struct err *e)
{
	ssize_t got = ssh_channel_read(p->channel, stream, p->arrived, CHUNK_BYTES, e);

	if (got < 0)
		return STEP_BROKEN;
	if (got == 0)
		return STEP_IDLE;
	p->printed_ns = clock_now_ns();
	enum target_stream which = stream == SSH_STREAM_OUT ? TARGET_OUT : TARGET_ERR;
	if (p->x->output && p->x->output(p->x->ctx, which, p->arrived, (size_t)got, e) != 0)
		return STEP_FAILED;
	return STEP_MOVED;
}

static enum step fill(struct pump *p, struct err *e)
{
	ssize_t got = p->x->input ? p->x->input(p->x->ctx, p->pending, CHUNK_BYTES, e) : 0;

	if (got < 0)
		return STEP_FAILED;
	p->pending_len = (size_t)got;
	p->pending_done = 0;
	p->input_ended = got == 0;
	p->end_sent = p->input_ended && p->x->hold_input; /* by the end of the channel, when it comes to that */
	return STEP_MOVED;
}

static enum step feed(struct pump *p, struct err *e)
{
	if (p->end_sent)
		return STEP_IDLE;
	if (p->input_ended) {
		int later = ssh_channel_send_end(p->channel, e);
		p->end_sent = later == 0;
		return later < 0 ? STEP_BROKEN : later ? STEP_IDLE : STEP_MOVED;
	}
	if (p->pending_done == p->pending_len)
		return fill(p, e);
	ssize_t taken =
		ssh_channel_write(p->channel, p->pending + p->pending_done, p->pending_len - p->pending_done, e);
	if (taken < 0)
		return STEP_BROKEN;
	p->pending_done += (size_t)taken;
	return taken > 0 ? STEP_MOVED : STEP_IDLE;
}

static enum step move(struct pump *p, struct err *e)
{
	enum step steps[3];

	if ((steps[0] = drain(p, SSH_STREAM_OUT, e)) < 0)
		return steps[0];
	if ((steps[1] = drain(p, SSH_STREAM_ERR, e)) < 0)
		return steps[1];
	if ((steps[2] = feed(p, e)) < 0)
		return steps[2];
	return steps[0] || steps[1] || steps[2] ? STEP_MOVED : STEP_IDLE;
}

/* It has printed all, and either has all its input or reads no more of it. */
static bool is_over(struct pump *p)
{
	return ssh_channel_at_end(p->channel) && (p->end_sent || ssh_channel_is_closed(p->channel));
}

/* True: a limit passed, *out says which. */
static bool limit_passed(const struct pump *p, int64_t *out_wake_ns, enum driver_ending *out)
{
	int64_t now_ns = clock_now_ns();
	int64_t end_ns = p->x->limit_ns > 0 ? p->begun_ns + p->x->limit_ns : CLOCK_NEVER_NS;
	int64_t silent_ns = p->x->silence_limit_ns > 0 ? p->printed_ns + p->x->silence_limit_ns : CLOCK_NEVER_NS;

	*out_wake_ns = end_ns < silent_ns ? end_ns : silent_ns;
	if (now_ns < *out_wake_ns)
		return false;
	*out = now_ns >= end_ns ? DRIVER_TIMED_OUT : DRIVER_SILENT;
	return true;
}

static int pump(struct pump *p, enum driver_ending *out, struct err *e)
{
	int64_t wake_ns, idle_wake_ns;

	for (;;) {
		enum step step = move(p, e);
		if (step == STEP_FAILED)
			return -1;
		if (limit_passed(p, &wake_ns, out))
			return 0;
		if (step == STEP_MOVED)
			continue;
		if (step == STEP_IDLE && is_over(p)) {
			*out = DRIVER_ENDED;
			return 0;
		}
		if (step == STEP_BROKEN || ssh_link_check_idle(p->link, p->begun_ns, &idle_wake_ns, e) != 0) {
			*out = DRIVER_LOST;
			return 0;
		}
		struct pollfd socket = {
			.fd = ssh_session_fd(p->link->session),
			.events = ssh_session_events(p->link->session),
		};
		poll(&socket, 1, clock_poll_ms(wake_ns < idle_wake_ns ? wake_ns : idle_wake_ns));
	}
}

static int64_t answer_deadline_ns(const struct ssh_link *l)
{
	return clock_deadline_ns(l->idle_limit_ns > 0 ? l->idle_limit_ns : -1);
}

int ssh_link_exec(struct ssh_link *l, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	AUTO_STR command = { 0 };
	AUTO_FREE char *arrived = mem_new(CHUNK_BYTES, 1);
	AUTO_FREE char *pending = mem_new(CHUNK_BYTES, 1);
	struct err why = ERR_INIT;

	ssh_encode_command(x->command, &command);
	struct pump p = {
		.link = l,
		.x = x,
		.arrived = arrived,
		.pending = pending,
		.begun_ns = clock_now_ns(),
	};
	p.printed_ns = p.begun_ns;
	p.channel = ssh_channel_exec(l->session, str_text(&command), NULL, answer_deadline_ns(l), &why);
	if (!p.channel) {
		*out = DRIVER_LOST;
		if (e)
			*e = why;
		return why.code == ERR_LOST ? 0 : -1;
	}
	int failed = pump(&p, out, e);
	if (failed == 0 && *out == DRIVER_ENDED && x->out_exit)
		*x->out_exit = ssh_channel_exit(p.channel, clock_deadline_ns(CLOSE_LIMIT_NS));
	/* One that still runs there is not waited for: its end of the channel closes when it is killed. */
	ssh_channel_free(p.channel, failed == 0 && *out == DRIVER_ENDED ? CLOSE_LIMIT_NS : 0);
	return failed;
}
