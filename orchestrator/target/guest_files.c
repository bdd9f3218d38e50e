#include "target/guest_files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#define UNITS		 "etc/systemd/system/"
#define PRIVATE_MAX	 (64 * 1024)
#define PASSWD_MAX	 (1024 * 1024)
#define MACHINE_ID_BYTES 32

struct guest_file {
	const char *path;
	mode_t mode;
	const char *content;
};

/* sshd: -r, so that it does not start itself anew for every connection, no PAM and dash as root's shell: together that
 * halves the time from connecting to the first command under emulation. Only a key opens it, and only this machine
 * reaches it. */
static const struct guest_file files[] = {
	{ "etc/ssh/sshd_config", 0644,
	  "HostKey /etc/ssh/ssh_host_ed25519_key\n"
	  "PermitRootLogin prohibit-password\n"
	  "PasswordAuthentication no\n"
	  "KbdInteractiveAuthentication no\n"
	  "UsePAM no\n"
	  "UseDNS no\n"
	  "PrintMotd no\n"
	  "PrintLastLog no\n"
	  "StrictModes no\n"
	  "X11Forwarding no\n"
	  "MaxStartups 100\n"
	  "MaxSessions 100\n"
	  "LogLevel ERROR\n"
	  "KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org\n"
	  "Ciphers aes128-ctr,aes128-gcm@openssh.com,aes256-ctr\n"
	  "Subsystem sftp internal-sftp\n" },
	{ UNITS "labctl-sshd.service", 0644,
	  "[Unit]\n"
	  "Description=The way in for labctl\n"
	  "DefaultDependencies=no\n"
	  "After=systemd-remount-fs.service\n"
	  "[Service]\n"
	  "ExecStartPre=/bin/mkdir -p /run/sshd\n"
	  "ExecStart=/usr/sbin/sshd -r -D -e\n"
	  "OOMScoreAdjust=-900\n"
	  "[Install]\n"
	  "WantedBy=multi-user.target\n" },
	{ "etc/systemd/journald.conf.d/labctl.conf", 0644, "[Journal]\nStorage=volatile\nRuntimeMaxUse=4M\n" },
	{ "etc/hostname", 0644, "labctl\n" },
	{ "etc/hosts", 0644, "127.0.0.1 localhost labctl\n::1 localhost\n" },
	{ "etc/resolv.conf", 0644, "nameserver 10.0.2.3\n" },
	{ "etc/fstab", 0644, "" },
};

/* Nothing that waits for hardware, writes for later boots, or wakes up while a benchmark runs. */
static const char *const masked_units[] = {
	"apt-daily-upgrade.timer",
	"apt-daily.timer",
	"dev-hugepages.mount",
	"dpkg-db-backup.timer",
	"e2scrub_all.timer",
	"e2scrub_reap.service",
	"fstrim.timer",
	"getty.target",
	"kmod-static-nodes.service",
	"proc-sys-fs-binfmt_misc.automount",
	"ssh.service",
	"ssh.socket",
	"sys-fs-fuse-connections.mount",
	"sys-kernel-config.mount",
	"sys-kernel-debug.mount",
	"sys-kernel-tracing.mount",
	"systemd-ask-password-console.path",
	"systemd-ask-password-wall.path",
	"systemd-binfmt.service",
	"systemd-boot-system-token.service",
	"systemd-firstboot.service",
	"systemd-hwdb-update.service",
	"systemd-initctl.socket",
	"systemd-journal-flush.service",
	"systemd-journald-audit.socket",
	"systemd-logind.service",
	"systemd-machine-id-commit.service",
	"systemd-modules-load.service",
	"systemd-pcrphase-sysinit.service",
	"systemd-pcrphase.service",
	"systemd-pstore.service",
	"systemd-random-seed.service",
	"systemd-repart.service",
	"systemd-sysusers.service",
	"systemd-timesyncd.service",
	"systemd-tmpfiles-clean.timer",
	"systemd-udev-trigger.service",
	"systemd-udevd-control.socket",
	"systemd-udevd-kernel.socket",
	"systemd-udevd.service",
	"systemd-update-utmp-runlevel.service",
	"systemd-update-utmp.service",
	"systemd-user-sessions.service",
};

static int make_parent(const char *path, struct err *e)
{
	AUTO_FREE char *parent = file_parent(path);

	return file_make_folders(parent, e);
}

static int put_file(const char *root, const char *name, mode_t mode, const char *content, struct err *e)
{
	AUTO_FREE char *path = file_join(root, name);

	if (make_parent(path, e) != 0 || file_write(path, content, strlen(content), e) != 0)
		return -1;
	return chmod(path, mode) == 0 ? 0 : err_errno(e, ERR_IO, "%s", path);
}

static int put_link(const char *root, const char *name, const char *to, struct err *e)
{
	AUTO_FREE char *path = file_join(root, name);

	if (make_parent(path, e) != 0)
		return -1;
	unlink(path);
	return symlink(to, path) == 0 ? 0 : err_errno(e, ERR_IO, "%s", path);
}

static int mask_units(const char *root, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(masked_units); i++) {
		AUTO_FREE char *name = mem_printf(UNITS "%s", masked_units[i]);
		if (put_link(root, name, "/dev/null", e) != 0)
			return -1;
	}
	if (put_link(root, UNITS "default.target", "/lib/systemd/system/multi-user.target", e) != 0)
		return -1;
	return put_link(root, UNITS "multi-user.target.wants/labctl-sshd.service", "../labctl-sshd.service", e);
}

/* root's line ends in its shell. */
int guest_files_set_shell(const char *root, struct err *e)
{
	AUTO_FREE char *path = file_join(root, "etc/passwd");
	AUTO_STR old = { 0 };
	AUTO_STR changed = { 0 };

	if (file_read(path, PASSWD_MAX, &old, e) != 0)
		return -1;
	for (const char *line = str_text(&old); *line;) {
		size_t len = strcspn(line, "\n");
		if (str_starts(line, "root:"))
			str_add(&changed, "root:x:0:0:root:/root:/bin/dash");
		else
			str_add_bytes(&changed, line, len);
		str_add_char(&changed, '\n');
		line += len + (line[len] == '\n');
	}
	return put_file(root, "etc/passwd", 0644, str_text(&changed), e);
}

/* The host keys that the package made when it was installed are not the ones that are pinned. */
static int drop_foreign_host_keys(const char *root, struct err *e)
{
	AUTO_FREE char *folder = file_join(root, "etc/ssh");
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(folder, NULL, &names, e) != 0)
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *path = file_join(folder, *name);
		if (str_starts(*name, "ssh_host_") && unlink(path) != 0)
			return err_errno(e, ERR_IO, "%s", path);
	}
	return 0;
}

static int put_keys(const char *root, const struct guest_keys *keys, struct err *e)
{
	AUTO_STR private = { 0 };
	AUTO_FREE char *ssh = file_join(root, "root/.ssh");

	if (drop_foreign_host_keys(root, e) != 0 || file_read(keys->host_key, PRIVATE_MAX, &private, e) != 0 ||
	    put_file(root, "etc/ssh/ssh_host_ed25519_key", 0600, str_text(&private), e) != 0 ||
	    put_file(root, "etc/ssh/ssh_host_ed25519_key.pub", 0644, keys->host_key_public, e) != 0 ||
	    put_file(root, "root/.ssh/authorized_keys", 0600, keys->user_key_public, e) != 0)
		return -1;
	return chmod(ssh, 0700) == 0 ? 0 : err_errno(e, ERR_IO, "%s", ssh);
}

/* A machine of its own, but the same whenever this image boots. */
static int put_machine_id(const char *root, const struct guest_keys *keys, struct err *e)
{
	char digest[DIGEST_TEXT_BYTES];
	char id[MACHINE_ID_BYTES + 2];

	digest_bytes(keys->host_key_public, strlen(keys->host_key_public), digest);
	snprintf(id, sizeof(id), "%.*s\n", MACHINE_ID_BYTES, digest);
	return put_file(root, "etc/machine-id", 0444, id, e);
}

int guest_files_add(const char *root_folder, const struct guest_keys *keys, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(files); i++)
		if (put_file(root_folder, files[i].path, files[i].mode, files[i].content, e) != 0)
			return -1;
	if (mask_units(root_folder, e) != 0)
		return -1;
	return put_keys(root_folder, keys, e) != 0 ? -1 : put_machine_id(root_folder, keys, e);
}

void guest_files_digest(struct digest *d)
{
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		digest_add_field(d, files[i].path);
		digest_add_field(d, files[i].content);
	}
	for (size_t i = 0; i < COUNT_OF(masked_units); i++)
		digest_add_field(d, masked_units[i]);
}
