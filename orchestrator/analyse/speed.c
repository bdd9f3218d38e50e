#include "analyse/speed.h"

#include <string.h>

static const struct speed_row {
	const char *word, *sign, *ascii_sign, *help;
	bool decided;
} speeds[SPEED_COUNT] = {
	[SPEED_FASTER] = { "faster", "↑", "^", "takes less time than the baseline, beyond chance", true },
	[SPEED_SLOWER] = { "slower", "↓", "v", "takes more time than the baseline, beyond chance", true },
	[SPEED_EQUIVALENT] = { "equivalent", "=", "=", "any difference is shown to be smaller than the margin", true },
	[SPEED_UNDECIDED] = { "undecided", "?", "?",
			      "neither a difference nor equivalence is shown: more processes may decide it", false },
	[SPEED_NO_STEADY_STATE] = { "no-steady-state", "∞", "~",
				    "processes do not settle on a speed, so there is none to compare", false },
	[SPEED_NOT_COMPARABLE] = { "not-comparable", "≠", "#",
				   "the two sides were not measured under the same conditions", false },
	[SPEED_FAILED] = { "failed", "✗", "x", "the benchmark did not run to its end on both sides", false },
};

/* A number that is no word can come from a file: it must not lead outside the table. */
static const struct speed_row *row_of(enum speed s)
{
	static const struct speed_row strange = { "unknown", "?", "?", "a word that this labctl does not know", false };

	return (unsigned)s < SPEED_COUNT ? &speeds[s] : &strange;
}

const char *speed_word(enum speed s)
{
	return row_of(s)->word;
}

int speed_from_word(const char *word)
{
	for (int s = 0; word != NULL && s < SPEED_COUNT; s++)
		if (strcmp(speeds[s].word, word) == 0)
			return s;
	return -1;
}

const char *speed_sign(enum speed s)
{
	return row_of(s)->sign;
}

const char *speed_ascii_sign(enum speed s)
{
	return row_of(s)->ascii_sign;
}

const char *speed_help(enum speed s)
{
	return row_of(s)->help;
}

bool speed_is_decided(enum speed s)
{
	return row_of(s)->decided;
}
