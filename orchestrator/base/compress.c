#include "base/compress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define CHUNK_BYTES	 (128 * 1024)
#define FILE_LEVEL	 3
#define HIGHEST_LEVEL	 19		   /* above it a reader needs windows of up to 128 MiB */
#define FRAME_MOST_BYTES ((size_t)1 << 20) /* room that a frame gets on its word alone */
#define WINDOW_MOST_LOG2 24
#define FLUSH_EACH_BYTES (64 * 1024)
#define FLUSH_EACH_NS	 (50 * NS_PER_MS)

static void *must(void *made)
{
	if (!made)
		abort(); /* as mem_new: only out of memory leads here */
	return made;
}

void compress_bytes(const void *data, size_t len, int level, struct str *out)
{
	size_t bound = ZSTD_compressBound(len);
	AUTO_FREE char *packed = mem_new(bound, 1);
	size_t packed_len = ZSTD_compress(packed, bound, data, len, level < HIGHEST_LEVEL ? level : HIGHEST_LEVEL);

	if (ZSTD_isError(packed_len))
		abort(); /* the room is enough by definition, so only memory can be missing */
	str_add_bytes(out, packed, packed_len);
}

/* ---- back ---- */

struct reader {
	ZSTD_DCtx *context;
	char *chunk;
	size_t bytes_left; /* of those that are allowed */
	struct str *out;   /* NULL: fn gets them */
	compress_piece_fn *fn;
	void *ctx;
	bool refused; /* by fn, with its own error */
	bool inside_frame;
	bool over_cap;
};

static void reader_free_at(struct reader *r)
{
	ZSTD_freeDCtx(r->context);
	free(r->chunk);
}

#define AUTO_READER __attribute__((cleanup(reader_free_at))) struct reader

static struct reader reader_new(size_t max_bytes, struct str *out)
{
	struct reader r = { .bytes_left = max_bytes, .out = out };

	r.context = must(ZSTD_createDCtx());
	ZSTD_DCtx_setParameter(r.context, ZSTD_d_windowLogMax, WINDOW_MOST_LOG2);
	r.chunk = mem_new(CHUNK_BYTES, 1);
	return r;
}

static int reader_deliver(struct reader *r, size_t len, struct err *e)
{
	r->bytes_left -= len;
	if (!r->out) {
		r->refused = r->fn(r->ctx, r->chunk, len, e) != 0;
		return r->refused ? -1 : 0;
	}
	str_add_bytes(r->out, r->chunk, len);
	return 0;
}

static int reader_add(struct reader *r, const void *data, size_t len, struct err *e)
{
	ZSTD_inBuffer in = { data, len, 0 };
	bool more = true;

	while (more) {
		ZSTD_outBuffer room = { r->chunk, CHUNK_BYTES, 0 };
		size_t wanted = ZSTD_decompressStream(r->context, &room, &in);
		if (ZSTD_isError(wanted))
			return err_set(e, ERR_FORMAT, "zstd: %s", ZSTD_getErrorName(wanted));
		r->inside_frame = wanted != 0;
		r->over_cap = room.pos > r->bytes_left;
		if (r->over_cap)
			return err_set(e, ERR_FORMAT, "unpacked it is larger than is allowed");
		if (reader_deliver(r, room.pos, e) != 0)
			return -1;
		more = in.pos < in.size || (room.pos == room.size && r->inside_frame);
	}
	return 0;
}

static int reader_end(const struct reader *r, struct err *e)
{
	return r->inside_frame ? err_set(e, ERR_FORMAT, "zstd: the data ends early") : 0;
}

/* One frame that tells its size goes straight to its place; a context for all of them, since there may be thousands.
 * False: it is not of that kind, or damaged, which the long way tells. */
static bool read_whole_frame(const void *data, size_t len, size_t max_bytes, struct str *out)
{
	static ZSTD_DCtx *context;
	unsigned long long size = ZSTD_getFrameContentSize(data, len);
	size_t got;

	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > max_bytes ||
	    size > FRAME_MOST_BYTES || ZSTD_findFrameCompressedSize(data, len) != len)
		return false;
	if (!context)
		context = must(ZSTD_createDCtx());
	got = ZSTD_decompressDCtx(context, str_room(out, size), size, data, len);
	if (ZSTD_isError(got))
		return false;
	str_grow(out, got);
	return true;
}

int compress_read(const void *data, size_t len, size_t max_bytes, struct str *out, struct err *e)
{
	if (read_whole_frame(data, len, max_bytes, out))
		return 0;
	AUTO_READER r = reader_new(max_bytes, out);

	r.inside_frame = true; /* nothing at all is no frame either */
	if (len > 0 && reader_add(&r, data, len, e) != 0)
		return -1;
	return reader_end(&r, e);
}

/* A part that was left behind may end anywhere, even in a broken block: then what came before it is what there is. */
static int read_descriptor(int fd, const char *path, bool is_part, struct reader *r, struct err *e)
{
	AUTO_FREE char *buffer = mem_new(CHUNK_BYTES, 1);

	r->inside_frame = true;
	for (;;) {
		ssize_t got = read(fd, buffer, CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "cannot read %s", path);
		if (got == 0)
			break;
		struct err problem = ERR_INIT;
		if (reader_add(r, buffer, (size_t)got, &problem) == 0)
			continue;
		if (is_part && !r->over_cap && !r->refused)
			return 0;
		return err_set(e, problem.code, "%s: %s", path, problem.text);
	}
	if (is_part || reader_end(r, e) == 0)
		return 0;
	return err_wrap(e, "%s", path);
}

static int read_path(const char *path, struct reader *r, struct err *e)
{
	AUTO_FREE char *part = mem_printf("%s.part", path);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_part = str_ends(path, ".part");

	if (fd < 0 && errno == ENOENT) {
		fd = open(part, O_RDONLY | O_CLOEXEC);
		is_part = true;
	}
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open %s", path);
	return read_descriptor(fd, path, is_part, r, e);
}

int compress_read_file(const char *path, size_t max_bytes, struct str *out, struct err *e)
{
	AUTO_READER r = reader_new(max_bytes, out);

	return read_path(path, &r, e);
}

int compress_read_file_pieces(const char *path, size_t max_bytes, compress_piece_fn *fn, void *ctx, struct err *e)
{
	AUTO_READER r = reader_new(max_bytes, NULL);

	r.fn = fn;
	r.ctx = ctx;
	return read_path(path, &r, e);
}

/* ---- while it is written ---- */

struct compress_file {
	ZSTD_CCtx *context;
	char *chunk;
	char *path;
	char *part_path;
	int fd;
	uint64_t cap_bytes, kept_bytes, dropped_bytes;
	uint64_t unflushed_bytes;
	int64_t flushed_at_ns;
	bool at_line_start;
	bool failed; /* a write failed: the file ends there */
};

static void free_file(struct compress_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	ZSTD_freeCCtx(f->context);
	free(f->chunk);
	free(f->path);
	free(f->part_path);
	free(f);
}

struct compress_file *compress_create(const char *path, uint64_t cap_bytes, struct err *e)
{
	struct compress_file *f = mem_new(1, sizeof(*f));

	f->path = mem_dup(path);
	f->part_path = mem_printf("%s.part", path);
	f->cap_bytes = cap_bytes;
	f->at_line_start = true;
	f->fd = open(f->part_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (f->fd < 0) {
		err_errno(e, ERR_IO, "cannot create %s", f->part_path);
		free_file(f);
		return NULL;
	}
	f->context = must(ZSTD_createCCtx());
	f->chunk = mem_new(CHUNK_BYTES, 1);
	f->flushed_at_ns = clock_now_ns();
	ZSTD_CCtx_setParameter(f->context, ZSTD_c_compressionLevel, FILE_LEVEL);
	ZSTD_CCtx_setParameter(f->context, ZSTD_c_checksumFlag, 1);
	return f;
}

static int write_all(struct compress_file *f, size_t len, struct err *e)
{
	for (size_t done = 0; done < len;) {
		ssize_t put = write(f->fd, f->chunk + done, len - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			f->failed = true;
			return err_errno(e, ERR_IO, "cannot write %s", f->part_path);
		}
		done += (size_t)put;
	}
	return 0;
}

static int pack(struct compress_file *f, const void *data, size_t len, ZSTD_EndDirective how, struct err *e)
{
	ZSTD_inBuffer in = { data, len, 0 };
	bool done;

	do {
		ZSTD_outBuffer room = { f->chunk, CHUNK_BYTES, 0 };
		size_t left = ZSTD_compressStream2(f->context, &room, &in, how);
		if (ZSTD_isError(left)) {
			f->failed = true;
			return err_set(e, ERR_INTERNAL, "zstd, %s: %s", f->part_path, ZSTD_getErrorName(left));
		}
		if (write_all(f, room.pos, e) != 0)
			return -1;
		done = how == ZSTD_e_continue ? in.pos == in.size : left == 0;
	} while (!done);
	return 0;
}

/* Output that comes slowly is on disk at once, so that it survives when we are killed; a flood waits for full blocks.
 */
static ZSTD_EndDirective flush_now(struct compress_file *f, size_t len)
{
	int64_t now_ns = clock_now_ns();

	f->unflushed_bytes += len;
	if (f->unflushed_bytes < FLUSH_EACH_BYTES && now_ns - f->flushed_at_ns < FLUSH_EACH_NS)
		return ZSTD_e_continue;
	f->unflushed_bytes = 0;
	f->flushed_at_ns = now_ns;
	return ZSTD_e_flush;
}

int compress_add(struct compress_file *f, const void *data, size_t len, struct err *e)
{
	uint64_t room = f->cap_bytes - f->kept_bytes;
	size_t keep = len < room ? len : (size_t)room;

	if (f->failed)
		return err_set(e, ERR_IO, "%s: a write failed before", f->part_path);
	f->dropped_bytes += len - keep;
	if (keep == 0)
		return 0;
	f->kept_bytes += keep;
	f->at_line_start = ((const char *)data)[keep - 1] == '\n';
	return pack(f, data, keep, flush_now(f, keep), e);
}

uint64_t compress_dropped_bytes(const struct compress_file *f)
{
	return f->dropped_bytes;
}

static int finish(struct compress_file *f, struct err *e)
{
	char last[128] = "";

	if (f->failed)
		return err_set(e, ERR_IO, "%s: a write failed before", f->part_path);
	if (f->dropped_bytes > 0)
		snprintf(last, sizeof(last), "%s[labctl: the limit of %llu bytes is reached, %llu more were dropped]\n",
			 f->at_line_start ? "" : "\n", (unsigned long long)f->cap_bytes,
			 (unsigned long long)f->dropped_bytes);
	if (pack(f, last, strlen(last), ZSTD_e_end, e) != 0)
		return -1;
	if (fsync(f->fd) != 0)
		return err_errno(e, ERR_IO, "cannot write %s to disk", f->part_path);
	int fd = TAKE_FD(f->fd);
	if (close(fd) != 0)
		return err_errno(e, ERR_IO, "cannot close %s", f->part_path);
	return file_rename(f->part_path, f->path, e);
}

int compress_close(struct compress_file *f, struct err *e)
{
	int result = finish(f, e);

	free_file(f);
	return result;
}

const char *compress_library_version(void)
{
	return ZSTD_versionString();
}
