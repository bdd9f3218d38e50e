/* One running QEMU: started from an image or a saved state, saved, ended. Not included outside target/. */
#ifndef LABCTL_TARGET_QEMU_MACHINE_H
#define LABCTL_TARGET_QEMU_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "lab/target_spec.h"

struct qemu_machine;

struct qemu_start {
	const struct target_spec *spec;
	const char *folder;		    /* for its overlay, console and messages */
	const char *backing;		    /* disk that the overlay lies on: raw or qcow2 */
	const char *kernel, *initrd, *seed; /* as in struct qemu_paths */
	const char *state;		    /* saved state to begin with; NULL: boot */
	bool kvm;
};

/* When it returns, a machine with a state is in that state and runs; one without has begun to boot. Ends with this
 * process, however that ends. ERR_FORMAT: the state is not one that this machine can be in. */
struct qemu_machine *qemu_machine_start(const struct qemu_start *how, struct err *e);
int qemu_machine_port(const struct qemu_machine *m);
bool qemu_machine_runs(struct qemu_machine *m);
/* Waits until an SSH server in it says who it is. ERR_UNREACHABLE with the end of the console when it ends or does not
 * come up in time. */
int qemu_machine_wait_ssh(struct qemu_machine *m, int64_t limit_ns, struct err *e);
/* Stops it and writes its state; after that it can only be ended. */
int qemu_machine_save(struct qemu_machine *m, const char *state_path, struct err *e);
/* Waits until the guest itself ends the machine. */
int qemu_machine_wait_end(struct qemu_machine *m, int64_t limit_ns, struct err *e);
const char *qemu_machine_console(const struct qemu_machine *m); /* path of what it printed */
/* Ends it if it still runs and, with its disk complete, moves the overlay to `path`. */
int qemu_machine_end_keeping_disk(struct qemu_machine *m, const char *path, struct err *e);
/* Puts what is known about its end behind what e says: how QEMU ended, what it said, the last lines of the console. */
int qemu_machine_explain(struct qemu_machine *m, struct err *e);
void qemu_machine_end(struct qemu_machine *m); /* at once; removes the overlay; frees m; NULL is fine */

/* "raw" or "qcow2", by its first bytes. */
const char *qemu_disk_format(const char *path);

#endif
