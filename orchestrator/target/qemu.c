/* Whole emulated machines. A layer is an overlay disk with the machine's saved state beside it, neither ever written
 * again: any number of labctl start from it at once, each with a throw-away overlay of its own. The state right after
 * the first boot is kept as a layer too, so an image boots once. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/cache_lock.h"
#include "target/driver.h"
#include "target/image.h"
#include "target/layer.h"
#include "target/qemu_about.h"
#include "target/qemu_args.h"
#include "target/qemu_kvm.h"
#include "target/qemu_machine.h"
#include "target/ssh_link.h"

#define LAYER_KIND	 "qemu"
#define SETTLE_LIMIT_NS	 (300 * NS_PER_S)
#define BEFORE_SAVE_NS	 (120 * NS_PER_S)
#define GOODBYE_NS	 (300 * NS_PER_MS) /* for the guest to end the session that we left */
#define CONNECT_LIMIT_NS (60 * NS_PER_S)

struct inside {
	struct image image;
	bool kvm;
	struct qemu_machine *machine;
	struct ssh_link *link;
	int layer_lock_fd; /* of the layer that the machine began with; -1: none */
	bool clock_due;	   /* the guest's clock still stands where the state was saved */
};

static void stop(struct inside *in)
{
	ssh_link_close(in->link);
	in->link = NULL;
	qemu_machine_end(in->machine);
	in->machine = NULL;
	mem_close_at(&in->layer_lock_fd);
	in->layer_lock_fd = -1;
}

/* ---- commands ---- */

/* Before the first command after a restore its clock is set, in the same exec: a command of its own would cost a round
 * trip and a shell. */
static void add_clock(struct inside *in, struct str *out)
{
	if (!in->clock_due)
		return;
	int64_t now_ms = clock_wall_ms();
	str_addf(out, "date -u -s @%lld.%03lld >/dev/null\n", (long long)(now_ms / 1000), (long long)(now_ms % 1000));
	in->clock_due = false;
}

static int qemu_exec(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_STR command = { 0 };
	struct driver_exec with_clock = *x;

	if (!in->link) {
		*out = DRIVER_LOST;
		err_set(e, ERR_LOST, "the machine is not running");
		return 0;
	}
	add_clock(in, &command);
	str_add(&command, x->command);
	with_clock.command = str_text(&command);
	int result = ssh_link_exec(in->link, &with_clock, out, e);
	if (result == 0 && *out == DRIVER_LOST)
		qemu_machine_explain(in->machine, e);
	return result;
}

/* A small command of the driver's own; what it prints and how it ends does not matter. */
static int tell_guest(struct target *t, const char *command, int64_t limit_ns, struct err *e)
{
	struct driver_exec x = { .command = command, .limit_ns = limit_ns };
	enum driver_ending ending;

	if (qemu_exec(t, &x, &ending, e) != 0)
		return -1;
	return ending == DRIVER_LOST ? -1 : 0;
}

/* ---- starting ---- */

static int connect_link(struct target *t, struct err *e)
{
	struct inside *in = t->inside;
	struct ssh_where where = {
		.host = "127.0.0.1",
		.port = qemu_machine_port(in->machine),
		.user = "root",
		.key_file = in->image.user_key,
		.pinned_key = in->image.host_key,
		.connect_limit_ns = CONNECT_LIMIT_NS,
		.idle_limit_ns = t->spec->idle_limit_ns,
		.keepalive_ns = t->spec->keepalive_ns,
		.retry_refused = true,
	};

	in->link = ssh_link_open(&where, e);
	return in->link ? 0 : qemu_machine_explain(in->machine, e);
}

static struct qemu_start start_of(const struct target *t, const char *backing, const char *state)
{
	const struct inside *in = t->inside;

	return (struct qemu_start){
		.spec = t->spec,
		.folder = t->opts.scratch_folder,
		.backing = backing,
		.kernel = in->image.kernel,
		.initrd = in->image.initrd,
		.seed = in->image.seed,
		.state = state,
		.kvm = in->kvm,
	};
}

/* From the layer in `folder`. */
static int start_layer(struct target *t, const char *folder, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_FREE char *disk = file_join(folder, "disk");
	AUTO_FREE char *state = file_join(folder, "state");
	struct qemu_start how = start_of(t, disk, state);
	int64_t began_ns = clock_now_ns();

	in->machine = qemu_machine_start(&how, e);
	if (!in->machine)
		return -1;
	int64_t runs_ns = clock_now_ns();
	in->clock_due = true;
	if (connect_link(t, e) != 0)
		return -1;
	log_debug("%s: a kept state runs after %lld ms, answers after %lld ms", t->spec->name,
		  (long long)((runs_ns - began_ns) / NS_PER_MS), (long long)((clock_now_ns() - began_ns) / NS_PER_MS));
	return 0;
}

/* 1: there is no such layer. */
static int try_layer(struct target *t, const char *key, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_FREE char *folder = layer_find(t->opts.cache_folder, LAYER_KIND, key, &in->layer_lock_fd);

	if (!folder)
		return 1;
	if (start_layer(t, folder, e) == 0)
		return 0;
	stop(in);
	return -1;
}

/* A guest that does not come up is a target that cannot be reached. */
static int no_machine(struct err *e)
{
	if (e && (e->code == ERR_IO || e->code == ERR_TIMEOUT))
		e->code = ERR_UNREACHABLE;
	return -1;
}

/* The image itself, as it comes up. */
static int cold_boot(struct target *t, struct err *e)
{
	struct inside *in = t->inside;
	struct qemu_start how = start_of(t, in->image.disk, NULL);
	int64_t began_ns = clock_now_ns();

	target_say(&t->opts, "%s: booting", t->spec->name);
	in->machine = qemu_machine_start(&how, e);
	in->clock_due = false;
	if (!in->machine || qemu_machine_wait_ssh(in->machine, t->spec->qemu.boot_limit_ns, e) != 0 ||
	    connect_link(t, e) != 0)
		return no_machine(e);
	log_debug("%s: a cold boot answers after %lld ms", t->spec->name,
		  (long long)((clock_now_ns() - began_ns) / NS_PER_MS));
	return 0;
}

/* Until nothing in it is busy with starting any more: what is saved now is not done again. */
static int settle(struct target *t, struct err *e)
{
	return tell_guest(t,
			  "command -v cloud-init >/dev/null && cloud-init status --wait\n"
			  "systemctl is-system-running --wait\n"
			  "command -v apt-cache >/dev/null && apt-cache gencaches",
			  SETTLE_LIMIT_NS, e);
}

/* ---- keeping ---- */

/* Saved without the page cache: what it holds is on the disk. */
static int write_layer(struct target *t, const char *folder, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_FREE char *disk = file_join(folder, "disk");
	AUTO_FREE char *state = file_join(folder, "state");

	if (tell_guest(t, "sync; echo 3 >/proc/sys/vm/drop_caches", BEFORE_SAVE_NS, e) != 0)
		return -1;
	ssh_link_close(in->link);
	in->link = NULL;
	clock_sleep_ns(GOODBYE_NS);
	if (qemu_machine_save(in->machine, state, e) != 0 || qemu_machine_end_keeping_disk(in->machine, disk, e) != 0)
		return -1;
	chmod(disk, 0600);
	return 0;
}

/* Leaves no machine running: the one that was saved has its disk below the layer now. */
static int save_layer(struct target *t, const char *key, const char *parent, const char *label, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_FREE char *folder = layer_begin(t->opts.cache_folder, LAYER_KIND, e);

	if (!folder)
		return -1;
	int result = write_layer(t, folder, e);
	qemu_machine_end(in->machine);
	in->machine = NULL;
	if (result == 0)
		result = layer_finish(t->opts.cache_folder, LAYER_KIND, key, parent, label, folder, e);
	if (result != 0)
		layer_drop(folder);
	/* Up to here the parent was needed below our overlay. */
	stop(in);
	return result;
}

static int lost_layer(const char *key, struct err *e)
{
	return err_set(e, ERR_IO, "the layer %s was removed as soon as it was made", key);
}

static int qemu_keep(struct target *t, const char *key, const char *parent, const char *label, struct err *e)
{
	if (save_layer(t, key, parent ? parent : t->base_id, label, e) != 0)
		return err_wrap(e, "keeping the machine's state");
	int found = try_layer(t, key, e);
	return found == 1 ? lost_layer(key, e) : found;
}

/* Booted by one labctl; others that want it wait. */
static int make_base(struct target *t, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_CLOSE int lock_fd = -1;
	AUTO_FREE char *label = mem_printf("%s after its first boot", t->spec->name);

	if (cache_lock(&t->opts, LAYER_KIND, t->base_id, "the machine's first boot", &lock_fd, e) != 0)
		return -1;
	int found = try_layer(t, t->base_id, e);
	if (found != 1)
		return found;
	if (cold_boot(t, e) != 0 || settle(t, e) != 0 || save_layer(t, t->base_id, in->image.id, label, e) != 0) {
		stop(in);
		return -1;
	}
	found = try_layer(t, t->base_id, e);
	return found == 1 ? lost_layer(t->base_id, e) : found;
}

/* As try_layer; what cannot be used is told, and a damaged one makes room for a better one. */
static int try_layer_or_tell(struct target *t, const char *key)
{
	struct err why = ERR_INIT;

	int found = try_layer(t, key, &why);
	if (found < 0) {
		err_wrap(&why, "%s: a kept state cannot be used", t->spec->name);
		log_err(LOG_WARNING, &why);
		if (why.code == ERR_FORMAT)
			layer_discard(t->opts.cache_folder, LAYER_KIND, key);
	}
	return found;
}

static int qemu_restore(struct target *t, const char *const *keys, size_t count, size_t *out_kept, struct err *e)
{
	stop(t->inside);
	for (*out_kept = count; *out_kept > 0; --*out_kept)
		if (try_layer_or_tell(t, keys[*out_kept - 1]) == 0)
			return 0;
	int found = t->opts.cold ? -1 : try_layer_or_tell(t, t->base_id);
	if (found == 1)
		return make_base(t, e);
	return found < 0 ? cold_boot(t, e) : 0;
}

/* ---- the rest of the driver ---- */

/* Another emulator, another amount of memory: other states. The image's hash alone would mix them up. */
static void make_base_id(struct target *t)
{
	struct inside *in = t->inside;
	struct digest *d = digest_new();
	AUTO_STR machine = { 0 };
	AUTO_STR version = { 0 };
	const char *argv[] = { qemu_args_program(t->spec->arch), "--version", NULL };

	qemu_args_describe(t->spec, in->kvm, &machine);
	proc_run_ok(argv, CONNECT_LIMIT_NS, &version, NULL);
	digest_add_field(d, in->image.id);
	digest_add_field(d, str_text(&machine));
	digest_add_field(d, str_text(&version));
	digest_end(d, t->base_id);
}

static int qemu_open(struct target *t, struct err *e)
{
	struct inside *in = mem_new(1, sizeof(*in));

	in->layer_lock_fd = -1;
	t->inside = in;
	if (qemu_need_programs(t->spec->arch, e) == 0 &&
	    qemu_kvm_choose(t->spec, t->opts.cache_folder, &in->kvm, e) == 0 &&
	    image_get(t->spec, &t->opts, &in->image, e) == 0) {
		make_base_id(t);
		return 0;
	}
	free(in);
	t->inside = NULL;
	return -1;
}

static int qemu_shell(struct target *t, const char *command, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_STR text = { 0 };

	if (!in->link)
		return err_set(e, ERR_LOST, "the machine is not running");
	add_clock(in, &text);
	str_add(&text, "[ ! -x /bin/bash ] || { SHELL=/bin/bash; export SHELL; }\n");
	str_add(&text, command);
	return ssh_link_shell(in->link, str_text(&text), e);
}

static int qemu_reach(struct target *t, struct str *out, struct err *e)
{
	struct inside *in = t->inside;

	if (!in->machine)
		return err_set(e, ERR_LOST, "the machine is not running");
	AUTO_FREE char *known = file_join(t->opts.scratch_folder, "known_hosts");
	AUTO_FREE char *line = mem_printf("labctl-guest %s\n", in->image.host_key);
	if (file_write(known, line, strlen(line), e) != 0)
		return -1;
	AUTO_FREE char *option = mem_printf("UserKnownHostsFile=%s", known);
	str_addf(out, "ssh -p %d -o HostKeyAlias=labctl-guest -o ", qemu_machine_port(in->machine));
	str_add_quoted(out, option, STR_SHELL);
	str_add(out, " -i ");
	str_add_quoted(out, in->image.user_key, STR_SHELL);
	str_add(out, " root@127.0.0.1");
	return 0;
}

static bool qemu_alive(struct target *t)
{
	struct inside *in = t->inside;

	return in->link && qemu_machine_runs(in->machine) && ssh_link_alive(in->link);
}

static void qemu_close(struct target *t)
{
	struct inside *in = t->inside;

	if (!in)
		return;
	stop(in);
	image_free(&in->image);
	free(in);
	t->inside = NULL;
}

static int qemu_build(const struct target_spec *spec, const struct target_opts *o, struct err *e)
{
	struct image image = { 0 };

	if (image_get(spec, o, &image, e) != 0)
		return -1;
	image_free(&image);
	return 0;
}

const struct driver qemu_driver = {
	.name = "qemu",
	.has_layers = true,
	.own_root = true,
	.open = qemu_open,
	.restore = qemu_restore,
	.keep = qemu_keep,
	.exec = qemu_exec,
	.shell = qemu_shell,
	.reach = qemu_reach,
	.alive = qemu_alive,
	.close = qemu_close,
	.build = qemu_build,
	.command_line = qemu_command_line,
	.doctor = qemu_doctor,
};
