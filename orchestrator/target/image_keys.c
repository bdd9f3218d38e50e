#include "target/image_keys.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"

#define KEYGEN_LIMIT_NS	 (60 * NS_PER_S)
#define PUBLIC_MAX_BYTES 4096

/* One key pair, path and path.pub; its public line. Caller frees. */
static char *make_pair(const char *path, struct err *e)
{
	const char *argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "labctl", "-f", path, NULL };
	AUTO_FREE char *public_path = mem_printf("%s.pub", path);
	AUTO_STR line = { 0 };

	if (proc_run_ok(argv, KEYGEN_LIMIT_NS, NULL, e) != 0 || file_read(public_path, PUBLIC_MAX_BYTES, &line, e) != 0)
		return NULL;
	return str_take(&line);
}

int image_keys_make(const char *folder, struct image_keys *out, struct err *e)
{
	AUTO_FREE char *user_key = file_join(folder, "user_key");

	out->host_key = file_join(folder, "host_key");
	out->user_public = make_pair(user_key, e);
	out->host_public = out->user_public ? make_pair(out->host_key, e) : NULL;
	return out->host_public ? 0 : -1;
}

void image_keys_end(struct image_keys *k)
{
	if (k->host_key)
		unlink(k->host_key);
	free(k->host_key);
	free(k->user_public);
	free(k->host_public);
}
