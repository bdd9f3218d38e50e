#include "analyse/flaky.h"

/* What is known while the points go by. */
struct spell {
	int64_t last_run; /* of the newest point that ran */
	size_t runs;	  /* of the present spell */
	bool bad;
	bool bounded; /* a flip began it: it is not merely where the window or the recipe begins */
};

static void flip(struct flaky *f, struct spell *s, int64_t run)
{
	f->flips++;
	f->same_run_flips += run == s->last_run;
	f->short_spells += s->bounded && s->runs < FLAKY_SHORT_SPELL;
	s->bounded = true;
	s->runs = 0;
}

/* The first point of a recipe has no neighbour before it: what it is like says nothing of the spell before. */
static void begin(struct spell *s)
{
	s->bounded = false;
	s->runs = 0;
}

struct flaky flaky_judge(const struct flaky_point *points, size_t count)
{
	struct flaky f = { 0 };
	struct spell s = { 0 };
	bool other_cell = true;

	for (size_t i = 0; i < count; i++) {
		other_cell |= points[i].other_cell;
		if (!points[i].ran)
			continue;
		if (other_cell)
			begin(&s);
		else
			f.pairs++;
		if (!other_cell && points[i].bad != s.bad)
			flip(&f, &s, points[i].run);
		s.runs += s.runs == 0 || points[i].run != s.last_run;
		s.bad = points[i].bad;
		s.last_run = points[i].run;
		f.outcomes++;
		f.bad += points[i].bad;
		other_cell = false;
	}
	f.is_flaky = (f.short_spells > 0 || f.same_run_flips > 0) && !(s.bad && s.runs >= FLAKY_SETTLED);
	return f;
}

double flaky_rate(const struct flaky *f)
{
	return f->pairs ? (double)f->flips / (double)f->pairs : 0;
}
