/* What can be said about emulated machines without starting one. Not included outside target/. */
#ifndef LABCTL_TARGET_QEMU_ABOUT_H
#define LABCTL_TARGET_QEMU_ABOUT_H

#include "target/target.h"

/* ERR_UNAVAILABLE with the package that is missing. */
int qemu_need_programs(const char *arch, struct err *e);
/* As in struct driver. */
int qemu_command_line(const struct target_spec *spec, const struct target_opts *o, struct str *out, struct err *e);
void qemu_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx);

#endif
