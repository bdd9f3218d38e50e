#include "analyse/flaky.h"

/* What is known while the points go by. */
struct spell {
	int64_t last_run; /* of the newest point that ran */
	size_t length;	  /* of the present spell */
	bool bad;
	bool bounded; /* a flip began it: it is not merely where the window begins */
};

static void flip(struct flaky *f, struct spell *s, int64_t run)
{
	f->flips++;
	f->same_run_flips += run == s->last_run;
	f->short_spells += s->bounded && s->length < FLAKY_SHORT_SPELL;
	s->bounded = true;
	s->length = 0;
}

struct flaky flaky_judge(const struct flaky_point *points, size_t count)
{
	struct flaky f = { 0 };
	struct spell s = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (!points[i].ran)
			continue;
		if (f.outcomes > 0 && points[i].bad != s.bad)
			flip(&f, &s, points[i].run);
		s.bad = points[i].bad;
		s.last_run = points[i].run;
		s.length++;
		f.outcomes++;
		f.bad += points[i].bad;
	}
	f.is_flaky = (f.short_spells > 0 || f.same_run_flips > 0) && !(s.bad && s.length >= FLAKY_SETTLED);
	return f;
}

double flaky_rate(const struct flaky *f)
{
	return f->outcomes < 2 ? 0 : (double)f->flips / (double)(f->outcomes - 1);
}
