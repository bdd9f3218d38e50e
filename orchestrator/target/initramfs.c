#include "target/initramfs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "target/kernel_modules.h"

#define FILE_MAX_BYTES (64 * 1024 * 1024)

/* What ext4 needs but its dependencies do not name comes first. */
static const char *const wanted_modules[] = { "crc32c_generic", "virtio_pci", "virtio_blk", "virtio_net",
					      "ext4",		"virtio_rng", NULL };
static const char *const wanted_modules_ccw[] = { "crc32c_generic", "virtio_blk", "virtio_net",
						  "ext4",	    "virtio_rng", NULL };

static const char *const folders[] = { "bin", "dev", "proc", "modules", "root" };

/* The addresses are those of QEMU's user-mode network. */
static const char init_begin[] = "#!/bin/sh\n"
				 "b=/bin/busybox\n"
				 "$b mount -t devtmpfs dev /dev\n"
				 "$b mount -t proc proc /proc\n";
static const char init_end[] = "$b ip link set lo up\n"
			       "$b ip link set eth0 up\n"
			       "$b ip addr add 10.0.2.15/24 broadcast 10.0.2.255 dev eth0\n"
			       "$b ip route add default via 10.0.2.2\n"
			       "$b umount /proc\n"
			       "n=0\n"
			       "until $b mount -t ext4 -o rw,noatime /dev/vda /root; do\n"
			       "n=$((n+1)); [ $n -lt 50 ] || { echo 'labctl: no root on /dev/vda'; exit 1; }\n"
			       "$b sleep 0.1\n"
			       "done\n"
			       "$b mount --move /dev /root/dev\n"
			       "init=/sbin/init\n"
			       "[ ! -e /root" INITRAMFS_FIRST_BOOT " ] || init=" INITRAMFS_FIRST_BOOT "\n"
			       "exec $b switch_root /root $init\n";

struct cpio {
	struct str out;
	unsigned inode;
};

static void pad4(struct str *out)
{
	while (out->len % 4 != 0)
		str_add_char(out, '\0');
}

/* One entry of a "newc" archive. */
static void add_entry(struct cpio *c, const char *name, unsigned mode, const void *data, size_t len)
{
	unsigned links = S_ISDIR(mode) ? 2 : 1;

	str_addf(&c->out, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", ++c->inode, mode, 0u, 0u, links,
		 0u, (unsigned)len, 0u, 0u, 0u, 0u, (unsigned)strlen(name) + 1, 0u);
	str_add_bytes(&c->out, name, strlen(name) + 1);
	pad4(&c->out);
	if (len > 0)
		str_add_bytes(&c->out, data, len);
	pad4(&c->out);
}

static int add_file(struct cpio *c, const char *path, const char *name, unsigned mode, struct err *e)
{
	AUTO_STR content = { 0 };

	if (file_read(path, FILE_MAX_BYTES, &content, e) != 0)
		return -1;
	add_entry(c, name, S_IFREG | mode, content.text, content.len);
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int add_modules(struct cpio *c, const struct initramfs *i, struct str *init, struct err *e)
{
	bool ccw = strcmp(i->arch, "s390x") == 0;
	AUTO_FREE_LIST char **modules =
		kernel_modules_for(i->modules_folder, ccw ? wanted_modules_ccw : wanted_modules, e);

	if (!modules)
		return -1;
	for (char **m = modules; *m; m++) {
		AUTO_FREE char *path = file_join(i->modules_folder, *m);
		AUTO_FREE char *name = file_join("modules", base_name(*m));
		if (add_file(c, path, name, 0644, e) != 0)
			return -1;
		str_addf(init, "$b insmod /%s\n", name);
	}
	return 0;
}

static void free_cpio(struct cpio *c)
{
	str_free(&c->out);
}

int initramfs_make(const struct initramfs *i, const char *out_path, struct err *e)
{
	__attribute__((cleanup(free_cpio))) struct cpio c = { 0 };
	AUTO_STR init = { 0 };

	for (size_t n = 0; n < COUNT_OF(folders); n++)
		add_entry(&c, folders[n], S_IFDIR | 0755, NULL, 0);
	if (add_file(&c, i->busybox, "bin/busybox", 0755, e) != 0)
		return -1;
	add_entry(&c, "bin/sh", S_IFLNK | 0777, "busybox", strlen("busybox"));
	str_add(&init, init_begin);
	if (add_modules(&c, i, &init, e) != 0)
		return -1;
	str_add(&init, init_end);
	add_entry(&c, "init", S_IFREG | 0755, init.text, init.len);
	add_entry(&c, "TRAILER!!!", 0, NULL, 0);
	return file_write(out_path, c.out.text, c.out.len, e);
}

void initramfs_digest(struct digest *d)
{
	for (size_t n = 0; wanted_modules[n]; n++)
		digest_add_field(d, wanted_modules[n]);
	digest_add_field(d, init_begin);
	digest_add_field(d, init_end);
}
