/* The inside of target.h: what local.c, ssh.c, qemu.c and fake.c each fill in. Not included outside target/.
 *
 * A driver knows how to start a command and move bytes. What is the same for all (status by file, limits, tar streams,
 * asking, the work folder) is in target.c. */
#ifndef LABCTL_TARGET_DRIVER_H
#define LABCTL_TARGET_DRIVER_H

#include <sys/types.h>

#include "target/target.h"

/* A command on the target with its three streams. */
struct driver_exec {
	const char *command; /* one sh command line, complete */
	const char *script;  /* the user's script that it will run; NULL: it is target.c's own. For drivers that play a
				machine */
	const char *status_file; /* with script: where its status is looked for, one decimal line */
	bool network;
	/* Bytes for its standard input: fills data, returns how many, 0 at the end, -1 with e set. NULL: empty. */
	ssize_t (*input)(void *ctx, void *data, size_t room, struct err *e);
	/* Its standard input stays open behind the last byte until its streams are closed: so it notices when we go
	 * away. */
	bool hold_input;
	/* Bytes it printed. -1 with e set stops everything. NULL: dropped. */
	int (*output)(void *ctx, enum target_stream stream, const void *data, size_t len, struct err *e);
	void *ctx;
	/* Where to put the exit status of the command line when the other side surely sent one and it is not 0; else 0
	 * goes there. NULL: not asked. */
	int *out_exit;
	int64_t limit_ns;	  /* 0: none */
	int64_t silence_limit_ns; /* 0: none */
};

enum driver_ending {
	DRIVER_ENDED,	  /* both streams closed in order */
	DRIVER_TIMED_OUT, /* limit_ns passed; it may still run there */
	DRIVER_SILENT,	  /* silence_limit_ns passed; it may still run there */
	DRIVER_LOST,	  /* the link or the machine broke; e says how */
};

struct driver {
	const char *name;
	bool has_layers;
	bool own_root; /* the whole root is ours: apt may install, paths are free */
	bool guest;    /* the machine is somebody's: its restore empties the work folder itself, and one that nothing is
			  left in goes at once */
	int (*open)(struct target *t, struct err *e);
	int (*restore)(struct target *t, const char *const *keys, size_t count, size_t *out_kept,
		       struct err *e); /* NULL: nothing to do, *out_kept 0 */
	int (*keep)(struct target *t, const char *key, const char *parent, const char *label,
		    struct err *e); /* NULL: no layers */
	/* -1 only when `output` or `input` failed or it could not be started although the target is there. */
	int (*exec)(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e);
	int (*shell)(struct target *t, const char *command, struct err *e);
	int (*reach)(
		struct target *t, struct str *out,
		struct err *e); /* a command that a person reaches it with while it is up; NULL: only through labctl */
	bool (*alive)(struct target *t); /* a short look, at most a few seconds */
	void (*close)(struct target *t);
	int (*build)(const struct target_spec *spec, const struct target_opts *o,
		     struct err *e); /* NULL: nothing to build */
	int (*command_line)(const struct target_spec *spec, const struct target_opts *o, struct str *out,
			    struct err *e); /* NULL: starts nothing */
	void (*doctor)(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx);
};

extern const struct driver local_driver, ssh_driver, qemu_driver, fake_driver;

struct target {
	const struct driver *driver;
	const struct target_spec *spec;
	struct target_opts opts;
	char base_id[65];
	char *work_folder; /* set before the driver's open (NULL: no spec, no own_root); open may put its own here */
	char *prefix;	   /* where installs of ours go: LABCTL_PREFIX for every command; as work_folder */
	char nonce[17];	   /* of this opening: marks its processes there and its answers */
	unsigned next_command; /* numbers the status files */
	bool lost;
	void *inside; /* the driver's own */
};

void target_say(const struct target_opts *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
