/* The monitor of a running QEMU. */
#ifndef LABCTL_TARGET_QMP_H
#define LABCTL_TARGET_QMP_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct qmp;

/* Over a connected stream socket whose other end QEMU was given (-chardev socket,fd=N), so that there is no path, no
 * waiting for it to appear, and the end of QEMU is seen at once. Takes the descriptor in any case. Waits for the
 * greeting. */
struct qmp *qmp_open(int fd, int64_t limit_ns, struct err *e);
/* arguments_json NULL: none. *out (may be NULL) is the whole answer, whose "return" member is what was asked for;
 * json_free it. ERR_LOST: QEMU has gone. */
int qmp_ask(struct qmp *q, const char *command, const char *arguments_json, struct json_value **out, struct err *e);
int qmp_send_fd(struct qmp *q, const char *name, int fd, struct err *e); /* getfd; fd stays ours too */
/* An event that came since qmp_open and was not waited for yet counts. */
int qmp_wait_event(struct qmp *q, const char *event, int64_t limit_ns, struct err *e);
void qmp_close(struct qmp *q); /* NULL is fine */

#endif
