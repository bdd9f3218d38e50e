#include "target/qemu_about.h"

#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/image.h"
#include "target/qemu_args.h"
#include "target/qemu_kvm.h"
#include "target/qemu_machine.h"

static const char *package_of(const char *program)
{
	static const struct {
		const char *program, *package;
	} packages[] = {
		{ "qemu-system-x86_64", "qemu-system-x86" },
		{ "qemu-system-aarch64", "qemu-system-arm" },
		{ "qemu-system-s390x", "qemu-system-misc" },
		{ "qemu-system-ppc64", "qemu-system-ppc" },
		{ "qemu-img", "qemu-utils" },
	};

	for (size_t i = 0; i < COUNT_OF(packages); i++)
		if (strcmp(packages[i].program, program) == 0)
			return packages[i].package;
	return "qemu-system";
}

int qemu_need_programs(const char *arch, struct err *e)
{
	const char *program = qemu_args_program(arch);
	const char *const needed[] = { program, "qemu-img" };

	if (!program)
		return err_set(e, ERR_UNAVAILABLE, "no emulator is known for %s", arch);
	for (size_t i = 0; i < COUNT_OF(needed); i++)
		if (!proc_on_path(needed[i])) {
			err_set(e, ERR_UNAVAILABLE, "%s is not installed on this machine", needed[i]);
			return err_hint(e, "apt-get install %s", package_of(needed[i]));
		}
	return 0;
}

/* Of a cold boot, with a disk and a monitor of its own in the folder where it is pasted. */
int qemu_command_line(const struct target_spec *spec, const struct target_opts *o, struct str *out, struct err *e)
{
	bool kvm, own = spec->image.file || spec->image.url;
	char id[DIGEST_TEXT_BYTES];

	if (image_id(spec, id, e) != 0 || qemu_kvm_choose(spec, o->cache_folder, &kvm, e) != 0)
		return -1;
	AUTO_FREE char *folder = mem_printf("%s/layers/image/%s", o->cache_folder, id);
	AUTO_FREE char *disk = file_join(folder, "disk");
	AUTO_FREE char *kernel = file_join(folder, "kernel");
	AUTO_FREE char *initrd = file_join(folder, "initrd");
	AUTO_FREE char *seed = file_join(folder, "seed");
	struct qemu_paths paths = {
		.disk = "overlay.qcow2",
		.kernel = own ? NULL : kernel,
		.initrd = own ? NULL : initrd,
		.seed = own ? seed : NULL,
		.monitor = "monitor",
		.console = "console.log",
		.ssh_port = 2222,
		.incoming_fd = -1,
	};
	AUTO_FREE_LIST char **argv = qemu_args_build(spec, &paths, kvm, e);
	if (!argv)
		return -1;
	str_addf(out, "qemu-img create -q -f qcow2 -F %s -b ", qemu_disk_format(disk));
	str_add_quoted(out, disk, STR_SHELL);
	str_add(out, " overlay.qcow2 &&\n");
	qemu_args_show(argv, out);
	return 0;
}

static bool tell_program(const char *program, target_finding_fn *tell, void *ctx)
{
	bool there = proc_on_path(program);
	AUTO_FREE char *what = mem_printf("%s is %s", program, there ? "there" : "missing");
	AUTO_FREE char *to_do = mem_printf("apt-get install %s", package_of(program));

	tell(ctx, there ? FINDING_OK : FINDING_PROBLEM, what, there ? "" : to_do);
	return there;
}

static void tell_kvm(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx)
{
	AUTO_STR why = { 0 };

	if (strcmp(spec->arch, host_arch()) != 0 || spec->qemu.kvm == QEMU_KVM_NEVER)
		return;
	if (qemu_kvm_works(spec->arch, o->cache_folder, &why)) {
		tell(ctx, FINDING_OK, "KVM works", "");
		return;
	}
	AUTO_FREE char *what = mem_printf("no KVM, so %s is emulated: %s", spec->arch, str_text(&why));
	tell(ctx, spec->qemu.kvm == QEMU_KVM_REQUIRED ? FINDING_PROBLEM : FINDING_NOTE, what,
	     "it works all the same, only slower; /dev/kvm must be this user's to open, and machines nest where this "
	     "is one");
}

void qemu_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx)
{
	const char *program = qemu_args_program(spec->arch);

	if (!program) {
		AUTO_FREE char *what = mem_printf("no emulator is known for %s", spec->arch);
		tell(ctx, FINDING_PROBLEM, what, "known are amd64, arm64, s390x and ppc64el");
		return;
	}
	if (tell_program(program, tell, ctx))
		tell_kvm(spec, o, tell, ctx);
	tell_program("qemu-img", tell, ctx);
	image_doctor(spec, o, tell, ctx);
}
