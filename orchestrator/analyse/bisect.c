#include "analyse/bisect.h"

#include <stdlib.h>

#include "base/mem.h"

#define LOOKS_TO_BE_SURE 2

void bisect_start(struct bisect *b, size_t count, int retries)
{
	*b = (struct bisect){ mem_new(count + 1, sizeof(*b->versions)), count, retries };
}

void bisect_free(struct bisect *b)
{
	free(b->versions);
	*b = (struct bisect){ 0 };
}

void bisect_tell(struct bisect *b, size_t version, int state)
{
	struct bisect_version *v = &b->versions[version];

	if (state == BISECT_UNDECIDED) {
		v->left_out = ++v->failed > b->retries;
	} else if (state < 0) {
		v->left_out = true;
	} else if (!v->seen || v->state == state) {
		v->state = state;
		v->seen++;
	} else {
		v->flaky = v->left_out = true;
	}
}

/* The first version from one side that is not left out; b->count: none. */
static size_t first_of(const struct bisect *b)
{
	size_t i = 0;

	while (i < b->count && b->versions[i].left_out)
		i++;
	return i;
}

static size_t last_of(const struct bisect *b)
{
	for (size_t i = b->count; i-- > 0;)
		if (!b->versions[i].left_out)
			return i;
	return b->count;
}

/* What is known between two ends in different states. */
struct bracket {
	size_t before, after;
};

static bool is_like(const struct bisect *b, size_t i, size_t end)
{
	const struct bisect_version *v = &b->versions[i];

	return v->seen && !v->left_out && v->state == b->versions[end].state;
}

/* The first that is like the last end, and the last before it that is like the first end. */
static struct bracket narrow(const struct bisect *b, size_t first, size_t last)
{
	struct bracket k = { first, first + 1 };

	while (!is_like(b, k.after, last))
		k.after++;
	for (size_t i = first + 1; i < k.after; i++)
		if (is_like(b, i, first))
			k.before = i;
	return k;
}

/* The version nearest to the middle that nobody has looked at; b->count: none is left. */
static size_t middle_of(const struct bisect *b, const struct bracket *k)
{
	size_t middle = k->before + (k->after - k->before) / 2, found = b->count, best = b->count;

	for (size_t i = k->before + 1; i < k->after; i++) {
		size_t distance = i > middle ? i - middle : middle - i;

		if (!b->versions[i].left_out && !b->versions[i].seen && distance < best) {
			best = distance;
			found = i;
		}
	}
	return found;
}

static bool is_sure(const struct bisect *b, size_t i)
{
	return b->versions[i].seen >= LOOKS_TO_BE_SURE;
}

size_t bisect_next(const struct bisect *b)
{
	size_t first = first_of(b), last = last_of(b), middle;
	struct bracket k;

	if (first == b->count || first == last)
		return b->count;
	if (!b->versions[first].seen)
		return first;
	if (!b->versions[last].seen)
		return last;
	if (b->versions[first].state == b->versions[last].state)
		return b->count;
	k = narrow(b, first, last);
	middle = middle_of(b, &k);
	if (middle < b->count)
		return middle;
	if (!is_sure(b, k.after))
		return k.after;
	return is_sure(b, k.before) ? b->count : k.before;
}

struct bisect_end bisect_end(const struct bisect *b)
{
	size_t first = first_of(b), last = last_of(b);
	struct bracket k;

	if (first == b->count || first == last)
		return (struct bisect_end){ .how = BISECT_NO_ENDS };
	if (b->versions[first].state == b->versions[last].state)
		return (struct bisect_end){ BISECT_NO_CHANGE, first, last, 0 };
	k = narrow(b, first, last);
	return (struct bisect_end){ BISECT_FOUND, k.before, k.after, k.after - k.before - 1 };
}
