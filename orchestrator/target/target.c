/* What all kinds of target have in common. Running is in target_run.c, files in target_files.c. */
#include "target/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/plain_exec.h"
#include "target/ssh_settings.h"

#define OWN_ROOT_WORK_FOLDER "/var/tmp/labctl"
#define OWN_ROOT_PREFIX	     "/opt/labctl"
#define PROBE_LIMIT_NS	     (120 * NS_PER_S)
#define EMPTY_LIMIT_NS	     (600 * NS_PER_S) /* a work folder may hold millions of files */

static const struct driver *const drivers[] = {
	[TARGET_LOCAL] = &local_driver,
	[TARGET_SSH] = &ssh_driver,
	[TARGET_QEMU] = &qemu_driver,
	[TARGET_FAKE] = &fake_driver,
};

void target_say(const struct target_opts *o, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (!o->say)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	o->say(o->ctx, text);
}

static const struct driver *driver_of(const struct target_spec *spec)
{
	return drivers[spec->kind];
}

static int make_nonce(char out[static 17], struct err *e)
{
	unsigned long long bits;

	if (getrandom(&bits, sizeof(bits), 0) != sizeof(bits))
		return err_errno(e, ERR_INTERNAL, "no random numbers");
	snprintf(out, 17, "%016llx", bits);
	return 0;
}

static void free_target(struct target *t)
{
	free(t->work_folder);
	free(t->prefix);
	free(t);
}

/* It is emptied before every use, so it had better be a folder of its own. */
static int check_work_folder(const struct target *t, struct err *e)
{
	const char *path = t->work_folder;

	if (!path || path[0] != '/')
		return err_set(e, ERR_CONFIG, "%s: work_folder must be an absolute path, not %s", t->spec->name,
			       path ? path : "empty");
	if (strspn(path, "/.") == strlen(path))
		return err_set(e, ERR_CONFIG, "%s: work_folder %s would be emptied: give it a folder of its own",
			       t->spec->name, path);
	return 0;
}

struct target *target_open(const struct target_spec *spec, const struct target_opts *o, struct err *e)
{
	struct target *t = mem_new(1, sizeof(*t));

	t->driver = driver_of(spec);
	t->spec = spec;
	t->opts = *o;
	t->work_folder = mem_dup(spec->work_folder);
	if (t->driver->own_root) {
		t->prefix = mem_dup(OWN_ROOT_PREFIX);
		if (!t->work_folder)
			t->work_folder = mem_dup(OWN_ROOT_WORK_FOLDER);
	}
	if (make_nonce(t->nonce, e) != 0 || t->driver->open(t, e) != 0) {
		free_target(t);
		return NULL;
	}
	if (check_work_folder(t, e) != 0) {
		target_close(t);
		return NULL;
	}
	return t;
}

const char *target_base_id(const struct target *t)
{
	return t->base_id;
}

static int empty_work_folder(struct target *t, struct err *e)
{
	AUTO_STR script = { 0 };
	AUTO_STR folder = { 0 };

	str_add_quoted(&folder, t->work_folder, STR_SHELL);
	str_addf(&script, "rm -rf %s && mkdir -p %s/" COMMAND_STATUS_FOLDER, str_text(&folder), str_text(&folder));
	return plain_exec_ok(t, str_text(&script), EMPTY_LIMIT_NS, e);
}

int target_restore(struct target *t, const char *const *keys, size_t count, size_t *out_kept, struct err *e)
{
	*out_kept = 0;
	if (target_check_there(t, e) != 0)
		return -1;
	if (t->driver->restore && t->driver->restore(t, keys, count, out_kept, e) != 0)
		return -1;
	return t->driver->guest ? 0 : empty_work_folder(t, e);
}

int target_keep(struct target *t, const char *key, const char *parent, const char *label, struct err *e)
{
	if (target_check_there(t, e) != 0)
		return -1;
	return t->driver->keep ? t->driver->keep(t, key, parent, label, e) : 0;
}

int target_probe(struct target *t, struct facts *out, struct err *e)
{
	AUTO_STR text = { 0 };

	if (target_ask(t, facts_script, PROBE_LIMIT_NS, &text, e) != 0)
		return -1;
	if (facts_parse(str_text(&text), text.len, out, e) != 0)
		return err_wrap(e, "%s", t->spec->name);
	facts_set(out, "kind", target_kind_name(t->spec->kind));
	facts_set(out, "emulated", target_is_emulated(t->spec) ? "yes" : "no");
	facts_set(out, "clock", t->spec->qemu.instruction_clock ? "instructions" : "time");
	if (t->spec->slowness > 0) {
		char text_of[32];
		snprintf(text_of, sizeof(text_of), "%g", t->spec->slowness);
		facts_set(out, "slowness", text_of);
	}
	return 0;
}

int target_shell(struct target *t, const char *script, struct err *e)
{
	AUTO_STR command = { 0 };
	AUTO_STR folder = { 0 };

	if (target_check_there(t, e) != 0)
		return -1;
	str_add_quoted(&folder, t->work_folder, STR_SHELL);
	str_addf(&command, "mkdir -p %s && cd %s || exit\n", str_text(&folder), str_text(&folder));
	if (command_add_env(t, NULL, &command, e) != 0)
		return -1;
	str_add(&command, script ? script : "exec \"${SHELL:-/bin/sh}\" -l");
	return t->driver->shell(t, str_text(&command), e);
}

const char *target_work_folder(const struct target *t)
{
	return t->work_folder;
}

const struct target_spec *target_spec_of(const struct target *t)
{
	return t->spec;
}

void target_close(struct target *t)
{
	if (!t)
		return;
	t->driver->close(t);
	free_target(t);
}

int target_build(const struct target_spec *spec, const struct target_opts *o, struct err *e)
{
	const struct driver *driver = driver_of(spec);

	return driver->build ? driver->build(spec, o, e) : 0;
}

int target_command_line(const struct target_spec *spec, const struct target_opts *o, struct str *out, struct err *e)
{
	const struct driver *driver = driver_of(spec);

	return driver->command_line ? driver->command_line(spec, o, out, e) : 0;
}

int target_trust(const struct target_spec *spec,
		 bool (*ask)(void *ctx, const char *host, const char *key_type, const char *fingerprint), void *ctx,
		 struct err *e)
{
	if (spec->kind != TARGET_SSH)
		return err_set(e, ERR_USAGE, "%s is a %s target: only ssh targets have keys to trust", spec->name,
			       target_kind_name(spec->kind));
	return ssh_trust(spec, ask, ctx, e);
}

void target_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx)
{
	const struct driver *driver = driver_of(spec);

	if (driver->doctor)
		driver->doctor(spec, o, tell, ctx);
}

int target_reach(struct target *t, struct str *out, struct err *e)
{
	if (t->driver->reach)
		return t->driver->reach(t, out, e);
	str_addf(out, "labctl target shell %s", t->spec->name);
	return 0;
}
