#include "target/image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/cache_lock.h"
#include "target/contain.h"
#include "target/debian.h"
#include "target/debian_hooks.h"
#include "target/driver.h"
#include "target/guest_install.h"
#include "target/image_disk.h"
#include "target/image_user.h"
#include "target/layer.h"

#define KIND	      "image"
#define IMAGE_VERSION "1" /* raised when what is built changes although no text below says so */

static const char *const local_packages[] = { "ca-certificates", NULL };

static const char *arch_of(const struct target_spec *spec)
{
	return spec->arch ? spec->arch : host_arch();
}

static void digest_built(const struct target_spec *spec, struct digest *d)
{
	const struct debian_hooks hooks = { 0 };
	AUTO_STR script = { 0 };

	debian_hooks_script(&hooks, &script);
	digest_add_field(d, str_text(&script));
	digest_add_field(d, spec->image.release);
	digest_add_field(d, spec->image.mirror);
	for (size_t i = 0; i < spec->image.packages.count; i++)
		digest_add_field(d, spec->image.packages.items[i]);
	for (const char *const *name = local_packages; spec->kind == TARGET_LOCAL && *name; name++)
		digest_add_field(d, *name);
}

int image_id(const struct target_spec *spec, char out[static 65], struct err *e)
{
	AUTO_FREE char *disk_bytes = mem_printf("%lld", (long long)spec->image.disk_bytes);
	struct digest *d;

	if (spec->kind != TARGET_LOCAL && spec->kind != TARGET_QEMU)
		return err_set(e, ERR_INTERNAL, "%s: a target of kind %s has no image", spec->name,
			       target_kind_name(spec->kind));
	if (image_is_users(spec) && image_user_check(spec, e) != 0)
		return -1;
	d = digest_new();
	digest_add_field(d, IMAGE_VERSION);
	digest_add_field(d, target_kind_name(spec->kind));
	digest_add_field(d, arch_of(spec));
	if (image_is_users(spec))
		digest_add_field(d, spec->image.sha256);
	else
		digest_built(spec, d);
	if (spec->kind == TARGET_QEMU) {
		digest_add_field(d, disk_bytes);
		image_disk_digest(d);
	}
	digest_end(d, out);
	return 0;
}

/* The packages that the user named, as debian_build_root wants them. */
static const char **named_packages(const struct target_spec *spec)
{
	const struct text_list *named = &spec->image.packages;
	const char **list = mem_new(named->count + 1, sizeof(*list));

	if (named->count)
		memcpy(list, named->items, sizeof(*list) * named->count);
	return list;
}

static int build(const struct target_spec *spec, const char *folder, const struct target_opts *o, struct err *e)
{
	AUTO_FREE const char **named = named_packages(spec);
	AUTO_FREE char *root = file_join(folder, "root");
	const struct debian_root want = {
		.arch = arch_of(spec),
		.release = spec->image.release,
		.mirror = spec->image.mirror,
		.packages = spec->kind == TARGET_QEMU ? image_disk_packages : local_packages,
		.extra = named,
	};

	struct err why = ERR_INIT;
	int failed = debian_build_root(&want, root, o, &why);
	/* A guest can do by itself what this machine cannot do for it. */
	if (failed && why.code == ERR_UNAVAILABLE && spec->kind == TARGET_QEMU)
		failed = guest_install_unpack(&want, root, o, e);
	else if (failed)
		*e = why;
	if (failed || spec->kind == TARGET_LOCAL)
		return failed;
	return image_disk_make(spec, root, folder, o, e) || contain_remove_tree(root, e) ? -1 : 0;
}

static int make_and_keep(const struct target_spec *spec, const char *id, const struct target_opts *o, struct err *e)
{
	AUTO_FREE char *folder = layer_begin(o->cache_folder, KIND, e);
	AUTO_FREE char *label = mem_printf("%s image for %s", arch_of(spec), target_kind_name(spec->kind));
	int failed;

	if (!folder)
		return -1;
	failed = image_is_users(spec) ? image_user_make(spec, folder, o, e) : build(spec, folder, o, e);
	if (!failed && layer_finish(o->cache_folder, KIND, id, NULL, label, folder, e) == 0)
		return 0;
	layer_drop(folder);
	return -1;
}

static char *part_of(const char *folder, const char *name)
{
	AUTO_FREE char *path = file_join(folder, name);

	return file_exists(path) ? TAKE(path) : NULL;
}

static int read_host_key(const char *folder, char **out, struct err *e)
{
	AUTO_FREE char *path = part_of(folder, "host_key.pub");
	AUTO_STR text = { 0 };

	if (!path)
		return 0;
	if (file_read(path, (size_t)16 * 1024, &text, e) != 0)
		return -1;
	str_cut(&text, strcspn(str_text(&text), "\r\n"));
	*out = str_take(&text);
	return 0;
}

static int describe(const char *id, struct image *out, struct err *e)
{
	memcpy(out->id, id, sizeof(out->id));
	out->disk = part_of(out->folder, "disk");
	out->kernel = part_of(out->folder, "kernel");
	out->initrd = part_of(out->folder, "initrd");
	out->seed = part_of(out->folder, "seed");
	out->user_key = part_of(out->folder, "user_key");
	return read_host_key(out->folder, &out->host_key, e);
}

int image_get(const struct target_spec *spec, const struct target_opts *o, struct image *out, struct err *e)
{
	AUTO_FREE char *what = mem_printf("the %s image", arch_of(spec));
	AUTO_CLOSE int build_lock = -1;
	char id[65];

	*out = (struct image){ .lock_fd = -1 };
	if (image_id(spec, id, e) != 0)
		return -1;
	out->folder = layer_find(o->cache_folder, KIND, id, &out->lock_fd);
	if (!out->folder) {
		if (cache_lock(o, KIND, id, what, &build_lock, e) != 0)
			return -1;
		out->folder = layer_find(o->cache_folder, KIND, id, &out->lock_fd);
	}
	if (!out->folder) {
		if (make_and_keep(spec, id, o, e) != 0)
			return -1;
		out->folder = layer_find(o->cache_folder, KIND, id, &out->lock_fd);
	}
	if (!out->folder)
		return err_set(e, ERR_IO, "%s was made and is gone from %s", what, o->cache_folder);
	if (describe(id, out, e) == 0)
		return 0;
	image_free(out);
	return -1;
}

void image_free(struct image *i)
{
	free(i->folder);
	free(i->disk);
	free(i->kernel);
	free(i->initrd);
	free(i->seed);
	free(i->host_key);
	free(i->user_key);
	if (i->lock_fd >= 0)
		close(i->lock_fd);
	*i = (struct image){ .lock_fd = -1 };
}

void image_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx)
{
	struct err e = ERR_INIT;
	char id[65];

	if (image_id(spec, id, &e) != 0) {
		tell(ctx, FINDING_PROBLEM, e.text, e.hint);
		return;
	}
	AUTO_FREE char *kept = layer_find(o->cache_folder, KIND, id, NULL);
	AUTO_FREE char *what = mem_printf("%s: its image is %s", spec->name, kept ? "in the cache" : "not built yet");
	tell(ctx, kept ? FINDING_OK : FINDING_NOTE, what,
	     kept ? "" : "it is built when it is needed, or by `labctl target build`");
	if (kept)
		return;
	if (image_is_users(spec)) {
		image_user_doctor(spec, tell, ctx);
		return;
	}
	debian_doctor(arch_of(spec), tell, ctx);
	if (spec->kind == TARGET_QEMU)
		image_disk_doctor(tell, ctx);
}
