/* The monitor of a running QEMU. */
#ifndef LABCTL_TARGET_QMP_H
#define LABCTL_TARGET_QMP_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct qmp;

struct qmp *qmp_open(const char *socket_path, int64_t limit_ns, struct err *e); /* waits until it is there and has greeted */
/* arguments_json NULL: none. *out (may be NULL) is the "return" value's tree; json_free it. */
int qmp_ask(struct qmp *q, const char *command, const char *arguments_json, struct json_value **out, struct err *e);
int qmp_send_fd(struct qmp *q, const char *name, int fd, struct err *e); /* getfd */
int qmp_wait_event(struct qmp *q, const char *event, int64_t limit_ns, struct err *e);
void qmp_close(struct qmp *q);

#endif
