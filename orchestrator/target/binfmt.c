/* Programs of other architectures through qemu-user, which the kernel starts for them (binfmt_misc). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/str.h"
#include "target/debian.h"

#define BINFMT		"/proc/sys/fs/binfmt_misc"
#define ENTRY_MAX_BYTES ((size_t)4096)
#define CONF_MAX_BYTES	((size_t)64 * 1024)

enum entry_state {
	ENTRY_ABSENT,
	ENTRY_DISABLED,
	ENTRY_NEEDS_FILE, /* the emulator would have to lie inside each root */
	ENTRY_READY
};

static const char *qemu_name(const char *arch)
{
	static const char *const names[][2] = {
		{ "amd64", "x86_64" },	  { "arm64", "aarch64" },	{ "armel", "arm" },
		{ "armhf", "arm" },	  { "i386", "i386" },		{ "mips64el", "mips64el" },
		{ "mipsel", "mipsel" },	  { "ppc64", "ppc64" },		{ "ppc64el", "ppc64le" },
		{ "riscv64", "riscv64" }, { "loong64", "loongarch64" }, { "s390x", "s390x" },
	};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(names[i][0], arch) == 0)
			return names[i][1];
	return NULL;
}

static enum entry_state read_entry(const char *entry)
{
	AUTO_STR text = { 0 };
	const char *flags;

	if (!file_exists(entry) || file_read(entry, ENTRY_MAX_BYTES, &text, NULL) != 0)
		return ENTRY_ABSENT;
	if (!str_starts(str_text(&text), "enabled"))
		return ENTRY_DISABLED;
	flags = strstr(str_text(&text), "\nflags:");
	return flags && memchr(flags, 'F', strcspn(flags + 1, "\n") + 1) ? ENTRY_READY : ENTRY_NEEDS_FILE;
}

static int write_into(const char *path, const char *text, size_t len, struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, len) == (ssize_t)len)
		return 0;
	return err_errno(e, ERR_UNAVAILABLE, "cannot write %s", path);
}

/* The line that qemu-user's package brings for systemd-binfmt, with the flag that opens the emulator now, outside of
 * any root. */
static int read_conf(const char *qemu, struct str *out, struct err *e)
{
	AUTO_FREE char *path = mem_printf("/usr/lib/binfmt.d/qemu-%s.conf", qemu);
	AUTO_STR text = { 0 };
	const char *flags;

	if (!file_exists(path)) {
		err_set(e, ERR_UNAVAILABLE, "qemu-user for %s is not there", qemu);
		return err_hint(e, "as root: apt-get install qemu-user-static arch-test");
	}
	if (file_read(path, CONF_MAX_BYTES, &text, e) != 0)
		return -1;
	str_add_bytes(out, str_text(&text), strcspn(str_text(&text), "\n"));
	flags = strrchr(str_text(out), ':');
	if (!flags)
		return err_set(e, ERR_UNAVAILABLE, "%s is not as expected", path);
	if (!strchr(flags, 'F'))
		str_add(out, "F");
	return 0;
}

static int mount_binfmt(struct err *e)
{
	if (file_exists(BINFMT "/register") || mount("binfmt_misc", BINFMT, "binfmt_misc", 0, NULL) == 0)
		return 0;
	err_errno(e, ERR_UNAVAILABLE, "the kernel's binfmt_misc is not there and cannot be mounted");
	return err_hint(e, "in a container: register qemu-user on the machine below it (package qemu-user-static)");
}

static int register_entry(const char *qemu, const char *entry, enum entry_state state, struct err *e)
{
	AUTO_STR line = { 0 };

	if (state == ENTRY_DISABLED && write_into(entry, "1", 1, e) != 0)
		return -1;
	if (state == ENTRY_DISABLED && read_entry(entry) == ENTRY_READY)
		return 0;
	if (read_conf(qemu, &line, e) != 0)
		return -1;
	if (file_exists(entry) && write_into(entry, "-1", 2, e) != 0)
		return -1;
	if (write_into(BINFMT "/register", str_text(&line), line.len, e) != 0 && read_entry(entry) != ENTRY_READY)
		return -1;
	return 0;
}

static bool host_runs(const char *arch)
{
	const struct target_spec as_local = { .kind = TARGET_LOCAL, .arch = arch };

	return !target_is_emulated(&as_local);
}

int binfmt_ensure(const char *arch, struct err *e)
{
	const char *qemu = qemu_name(arch);
	AUTO_FREE char *entry = NULL;
	enum entry_state state;

	if (host_runs(arch))
		return 0;
	if (!qemu)
		return err_set(e, ERR_UNAVAILABLE, "no emulator is known for the architecture %s", arch);
	entry = mem_printf(BINFMT "/qemu-%s", qemu);
	state = read_entry(entry);
	if (state == ENTRY_READY)
		return 0;
	if (geteuid() != 0) {
		err_set(e, ERR_UNAVAILABLE, "programs of %s cannot run here: qemu-user is not registered", arch);
		return err_hint(e, "as root: apt-get install qemu-user-static arch-test");
	}
	if (mount_binfmt(e) != 0)
		return -1;
	state = read_entry(entry);
	if (state != ENTRY_READY && register_entry(qemu, entry, state, e) != 0)
		return err_wrap(e, "registering qemu-user for %s", arch);
	return 0;
}
