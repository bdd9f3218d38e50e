/* Content-addressed bytes: the list of a suite's tests is the same on every target and every night, and stored once. */

#include "base/compress.h"
#include "base/digest.h"
#include "store/inside.h"

#define DIGEST_BYTES	 16
#define ZSTD_LEVEL	 6
#define SMALL_BYTES	 64 /* below this zstd's frame costs more than it saves */
#define UNPACK_MAX_BYTES ((size_t)512 << 20)

enum packed_form {
	FORM_PLAIN = 0,
	FORM_ZSTD = 1
};

static const char find_sql[] = "SELECT id FROM packed WHERE digest = ?1";
static const char insert_sql[] = "INSERT INTO packed (digest, bytes) VALUES (?1, ?2)";
static const char read_sql[] = "SELECT bytes FROM packed WHERE id = ?1";

static unsigned char nibble(char hex)
{
	return (unsigned char)(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

static void address_of(enum packed_kind kind, const struct str *bytes, unsigned char out[DIGEST_BYTES])
{
	char kind_letter = (char)kind, hex[DIGEST_TEXT_BYTES];
	struct digest *d = digest_new();

	digest_add(d, &kind_letter, 1);
	digest_add(d, str_text(bytes), bytes->len);
	digest_end(d, hex);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		out[i] = (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
}

/* What is stored: a byte that tells the form, then the bytes, in whichever form is shorter. */
static void shrink(const struct str *bytes, struct str *out)
{
	if (bytes->len >= SMALL_BYTES) {
		str_add_char(out, FORM_ZSTD);
		compress_bytes(bytes->text, bytes->len, ZSTD_LEVEL, out);
		if (out->len <= bytes->len)
			return;
		str_clear(out);
	}
	str_add_char(out, FORM_PLAIN);
	str_add_bytes(out, str_text(bytes), bytes->len);
}

int packed_put(struct store *s, enum packed_kind kind, const struct str *bytes, int64_t *out_id, struct err *e)
{
	unsigned char address[DIGEST_BYTES];
	struct db_stmt *find = store_statement(s, find_sql, e), *insert;
	AUTO_STR stored = { 0 };
	int found;

	if (find == NULL)
		return -1;
	address_of(kind, bytes, address);
	db_bind_blob(find, 1, address, sizeof(address));
	found = store_ask_int(find, out_id, e);
	if (found != 0)
		return found < 0 ? -1 : 0;
	insert = store_statement(s, insert_sql, e);
	if (insert == NULL)
		return -1;
	shrink(bytes, &stored);
	db_bind_blob(insert, 1, address, sizeof(address));
	db_bind_blob(insert, 2, stored.text, stored.len);
	if (db_step(insert, e) < 0)
		return -1;
	*out_id = db_last_id(s->db);
	return 0;
}

static int grow(const char *stored, size_t len, struct str *out, struct err *e)
{
	if (len > 0 && stored[0] == FORM_ZSTD)
		return compress_read(stored + 1, len - 1, UNPACK_MAX_BYTES, out, e);
	if (len == 0 || stored[0] != FORM_PLAIN)
		return err_set(e, ERR_FORMAT, "packed bytes of a form that this labctl does not know");
	str_add_bytes(out, stored + 1, len - 1);
	return 0;
}

int packed_get(struct store *s, int64_t id, struct str *out, struct err *e)
{
	struct db_stmt *read;
	const char *stored;
	size_t len;
	int got;

	if (id == 0)
		return 0;
	read = store_statement(s, read_sql, e);
	if (read == NULL)
		return -1;
	db_bind_int(read, 1, id);
	got = db_step(read, e);
	if (got < 0)
		return -1;
	if (got == 0)
		return err_set(e, ERR_FORMAT, "packed bytes %lld are missing from the database", (long long)id);
	stored = db_blob(read, 0, &len);
	got = grow(stored, len, out, e);
	db_reset(read);
	return got;
}
