#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/contain.h"
#include "target/debian.h"
#include "target/debian_hooks.h"
#include "target/debian_native.h"
#include "target/debian_sources.h"

static bool is_foreign(const char *arch)
{
	const struct target_spec as_local = { .kind = TARGET_LOCAL, .arch = arch };

	return target_is_emulated(&as_local);
}

static int need_program(const char *program, const char *package, struct err *e)
{
	if (proc_on_path(program))
		return 0;
	err_set(e, ERR_UNAVAILABLE, "%s is not there: it is needed to build Debian roots", program);
	return err_hint(e, "as root: apt-get install %s", package);
}

static int check_machine(const char *arch, struct err *e)
{
	if (need_program("mmdebstrap", "mmdebstrap", e) != 0 || need_program("unshare", "util-linux", e) != 0 ||
	    (is_foreign(arch) && need_program("arch-test", "arch-test", e) != 0))
		return -1;
	return contain_possible(e) != 0 ? -1 : binfmt_ensure(arch, e);
}

static char *hook_option(const char *which, const char *script)
{
	AUTO_STR option = { 0 };

	str_addf(&option, "--%s-hook=sh ", which);
	str_add_quoted(&option, script, STR_SHELL);
	str_addf(&option, " %s \"$1\"", which);
	return str_take(&option);
}

static int run_with_hooks(const struct debian_root *want, const char *script, const char *folder,
			  struct debian_sources *sources, const struct target_opts *o, struct err *e)
{
	AUTO_FREE char *setup = hook_option("setup", script);
	AUTO_FREE char *extract = hook_option("extract", script);
	AUTO_FREE char *customize = hook_option("customize", script);
	AUTO_FREE char *arch = mem_printf("--arch=%s", want->arch);
	AUTO_FREE char *what = mem_printf("the %s root", want->arch);
	const char *const options[] = {
		"--variant=minbase", "--skip=cleanup/apt/lists", arch, setup, extract, customize, NULL,
	};
	const struct debian_run r = {
		.what = what,
		.release = want->release,
		.folder = folder,
		.options = options,
		.packages = want->packages,
		.extra = want->extra,
	};

	return debian_run(&r, sources, o, e);
}

int debian_build_root(const struct debian_root *want, const char *folder, const struct target_opts *o, struct err *e)
{
	AUTO_SOURCES sources = { 0 };
	AUTO_NATIVE native = { .lock_fd = -1 };
	AUTO_FREE char *script_path = mem_printf("%s.hooks", folder);
	AUTO_STR script = { 0 };
	bool foreign = is_foreign(want->arch);
	int failed;

	if (check_machine(want->arch, e) != 0 || debian_sources_find(want->release, want->mirror, &sources, e) != 0 ||
	    (foreign && debian_native_get(want, o, &native, e) != 0))
		return -1;
	debian_sources_for(&sources, want->arch);
	const struct debian_hooks hooks = {
		.native = native.folder,
		.native_libs = native.libs,
		.loader = native.loader,
		.apt_options = sources.apt_options,
	};
	debian_hooks_script(&hooks, &script);
	if (file_write(script_path, str_text(&script), script.len, e) != 0)
		return -1;
	failed = run_with_hooks(want, script_path, folder, &sources, o, e);
	unlink(script_path);
	return failed;
}

void debian_doctor(const char *arch, target_finding_fn *tell, void *ctx)
{
	struct err e = ERR_INIT;
	const char *name = arch ? arch : host_arch();

	if (check_machine(name, &e) != 0) {
		tell(ctx, FINDING_PROBLEM, e.text, e.hint);
		return;
	}
	AUTO_FREE char *what = mem_printf("Debian roots of %s can be built here%s", name,
					  is_foreign(name) ? ", through qemu-user" : "");
	tell(ctx, FINDING_OK, what, "");
	AUTO_SOURCES sources = { 0 };
	if (debian_sources_find("bookworm", NULL, &sources, &e) != 0)
		tell(ctx, FINDING_PROBLEM, e.text, e.hint);
	else if (!sources.count)
		tell(ctx, FINDING_NOTE, "this machine's apt has no Debian source: mmdebstrap's own mirror is used",
		     "set image.mirror in the target's file to choose another");
}
