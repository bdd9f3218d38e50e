/* Time. Durations are int64_t nanoseconds and end in _ns; calendar time is int64_t milliseconds since 1970 and ends in
 * _wall_ms. */
#ifndef LABCTL_BASE_CLOCK_H
#define LABCTL_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

int64_t clock_now_ns(void);  /* monotonic: the only clock that is subtracted */
int64_t clock_wall_ms(void); /* calendar: only ever shown or stored */
void clock_sleep_ns(int64_t ns);
#define CLOCK_NEVER_NS INT64_MAX
int64_t clock_deadline_ns(int64_t limit_ns); /* on clock_now_ns's scale; limit_ns < 0 or too long: CLOCK_NEVER_NS */
/* What poll() may wait: rounded up, 0 when it passed, -1 for CLOCK_NEVER_NS */
int clock_poll_ms(int64_t deadline_ns);
/* "250ms" "90s" "5m" "2h" "7d", also "1h30m"; a bare number is refused (0 is allowed). */
int clock_parse_duration(const char *text, int64_t *out_ns, struct err *e);
void clock_format_duration(int64_t ns, char *buf, size_t size);	  /* "0.25 s", "41 s", "3 min 20 s", "2 h 05 min" */
void clock_format_utc(int64_t wall_ms, char *buf, size_t size);	  /* 2026-01-31T12:00:00Z */
void clock_format_local(int64_t wall_ms, char *buf, size_t size); /* 2026-01-31 13:00 in the user's zone */

#endif
