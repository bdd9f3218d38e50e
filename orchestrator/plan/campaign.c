#include "plan/campaign.h"

/* splitmix64: every seed is a good one, and the same everywhere. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 … n-1, each as likely: what does not divide evenly is drawn again. */
static size_t draw_below(uint64_t *state, size_t n)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % n, value;

	do
		value = draw(state);
	while (value >= limit);
	return (size_t)(value % n);
}

uint64_t campaign_seed(uint64_t seed, const char *name)
{
	uint64_t state = seed;

	for (; *name; name++)
		state = draw(&state) ^ (unsigned char)*name;
	return draw(&state);
}

static void shuffle(struct execution *items, size_t count, uint64_t *state)
{
	for (size_t i = count; i > 1; i--) {
		size_t k = draw_below(state, i);
		struct execution swap = items[i - 1];

		items[i - 1] = items[k];
		items[k] = swap;
	}
}

/* Two blocks make a pair: which of the two is "a" is drawn. */
static char role_in(const struct campaign_order *o, size_t block)
{
	uint64_t state = o->seed + block / 2 * UINT64_C(0x632be59bd9b4e019);
	bool first_is_a = draw(&state) & 1;

	if (block % 2 == 0 && block + 1 == o->first_block + o->blocks)
		return 'a';
	return (block % 2 == 0) == first_is_a ? 'a' : 'b';
}

void campaign_order(const struct campaign_order *o, struct execution *out)
{
	for (size_t block = o->first_block; block < o->first_block + o->blocks; block++) {
		uint64_t state = o->seed ^ (block + 1) * UINT64_C(0xd1342543de82ef95);

		for (size_t r = 0; r < o->runtimes; r++)
			out[r] = (struct execution){ r, r == o->baseline ? role_in(o, block) : 0 };
		shuffle(out, o->runtimes, &state);
		out += o->runtimes;
	}
}
