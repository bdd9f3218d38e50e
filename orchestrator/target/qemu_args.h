/* The QEMU command line as a pure function of the spec: no file, no process, testable as text. */
#ifndef LABCTL_TARGET_QEMU_ARGS_H
#define LABCTL_TARGET_QEMU_ARGS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "lab/target_spec.h"

struct qemu_paths {
	const char *disk;	     /* qcow2 overlay */
	const char *kernel, *initrd; /* NULL: the image boots by itself */
	const char *seed;	     /* cloud-init seed image; NULL: none */
	const char *monitor;	     /* unix socket for QMP, for people; NULL: monitor_fd */
	int monitor_fd;		     /* a connected socket that QEMU inherits */
	const char *console;	     /* file for the serial console */
	int ssh_port;		     /* on 127.0.0.1 */
	int incoming_fd;	     /* saved machine state to begin with; -1: boot */
};

const char *qemu_args_program(const char *arch); /* NULL: no emulator for it */
char **qemu_args_build(const struct target_spec *spec, const struct qemu_paths *p, bool kvm,
		       struct err *e); /* NULL-ended; mem_free_list */
/* A machine with nothing in it, to find out whether KVM works: its only processor runs as soon as it starts. */
char **qemu_args_build_trial(const char *arch, int monitor_fd);
/* Enters into a digest what decides whether a saved state fits a machine, beside the emulator itself. */
void qemu_args_describe(const struct target_spec *spec, bool kvm, struct str *out);
void qemu_args_show(char *const *argv, struct str *out); /* pasteable in a shell */

#endif
