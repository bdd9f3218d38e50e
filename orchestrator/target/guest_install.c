#include "target/guest_install.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/contain.h"
#include "target/debian_hooks.h"
#include "target/debian_sources.h"
#include "target/driver.h"
#include "target/initramfs.h"
#include "target/qemu_machine.h"

#define UNPACK_LIMIT_NS	  (3600 * NS_PER_S)
#define INSTALL_LIMIT_NS  (3 * 3600 * NS_PER_S) /* 400 s on a quiet machine */
#define COMMIT_LIMIT_NS	  (600 * NS_PER_S)
#define CONSOLE_MAX_BYTES (16 * 1024 * 1024)
#define UNPACK_TRIES	  3
#define UNFINISHED	  "debootstrap/debootstrap"
#define FILES_OF_OURS	  "/labctl-files.tar"
#define ALL_WELL	  "labctl: the guest has installed itself"

/* Runs as the first process of the guest. Its last word goes to the console, which is all that is seen of it here. A
 * mirror that cannot deliver all its lists just now is no reason to fail: later installs say what they miss. */
static const char first_boot[] =
	"#!/bin/sh\n"
	"PATH=" DEBIAN_STUBS ":/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C\n"
	"export PATH HOME DEBIAN_FRONTEND LC_ALL\n"
	"install() {\n"
	"	/debootstrap/debootstrap --second-stage || return\n"
	"	sed -i 's,^root:.*,root:x:0:0:root:/root:/bin/dash,' /etc/passwd || return\n"
	"	tar -xpf " FILES_OF_OURS " -C / || return\n"
	"	apt-get update || :\n"
	"	rm -f " FILES_OF_OURS " " INITRAMFS_FIRST_BOOT " /var/cache/apt/archives/*.deb\n"
	"}\n"
	"mount -t proc proc /proc\n"
	"mount -t sysfs sys /sys\n"
	"mount -t tmpfs run /run\n"
	"if install >/run/log 2>&1; then\n"
	"	end='" ALL_WELL "'\n"
	"else\n"
	"	end='labctl: the guest could not install itself'\n"
	"	tail -n 8 /run/log\n"
	"fi\n"
	"sync\n"
	"mount -o remount,ro /\n"
	"echo \"$end\"\n"
	"echo b >/proc/sysrq-trigger\n"
	"sleep 60\n";

static void add_list(struct str *out, const char *const *names)
{
	for (; names && *names; names++)
		str_addf(out, "%s%s", out->len ? "," : "", *names);
}

/* The archive of the release itself. */
static const char *mirror_of(const struct debian_sources *sources, const char *release, struct err *e)
{
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->items[i].suite, release) == 0)
			return sources->items[i].uri;
	err_set(e, ERR_UNAVAILABLE, "no Debian mirror is known for %s", release);
	err_hint(e, "set image.mirror in the target's file, or give this machine's apt a Debian source");
	return NULL;
}

static int put(const char *root, const char *name, mode_t mode, const char *content, struct err *e)
{
	AUTO_FREE char *path = file_join(root, name);
	AUTO_FREE char *parent = file_parent(path);

	if (file_make_folders(parent, e) != 0 || file_write(path, content, strlen(content), e) != 0)
		return -1;
	return chmod(path, mode) == 0 ? 0 : err_errno(e, ERR_IO, "%s", path);
}

/* The guest's apt asks the same archives later. */
static int put_sources(const char *root, const struct debian_sources *sources, struct err *e)
{
	AUTO_STR lines = { 0 };

	debian_sources_lines(sources, NULL, &lines);
	return put(root, "etc/apt/sources.list", 0644, str_text(&lines), e);
}

/* It asks whether it may make devices, which an ordinary user may not and the guest does not need; "lxc" is its word
 * for machines where that is so. */
static int unpack_once(const struct debian_root *want, const char *mirror, const char *folder, struct err *e)
{
	AUTO_STR packages = { 0 };
	static const char *const env[] = { "container=lxc", "LC_ALL=C", NULL };

	add_list(&packages, want->packages);
	add_list(&packages, want->extra);
	AUTO_FREE char *arch = mem_printf("--arch=%s", want->arch);
	AUTO_FREE char *include = mem_printf("--include=%s", str_text(&packages));
	const char *argv[] = { "debootstrap", "--foreign", "--variant=minbase", arch, include, want->release, folder,
			       mirror,	      NULL };
	const struct contain c = { .argv = argv, .env = env, .limit_ns = UNPACK_LIMIT_NS };
	return contain_run(&c, e);
}

int guest_install_unpack(const struct debian_root *want, const char *folder, const struct target_opts *o, struct err *e)
{
	AUTO_SOURCES sources = { 0 };

	if (!proc_on_path("debootstrap")) {
		err_set(e, ERR_UNAVAILABLE, "programs of %s cannot be run here, and debootstrap is missing",
			want->arch);
		return err_hint(e, "apt-get install debootstrap, or qemu-user-static");
	}
	if (debian_sources_find(want->release, want->mirror, &sources, e) != 0)
		return -1;
	const char *mirror = mirror_of(&sources, want->release, e);
	if (!mirror)
		return -1;
	for (int tries = 1;; tries++) {
		target_say(o, "unpacking the %s root, which installs itself at its first boot", want->arch);
		if (unpack_once(want, mirror, folder, e) == 0)
			break;
		if (tries == UNPACK_TRIES || contain_remove_tree(folder, NULL) != 0)
			return -1;
	}
	return put_sources(folder, &sources, e);
}

bool guest_install_needed(const char *root_folder)
{
	AUTO_FREE char *path = file_join(root_folder, UNFINISHED);

	return file_exists(path);
}

static int add_bytes(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	str_add_bytes(ctx, data, len);
	return 0;
}

/* The packages, when they are installed, would find our files in their way; so these wait in an archive. */
static int pack_files(const char *root_folder, const char *files, const struct guest_keys *keys, struct err *e)
{
	AUTO_STR archive = { 0 };
	AUTO_FREE char *path = file_join(root_folder, FILES_OF_OURS);

	if (file_make_folders(files, e) != 0 || guest_files_add(files, keys, e) != 0 ||
	    archive_pack(files, ".", add_bytes, &archive, e) != 0)
		return -1;
	return file_write(path, archive.text, archive.len, e);
}

/* What debootstrap leaves at /proc is a link to itself at times. */
static int make_mount_points(const char *root_folder, struct err *e)
{
	static const char *const names[] = { "proc", "sys", "run", "dev" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		AUTO_FREE char *path = file_join(root_folder, names[i]);
		struct stat about;
		if (lstat(path, &about) == 0 && S_ISLNK(about.st_mode))
			unlink(path);
		if (file_make_folders(path, e) != 0)
			return -1;
	}
	return 0;
}

int guest_install_prepare(const struct target_spec *spec, const char *root_folder, const struct guest_keys *keys,
			  struct err *e)
{
	static const char stub[] = "#!/bin/sh\nexit 0\n";
	AUTO_FREE char *files = mem_printf("%s.files", root_folder);

	if (make_mount_points(root_folder, e) != 0 ||
	    put(root_folder, INITRAMFS_FIRST_BOOT, 0755, first_boot, e) != 0 ||
	    put(root_folder, DEBIAN_STUBS "/py3compile", 0755, stub, e) != 0 ||
	    put(root_folder, DEBIAN_STUBS "/pypy3compile", 0755, stub, e) != 0 ||
	    put(root_folder, "etc/dpkg/dpkg.cfg.d/labctl", 0644, debian_dpkg_options, e) != 0 ||
	    put(root_folder, "etc/apt/apt.conf.d/90labctl", 0644, debian_apt_options, e) != 0 ||
	    put(root_folder, "etc/resolv.conf", 0644, "nameserver 10.0.2.3\n", e) != 0)
		return err_wrap(e, "%s", spec->name);
	int result = pack_files(root_folder, files, keys, e);
	file_remove_tree(files, NULL);
	return result;
}

static int check_console(const struct qemu_machine *m, struct err *e)
{
	AUTO_STR said = { 0 };

	if (file_read(qemu_machine_console(m), CONSOLE_MAX_BYTES, &said, e) != 0)
		return -1;
	if (strstr(str_text(&said), ALL_WELL))
		return 0;
	return err_set(e, ERR_IO, "the guest did not install itself");
}

/* What the guest wrote goes from the overlay into the disk below it. */
static int commit(struct qemu_machine *m, const char *folder, struct err *e)
{
	AUTO_FREE char *overlay = file_join(folder, "installed.qcow2");
	const char *argv[] = { "qemu-img", "commit", "-q", "-d", overlay, NULL };

	int result = qemu_machine_end_keeping_disk(m, overlay, e);
	if (result == 0)
		result = proc_run_ok(argv, COMMIT_LIMIT_NS, NULL, e);
	unlink(overlay);
	return result;
}

int guest_install_run(const struct target_spec *spec, const char *folder, const struct target_opts *o, struct err *e)
{
	AUTO_FREE char *disk = file_join(folder, "disk");
	AUTO_FREE char *kernel = file_join(folder, "kernel");
	AUTO_FREE char *initrd = file_join(folder, "initrd");
	struct qemu_start how = { .spec = spec, .folder = folder, .backing = disk, .kernel = kernel, .initrd = initrd };

	target_say(o, "%s: the guest installs itself, which takes minutes", spec->name);
	struct qemu_machine *m = qemu_machine_start(&how, e);
	if (!m)
		return -1;
	int result = qemu_machine_wait_end(m, INSTALL_LIMIT_NS, e);
	if (result == 0 && (result = check_console(m, e)) != 0)
		qemu_machine_explain(m, e);
	if (result == 0)
		result = commit(m, folder, e);
	AUTO_FREE char *messages = file_join(folder, "qemu.log");
	unlink(messages);
	unlink(qemu_machine_console(m));
	qemu_machine_end(m);
	return result;
}
