/* Which lane has a place on this machine, for how long, and who is next. */
#include "base/clock.h"
#include "plan/value.h"
#include "run/schedule_inside.h"

#define TURN_MIN_NS    (5 * NS_PER_S) /* taking a machine up again takes a second or two */
#define TURN_MAX_NS    (5 * 60 * NS_PER_S)
#define TURNS_PER_LANE 4 /* at least so many within the time that there is */

static bool uses_this_machine(const struct target_spec *spec)
{
	return spec->kind == TARGET_LOCAL || spec->kind == TARGET_QEMU;
}

/* Does it fit beside what runs, `without` one of those? A benchmark has this machine alone, and a target does one thing
 * at a time. What is larger than the whole machine runs alone. */
static bool fits(const struct schedule *s, const struct lane *lane, const struct running_lane *without)
{
	int64_t processors = 0, memory_bytes = 0, running = 0, sharing = 0;
	bool alone = lane->measures;

	for (size_t i = 0; i < s->lane_count; i++) {
		const struct running_lane *other = &s->lanes[i];
		const struct target_spec *spec = other->lane->target;

		if (other->state != LANE_RUNS || other == without)
			continue;
		if (spec == lane->target)
			return false;
		running++;
		if (!uses_this_machine(spec))
			continue;
		sharing++;
		alone |= other->lane->measures;
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

size_t turns_next_cell(const struct running_lane *r, size_t from)
{
	size_t running_end = r->running < r->lane->count ? r->running + lane_group(r->lane, r->running) : 0;

	for (size_t i = from; i < r->lane->count; i++)
		if (!r->done[i] && !(i >= r->running && i < running_end))
			return i;
	return r->lane->count;
}

static bool measuring_is_left(const struct schedule *s)
{
	for (size_t i = 0; i < s->lane_count; i++)
		if (s->lanes[i].lane->measures && s->lanes[i].state != LANE_OVER)
			return true;
	return false;
}

int64_t turns_deadline_ns(const struct schedule *s, const struct running_lane *r)
{
	int64_t deadline_ns = s->opts->deadline_ns;

	if (deadline_ns && !r->lane->measures && measuring_is_left(s))
		deadline_ns -= s->opts->kept_for_measuring_ns;
	return deadline_ns;
}

static bool has_time(const struct schedule *s, const struct running_lane *r)
{
	int64_t deadline_ns = turns_deadline_ns(s, r);

	return !deadline_ns || clock_now_ns() < deadline_ns;
}

static struct value value_of_next(const struct schedule *s, const struct running_lane *r)
{
	return value_of(r->lane, turns_next_cell(r, 0), s->began_wall_ms);
}

/* Is a better than b? Equals stay in the order of the lanes, but who has had less of this machine goes first. */
static bool is_better(const struct schedule *s, const struct running_lane *a, const struct running_lane *b)
{
	struct value value_a = value_of_next(s, a), value_b = value_of_next(s, b);
	int order = value_compare_news(&value_a, &value_b);

	return order < 0 || (order == 0 && a->ran_ns < b->ran_ns);
}

static bool may_begin(const struct schedule *s, const struct running_lane *r, const struct running_lane *without)
{
	return r->state == LANE_WAITS && turns_next_cell(r, 0) < r->lane->count && has_time(s, r) &&
	       fits(s, r->lane, without);
}

struct running_lane *turns_choose(struct schedule *s)
{
	struct running_lane *best = NULL;

	for (size_t i = 0; i < s->lane_count; i++) {
		struct running_lane *r = &s->lanes[i];

		if (may_begin(s, r, NULL) && (!best || (s->opts->by_value && is_better(s, r, best))))
			best = r;
	}
	return best;
}

/* How long a lane keeps its place before it gives way to what is worth as much: of little time each gets some. */
static int64_t turn_ns(const struct schedule *s)
{
	int64_t time_ns = s->opts->deadline_ns - s->opts->kept_for_measuring_ns - s->began_ns;
	int64_t turn_ns = time_ns / (int64_t)(TURNS_PER_LANE * (s->lane_count + 1));

	return turn_ns < TURN_MIN_NS ? TURN_MIN_NS : turn_ns > TURN_MAX_NS ? TURN_MAX_NS : turn_ns;
}

static bool is_worth_more(const struct schedule *s, const struct running_lane *waiting, const struct running_lane *r,
			  size_t next)
{
	struct value theirs = value_of_next(s, waiting), ours = value_of(r->lane, next, s->began_wall_ms);
	int order = value_compare_news(&theirs, &ours);

	return order < 0 || (order == 0 && clock_now_ns() - r->began_ns >= turn_ns(s));
}

bool turns_gives_way(const struct schedule *s, const struct running_lane *r)
{
	size_t next = turns_next_cell(r, 0);

	if (!s->opts->by_value || !s->opts->deadline_ns || r->lane->measures || next == r->lane->count)
		return false;
	for (size_t i = 0; i < s->lane_count; i++) {
		const struct running_lane *other = &s->lanes[i];

		if (!other->lane->measures && may_begin(s, other, r) && is_worth_more(s, other, r, next))
			return true;
	}
	return false;
}
