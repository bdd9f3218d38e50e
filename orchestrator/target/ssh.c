/* A machine on the network, in one folder of its user there:
 *
 *     FOLDER/run-<nonce>/          the work folder of one opening
 *     FOLDER/prefix/               where installs go: always the same path, since installed programs remember it
 *     FOLDER/layers/<key>/prefix/  what the prefix was when that layer was kept */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/plain_exec.h"
#include "target/ssh_inside.h"
#include "target/ssh_settings.h"

#define DEFAULT_FOLDER "labctl-work" /* in the user's home folder there */
#define COPY_LIMIT_NS  (3600 * NS_PER_S)
#define LOOK_LIMIT_NS  (60 * NS_PER_S)
#define CLEAN_LIMIT_NS (120 * NS_PER_S)

struct inside {
	struct ssh_link *link;
	char *folder;
	int lock_fd; /* on this machine: two of our processes must not share one prefix */
	bool used;   /* there is a work folder to remove */
};

static struct ssh_where where_of(const struct target_spec *spec)
{
	const struct ssh_settings *s = &spec->ssh;

	return (struct ssh_where){
		.host = s->host,
		.port = (int)s->port,
		.user = s->user,
		.key_file = s->key_file,
		.agent = s->agent,
		.known_hosts = s->known_hosts,
		.jumps = s->jump.items,
		.jump_count = s->jump.count,
		.connect_limit_ns = spec->connect_limit_ns,
		.idle_limit_ns = spec->idle_limit_ns,
		.keepalive_ns = spec->keepalive_ns,
		.target_name = spec->name,
	};
}

int ssh_trust(const struct target_spec *spec,
	      bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint), void *ctx,
	      struct err *e)
{
	struct ssh_where where = where_of(spec);

	for (size_t i = 0; i < where.jump_count; i++) {
		struct ssh_where jump = ssh_where_of_jump(&where, i);
		if (ssh_link_trust(&jump, ask, ctx, e) != 0)
			return -1;
	}
	return ssh_link_trust(&where, ask, ctx, e);
}

static void free_inside(struct target *t)
{
	struct inside *in = t->inside;

	ssh_link_close(in->link);
	if (in->lock_fd >= 0)
		close(in->lock_fd);
	free(in->folder);
	free(in);
	t->inside = NULL;
}

static int take_text(void *ctx, const void *data, size_t len, struct err *e)
{
	struct str *out = ctx;

	(void)e;
	if (out->len + len < 4096)
		str_add_bytes(out, data, len);
	return 0;
}

/* The home folder there: start-up files of a login shell may print something before it. */
static int ask_home(struct target *t, struct str *out, struct err *e)
{
	struct plain_exec p = {
		.script = "echo; cd && pwd", .limit_ns = LOOK_LIMIT_NS, .output = take_text, .ctx = out
	};
	int status;

	if (plain_exec(t, &p, &status, NULL, e) != 0)
		return -1;
	while (out->len > 0 && out->text[out->len - 1] == '\n')
		str_cut(out, out->len - 1);
	const char *last = strrchr(str_text(out), '\n');
	if (status == 0 && last && last[1] == '/')
		return 0;
	return err_set(e, ERR_UNREACHABLE, "%s: its user has no home folder: give work_folder as an absolute path",
		       t->spec->name);
}

static int choose_folders(struct target *t, struct err *e)
{
	struct inside *in = t->inside;
	const char *wish = t->spec->work_folder ? t->spec->work_folder : DEFAULT_FOLDER;
	AUTO_STR home = { 0 };

	if (wish[0] == '/') {
		in->folder = mem_dup(wish);
	} else {
		if (ask_home(t, &home, e) != 0)
			return -1;
		in->folder = mem_printf("%s/%s", strrchr(str_text(&home), '\n') + 1,
					str_starts(wish, "~/") ? wish + 2 : wish);
	}
	free(t->work_folder);
	t->work_folder = mem_printf("%s/run-%s", in->folder, t->nonce);
	t->prefix = mem_printf("%s/prefix", t->work_folder);
	return 0;
}

static int ssh_open(struct target *t, struct err *e)
{
	struct ssh_where where = where_of(t->spec);
	struct inside *in = mem_new(1, sizeof(*in));

	in->lock_fd = -1;
	t->inside = in;
	target_say(&t->opts, "connecting to %s", where.host);
	in->link = ssh_link_open(&where, e);
	if (in->link && choose_folders(t, e) == 0)
		return 0;
	free_inside(t);
	return -1;
}

/* ---- layers ---- */

static int lock_prefix(struct target *t, struct err *e)
{
	struct inside *in = t->inside;
	const struct ssh_settings *s = &t->spec->ssh;
	AUTO_FREE char *what =
		mem_printf("%s@%s:%lld %s", s->user ? s->user : "", s->host, (long long)s->port, in->folder);
	AUTO_FREE char *folder = file_join(t->opts.cache_folder, "ssh");
	char id[DIGEST_TEXT_BYTES];

	if (in->lock_fd >= 0)
		return 0;
	digest_bytes(what, strlen(what), id);
	AUTO_FREE char *path = mem_printf("%s/%.16s.lock", folder, id);
	if (file_make_folders(folder, e) != 0)
		return -1;
	if (file_lock(path, 0, &in->lock_fd, e) == 0)
		return 0;
	if (e && e->code == ERR_TIMEOUT) {
		target_say(&t->opts, "waiting for another labctl that uses %s", t->spec->name);
		return file_lock(path, -1, &in->lock_fd, e);
	}
	return -1;
}

static int check_key(const char *key, struct err *e)
{
	for (const char *c = key; *c; c++)
		if (!isalnum((unsigned char)*c))
			return err_set(e, ERR_INTERNAL, "%s is no layer's key", key);
	return *key ? 0 : err_set(e, ERR_INTERNAL, "a layer without a key");
}

static void add_folder(const struct target *t, struct str *out)
{
	const struct inside *in = t->inside;

	str_add(out, "folder=");
	str_add_quoted(out, in->folder, STR_SHELL);
	str_add(out, "\nmkdir -p \"$folder/layers\" && cd \"$folder\" || exit\n");
}

/* Old run folders are those of a labctl that lost its link. */
static const char lay_out[] =
	"kept=0; i=0; key=\n"
	"for k in $keys; do i=$((i+1)); [ ! -d \"layers/$k\" ] || { kept=$i; key=$k; }; done\n"
	"find . -maxdepth 1 -name 'run-*' -mtime +2 -exec rm -rf {} + 2>/dev/null\n"
	"rm -rf prefix \"$work\" || exit\n"
	"if [ -n \"$key\" ]; then cp -a \"layers/$key/prefix\" prefix || exit; touch \"layers/$key\"\n"
	"else mkdir prefix || exit; fi\n"
	"echo \"kept=$kept\"\n";

static int lay_out_prefix(struct target *t, const char *const *keys, size_t count, size_t *out_kept, struct err *e)
{
	AUTO_STR script = { 0 };
	AUTO_STR answer = { 0 };
	AUTO_STR said = { 0 };
	int status = -1;

	add_folder(t, &script);
	str_add(&script, "work=");
	str_add_quoted(&script, t->work_folder, STR_SHELL);
	str_add(&script, "\nkeys='");
	for (size_t i = 0; i < count; i++) {
		if (check_key(keys[i], e) != 0)
			return -1;
		str_addf(&script, "%s ", keys[i]);
	}
	str_add(&script, "'\n");
	str_add(&script, lay_out);
	struct plain_exec p = {
		.script = str_text(&script), .limit_ns = COPY_LIMIT_NS, .output = take_text, .ctx = &answer
	};
	if (plain_exec(t, &p, &status, &said, e) != 0)
		return -1;
	const char *kept = strstr(str_text(&answer), "kept=");
	*out_kept = kept ? strtoul(kept + strlen("kept="), NULL, 10) : 0;
	if (status == 0 && kept && *out_kept <= count)
		return 0;
	*out_kept = 0;
	AUTO_FREE char *why = plain_exec_why(str_text(&said), status);
	return err_set(e, command_says_full(str_text(&said)) ? ERR_DISK_FULL : ERR_IO, "%s: cannot prepare %s: %s",
		       t->spec->name, ((struct inside *)t->inside)->folder, why);
}

static int remove_work_folder(struct target *t, struct err *e)
{
	struct inside *in = t->inside;
	AUTO_STR script = { 0 };

	if (!in->used)
		return 0;
	in->used = false;
	str_add(&script, "rm -rf ");
	str_add_quoted(&script, t->work_folder, STR_SHELL);
	return plain_exec_ok(t, str_text(&script), CLEAN_LIMIT_NS, e);
}

/* Without layers nothing that another labctl uses is touched, so that looking at a machine never disturbs a run on it.
 */
static int ssh_restore(struct target *t, const char *const *keys, size_t count, size_t *out_kept, struct err *e)
{
	struct inside *in = t->inside;

	*out_kept = 0;
	if (count == 0)
		return remove_work_folder(t, e);
	in->used = true;
	if (lock_prefix(t, e) != 0 || lay_out_prefix(t, keys, count, out_kept, e) != 0)
		return -1;
	free(t->prefix);
	t->prefix = mem_printf("%s/prefix", in->folder);
	return 0;
}

static int ssh_keep(struct target *t, const char *key, const char *parent, const char *label, struct err *e)
{
	AUTO_STR script = { 0 };

	if (check_key(key, e) != 0)
		return -1;
	add_folder(t, &script);
	str_addf(&script, "k=layers/%s; [ ! -d \"$k\" ] || exit 0\n", key);
	str_addf(&script, "rm -rf \"$k.part\"; mkdir -p \"$k.part\" || exit\nprefix=");
	str_add_quoted(&script, t->prefix, STR_SHELL);
	str_add(&script, "; mkdir -p \"$prefix\" && cp -a \"$prefix\" \"$k.part/prefix\" || exit\n");
	str_addf(&script, "printf '%%s\\n' '%s' >\"$k.part/parent\" || exit\nprintf '%%s\\n' ", parent ? parent : "");
	str_add_quoted(&script, label, STR_SHELL);
	str_add(&script, " >\"$k.part/label\" && mv \"$k.part\" \"$k\"");
	return plain_exec_ok(t, str_text(&script), COPY_LIMIT_NS, e);
}

/* ---- the rest of the table ---- */

static int ssh_exec(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	struct inside *in = t->inside;

	int result = ssh_link_exec(in->link, x, out, e);
	if (x->script || x->input)
		in->used = !x->out_exit || *x->out_exit != COMMAND_EXIT_SUCCESS_AND_GONE;
	return result;
}

static int ssh_shell(struct target *t, const char *command, struct err *e)
{
	struct inside *in = t->inside;

	in->used = true;
	return ssh_link_shell(in->link, command, e);
}

static int ssh_reach(struct target *t, struct str *out, struct err *e)
{
	const struct ssh_settings *s = &t->spec->ssh;
	const struct ssh_hop *jumps = s->jump.items;
	struct ssh_where where = where_of(t->spec);
	AUTO_FREE char *user = ssh_where_user(&where);
	AUTO_FREE char *place = mem_printf("%s@%s", user, s->host);

	(void)e;
	str_addf(out, "ssh -p %lld", (long long)s->port);
	if (s->key_file) {
		str_add(out, " -i ");
		str_add_quoted(out, s->key_file, STR_SHELL);
	}
	for (size_t i = 0; i < s->jump.count; i++)
		str_addf(out, "%s%s%s%s:%lld", i ? "," : " -J ", jumps[i].user ? jumps[i].user : "",
			 jumps[i].user ? "@" : "", jumps[i].host, (long long)jumps[i].port);
	str_add_char(out, ' ');
	str_add_quoted(out, place, STR_SHELL);
	return 0;
}

static bool ssh_alive(struct target *t)
{
	return !t->lost && ssh_link_alive(((struct inside *)t->inside)->link);
}

static void ssh_close(struct target *t)
{
	if (!t->lost)
		remove_work_folder(t, NULL);
	free_inside(t);
}

static void ssh_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx)
{
	struct ssh_where where = where_of(spec);
	struct err e = ERR_INIT;

	(void)o;
	struct ssh_link *link = ssh_link_open(&where, &e);
	if (!link) {
		tell(ctx, FINDING_PROBLEM, e.text, e.hint[0] ? e.hint : NULL);
		return;
	}
	AUTO_FREE char *what = mem_printf("%s port %d can be reached and lets us in", where.host, where.port);
	tell(ctx, FINDING_OK, what, NULL);
	ssh_link_close(link);
}

const struct driver ssh_driver = {
	.name = "ssh",
	.has_layers = true,
	.guest = true,
	.open = ssh_open,
	.restore = ssh_restore,
	.keep = ssh_keep,
	.exec = ssh_exec,
	.shell = ssh_shell,
	.reach = ssh_reach,
	.alive = ssh_alive,
	.close = ssh_close,
	.doctor = ssh_doctor,
};
