#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/mem.h"

#define READ_BYTES     (64 * 1024)
#define DEEPEST_FOLDER 64

struct digest {
	EVP_MD_CTX *context;
};

/* SHA-256 fails only without memory or without any crypto provider: nothing of labctl works then. */
static void must(int ok)
{
	if (ok != 1) {
		fputs("labctl: libcrypto cannot compute SHA-256\n", stderr);
		abort();
	}
}

struct digest *digest_new(void)
{
	struct digest *d = mem_new(1, sizeof(*d));

	d->context = EVP_MD_CTX_new();
	must(d->context != NULL);
	must(EVP_DigestInit_ex(d->context, EVP_sha256(), NULL));
	return d;
}

void digest_add(struct digest *d, const void *data, size_t len)
{
	if (len > 0)
		must(EVP_DigestUpdate(d->context, data, len));
}

void digest_add_field(struct digest *d, const char *text)
{
	char head[32];
	size_t len = text ? strlen(text) : 0;
	int head_len = text ? snprintf(head, sizeof(head), "%zu:", len) : snprintf(head, sizeof(head), "-:");

	digest_add(d, head, (size_t)head_len);
	digest_add(d, text, len);
}

void digest_end(struct digest *d, char out[static DIGEST_TEXT_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned raw_len = 0;

	must(EVP_DigestFinal_ex(d->context, raw, &raw_len));
	must(raw_len == (DIGEST_TEXT_BYTES - 1) / 2);
	for (unsigned i = 0; i < raw_len; i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	out[DIGEST_TEXT_BYTES - 1] = '\0';
	EVP_MD_CTX_free(d->context);
	free(d);
}

void digest_bytes(const void *data, size_t len, char out[static DIGEST_TEXT_BYTES])
{
	struct digest *d = digest_new();

	digest_add(d, data, len);
	digest_end(d, out);
}

static int add_descriptor(struct digest *d, int fd, const char *path, struct err *e)
{
	AUTO_FREE char *buffer = mem_new(READ_BYTES, 1);

	for (;;) {
		ssize_t got = read(fd, buffer, READ_BYTES);
		if (got == 0)
			return 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "cannot read %s", path);
		digest_add(d, buffer, (size_t)got);
	}
}

/* Ends d also when the work before failed, so that it is freed on every way out. */
static int end_with(struct digest *d, int result, char out[static DIGEST_TEXT_BYTES])
{
	digest_end(d, out);
	if (result != 0)
		out[0] = '\0';
	return result;
}

int digest_file(const char *path, char out[static DIGEST_TEXT_BYTES], struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	out[0] = '\0';
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open %s", path);
	struct digest *d = digest_new();
	return end_with(d, add_descriptor(d, fd, path, e), out);
}

static int add_link(struct digest *d, int folder_fd, const char *name, const char *path, struct err *e)
{
	char target[4096];

	if (folder_link(folder_fd, name, path, target, sizeof(target), e) != 0)
		return -1;
	digest_add_field(d, "link");
	digest_add_field(d, target);
	return 0;
}

/* As git does, of the mode only "may be executed" counts: the rest depends on the umask of who checked the files out.
 */
static int add_file(struct digest *d, int fd, const char *path, const struct stat *st, struct err *e)
{
	char content[DIGEST_TEXT_BYTES];
	struct digest *own = digest_new();

	if (end_with(own, add_descriptor(own, fd, path, e), content) != 0)
		return -1;
	digest_add_field(d, st->st_mode & S_IXUSR ? "program" : "file");
	digest_add_field(d, content);
	return 0;
}

static int add_folder(struct digest *d, int folder_fd, const char *path, unsigned depth, struct err *e);

static int add_entry(struct digest *d, int folder_fd, const char *name, const char *path, unsigned depth, struct err *e)
{
	struct stat st;

	digest_add_field(d, name);
	if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_errno(e, ERR_IO, "cannot look at %s", path);
	if (S_ISLNK(st.st_mode))
		return add_link(d, folder_fd, name, path, e);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return err_set(e, ERR_IO, "%s is neither a file nor a folder nor a link", path);
	AUTO_CLOSE int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open %s", path);
	return S_ISDIR(st.st_mode) ? add_folder(d, fd, path, depth + 1, e) : add_file(d, fd, path, &st, e);
}

static int add_folder(struct digest *d, int folder_fd, const char *path, unsigned depth, struct err *e)
{
	AUTO_FREE_LIST char **names = NULL;

	if (depth > DEEPEST_FOLDER)
		return err_set(e, ERR_IO, "%s lies more than %d folders deep", path, DEEPEST_FOLDER);
	if (folder_names(folder_fd, path, &names, e) != 0)
		return -1;
	digest_add_field(d, "folder");
	for (char **name = names; *name; name++) {
		if (strcmp(*name, "__pycache__") == 0)
			continue;
		AUTO_FREE char *inner = mem_printf("%s/%s", path, *name);
		if (add_entry(d, folder_fd, *name, inner, depth, e) != 0)
			return -1;
	}
	digest_add_field(d, NULL); /* the end: no name can be mistaken for it */
	return 0;
}

int digest_folder(const char *path, char out[static DIGEST_TEXT_BYTES], struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	out[0] = '\0';
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open the folder %s", path);
	struct digest *d = digest_new();
	return end_with(d, add_folder(d, fd, path, 0, e), out);
}

const char *digest_library_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}
