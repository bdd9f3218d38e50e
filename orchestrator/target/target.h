/* A machine that can be reached: the same verbs for local, ssh, qemu and fake. Blocking; used by one process at a time.
 */
#ifndef LABCTL_TARGET_TARGET_H
#define LABCTL_TARGET_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "lab/target_spec.h"
#include "target/facts.h"

struct target;

struct target_opts {
	const char *cache_folder;   /* images and layers; shared with other labctl processes */
	const char *scratch_folder; /* this lane's own; exists; the target may fill it and the caller removes it */
	bool cold; /* qemu: the untouched machine is booted, though its saved state may be kept; to compare with, or to
		      see it boot */
	void (*say)(void *ctx, const char *what); /* what it is doing just now ("building the s390x image: 3 of 5,
						     installing packages"); may be NULL */
	void *ctx;
};

enum target_stream {
	TARGET_OUT = 1,
	TARGET_ERR = 2
};

typedef void target_output_fn(void *ctx, enum target_stream stream, const void *data, size_t len);

struct target_command {
	const char *script;	     /* POSIX sh, at most 24 KiB; runs in the work folder, standard input empty */
	const char *const *env;	     /* NAME=value, NULL-ended; NULL: none */
	bool network;		     /* local: without it the sandbox has no network */
	int64_t limit_ns;	     /* 0: none */
	int64_t silence_limit_ns;    /* no output for so long; 0: none */
	target_output_fn *on_output; /* may be NULL */
	void *ctx;
};

enum target_how {
	TARGET_EXITED,	  /* status says how; 128+n: ended by signal n */
	TARGET_TIMED_OUT, /* over limit_ns; it and its children were killed */
	TARGET_SILENT,	  /* over silence_limit_ns; killed too, and the target still answers */
	TARGET_DISK_FULL, /* it failed, and there is no room left in the work folder */
	TARGET_LOST,	  /* no status and no answer: the machine went away. Every later call fails with ERR_LOST */
};

struct target_end {
	enum target_how how;
	int status; /* TARGET_EXITED only */
	int64_t took_ns;
	char why[256]; /* for all but TARGET_EXITED: one line */
};

/* Brings the machine up as far as its first layer needs: image built or fetched (once, also when two labctl ask),
 * reachable for ssh. For qemu nothing is started before the first target_restore. Errors: ERR_UNREACHABLE (with what to
 * do), ERR_UNAVAILABLE (no emulator here), … */
struct target *target_open(const struct target_spec *spec, const struct target_opts *o, struct err *e);

/* What names the state that an untouched machine has: for local and qemu the image's hash, else "". Part of layer keys.
 */
const char *target_base_id(const struct target *t);

/* Puts the machine in the state of the deepest kept layer of the chain (keys from the base upwards), as new, with an
 * empty work folder. *out_kept: how many of the chain are in place (0: the base alone). The clock is set. */
int target_restore(struct target *t, const char *const *keys, size_t count, size_t *out_kept, struct err *e);
/* Keeps the present state as layer `key`, above `parent` (NULL: the base). The machine goes on in that state. What a
 * kept layer holds is never changed again; when another labctl was first, its layer is taken. `label` is shown by
 * `labctl cache list`. A kind without layers does nothing. */
int target_keep(struct target *t, const char *key, const char *parent, const char *label, struct err *e);

int target_probe(struct target *t, struct facts *out, struct err *e);
/* The command's environment: LABCTL_PREFIX (the folder where installs of ours go; what is below it becomes part of a
 * layer), the spec's, the command's own. -1: could not even try. Whatever became of the command is in `out`. "No
 * answer" is never an exit status. */
int target_run(struct target *t, const struct target_command *c, struct target_end *out, struct err *e);
/* Small scripts of our own: output (both streams) in `out`; anything but exit 0 is an error. limit_ns is multiplied
 * with nothing. */
int target_ask(struct target *t, const char *script, int64_t limit_ns, struct str *out, struct err *e);
/* A file or folder here to `there` (relative: to the work folder), as one tar stream; and back. `there` is created with
 * its parents. Getting what is not there: ERR_IO. */
int target_put(struct target *t, const char *here, const char *there, struct err *e);
/* Into_folder/basename(there) */
int target_get(struct target *t, const char *there, const char *into_folder, struct err *e);
/* Interactive, on our terminal; script NULL: a login shell. Needs one target_restore before */
int target_shell(struct target *t, const char *script, struct err *e);
/* How a person reaches it as long as it is open: a command to paste */
int target_reach(struct target *t, struct str *out, struct err *e);
const char *target_work_folder(const struct target *t); /* absolute, on the target */
const struct target_spec *target_spec_of(const struct target *t);
void target_close(struct target *t);			 /* powers down what it started; NULL is fine */

/* The image alone: `labctl target build`. Also done by target_open when it is needed. */
int target_build(const struct target_spec *spec, const struct target_opts *o, struct err *e);
/* ssh: shows type and fingerprint of the host's key (and of each jump host) through `ask`; when it returns true the key
 * is added to known_hosts. */
int target_trust(const struct target_spec *spec,
		 bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint), void *ctx,
		 struct err *e);
/* The command line that would start it (qemu, local), one shell word after the other; "" for kinds that start nothing.
 */
int target_command_line(const struct target_spec *spec, const struct target_opts *o, struct str *out, struct err *e);

/* One thing that doctor found out about this machine or a target. */
enum finding_level {
	FINDING_OK,
	FINDING_NOTE,
	FINDING_PROBLEM
};
typedef void target_finding_fn(void *ctx, enum finding_level level, const char *what, const char *what_to_do);
/* Without building or booting anything: programs, KVM, binfmt, room on disk, keys, reachability of an ssh host. */
void target_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx);

#endif
