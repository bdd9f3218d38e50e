/* One machine as the user wrote it in targets/NAME.yaml. Types and their field table. */
#ifndef LABCTL_LAB_TARGET_SPEC_H
#define LABCTL_LAB_TARGET_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/schema.h"

enum target_kind {
	TARGET_LOCAL,
	TARGET_SSH,
	TARGET_QEMU,
	TARGET_FAKE
};

/* A machine on the way to the target, or the target itself. */
struct ssh_hop {
	const char *host;
	int64_t port;
	const char *user;
	const char *key_file; /* NULL: the target's own, or the agent */
};

struct ssh_settings {
	const char *host;
	int64_t port;
	const char *user;
	const char *key_file;	 /* NULL: the agent */
	bool agent;		 /* ask the agent for keys; default true */
	const char *known_hosts; /* NULL: ~/.ssh/known_hosts */
	struct struct_list jump; /* struct ssh_hop, in the order they are passed */
};

/* Where a root file system or disk comes from. No file and no url: labctl builds it from Debian's packages. */
struct image_settings {
	const char *release;	   /* Debian code name */
	struct text_list packages; /* further packages in the root */
	const char *mirror;	   /* NULL: this machine's own apt sources */
	const char *file;	   /* a qcow2 or raw disk with cloud-init */
	const char *url;
	const char *sha256; /* required with file and url */
	int64_t disk_bytes; /* size the guest sees */
};

struct qemu_settings {
	const char *machine; /* NULL: what labctl knows works for this architecture */
	const char *cpu;
	int kvm; /* enum qemu_kvm */
	int64_t boot_limit_ns;
	bool instruction_clock; /* the guest's clock goes on by a nanosecond with each of its instructions */
};

enum qemu_kvm {
	QEMU_KVM_AUTO,
	QEMU_KVM_NEVER,
	QEMU_KVM_REQUIRED
};

/* A scripted answer: the first rule whose pattern is found in the script that is run. */
struct fake_rule {
	const char *match; /* NULL: any */
	const char *output;
	int64_t output_bytes; /* this many bytes of filler more */
	int64_t exit_status;
	int64_t delay_ns; /* before it answers */
	bool die;	  /* the target goes away instead of answering */
	bool silent;	  /* never answers */
	bool disk_full;
	int64_t times;		/* 0: always; n: the first n matches only, then the next rule */
	const char *while_file; /* NULL: always; else once, while this file is there, which it removes */
	struct text_map files;	/* path in the work folder: content; what target_get finds afterwards */
};

struct fake_settings {
	struct struct_list rules; /* struct fake_rule */
	int64_t open_delay_ns;
	const char *open_error; /* opening fails with this text */
	double slowness;
};

struct target_spec {
	struct where at;
	const char *name;
	int kind;	  /* enum target_kind */
	const char *arch; /* Debian's names: amd64 arm64 s390x ppc64el …; NULL only for local: this machine's */
	const char *title;
	struct text_list tags;
	bool only_foreign; /* left out of `all` where this machine has that architecture itself: local covers it */
	int64_t processors;
	int64_t memory_bytes;
	int64_t connect_limit_ns;
	int64_t idle_limit_ns; /* a link on which nothing moves */
	int64_t keepalive_ns;
	double slowness;	     /* 0: measured; else what time limits are multiplied with */
	const char *work_folder;     /* on the target */
	bool system_packages;	     /* apt may install; always true inside local and qemu roots */
	struct text_map env;	     /* for every command */
	struct image_settings image; /* local and qemu */
	struct qemu_settings qemu;
	struct ssh_settings ssh;
	struct fake_settings fake;
};

extern const struct schema target_schema;

/* What the table alone cannot say: keys of another kind, what a kind needs, the disk's source; and values that follow
 * from others. */
void target_spec_settle(const struct yaml_node *n, struct target_spec *spec, struct problems *problems);

const char *target_kind_name(int kind);
const char *host_arch(void);				 /* this machine's, in Debian's words; "unknown" */
bool target_is_emulated(const struct target_spec *spec); /* foreign architecture on this machine (KVM or native: no) */

#endif
