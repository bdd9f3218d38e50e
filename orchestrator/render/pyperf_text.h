/* Numbers as pyperf's own commands print them, character for character: for those who compare the two. Facts from
 * pyperf/_formatter.py and _metadata.py (version 2.10). */
#ifndef LABCTL_RENDER_PYPERF_TEXT_H
#define LABCTL_RENDER_PYPERF_TEXT_H

#include <stdbool.h>

#include "base/str.h"
#include "parse/bench.h"

/* One of the values that are shown together; `first` is the first of them, whose size decides about the unit and the
 * decimals of times. "22.5 ms", "7188.0 KiB", "1 byte", "2^15", "1.5". `whole`: Python would have it as an integer. */
void pyperf_text_value(struct str *out, enum bench_unit unit, double first, double value, bool whole);
/* "22.5 ms +- 0.2 ms"; `whole`: the mean is an integer for Python, as that of integers can be. */
void pyperf_text_mean(struct str *out, enum bench_unit unit, double mean, double deviation, bool whole);
/* Of the means: "no change", "1.25x faster", "1.25x slower". Also of bytes. */
void pyperf_text_ratio(struct str *out, double reference, double changed);
/* Coarse, for durations: "0 sec", "650 ms", "2.1 sec", "1 min 5.0 sec", "2 hour 3 min". */
void pyperf_text_seconds(struct str *out, double seconds);
/* A plain number: "8192", "2^15", "10^4". pyperf prints "10^4" for 20000 too; this prints 20000. */
void pyperf_text_number(struct str *out, double number, bool whole);
/* An entry of metadata, as `pyperf metadata` shows it. */
void pyperf_text_fact(struct str *out, const char *key, const char *json);

#endif
