#include "run/schedule_inside.h"

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
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"

#define NEWS_LINE_BYTES 8192
#define TICK_NS		(100 * NS_PER_MS)
#define DEATHS_MAX	3 /* a lane whose worker dies is begun again, until so many have died */

static void fill_lanes(struct schedule *s);

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

static bool is_all_done(const struct running_lane *r)
{
	for (size_t i = 0; i < r->lane->count; i++)
		if (!r->done[i])
			return false;
	return true;
}

/* What is left of a lane that ended by itself may begin later: it gave way, or its time, which may become longer, was
 * over. Where nothing at all was done what is left needs more time than there is. */
static bool goes_on_later(const struct running_lane *r)
{
	const struct schedule *s = r->schedule;

	if (s->interrupts || is_all_done(r) || !s->opts->deadline_ns || clock_now_ns() >= s->opts->deadline_ns)
		return false;
	return r->gives_way || r->progressed || clock_now_ns() >= turns_deadline_ns(s, r);
}

static void settle_death(struct running_lane *r, const struct proc_end *end)
{
	struct schedule *s = r->schedule;

	if (r->told.code != ERR_NONE) {
		schedule_fail(s, &r->told); /* it could not record what it did: neither could the others */
		return;
	}
	schedule_record_death(r, end);
	if (++r->deaths < DEATHS_MAX && !is_all_done(r))
		r->state = LANE_WAITS;
	else
		s->tally->lanes_failed++;
}

/* The end of the news is the end of the worker. */
static void lane_ended(struct running_lane *r)
{
	struct schedule *s = r->schedule;
	struct proc_end end = { 0 };
	struct err e = ERR_INIT;

	close_lane(r);
	if (proc_wait(r->pid, -1, &end, &e))
		end.status = -1;
	r->ran_ns += clock_now_ns() - r->began_ns;
	r->state = LANE_OVER;
	if (end.status != 0 && !s->interrupts && !is_all_done(r))
		settle_death(r, &end);
	else if (end.status == 0 && goes_on_later(r))
		r->state = LANE_WAITS;
	r->running = r->lane->count;
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
	struct lane_opts opts = s->opts->lane;

	opts.deadline_ns = turns_deadline_ns(s, r);
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
	_exit(lane_work(r->lane, r->done, &opts, news_fd, control_fd));
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
	r->lines = lines_new(NEWS_LINE_BYTES, schedule_hear_line, r);
	r->news = loop_on_readable(s->loop, r->news_fd, on_news, r);
	r->state = LANE_RUNS;
	r->running = r->lane->count;
	r->progressed = r->gives_way = false;
	r->began_ns = clock_now_ns();
	return 0;
}

static void fill_lanes(struct schedule *s)
{
	struct running_lane *r;
	struct err e = ERR_INIT;

	while (!s->interrupts && (r = turns_choose(s)) != NULL)
		if (start_lane(r, &e)) {
			r->state = LANE_OVER;
			schedule_fail(s, &e);
		}
	for (size_t i = 0; s->interrupts && i < s->lane_count; i++)
		if (s->lanes[i].state == LANE_WAITS)
			s->lanes[i].state = LANE_OVER;
}

/* Workers look at the clock themselves; what waits has waited in vain. */
static void on_deadline(void *ctx)
{
	struct schedule *s = ctx;

	for (size_t i = 0; i < s->lane_count; i++)
		if (s->lanes[i].state == LANE_WAITS)
			s->lanes[i].state = LANE_OVER;
	if (s->ears->out_of_time && !s->interrupts)
		s->ears->out_of_time(s->ears->ctx);
	if (all_over(s))
		loop_stop(s->loop);
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
	struct lane_opts opts = r->schedule->opts->lane;
	FILE *news = tmpfile();
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int status;

	if (!news)
		return err_errno(e, ERR_IO, "a temporary file for lane %s", r->lane->target->name);
	opts.deadline_ns = turns_deadline_ns(r->schedule, r);
	status = lane_work(r->lane, r->done, &opts, fileno(news), -1);
	rewind(news);
	while ((len = getline(&line, &room, news)) > 0)
		schedule_hear_line(r, line, (size_t)(line[len - 1] == '\n' ? len - 1 : len));
	free(line);
	fclose(news);
	r->state = LANE_OVER;
	if (!status)
		return 0;
	*e = r->told;
	return -1;
}

static int64_t time_left_ns(const struct schedule *s)
{
	int64_t left_ns = s->opts->deadline_ns - clock_now_ns();

	return left_ns > 0 ? left_ns : 0;
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
	if (s->opts->deadline_ns && !loop_after(s->loop, time_left_ns(s), on_deadline, s))
		return err_set(e, ERR_INTERNAL, "the time limit cannot be kept");
	fill_lanes(s);
	if (all_over(s))
		return 0;
	return loop_run(s->loop, e);
}

static void count_left(struct schedule *s)
{
	size_t left = 0;

	for (size_t i = 0; i < s->lane_count; i++)
		for (size_t k = 0; k < s->lanes[i].lane->count; k++)
			left += !s->lanes[i].done[k];
	s->tally->cells_left = left;
	s->tally->out_of_time = left && s->opts->deadline_ns && !s->tally->interrupted;
}

static void open_lanes(struct schedule *s, const struct plan *p)
{
	s->lanes = mem_new(p->lane_count + 1, sizeof(*s->lanes));
	for (size_t i = 0; i < p->lane_count; i++)
		s->lanes[i] = (struct running_lane){ .schedule = s,
						     .lane = &p->lanes[i],
						     .news_fd = -1,
						     .control_fd = -1,
						     .running = p->lanes[i].count,
						     .done = mem_new(p->lanes[i].count + 1, sizeof(bool)) };
}

int schedule_run(const struct plan *p, const struct schedule_opts *o, const struct schedule_ears *ears,
		 struct schedule_tally *out, struct err *e)
{
	struct schedule s = { .opts = o,
			      .ears = ears,
			      .tally = out,
			      .lane_count = p->lane_count,
			      .began_ns = clock_now_ns(),
			      .began_wall_ms = clock_wall_ms(),
			      .failed = ERR_INIT };
	int status = 0;

	*out = (struct schedule_tally){ 0 };
	open_lanes(&s, p);
	if (o->in_process)
		for (size_t i = 0; i < p->lane_count && !status; i++)
			status = run_in_process(&s.lanes[i], e);
	else
		status = run_loop(&s, e);
	count_left(&s);
	loop_free(s.loop);
	for (size_t i = 0; i < s.lane_count; i++)
		free(s.lanes[i].done);
	free(s.lanes);
	if (!status && s.failed.code != ERR_NONE) {
		*e = s.failed;
		status = -1;
	}
	return status;
}
