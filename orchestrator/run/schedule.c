#include "run/schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/proc.h"

#define NEWS_LINE_BYTES 8192
#define TICK_NS		(100 * NS_PER_MS)
#define LANE_STARTS_MAX 3 /* a lane whose worker dies is begun again, so often at most */

enum lane_state {
	LANE_WAITS,
	LANE_RUNS,
	LANE_OVER
};

struct running_lane {
	struct schedule *schedule;
	const struct lane *lane;
	enum lane_state state;
	pid_t pid;
	int news_fd, control_fd;
	struct loop_source *news;
	struct lines *lines;
	size_t next; /* the first cell that has no outcome yet */
	unsigned starts;
	struct err told; /* what the worker said last when something failed; code ERR_NONE: nothing */
};

struct schedule {
	const struct schedule_opts *opts;
	const struct schedule_ears *ears;
	struct schedule_tally *tally;
	struct loop *loop;
	struct running_lane *lanes;
	size_t lane_count;
	unsigned interrupts;
	struct err failed; /* what ended the run; code ERR_NONE: nothing */
};

static void fill_lanes(struct schedule *s);

static bool uses_this_machine(const struct target_spec *spec)
{
	return spec->kind == TARGET_LOCAL || spec->kind == TARGET_QEMU;
}

static bool measures(const struct lane *lane)
{
	for (size_t i = 0; i < lane->count; i++)
		if (lane->cells[i].benchmark)
			return true;
	return false;
}

/* Does it fit beside what runs? A benchmark has this machine alone. What is larger than the whole machine runs alone.
 */
static bool fits(const struct schedule *s, const struct lane *lane)
{
	int64_t processors = 0, memory_bytes = 0, running = 0, sharing = 0;
	bool alone = measures(lane);

	for (size_t i = 0; i < s->lane_count; i++) {
		const struct target_spec *spec = s->lanes[i].lane->target;

		if (s->lanes[i].state != LANE_RUNS)
			continue;
		running++;
		if (!uses_this_machine(spec))
			continue;
		sharing++;
		alone |= measures(s->lanes[i].lane);
		processors += spec->processors;
		memory_bytes += spec->memory_bytes;
	}
	if (s->opts->jobs && running >= s->opts->jobs)
		return false;
	if (!uses_this_machine(lane->target) || !sharing)
		return true;
	return !alone && processors + lane->target->processors <= s->opts->processors &&
	       memory_bytes + lane->target->memory_bytes <= s->opts->memory_bytes;
}

/* The first error ends the run: nothing new is begun, what runs is stopped. */
static void fail_run(struct schedule *s, const struct err *e)
{
	if (s->failed.code != ERR_NONE)
		return;
	s->failed = *e;
	s->interrupts = 2;
	for (size_t i = 0; i < s->lane_count; i++)
		if (s->lanes[i].state == LANE_RUNS)
			proc_kill_group(s->lanes[i].pid, SIGKILL);
}

static void take_outcome(struct running_lane *r, const char *folder, bool again)
{
	struct schedule *s = r->schedule;
	struct err e = ERR_INIT;

	s->tally->cells_done += !again;
	if (s->ears->outcome && s->ears->outcome(s->ears->ctx, r->lane, folder, again, &e))
		fail_run(s, &e);
}

/* Which cell is at work if this worker dies now: the one behind the last that is done with. */
static void note_done(struct running_lane *r, const char *cell_id)
{
	for (size_t i = 0; i < r->lane->count; i++)
		if (!strcmp(r->lane->cells[i].id, cell_id) && i + 1 > r->next)
			r->next = i + 1;
}

static void on_news_line(void *ctx, const char *line, size_t len)
{
	struct running_lane *r = ctx;
	struct schedule *s = r->schedule;
	struct lane_news news;

	if (lane_news_parse(line, len, &news))
		return;
	if (news.kind == LANE_FAILED) {
		s->tally->lanes_failed += r->told.code == ERR_NONE;
		err_set(&r->told, (enum err_code)news.code, "%s", news.text);
		if (news.hint[0])
			err_hint(&r->told, "%s", news.hint);
	}
	if (s->ears->lane)
		s->ears->lane(s->ears->ctx, r->lane, &news);
	if (news.kind == CELL_DONE) {
		if (!news.again)
			note_done(r, news.cell_id);
		take_outcome(r, news.text, news.again);
	}
}

/* The worker died under a cell: that is its outcome. */
static void record_death(struct running_lane *r, const struct proc_end *end)
{
	struct schedule *s = r->schedule;
	struct outcome outcome;
	struct err e = ERR_INIT;
	AUTO_STR how = { 0 };
	char folder[64];

	outcome_start(&outcome);
	proc_end_text(end, &how);
	outcome.verdict = VERDICT_LOST;
	snprintf(outcome.reason, sizeof(outcome.reason), "labctl's own worker died: %.100s", str_text(&how));
	if (lane_record(&r->lane->cells[r->next], &s->opts->lane, &outcome, folder, sizeof(folder), &e))
		fail_run(s, &e);
	else {
		struct lane_news news = { .kind = CELL_DONE };

		memcpy(news.cell_id, r->lane->cells[r->next].id, sizeof(news.cell_id));
		if (s->ears->lane)
			s->ears->lane(s->ears->ctx, r->lane, &news);
		r->next++;
		take_outcome(r, folder, false);
	}
	outcome_free(&outcome);
}

static void close_lane(struct running_lane *r)
{
	lines_finish(r->lines);
	lines_free(r->lines);
	r->lines = NULL;
	loop_drop(&r->news);
	close(r->news_fd);
	if (r->control_fd >= 0)
		close(r->control_fd);
	r->news_fd = r->control_fd = -1;
}

static bool all_over(const struct schedule *s)
{
	for (size_t i = 0; i < s->lane_count; i++)
		if (s->lanes[i].state != LANE_OVER)
			return false;
	return true;
}

/* The end of the news is the end of the worker. */
static void lane_ended(struct running_lane *r)
{
	struct schedule *s = r->schedule;
	struct proc_end end = { 0 };
	struct err e = ERR_INIT;
	bool stopped;

	close_lane(r);
	if (proc_wait(r->pid, -1, &end, &e))
		end.status = -1;
	stopped = end.status != 0 && !s->interrupts && r->next < r->lane->count;
	r->state = LANE_OVER;
	if (stopped && r->told.code != ERR_NONE) {
		fail_run(s, &r->told); /* it could not record what it did: neither could the others */
	} else if (stopped) {
		record_death(r, &end);
		if (r->starts < LANE_STARTS_MAX && r->next < r->lane->count)
			r->state = LANE_WAITS;
		else
			s->tally->lanes_failed++;
	}
	if (s->ears->lane && r->state == LANE_OVER)
		s->ears->lane(s->ears->ctx, r->lane, &(struct lane_news){ .kind = LANE_ENDS });
	fill_lanes(s);
	if (all_over(s))
		loop_stop(s->loop);
}

static void on_news(void *ctx)
{
	struct running_lane *r = ctx;
	char buf[16384];
	ssize_t got = read(r->news_fd, buf, sizeof(buf));

	if (got > 0)
		lines_feed(r->lines, buf, (size_t)got);
	else if (!got || (errno != EINTR && errno != EAGAIN))
		lane_ended(r);
}

/* In the child: a group of its own, so that the terminal's Ctrl-C reaches the parent alone; gone when the parent goes.
 */
static void become_worker(const struct running_lane *r, pid_t parent, int news_fd, int control_fd)
{
	struct schedule *s = r->schedule;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* The other lanes' ends of pipes: a copy held here would keep them open. */
	for (size_t i = 0; i < s->lane_count; i++)
		if (s->lanes[i].state == LANE_RUNS && s->lanes[i].control_fd >= 0)
			close(s->lanes[i].control_fd);
	loop_leave(s->loop);
	log_set_sink(NULL, NULL);
	log_set_label(r->lane->target->name);
	_exit(lane_work(r->lane, r->next, &s->opts->lane, news_fd, control_fd));
}

static int start_lane(struct running_lane *r, struct err *e)
{
	struct schedule *s = r->schedule;
	int news[2], control[2];
	pid_t parent = getpid();

	if (pipe2(news, O_CLOEXEC))
		return err_errno(e, ERR_IO, "a pipe for lane %s", r->lane->target->name);
	if (pipe2(control, O_CLOEXEC)) {
		close(news[0]);
		close(news[1]);
		return err_errno(e, ERR_IO, "a pipe for lane %s", r->lane->target->name);
	}
	fflush(NULL);
	r->pid = fork();
	if (r->pid == 0) {
		close(news[0]);
		close(control[1]);
		become_worker(r, parent, news[1], control[0]);
	}
	close(news[1]);
	close(control[0]);
	if (r->pid < 0) {
		close(news[0]);
		close(control[1]);
		return err_errno(e, ERR_IO, "a process for lane %s", r->lane->target->name);
	}
	setpgid(r->pid, r->pid);
	r->news_fd = news[0];
	r->control_fd = control[1];
	r->lines = lines_new(NEWS_LINE_BYTES, on_news_line, r);
	r->news = loop_on_readable(s->loop, r->news_fd, on_news, r);
	r->state = LANE_RUNS;
	r->starts++;
	return 0;
}

static void fill_lanes(struct schedule *s)
{
	struct err e = ERR_INIT;

	for (size_t i = 0; i < s->lane_count; i++) {
		struct running_lane *r = &s->lanes[i];

		if (r->state != LANE_WAITS)
			continue;
		if (s->interrupts)
			r->state = LANE_OVER;
		else if (fits(s, r->lane) && start_lane(r, &e)) {
			r->state = LANE_OVER;
			fail_run(s, &e);
		}
	}
}

/* First: no further cell. Second: now. */
static void on_interrupt(void *ctx)
{
	struct schedule *s = ctx;

	s->interrupts++;
	s->tally->interrupted = true;
	if (s->ears->stopping)
		s->ears->stopping(s->ears->ctx, s->interrupts > 1);
	for (size_t i = 0; i < s->lane_count; i++) {
		struct running_lane *r = &s->lanes[i];

		if (r->state == LANE_WAITS)
			r->state = LANE_OVER;
		if (r->state != LANE_RUNS)
			continue;
		if (r->control_fd >= 0)
			close(TAKE_FD(r->control_fd));
		if (s->interrupts > 1)
			proc_kill_group(r->pid, SIGKILL);
	}
	if (all_over(s))
		loop_stop(s->loop);
}

static void on_tick(void *ctx)
{
	struct schedule *s = ctx;

	s->ears->tick(s->ears->ctx);
}

/* For a debugger: no fork, so the news goes through a file and is read behind each lane. */
static int run_in_process(struct running_lane *r, struct err *e)
{
	FILE *news = tmpfile();
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int status;

	if (!news)
		return err_errno(e, ERR_IO, "a temporary file for lane %s", r->lane->target->name);
	status = lane_work(r->lane, 0, &r->schedule->opts->lane, fileno(news), -1);
	rewind(news);
	while ((len = getline(&line, &room, news)) > 0)
		on_news_line(r, line, (size_t)(line[len - 1] == '\n' ? len - 1 : len));
	free(line);
	fclose(news);
	r->state = LANE_OVER;
	if (!status)
		return 0;
	*e = r->told;
	return -1;
}

static int run_loop(struct schedule *s, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	s->loop = loop_new(e);
	if (!s->loop)
		return -1;
	for (size_t i = 0; i < COUNT_OF(signals); i++)
		if (!loop_on_signal(s->loop, signals[i], on_interrupt, s))
			return err_set(e, ERR_INTERNAL, "signals cannot be handled");
	if (s->ears->tick)
		loop_every(s->loop, TICK_NS, on_tick, s);
	fill_lanes(s);
	if (all_over(s))
		return 0;
	return loop_run(s->loop, e);
}

static void count_left(struct schedule *s, const struct plan *p)
{
	size_t cells = 0, done = 0;

	for (size_t i = 0; i < p->lane_count; i++) {
		cells += p->lanes[i].count;
		done += s->lanes[i].next;
	}
	s->tally->cells_left = cells - done;
}

int schedule_run(const struct plan *p, const struct schedule_opts *o, const struct schedule_ears *ears,
		 struct schedule_tally *out, struct err *e)
{
	struct schedule s = { .opts = o, .ears = ears, .tally = out, .lane_count = p->lane_count, .failed = ERR_INIT };
	int status = 0;

	*out = (struct schedule_tally){ 0 };
	s.lanes = mem_new(p->lane_count + 1, sizeof(*s.lanes));
	for (size_t i = 0; i < p->lane_count; i++)
		s.lanes[i] =
			(struct running_lane){ .schedule = &s, .lane = &p->lanes[i], .news_fd = -1, .control_fd = -1 };
	if (o->in_process)
		for (size_t i = 0; i < p->lane_count && !status; i++)
			status = run_in_process(&s.lanes[i], e);
	else
		status = run_loop(&s, e);
	count_left(&s, p);
	loop_free(s.loop);
	free(s.lanes);
	if (!status && s.failed.code != ERR_NONE) {
		*e = s.failed;
		status = -1;
	}
	return status;
}
