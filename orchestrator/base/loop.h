/* One poll() loop: descriptors, timers and signals, all on one thread. */
#ifndef LABCTL_BASE_LOOP_H
#define LABCTL_BASE_LOOP_H

#include <stdint.h>

#include "base/err.h"

struct loop;
struct loop_source;

typedef void loop_fn(void *ctx);

struct loop *loop_new(struct err *e);
struct loop_source *loop_on_readable(struct loop *l, int fd, loop_fn *fn, void *ctx);	/* also on hang-up */
struct loop_source *loop_on_signal(struct loop *l, int signal, loop_fn *fn, void *ctx); /* one source per signal */
/* Fires once, then is dropped */
struct loop_source *loop_after(struct loop *l, int64_t delay_ns, loop_fn *fn, void *ctx);
struct loop_source *loop_every(struct loop *l, int64_t period_ns, loop_fn *fn, void *ctx);
void loop_drop(struct loop_source **source); /* NULLs the pointer; allowed inside any callback */
int loop_run(struct loop *l, struct err *e); /* until loop_stop or until no source but signals is left */
void loop_stop(struct loop *l);
void loop_free(struct loop *l); /* gives the signals their old handlers back; not inside a callback */
/* In a process that was forked inside a callback and never comes back to the loop: the signals get their old handlers
 * back there. */
void loop_leave(struct loop *l);

#endif
