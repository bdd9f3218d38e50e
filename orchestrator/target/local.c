/* The kind `local`: a Debian root on this machine in a bubblewrap sandbox; a foreign one through qemu-user. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "target/contain.h"
#include "target/debian.h"
#include "target/driver.h"
#include "target/local_args.h"
#include "target/local_root.h"
#include "target/pipe_exec.h"

#define TRIAL_LIMIT_NS (60 * NS_PER_S)

struct local {
	struct image image;
	struct local_root root;
	char *resolv_conf; /* NULL: this machine has none */
};

static const char *arch_of(const struct target_spec *spec)
{
	return spec->arch ? spec->arch : host_arch();
}

static int need_bwrap(struct err *e)
{
	if (proc_on_path("bwrap"))
		return 0;
	err_set(e, ERR_UNAVAILABLE, "bwrap is not there: it makes the sandbox of local targets");
	return err_hint(e, "as root: apt-get install bubblewrap");
}

/* What a command with network inherits of ours: how to reach it. */
static const char **network_env(void)
{
	static const char *const names[] = { "http_proxy=", "https_proxy=", "no_proxy=",
					     "HTTP_PROXY=", "HTTPS_PROXY=", "NO_PROXY=" };
	VEC(const char *) found = { 0 };

	for (char **entry = environ; entry && *entry; entry++)
		for (size_t i = 0; i < COUNT_OF(names); i++)
			if (str_starts(*entry, names[i]))
				vec_add(&found, *entry);
	vec_add(&found, NULL);
	return found.items;
}

static char **build_args(const struct target *t, const char *command, bool network, bool interactive)
{
	const struct local *l = t->inside;
	AUTO_FREE const char **proxies = network ? network_env() : NULL;
	const struct local_args a = {
		.root = l->root.view,
		.name = t->spec->name,
		.resolv_conf = network ? l->resolv_conf : NULL,
		.network = network,
		.interactive = interactive,
		.command = command,
		.env = proxies,
	};

	return local_args_build(&a);
}

static int local_exec(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	struct local *l = t->inside;
	AUTO_FREE_LIST char **argv = build_args(t, x->command, x->network, false);
	const struct proc_spec spec = {
		.argv = (const char *const *)argv,
		.before_exec = local_root_enter,
		.ctx = &l->root,
	};

	l->root.untouched = false;
	return pipe_exec(&spec, x, out, e);
}

static int local_shell(struct target *t, const char *command, struct err *e)
{
	struct local *l = t->inside;
	AUTO_FREE_LIST char **argv = build_args(t, command, true, true);
	const struct proc_spec spec = {
		.argv = (const char *const *)argv,
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.err = STDERR_FILENO,
		.before_exec = local_root_enter,
		.ctx = &l->root,
		.same_group = true,
	};
	pid_t pid;

	l->root.untouched = false;
	return proc_start(&spec, &pid, e) == 0 ? proc_wait(pid, -1, NULL, e) : -1;
}

/* One trial of a way to run commands: the whole of it. */
static int try_sandbox(struct target *t, bool own_users, bool overlay, struct err *e)
{
	struct local *l = t->inside;
	AUTO_FREE_LIST char **argv = NULL;
	AUTO_STR said = { 0 };
	struct proc_end end;
	size_t kept;

	l->root.own_users = own_users;
	l->root.overlay = overlay;
	l->root.untouched = false;
	if (local_root_restore(&l->root, NULL, 0, &kept, e) != 0)
		return -1;
	argv = build_args(t, "true", false, false);
	const struct proc_spec spec = {
		.argv = (const char *const *)argv,
		.in = -1,
		.before_exec = local_root_enter,
		.ctx = &l->root,
	};
	if (proc_run(&spec, TRIAL_LIMIT_NS, 4096, &said, &end, e) != 0)
		return -1;
	if (end.status == 0)
		return 0;
	str_cut(&said, strcspn(str_text(&said), "\n"));
	err_set(e, ERR_UNAVAILABLE, "the sandbox does not work here: %s", str_text(&said));
	return err_hint(e, "in a container: run it with the right to make namespaces (CAP_SYS_ADMIN)");
}

/* The best way that works here: root can do without user namespaces, and everybody without overlays. */
static int choose_way(struct target *t, struct err *e)
{
	const bool is_root = geteuid() == 0;
	const struct {
		bool own_users, overlay;
	} ways[] = { { true, true }, { false, true }, { true, false }, { false, false } };
	struct err first = ERR_INIT;

	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		struct err why = ERR_INIT;

		if (!ways[i].own_users && !is_root)
			continue;
		if (try_sandbox(t, ways[i].own_users, ways[i].overlay, &why) == 0) {
			if (!ways[i].overlay)
				log_warning("%s: no overlay file system here: roots and layers are copied (%s)",
					    t->spec->name, first.text);
			return 0;
		}
		if (first.code == ERR_NONE)
			first = why;
	}
	if (e)
		*e = first;
	return -1;
}

static void local_close(struct target *t)
{
	struct local *l = t->inside;

	if (!l)
		return;
	local_root_close(&l->root);
	image_free(&l->image);
	free(l->resolv_conf);
	free(l);
	t->inside = NULL;
}

static int open_inside(struct target *t, struct local *l, struct err *e)
{
	if (need_bwrap(e) != 0 || binfmt_ensure(arch_of(t->spec), e) != 0 || userns_plan(&l->root.user, e) != 0 ||
	    image_get(t->spec, &t->opts, &l->image, e) != 0)
		return -1;
	l->root.cache_folder = realpath(t->opts.cache_folder, NULL);
	l->root.image_folder = realpath(l->image.folder, NULL);
	l->root.image_id = l->image.id;
	if (!l->root.cache_folder || !l->root.image_folder)
		return err_errno(e, ERR_IO, "%s", t->opts.cache_folder);
	l->resolv_conf = realpath("/etc/resolv.conf", NULL);
	memcpy(t->base_id, l->image.id, sizeof(t->base_id));
	return choose_way(t, e);
}

static int local_open(struct target *t, struct err *e)
{
	struct local *l = mem_new(1, sizeof(*l));

	l->image.lock_fd = -1;
	t->inside = l;
	if (open_inside(t, l, e) == 0)
		return 0;
	local_close(t);
	return err_wrap(e, "%s", t->spec->name);
}

static int local_restore(struct target *t, const char *const *keys, size_t count, size_t *out_kept, struct err *e)
{
	struct local *l = t->inside;

	return local_root_restore(&l->root, keys, count, out_kept, e);
}

static int local_keep(struct target *t, const char *key, const char *parent, const char *label, struct err *e)
{
	struct local *l = t->inside;

	return local_root_keep(&l->root, key, parent, label, e);
}

static bool local_alive(struct target *t)
{
	const struct local *l = t->inside;

	return l->root.top && file_is_folder(l->root.top) && file_is_folder(l->image.folder);
}

static int local_build(const struct target_spec *spec, const struct target_opts *o, struct err *e)
{
	struct image image;

	if (image_get(spec, o, &image, e) != 0)
		return -1;
	image_free(&image);
	return 0;
}

static int local_command_line(const struct target_spec *spec, const struct target_opts *o, struct str *out,
			      struct err *e)
{
	char id[65];

	if (image_id(spec, id, e) != 0)
		return -1;
	AUTO_FREE char *root = mem_printf("%s/layers/image/%s/root", o->cache_folder, id);
	const struct local_args a = { .root = root, .name = spec->name, .interactive = true, .command = "exec sh -l" };
	AUTO_FREE_LIST char **argv = local_args_build(&a);
	for (char **word = argv; *word; word++) {
		if (word != argv)
			str_add_char(out, ' ');
		str_add_quoted(out, *word, STR_SHELL);
	}
	return 0;
}

static void local_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell,
			 void *ctx)
{
	struct err e = ERR_INIT;
	AUTO_USERNS user = { 0 };

	if (need_bwrap(&e) != 0 || binfmt_ensure(arch_of(spec), &e) != 0 || userns_plan(&user, &e) != 0)
		tell(ctx, FINDING_PROBLEM, e.text, e.hint);
	else if (userns_works(&user))
		tell(ctx, FINDING_OK, "sandboxes with users of their own work here", "");
	else if (geteuid() == 0)
		tell(ctx, FINDING_NOTE,
		     "no user namespaces here: commands of local targets run as the real root, without its rights",
		     "sysctl user.max_user_namespaces says whether they are switched off");
	else
		tell(ctx, FINDING_PROBLEM, "an ordinary user cannot make user namespaces here",
		     "run labctl as root, or let users make namespaces (sysctl user.max_user_namespaces, "
		     "kernel.unprivileged_userns_clone)");
	image_doctor(spec, o, tell, ctx);
}

const struct driver local_driver = {
	.name = "local",
	.has_layers = true,
	.own_root = true,
	.open = local_open,
	.restore = local_restore,
	.keep = local_keep,
	.exec = local_exec,
	.shell = local_shell,
	.alive = local_alive,
	.close = local_close,
	.build = local_build,
	.command_line = local_command_line,
	.doctor = local_doctor,
};
