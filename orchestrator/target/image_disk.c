#include "target/image_disk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/contain.h"
#include "target/debian.h"
#include "target/driver.h"
#include "target/guest_files.h"
#include "target/guest_install.h"
#include "target/image_keys.h"
#include "target/initramfs.h"

/* Raised when what is made changes although no text that image_disk_digest sees did. */
#define DISK_RECIPE	"1"
#define DEPMOD_LIMIT_NS (300 * NS_PER_S)
#define MKFS_LIMIT_NS	(1800 * NS_PER_S)

const char *const image_disk_packages[] = { "systemd-sysv", "openssh-server", "iproute2", "ca-certificates", NULL };

struct kernel {
	const char *arch;
	const char *package;
	const char *file; /* how its name begins */
};

static const struct kernel kernels[] = {
	{ "amd64", "linux-image-cloud-amd64", "vmlinuz-" },
	{ "arm64", "linux-image-arm64", "vmlinuz-" },
	{ "s390x", "linux-image-s390x", "vmlinuz-" },
	{ "ppc64el", "linux-image-powerpc64le", "vmlinux-" },
};

/* Folders that are needed on the way. */
struct making {
	const struct target_spec *spec;
	const struct target_opts *o;
	const struct kernel *kernel;
	const char *folder;
	char *kernel_files, *busybox_files; /* unpacked packages */
	char *modules_folder;
};

static const struct kernel *kernel_of(const char *arch)
{
	for (size_t i = 0; i < COUNT_OF(kernels); i++)
		if (strcmp(kernels[i].arch, arch) == 0)
			return &kernels[i];
	return NULL;
}

static void end_making(struct making *m)
{
	if (m->kernel_files)
		file_remove_tree(m->kernel_files, NULL);
	if (m->busybox_files)
		file_remove_tree(m->busybox_files, NULL);
	free(m->kernel_files);
	free(m->busybox_files);
	free(m->modules_folder);
}

static int fetch(const struct making *m, const char *package, const char *wanted_path, const char *into, struct err *e)
{
	struct debian_root from = {
		.arch = m->spec->arch,
		.release = m->spec->image.release,
		.mirror = m->spec->image.mirror,
	};

	return debian_fetch_deb(&from, package, wanted_path, into, NULL, m->o, e);
}

/* boot/vmlinuz-6.1.0-50-s390x: the version is behind the dash. Caller frees. */
static char *kernel_version(const struct making *m, struct err *e)
{
	AUTO_FREE char *boot = file_join(m->kernel_files, "boot");
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(boot, NULL, &names, e) != 0)
		return NULL;
	for (char **name = names; *name; name++)
		if (str_starts(*name, m->kernel->file))
			return mem_dup(*name + strlen(m->kernel->file));
	err_set(e, ERR_FORMAT, "%s holds no boot/%s…", m->kernel->package, m->kernel->file);
	return NULL;
}

/* Newer releases keep modules below usr. */
static int index_modules(struct making *m, const char *version, struct err *e)
{
	AUTO_FREE char *usr = file_join(m->kernel_files, "usr");
	AUTO_FREE char *usr_modules = mem_printf("%s/lib/modules/%s", usr, version);
	const char *top = file_is_folder(usr_modules) ? usr : m->kernel_files;
	const char *argv[] = { "depmod", "-b", top, version, NULL };

	m->modules_folder = mem_printf("%s/lib/modules/%s", top, version);
	return proc_run_ok(argv, DEPMOD_LIMIT_NS, NULL, e);
}

static int make_kernel(struct making *m, struct err *e)
{
	m->kernel_files = file_join(m->folder, "kernel.files");
	if (fetch(m, m->kernel->package, "boot", m->kernel_files, e) != 0)
		return -1;
	AUTO_FREE char *version = kernel_version(m, e);
	if (!version)
		return -1;
	AUTO_FREE char *from = mem_printf("%s/boot/%s%s", m->kernel_files, m->kernel->file, version);
	AUTO_FREE char *to = file_join(m->folder, "kernel");
	if (file_copy(from, to, e) != 0)
		return -1;
	return index_modules(m, version, e);
}

static int make_initrd(struct making *m, struct err *e)
{
	m->busybox_files = file_join(m->folder, "busybox.files");
	if (fetch(m, "busybox-static", NULL, m->busybox_files, e) != 0)
		return -1;
	AUTO_FREE char *old_place = file_join(m->busybox_files, "bin/busybox");
	AUTO_FREE char *new_place = file_join(m->busybox_files, "usr/bin/busybox");
	AUTO_FREE char *initrd = file_join(m->folder, "initrd");
	struct initramfs parts = {
		.arch = m->spec->arch,
		.busybox = file_exists(old_place) ? old_place : new_place,
		.modules_folder = m->modules_folder,
	};
	return initramfs_make(&parts, initrd, e);
}

static int make_guest(const struct making *m, const char *root_folder, struct err *e)
{
	AUTO_IMAGE_KEYS keys = { 0 };

	if (image_keys_make(m->folder, &keys, e) != 0)
		return -1;
	struct guest_keys guest = {
		.user_key_public = keys.user_public,
		.host_key = keys.host_key,
		.host_key_public = keys.host_public,
	};
	if (guest_install_needed(root_folder))
		return guest_install_prepare(m->spec, root_folder, &guest, e);
	return guest_files_add(root_folder, &guest, e) != 0 ? -1 : guest_files_set_shell(root_folder, e);
}

/* Without a journal and without checksums: there is no crash to come back from, and each costs time under emulation. */
static int make_file_system(const struct making *m, const char *root_folder, struct err *e)
{
	AUTO_FREE char *disk = file_join(m->folder, "disk");
	AUTO_FREE char *size = mem_printf("%lldk", (long long)(m->spec->image.disk_bytes / 1024));
	const char *argv[] = { "mke2fs", "-q",
			       "-t",	 "ext4",
			       "-O",	 "^has_journal,^metadata_csum",
			       "-m",	 "0",
			       "-E",	 "root_owner=0:0",
			       "-L",	 "labctl",
			       "-d",	 root_folder,
			       disk,	 size,
			       NULL };

	target_say(m->o, "%s: writing the disk", m->spec->name);
	if (contain_run_ok(argv, MKFS_LIMIT_NS, e) != 0)
		return -1;
	/* It holds the guest's private host key. */
	return chmod(disk, 0600) == 0 ? 0 : err_errno(e, ERR_IO, "%s", disk);
}

int image_disk_make(const struct target_spec *spec, const char *root_folder, const char *folder,
		    const struct target_opts *o, struct err *e)
{
	__attribute__((cleanup(end_making))) struct making m = {
		.spec = spec, .o = o, .folder = folder, .kernel = kernel_of(spec->arch)
	};

	if (!m.kernel)
		return err_set(e, ERR_UNAVAILABLE, "%s: no kernel package is known for %s", spec->name, spec->arch);
	if (make_kernel(&m, e) != 0 || make_initrd(&m, e) != 0 || make_guest(&m, root_folder, e) != 0 ||
	    make_file_system(&m, root_folder, e) != 0 ||
	    (guest_install_needed(root_folder) && guest_install_run(spec, folder, o, e) != 0))
		return err_wrap(e, "%s: making a disk", spec->name);
	return 0;
}

void image_disk_digest(struct digest *d)
{
	digest_add_field(d, DISK_RECIPE);
	for (const char *const *p = image_disk_packages; *p; p++)
		digest_add_field(d, *p);
	for (size_t i = 0; i < COUNT_OF(kernels); i++)
		digest_add_field(d, kernels[i].package);
	initramfs_digest(d);
	guest_files_digest(d);
}

void image_disk_doctor(target_finding_fn *tell, void *ctx)
{
	static const struct {
		const char *program, *package;
	} needed[] = {
		{ "mke2fs", "e2fsprogs" },
		{ "depmod", "kmod" },
		{ "ssh-keygen", "openssh-client" },
	};

	for (size_t i = 0; i < COUNT_OF(needed); i++) {
		if (proc_on_path(needed[i].program))
			continue;
		AUTO_FREE char *what = mem_printf("%s is missing: no disk can be made for guests", needed[i].program);
		AUTO_FREE char *to_do = mem_printf("apt-get install %s", needed[i].package);
		tell(ctx, FINDING_PROBLEM, what, to_do);
	}
}
