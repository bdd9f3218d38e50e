/* Whether QEMU can use this machine's own virtualisation. Not included outside target/. */
#ifndef LABCTL_TARGET_QEMU_KVM_H
#define LABCTL_TARGET_QEMU_KVM_H

#include <stdbool.h>

#include "base/str.h"
#include "lab/target_spec.h"

/* What spec asks for, and what is possible. `out_why` says why not, one line. A device that opens proves nothing: a
 * machine is tried, and the answer kept in the cache until this machine boots again. */
bool qemu_kvm_works(const char *arch, const char *cache_folder, struct str *out_why);
/* ERR_UNAVAILABLE when KVM is required and does not work. */
int qemu_kvm_choose(const struct target_spec *spec, const char *cache_folder, bool *out_kvm, struct err *e);

#endif
