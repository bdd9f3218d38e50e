#include "base/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/archive_names.h"
#include "base/folder.h"
#include "base/mem.h"
#include "base/str.h"

#define CHUNK_BYTES	     (64 * 1024)
#define BLOCK_BYTES	     512
#define DEEPEST_FOLDER	     64
#define AFTER_END_MOST_BYTES (1024 * 1024)

static void *must(void *made)
{
	if (!made)
		abort(); /* as mem_new: only out of memory leads here */
	return made;
}

/* What libarchive says about its own failure, with what we were at. */
static int library_failed(struct archive *a, enum err_code code, const char *what, const char *name, struct err *e)
{
	AUTO_STR shown = { 0 };
	const char *text = archive_error_string(a);

	str_add_quoted(&shown, name ? name : "", STR_TERMINAL);
	if (archive_errno(a) == ENOSPC || archive_errno(a) == EDQUOT) {
		errno = archive_errno(a);
		return err_errno(e, ERR_DISK_FULL, "%s %.200s", what, str_text(&shown));
	}
	AUTO_STR reason = { 0 };
	str_add_quoted(&reason, text ? text : "unknown problem", STR_TERMINAL);
	return err_set(e, archive_errno(a) > 0 ? code : ERR_FORMAT, "%s %.200s: %.500s", what, str_text(&shown),
		       str_text(&reason));
}

/* ---- pack ---- */

struct packer {
	struct archive *stream;
	struct archive_entry_linkresolver *links; /* knows which file was packed before under another name */
	char *chunk;
	archive_write_fn *fn;
	void *ctx;
	bool stopped; /* fn failed: e is filled */
	struct err *e;
};

static la_ssize_t write_out(struct archive *a, void *ctx, const void *data, size_t len)
{
	struct packer *p = ctx;

	(void)a;
	if (p->stopped || p->fn(p->ctx, data, len, p->e) != 0) {
		p->stopped = true;
		return -1;
	}
	return (la_ssize_t)len;
}

static int pack_failed(struct packer *p, const char *name)
{
	return p->stopped ? -1 : library_failed(p->stream, ERR_IO, "cannot pack", name, p->e);
}

/* As many bytes as the header said: the file may grow or shrink meanwhile. libarchive fills up with zeros. */
static int pack_content(struct packer *p, int fd, const char *path, int64_t left)
{
	while (left > 0) {
		ssize_t got = read(fd, p->chunk, left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(p->e, ERR_IO, "cannot read %s", path);
		if (got == 0)
			return 0;
		if (archive_write_data(p->stream, p->chunk, (size_t)got) < 0)
			return pack_failed(p, path);
		left -= got;
	}
	return 0;
}

static int write_entry(struct packer *p, struct archive_entry *entry, int fd, const char *path)
{
	struct archive_entry *spare = NULL; /* tar needs no second entry */

	archive_entry_linkify(p->links, &entry, &spare);
	if (archive_write_header(p->stream, entry) < ARCHIVE_WARN)
		return pack_failed(p, path);
	if (archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
	    pack_content(p, fd, path, archive_entry_size(entry)) != 0)
		return -1;
	return archive_write_finish_entry(p->stream) < ARCHIVE_WARN ? pack_failed(p, path) : 0;
}

/* One file, folder or link that is to be packed. */
struct source {
	int folder_fd;
	const char *file_name; /* in that folder */
	const char *path;      /* for messages */
	const char *name;      /* in the stream; "": not itself, only what it holds */
	unsigned depth;	       /* 0: what the caller named, which may be a link to what is meant */
};

static int describe(struct packer *p, const struct source *s, const struct stat *st, struct archive_entry *entry)
{
	archive_entry_copy_stat(entry, st);
	archive_entry_copy_pathname(entry, s->name);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	archive_entry_set_uname(entry, "root");
	archive_entry_set_gname(entry, "root");
	if (!S_ISLNK(st->st_mode))
		return 0;
	char target[4096];
	if (folder_link(s->folder_fd, s->file_name, s->path, target, sizeof(target), p->e) != 0)
		return -1;
	archive_entry_copy_symlink(entry, target);
	return 0;
}

static int pack_entry(struct packer *p, const struct source *s, const struct stat *st, int fd)
{
	struct archive_entry *entry = must(archive_entry_new());
	int result = describe(p, s, st, entry);

	if (result == 0)
		result = write_entry(p, entry, fd, s->path);
	archive_entry_free(entry);
	return result;
}

static int pack_source(struct packer *p, const struct source *s);

static int pack_below(struct packer *p, const struct source *s, int fd)
{
	AUTO_FREE_LIST char **names = NULL;

	if (s->depth >= DEEPEST_FOLDER)
		return err_set(p->e, ERR_IO, "%s lies more than %d folders deep", s->path, DEEPEST_FOLDER);
	if (folder_names(fd, s->path, &names, p->e) != 0)
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *path = mem_printf("%s/%s", s->path, *name);
		AUTO_FREE char *inside = mem_printf("%s%s%s", s->name, *s->name ? "/" : "", *name);
		struct source below = { fd, *name, path, inside, s->depth + 1 };
		if (pack_source(p, &below) != 0)
			return -1;
	}
	return 0;
}

static int pack_source(struct packer *p, const struct source *s)
{
	AUTO_CLOSE int fd = -1;
	struct stat st;
	bool follow = s->depth == 0;

	if (fstatat(s->folder_fd, s->file_name, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
		return err_errno(p->e, ERR_IO, "cannot look at %s", s->path);
	if (S_ISLNK(st.st_mode))
		return pack_entry(p, s, &st, -1);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return err_set(p->e, ERR_IO, "cannot pack %s: neither a file nor a folder nor a link", s->path);
	fd = openat(s->folder_fd, s->file_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_errno(p->e, ERR_IO, "cannot open %s", s->path);
	if (*s->name && pack_entry(p, s, &st, fd) != 0)
		return -1;
	return S_ISDIR(st.st_mode) ? pack_below(p, s, fd) : 0;
}

static int pack_stream(struct packer *p, const char *path, const char *name_inside)
{
	struct source top = { AT_FDCWD, path, path, name_inside, 0 };

	/* The GNU form is read by every tar, also small ones, and carries names as the bytes they are. */
	if (archive_write_set_format_gnutar(p->stream) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(p->stream, CHUNK_BYTES) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(p->stream, BLOCK_BYTES) != ARCHIVE_OK ||
	    archive_write_open(p->stream, p, NULL, write_out, NULL) != ARCHIVE_OK)
		return pack_failed(p, path);
	archive_entry_linkresolver_set_strategy(p->links, archive_format(p->stream));
	if (pack_source(p, &top) != 0)
		return -1;
	return archive_write_close(p->stream) != ARCHIVE_OK ? pack_failed(p, path) : 0;
}

int archive_pack(const char *path, const char *name_inside, archive_write_fn *fn, void *ctx, struct err *e)
{
	struct packer p = { .fn = fn, .ctx = ctx, .e = e };

	p.stream = must(archive_write_new());
	p.links = must(archive_entry_linkresolver_new());
	p.chunk = mem_new(CHUNK_BYTES, 1);
	int result = pack_stream(&p, path, name_inside);
	p.stopped = p.stopped || result != 0; /* freeing the stream would write the end of a whole archive */
	archive_entry_linkresolver_free(p.links);
	archive_write_free(p.stream);
	free(p.chunk);
	return result;
}

static int pack_text(struct packer *p, struct archive_entry *entry, const struct archive_text *file)
{
	size_t len = strlen(file->content);

	archive_entry_set_pathname(entry, file->name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_size(entry, (la_int64_t)len);
	if (archive_write_header(p->stream, entry) < ARCHIVE_WARN ||
	    archive_write_data(p->stream, file->content, len) < 0)
		return pack_failed(p, file->name);
	return 0;
}

static int make_iso(struct packer *p, const char *volume, const struct archive_text *files, size_t count)
{
	if (archive_write_set_format_iso9660(p->stream) != ARCHIVE_OK ||
	    archive_write_set_format_option(p->stream, "iso9660", "volume-id", volume) != ARCHIVE_OK ||
	    archive_write_open(p->stream, p, NULL, write_out, NULL) != ARCHIVE_OK)
		return pack_failed(p, volume);
	for (size_t i = 0; i < count; i++) {
		struct archive_entry *entry = must(archive_entry_new());
		int result = pack_text(p, entry, &files[i]);
		archive_entry_free(entry);
		if (result != 0)
			return -1;
	}
	return archive_write_close(p->stream) != ARCHIVE_OK ? pack_failed(p, volume) : 0;
}

int archive_make_iso(const char *volume, const struct archive_text *files, size_t count, archive_write_fn *fn,
		     void *ctx, struct err *e)
{
	struct packer p = { .fn = fn, .ctx = ctx, .e = e };

	p.stream = must(archive_write_new());
	int result = make_iso(&p, volume, files, count);
	p.stopped = p.stopped || result != 0;
	archive_write_free(p.stream);
	return result;
}

/* ---- unpack ---- */

struct unpacker {
	struct archive *stream, *disk;
	char *chunk;
	archive_read_fn *fn;
	void *ctx;
	int folder_fd, outside_fd;
	bool at_end;  /* fn said so */
	bool stopped; /* fn failed: e is filled */
	uint64_t max_bytes, bytes_left, max_files, files_left;
	struct err *e;
};

/* fn works in the folder the caller is in, not in the one that is being filled. */
static ssize_t read_outside(struct unpacker *u)
{
	if (fchdir(u->outside_fd) != 0)
		return err_errno(u->e, ERR_IO, "cannot go back to the working folder");
	ssize_t got = u->fn(u->ctx, u->chunk, CHUNK_BYTES, u->e);
	if (got >= 0 && fchdir(u->folder_fd) != 0)
		return err_errno(u->e, ERR_IO, "cannot enter the folder to unpack in");
	return got;
}

static la_ssize_t read_in(struct archive *a, void *ctx, const void **out_data)
{
	struct unpacker *u = ctx;

	(void)a;
	*out_data = u->chunk;
	if (u->stopped || u->at_end)
		return u->stopped ? -1 : 0;
	ssize_t got = read_outside(u);
	u->at_end = got == 0;
	u->stopped = got < 0;
	return got;
}

static int stream_failed(struct unpacker *u, const char *name)
{
	return u->stopped ? -1 : library_failed(u->stream, ERR_FORMAT, "cannot unpack", name, u->e);
}

static int disk_failed(struct unpacker *u, const char *name)
{
	return library_failed(u->disk, ERR_IO, "cannot lay out", name, u->e);
}

/* In the C locale libarchive gives names that a pax header holds only as UTF-8. */
static const char *either(const char *as_bytes, const char *as_utf8)
{
	return as_bytes ? as_bytes : as_utf8;
}

/* libarchive makes a second name only for what stands below the folder; what it is a name of must be a file. */
static int check_hard_link(const char *target, struct err *e)
{
	struct stat st;

	if (archive_check_name(target, e) != 0)
		return -1;
	if (lstat(target, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "the archive is refused: a hard link to what is not a file of it");
	return 0;
}

static int check_entry(struct unpacker *u, struct archive_entry *entry, const char *name)
{
	unsigned type = archive_entry_filetype(entry);
	const char *hard = either(archive_entry_hardlink(entry), archive_entry_hardlink_utf8(entry));

	if (archive_check_name(name, u->e) != 0)
		return -1;
	if (hard)
		return check_hard_link(hard, u->e);
	if (type == AE_IFLNK)
		return archive_check_link(name, either(archive_entry_symlink(entry), archive_entry_symlink_utf8(entry)),
					  u->e);
	if (type != AE_IFREG && type != AE_IFDIR)
		return err_set(u->e, ERR_FORMAT, "the archive is refused: a device, a pipe or a socket in it");
	if (type == AE_IFREG && (uint64_t)archive_entry_size(entry) > u->bytes_left)
		return err_set(u->e, ERR_FORMAT, "the archive is refused: it holds more than %llu bytes",
			       (unsigned long long)u->max_bytes);
	return 0;
}

/* Folders stay open to us, or they could not be filled, read or removed. */
static void cut_modes(struct archive_entry *entry)
{
	mode_t mode = archive_entry_perm(entry) & 0755;

	archive_entry_set_perm(entry, mode | (archive_entry_filetype(entry) == AE_IFDIR ? 0700 : 0600));
}

static int copy_content(struct unpacker *u, const char *name)
{
	const void *data;
	size_t len;
	la_int64_t offset;
	int rc;

	while ((rc = archive_read_data_block(u->stream, &data, &len, &offset)) == ARCHIVE_OK)
		if (archive_write_data_block(u->disk, data, len, offset) < ARCHIVE_OK)
			return disk_failed(u, name);
	return rc == ARCHIVE_EOF ? 0 : stream_failed(u, name);
}

static int lay_out(struct unpacker *u, struct archive_entry *entry)
{
	AUTO_FREE char *name = mem_dup(either(archive_entry_pathname(entry), archive_entry_pathname_utf8(entry)));
	bool has_content = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry);

	if (u->files_left-- == 0)
		return err_set(u->e, ERR_FORMAT, "the archive is refused: more than %llu files in it",
			       (unsigned long long)u->max_files);
	if (check_entry(u, entry, name) != 0)
		return -1;
	if (archive_count_parts(name) == 0)
		return 0; /* the folder itself */
	archive_entry_copy_pathname(entry, name);
	cut_modes(entry);
	if (has_content)
		u->bytes_left -= (uint64_t)archive_entry_size(entry);
	else
		archive_entry_set_size(entry, 0);
	if (archive_write_header(u->disk, entry) < ARCHIVE_WARN)
		return disk_failed(u, name);
	if (has_content && copy_content(u, name) != 0)
		return -1;
	return archive_write_finish_entry(u->disk) < ARCHIVE_WARN ? disk_failed(u, name) : 0;
}

/* Behind the end mark of a tar stream stands padding; a sender that cannot get rid of it would see a broken pipe. */
static int drain(struct unpacker *u)
{
	const void *unused;

	for (size_t total = 0; !u->at_end && total < AFTER_END_MOST_BYTES;) {
		la_ssize_t got = read_in(u->stream, u, &unused);
		if (got < 0)
			return -1;
		total += (size_t)got;
	}
	return 0;
}

static int unpack_here(struct unpacker *u)
{
	struct archive_entry *entry;
	int rc;

	archive_read_support_format_tar(u->stream);
	archive_write_disk_set_options(u->disk, ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
							ARCHIVE_EXTRACT_SECURE_NODOTDOT |
							ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
	if (archive_read_open(u->stream, u, NULL, read_in, NULL) != ARCHIVE_OK)
		return stream_failed(u, "the stream");
	while ((rc = archive_read_next_header(u->stream, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN)
		if (lay_out(u, entry) != 0)
			return -1;
	if (rc != ARCHIVE_EOF)
		return stream_failed(u, "the stream");
	if (archive_write_close(u->disk) != ARCHIVE_OK)
		return disk_failed(u, "the last folders");
	return drain(u);
}

/* libarchive refuses absolute names and follows no link when told so, but then only below the working folder: so that
 * is where the work is done. labctl has no threads that could see it. Times of folders are set last, when the
 * writer is freed. */
static int unpack_in(struct unpacker *u, const char *folder)
{
	AUTO_CLOSE int outside = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int inside = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (outside < 0)
		return err_errno(u->e, ERR_IO, "cannot open the working folder");
	if (inside < 0 || fchdir(inside) != 0)
		return err_errno(u->e, ERR_IO, "cannot enter %s", folder);
	u->outside_fd = outside;
	u->folder_fd = inside;
	int result = unpack_here(u);
	if (u->stopped && fchdir(inside) != 0)
		return err_errno(u->e, ERR_IO, "cannot enter %s", folder);
	archive_write_free(u->disk);
	u->disk = NULL;
	if (fchdir(outside) != 0)
		return err_errno(u->e, ERR_IO, "cannot go back to the working folder");
	return result;
}

int archive_unpack(const char *folder, uint64_t max_bytes, uint64_t max_files, archive_read_fn *fn, void *ctx,
		   struct err *e)
{
	struct unpacker u = { .fn = fn, .ctx = ctx, .e = e };

	u.max_bytes = u.bytes_left = max_bytes;
	u.max_files = u.files_left = max_files;
	u.stream = must(archive_read_new());
	u.disk = must(archive_write_disk_new());
	u.chunk = mem_new(CHUNK_BYTES, 1);
	int result = unpack_in(&u, folder);
	archive_write_free(u.disk);
	archive_read_free(u.stream);
	free(u.chunk);
	return result;
}

struct bytes {
	const char *data;
	size_t left;
};

static ssize_t read_bytes(void *ctx, void *data, size_t room, struct err *e)
{
	struct bytes *b = ctx;
	size_t len = b->left < room ? b->left : room;

	(void)e;
	if (len > 0)
		memcpy(data, b->data, len);
	b->data += len;
	b->left -= len;
	return (ssize_t)len;
}

int archive_unpack_bytes(const char *folder, uint64_t max_bytes, uint64_t max_files, const void *data, size_t len,
			 struct err *e)
{
	struct bytes b = { data, len };

	return archive_unpack(folder, max_bytes, max_files, read_bytes, &b, e);
}

/* ---- compressed files ---- */

#define GZIP_LEAST_BYTES  18 /* header and trailer */
#define BZIP2_LEAST_BYTES 14

static bool is_gzip(const unsigned char *data, size_t len)
{
	return len >= 2 && data[0] == 0x1F && data[1] == 0x8B;
}

bool archive_is_compressed(const void *data, size_t len)
{
	return is_gzip(data, len) || (len >= 4 && memcmp(data, "BZh", 3) == 0);
}

/* CRC-32 of ISO 3309, as RFC 1952 (gzip), section 8, has it. */
static uint32_t checksum(const unsigned char *data, size_t len)
{
	static uint32_t table[256];
	uint32_t sum = 0xFFFFFFFF;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		uint32_t entry = i;
		for (int bit = 0; bit < 8; bit++)
			entry = entry & 1 ? 0xEDB88320 ^ entry >> 1 : entry >> 1;
		table[i] = entry;
	}
	for (size_t i = 0; i < len; i++)
		sum = table[(sum ^ data[i]) & 0xFF] ^ sum >> 8;
	return ~sum;
}

/* libarchive reads over the check sum and length at the end of gzip; bzip2's it looks at. */
static int check_gzip_end(const unsigned char *trailer, const struct str *out, struct err *e)
{
	uint32_t sum = trailer[0] | (uint32_t)trailer[1] << 8 | (uint32_t)trailer[2] << 16 | (uint32_t)trailer[3] << 24;
	uint32_t len = trailer[4] | (uint32_t)trailer[5] << 8 | (uint32_t)trailer[6] << 16 | (uint32_t)trailer[7] << 24;

	if (len == (uint32_t)out->len && sum == checksum((const unsigned char *)str_text(out), out->len))
		return 0;
	return err_set(e, ERR_FORMAT, "gzip: the check sum is wrong: it is damaged, or several files in one");
}

static int expand_data(struct archive *a, size_t max_bytes, struct str *out, struct err *e)
{
	AUTO_FREE char *chunk = mem_new(CHUNK_BYTES, 1);
	la_ssize_t got;

	while ((got = archive_read_data(a, chunk, CHUNK_BYTES)) > 0) {
		if ((size_t)got > max_bytes - out->len)
			return err_set(e, ERR_FORMAT, "it holds more than %zu bytes when it is decompressed",
				       max_bytes);
		str_add_bytes(out, chunk, (size_t)got);
	}
	return got < 0 ? library_failed(a, ERR_FORMAT, "cannot decompress", "", e) : 0;
}

static int expand_from(struct archive *a, const void *data, size_t len, size_t max_bytes, struct str *out,
		       struct err *e)
{
	struct archive_entry *entry;

	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_format_raw(a);
	archive_read_support_format_empty(a);
	if (archive_read_open_memory(a, data, len) != ARCHIVE_OK)
		return library_failed(a, ERR_FORMAT, "cannot decompress", "", e);
	if (archive_filter_count(a) != 2)
		return err_set(e, ERR_FORMAT, "cannot decompress: its beginning is damaged");
	int rc = archive_read_next_header(a, &entry);
	if (rc == ARCHIVE_EOF)
		return 0;
	return rc == ARCHIVE_OK ? expand_data(a, max_bytes, out, e)
				: library_failed(a, ERR_FORMAT, "cannot decompress", "", e);
}

int archive_expand(const void *data, size_t len, size_t max_bytes, struct str *out, struct err *e)
{
	bool gzip = is_gzip(data, len);

	str_clear(out);
	if (len < (gzip ? GZIP_LEAST_BYTES : BZIP2_LEAST_BYTES))
		return err_set(e, ERR_FORMAT, "cannot decompress: it is cut");
	struct archive *a = must(archive_read_new());
	int result = expand_from(a, data, len, max_bytes, out, e);
	archive_read_free(a);
	if (result == 0 && gzip)
		result = check_gzip_end((const unsigned char *)data + len - 8, out, e);
	return result;
}

const char *archive_library_version(void)
{
	return archive_version_string();
}
