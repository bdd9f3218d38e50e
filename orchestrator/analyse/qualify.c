#include "analyse/qualify.h"

#include <stdlib.h>

#include "analyse/qualify_inside.h"
#include "base/mem.h"

static const struct {
	const char *word, *help;
	int rank; /* of what decides the whole: the highest */
} statuses[QUALIFY_COUNT] = {
	[QUALIFY_QUALIFIED] = { "qualified", "all that the policy asks for is shown", 0 },
	[QUALIFY_REGRESSION] = { "regression", "the candidate is shown to be worse than the policy allows", 4 },
	[QUALIFY_UNDECIDED] = { "undecided", "neither is shown: more processes may decide it", 1 },
	[QUALIFY_INVALID] = { "invalid", "the A/A control failed: times of that target are not to be trusted", 3 },
	[QUALIFY_INCOMPLETE] = { "incomplete", "something that the policy asks for has no answer", 2 },
};

const char *qualify_word(enum qualify_status s)
{
	return (unsigned)s < QUALIFY_COUNT ? statuses[s].word : "unknown";
}

const char *qualify_help(enum qualify_status s)
{
	return (unsigned)s < QUALIFY_COUNT ? statuses[s].help : "a word that this labctl does not know";
}

enum qualify_status qualify_worse(enum qualify_status a, enum qualify_status b)
{
	return statuses[a].rank >= statuses[b].rank ? a : b;
}

void qualify_add_reason(struct qualification *q, enum qualify_status s, const char *text, const char *command)
{
	q->reasons = mem_grow(q->reasons, q->reason_count + 1, sizeof(*q->reasons));
	q->reasons[q->reason_count++] =
		(struct qualify_reason){ s, arena_dup(q->arena, text), arena_dup(q->arena, command) };
	q->status = qualify_worse(q->status, s);
}

/* Those that decide come first, each in the order it was found. */
static void sort_reasons(struct qualification *q)
{
	struct qualify_reason *sorted = mem_new(q->reason_count + 1, sizeof(*sorted));
	size_t count = 0;

	for (int rank = 4; rank >= 0; rank--)
		for (size_t i = 0; i < q->reason_count; i++)
			if (statuses[q->reasons[i].status].rank == rank)
				sorted[count++] = q->reasons[i];
	free(q->reasons);
	q->reasons = sorted;
}

int qualify_judge(const struct qualify_terms *terms, struct qualification *out, struct err *e)
{
	*out = (struct qualification){ .arena = arena_new(16384) };
	if (qualify_tests(terms, out, e))
		return -1;
	qualify_tests_reasons(terms, out);
	qualify_speeds(terms, out);
	qualify_speed_reasons(terms, out);
	if (!terms->tests_count && !terms->speed_count)
		qualify_add_reason(out, QUALIFY_INCOMPLETE, "nothing was asked for", NULL);
	sort_reasons(out);
	return 0;
}

void qualification_free(struct qualification *q)
{
	for (size_t i = 0; i < q->tests_count; i++) {
		free(q->tests[i].regressions);
		free(q->tests[i].missing);
	}
	free(q->tests);
	free(q->speed);
	free(q->controls);
	free(q->reasons);
	arena_free(q->arena);
	*q = (struct qualification){ 0 };
}
