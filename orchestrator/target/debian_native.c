#include "target/debian_native.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/cache_lock.h"
#include "target/driver.h"
#include "target/layer.h"

#define KIND	      "tools"
#define TOOLS_VERSION "1"
#define MERGED_USR    "/usr/share/mmdebstrap/hooks/merged-usr"

static const struct place {
	const char *arch, *libs, *loader;
} places[] = {
	{ "amd64", "usr/lib/x86_64-linux-gnu", "lib64/ld-linux-x86-64.so.2" },
	{ "arm64", "usr/lib/aarch64-linux-gnu", "lib/ld-linux-aarch64.so.1" },
	{ "ppc64el", "usr/lib/powerpc64le-linux-gnu", "lib64/ld64.so.2" },
	{ "s390x", "usr/lib/s390x-linux-gnu", "lib/ld64.so.1" },
};

static const struct place *place_of_host(void)
{
	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (strcmp(places[i].arch, host_arch()) == 0)
			return &places[i];
	return NULL;
}

static int make(const struct debian_root *want, const char *folder, const struct target_opts *o, struct err *e)
{
	AUTO_SOURCES sources = { 0 };
	AUTO_FREE char *arch = mem_printf("--arch=%s", host_arch());
	const char *const options[] = { "--variant=extract", arch, "--setup-hook=" MERGED_USR "/setup00.sh", NULL };
	const char *const packages[] = { "?essential", "perl-base", NULL };
	const struct debian_run r = {
		.what = "the tools for foreign roots",
		.release = want->release,
		.folder = folder,
		.options = options,
		.packages = packages,
	};

	if (debian_sources_find(want->release, want->mirror, &sources, e) != 0)
		return -1;
	return debian_run(&r, &sources, o, e);
}

static int make_and_keep(const struct debian_root *want, const char *key, const struct target_opts *o, struct err *e)
{
	AUTO_FREE char *folder = layer_begin(o->cache_folder, KIND, e);
	AUTO_FREE char *root = folder ? file_join(folder, "root") : NULL;
	AUTO_FREE char *label = mem_printf("tools of %s for building foreign roots", want->release);

	if (!folder)
		return -1;
	if (make(want, root, o, e) == 0 && layer_finish(o->cache_folder, KIND, key, NULL, label, folder, e) == 0)
		return 0;
	layer_drop(folder);
	return -1;
}

static void key_of(const struct debian_root *want, char out[static DIGEST_TEXT_BYTES])
{
	struct digest *d = digest_new();

	digest_add_field(d, TOOLS_VERSION);
	digest_add_field(d, host_arch());
	digest_add_field(d, want->release);
	digest_add_field(d, want->mirror);
	digest_end(d, out);
}

int debian_native_get(const struct debian_root *want, const struct target_opts *o, struct debian_native *out,
		      struct err *e)
{
	const struct place *place = place_of_host();
	AUTO_CLOSE int build_lock = -1;
	AUTO_FREE char *kept = NULL;
	char key[DIGEST_TEXT_BYTES];

	*out = (struct debian_native){ .lock_fd = -1 };
	if (!place || !o->cache_folder || !file_is_folder(MERGED_USR))
		return 0;
	key_of(want, key);
	kept = layer_find(o->cache_folder, KIND, key, &out->lock_fd);
	if (!kept) {
		if (cache_lock(o, KIND, key, "the tools for foreign roots", &build_lock, e) != 0)
			return -1;
		kept = layer_find(o->cache_folder, KIND, key, &out->lock_fd);
	}
	if (!kept && make_and_keep(want, key, o, e) != 0)
		return -1;
	if (!kept)
		kept = layer_find(o->cache_folder, KIND, key, &out->lock_fd);
	if (!kept)
		return err_set(e, ERR_IO, "the tools for foreign roots are gone from %s", o->cache_folder);
	out->folder = file_join(kept, "root");
	out->libs = place->libs;
	out->loader = place->loader;
	return 0;
}

void debian_native_free(struct debian_native *n)
{
	free(n->folder);
	n->folder = NULL;
	if (n->lock_fd >= 0)
		close(TAKE_FD(n->lock_fd));
}
