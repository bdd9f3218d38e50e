#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"

/* What the callbacks saw, in order, as letters; and what they act on. */
struct scene {
	struct loop *loop;
	struct str seen;
	int fds[2];
	struct loop_source *reader, *other, *timer, *signal;
	int left;
};

static int make_scene(void **state)
{
	struct scene *s = mem_new(1, sizeof(*s));

	s->loop = loop_new(NULL);
	*state = s;
	return s->loop && pipe2(s->fds, O_CLOEXEC | O_NONBLOCK) == 0 ? 0 : -1;
}

static int drop_scene(void **state)
{
	struct scene *s = *state;

	loop_free(s->loop);
	str_free(&s->seen);
	close(s->fds[0]);
	close(s->fds[1]);
	mem_free_at(&s);
	return 0;
}

static void run(struct scene *s, const char *wanted)
{
	struct err e = ERR_INIT;

	if (loop_run(s->loop, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(str_text(&s->seen), wanted);
}

static void note_a(void *ctx)
{
	struct scene *s = ctx;
	str_add_char(&s->seen, 'a');
}

static void note_b(void *ctx)
{
	struct scene *s = ctx;
	str_add_char(&s->seen, 'b');
}

static void note_c(void *ctx)
{
	struct scene *s = ctx;
	str_add_char(&s->seen, 'c');
}

static void read_byte(void *ctx)
{
	struct scene *s = ctx;
	char byte;

	if (read(s->fds[0], &byte, 1) == 1) {
		str_add_char(&s->seen, byte);
		return;
	}
	str_add_char(&s->seen, '.');
	loop_drop(&s->reader);
}

static void stop(void *ctx)
{
	struct scene *s = ctx;
	str_add_char(&s->seen, '!');
	loop_stop(s->loop);
}

static void with_nothing_to_wait_for_it_ends(void **state)
{
	run(*state, "");
}

static void timers_fire_in_the_order_they_are_due(void **state)
{
	struct scene *s = *state;

	loop_after(s->loop, 400 * NS_PER_MS, note_c, s);
	loop_after(s->loop, 200 * NS_PER_MS, note_b, s);
	loop_after(s->loop, 0, note_a, s);
	run(s, "abc");
	run(s, "abc"); /* each fired once */
}

static void tick(void *ctx)
{
	struct scene *s = ctx;

	str_add_char(&s->seen, 't');
	if (--s->left == 0)
		loop_drop(&s->timer);
}

static void a_period_goes_on_until_it_is_dropped(void **state)
{
	struct scene *s = *state;
	int64_t begun = clock_now_ns();

	s->left = 4;
	s->timer = loop_every(s->loop, NS_PER_MS, tick, s);
	run(s, "tttt");
	assert_null(s->timer);
	assert_true(clock_now_ns() - begun >= 4 * NS_PER_MS);
}

static void tick_slowly(void *ctx)
{
	clock_sleep_ns(20 * NS_PER_MS);
	tick(ctx);
}

/* A callback that takes longer than its period must not starve the others. */
static void missed_ticks_are_not_made_up_for(void **state)
{
	struct scene *s = *state;

	s->left = 3;
	s->timer = loop_every(s->loop, NS_PER_MS, tick_slowly, s);
	loop_after(s->loop, 30 * NS_PER_MS, note_a, s);
	assert_int_equal(loop_run(s->loop, NULL), 0);
	assert_int_equal(s->seen.len, 4);
	assert_non_null(strchr(s->seen.text, 'a'));
}

static void bytes_and_hang_up_are_readable(void **state)
{
	struct scene *s = *state;

	s->reader = loop_on_readable(s->loop, s->fds[0], read_byte, s);
	assert_int_equal(write(s->fds[1], "xyz", 3), 3);
	close(s->fds[1]);
	run(s, "xyz.");
	s->fds[1] = -1;
}

static void write_more(void *ctx)
{
	struct scene *s = ctx;

	assert_int_equal(write(s->fds[1], "m", 1), 1);
	close(s->fds[1]);
	s->fds[1] = -1;
}

static void it_waits_for_what_comes_later(void **state)
{
	struct scene *s = *state;

	s->reader = loop_on_readable(s->loop, s->fds[0], read_byte, s);
	loop_after(s->loop, 5 * NS_PER_MS, write_more, s);
	run(s, "m.");
}

static void drop_both(void *ctx)
{
	struct scene *s = ctx;

	str_add_char(&s->seen, 'd');
	loop_drop(&s->reader);
	loop_drop(&s->other);
	loop_drop(&s->timer);
	loop_drop(&s->timer); /* NULL by now */
}

/* Both are readable in the same round: whoever comes first drops the other, which must not be called any more. */
static void a_callback_may_drop_itself_and_others(void **state)
{
	struct scene *s = *state;

	assert_int_equal(write(s->fds[1], "x", 1), 1);
	s->reader = loop_on_readable(s->loop, s->fds[0], drop_both, s);
	s->other = loop_on_readable(s->loop, s->fds[0], drop_both, s);
	s->timer = loop_after(s->loop, 0, note_a, s);
	run(s, "d");
	assert_null(s->reader);
	assert_null(s->other);
}

static void drop_own_timer(void *ctx)
{
	struct scene *s = ctx;

	str_add_char(&s->seen, 'o');
	loop_drop(&s->timer);
}

static void a_timer_may_drop_itself(void **state)
{
	struct scene *s = *state;

	s->timer = loop_after(s->loop, 0, drop_own_timer, s);
	run(s, "o");
}

static void add_at_once(void *ctx)
{
	struct scene *s = ctx;

	str_add_char(&s->seen, '+');
	if (--s->left > 0)
		loop_after(s->loop, 0, add_at_once, s);
	loop_every(s->loop, NS_PER_S * 1000, note_b, s);
	if (s->left == 0)
		loop_stop(s->loop);
}

/* Enough of them that the list moves in memory while it is walked. */
static void a_callback_may_add_others(void **state)
{
	struct scene *s = *state;

	s->left = 100;
	loop_after(s->loop, 0, add_at_once, s);
	assert_int_equal(loop_run(s->loop, NULL), 0);
	assert_int_equal(s->seen.len, 100);
}

static void stopping_stops_before_the_next_callback(void **state)
{
	struct scene *s = *state;

	assert_int_equal(write(s->fds[1], "x", 1), 1);
	s->reader = loop_on_readable(s->loop, s->fds[0], stop, s);
	s->other = loop_on_readable(s->loop, s->fds[0], note_a, s);
	run(s, "!");
	loop_drop(&s->reader); /* outside of a callback, too */
	s->timer = loop_after(s->loop, NS_PER_MS, drop_both, s);
	loop_run(s->loop, NULL);
	assert_true(s->seen.text[1] == 'a');
}

static void raise_it(void *ctx)
{
	(void)ctx;
	raise(SIGUSR1);
	raise(SIGUSR1);
}

static void signals_are_told_between_callbacks(void **state)
{
	struct scene *s = *state;

	s->signal = loop_on_signal(s->loop, SIGUSR1, stop, s);
	loop_after(s->loop, NS_PER_MS, raise_it, NULL);
	s->timer = loop_after(s->loop, 1000 * NS_PER_S, note_a, s);
	run(s, "!"); /* twice in the same moment is once */
	raise(SIGUSR1);
	run(s, "!!"); /* one that came while no loop ran */
	loop_drop(&s->timer);
	run(s, "!!"); /* signals alone are nothing to wait for */
}

static void nothing(int signal)
{
	(void)signal;
}

static void handlers_are_given_back(void **state)
{
	struct scene *s = *state;
	struct sigaction ours = { .sa_handler = nothing }, now;

	sigaction(SIGUSR1, &ours, NULL);
	loop_on_signal(s->loop, SIGUSR1, note_a, s);
	struct loop *inner = loop_new(NULL);
	loop_on_signal(inner, SIGUSR1, stop, s);
	struct loop_source *second = loop_on_signal(inner, SIGUSR2, note_c, s);
	loop_drop(&second);
	second = loop_on_signal(inner, SIGUSR2, note_c, s);
	loop_free(inner);
	raise(SIGUSR1); /* is the outer loop's again */
	loop_after(s->loop, NS_PER_MS, note_b, s);
	run(s, "ab");
	loop_free(s->loop);
	s->loop = NULL;
	sigaction(SIGUSR1, NULL, &now);
	assert_true(now.sa_handler == nothing);
	sigaction(SIGUSR2, NULL, &now);
	assert_true(now.sa_handler == SIG_DFL);
}

static void a_closed_descriptor_is_an_error_not_a_busy_loop(void **state)
{
	struct scene *s = *state;
	struct err e = ERR_INIT;
	int fd = dup(s->fds[0]);

	loop_on_readable(s->loop, fd, note_a, s);
	close(fd);
	assert_int_equal(loop_run(s->loop, &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, make_scene, drop_scene)

static void fork_and_leave(void *ctx)
{
	struct loop *l = ctx;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		loop_leave(l);
		raise(SIGUSR1); /* the old action: it ends here */
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
	loop_stop(l);
}

static void a_child_forked_in_a_callback_can_leave(void **state)
{
	struct loop *l = loop_new(NULL);

	(void)state;
	assert_non_null(loop_on_signal(l, SIGUSR1, fork_and_leave, l));
	loop_after(l, 0, fork_and_leave, l);
	assert_int_equal(loop_run(l, NULL), 0);
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_forked_in_a_callback_can_leave),
		IN_SCENE(with_nothing_to_wait_for_it_ends),
		IN_SCENE(timers_fire_in_the_order_they_are_due),
		IN_SCENE(a_period_goes_on_until_it_is_dropped),
		IN_SCENE(missed_ticks_are_not_made_up_for),
		IN_SCENE(bytes_and_hang_up_are_readable),
		IN_SCENE(it_waits_for_what_comes_later),
		IN_SCENE(a_callback_may_drop_itself_and_others),
		IN_SCENE(a_timer_may_drop_itself),
		IN_SCENE(a_callback_may_add_others),
		IN_SCENE(stopping_stops_before_the_next_callback),
		IN_SCENE(signals_are_told_between_callbacks),
		IN_SCENE(handlers_are_given_back),
		IN_SCENE(a_closed_descriptor_is_an_error_not_a_busy_loop),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
