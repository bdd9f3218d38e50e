/* What the tool says about itself, on standard error and in the run's own log file. Results never go through here. */
#ifndef LABCTL_BASE_LOG_H
#define LABCTL_BASE_LOG_H

#include "base/err.h"

enum log_level {
	LOG_ERROR,
	LOG_WARNING,
	LOG_INFO,
	LOG_DEBUG
};

/* `message` is one line, with its label, safe to show on a terminal; a message of several lines comes as several calls.
 */
typedef void log_sink_fn(void *ctx, enum log_level level, const char *message);

void log_set_level(enum log_level level); /* what is shown; the file gets everything */
int log_open_file(const char *path, struct err *e);
/* Shown messages go to fn instead of standard error (the live view uses it); NULL: standard error again. */
void log_set_sink(log_sink_fn *fn, void *ctx);
/* Before each message: the target and cell at hand; copied; NULL: none */
void log_set_label(const char *label);
void log_at(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_err(enum log_level level, const struct err *e); /* text, then its hint */
void log_close(void);

#define log_error(...)	 log_at(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...)	 log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	 log_at(LOG_DEBUG, __VA_ARGS__)

#endif
