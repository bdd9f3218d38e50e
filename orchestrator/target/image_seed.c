/* What tells cloud-init in a disk of the user's which keys to take: the "NoCloud" source, a small ISO 9660 volume. */
#include <string.h>

#include "base/archive.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/image_disk.h"
#include "target/image_keys.h"

#define PRIVATE_MAX_BYTES (64 * 1024)

/* A block text of YAML. */
static void add_indented(struct str *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		str_add(out, "    ");
		str_add_bytes(out, text, len);
		str_add_char(out, '\n');
		text += len + (text[len] == '\n');
	}
}

static void add_line(struct str *out, const char *before, const char *line)
{
	str_add(out, before);
	str_add_bytes(out, line, strcspn(line, "\n"));
	str_add_char(out, '\n');
}

static void add_user_data(const struct image_keys *keys, const char *host_private, struct str *out)
{
	str_add(out, "#cloud-config\n"
		     "disable_root: false\n"
		     "ssh_pwauth: false\n"
		     "ssh_deletekeys: true\n"
		     "ssh_keys:\n"
		     "  ed25519_private: |\n");
	add_indented(out, host_private);
	add_line(out, "  ed25519_public: ", keys->host_public);
	str_add(out, "users:\n"
		     "  - name: root\n"
		     "    ssh_authorized_keys:\n");
	add_line(out, "      - ", keys->user_public);
	str_add(out, "package_update: false\n"
		     "package_upgrade: false\n");
}

static int add_bytes(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	str_add_bytes(ctx, data, len);
	return 0;
}

int image_seed_make(const struct target_spec *spec, const char *folder, struct err *e)
{
	AUTO_IMAGE_KEYS keys = { 0 };
	AUTO_STR host_private = { 0 };
	AUTO_STR user_data = { 0 };
	AUTO_STR meta_data = { 0 };
	AUTO_STR volume = { 0 };
	char id[DIGEST_TEXT_BYTES];

	if (image_keys_make(folder, &keys, e) != 0 ||
	    file_read(keys.host_key, PRIVATE_MAX_BYTES, &host_private, e) != 0)
		return err_wrap(e, "%s: making keys", spec->name);
	add_user_data(&keys, str_text(&host_private), &user_data);
	digest_bytes(keys.host_public, strlen(keys.host_public), id);
	str_addf(&meta_data, "instance-id: labctl-%.16s\nlocal-hostname: labctl\n", id);
	const struct archive_text files[] = {
		{ "meta-data", str_text(&meta_data) },
		{ "user-data", str_text(&user_data) },
	};
	AUTO_FREE char *path = file_join(folder, "seed");
	if (archive_make_iso("cidata", files, COUNT_OF(files), add_bytes, &volume, e) != 0 ||
	    file_write(path, volume.text, volume.len, e) != 0)
		return err_wrap(e, "%s: making a seed for cloud-init", spec->name);
	return 0;
}
