/* From the page in the data folder and the pieces to what is written. */
#include "render/site.h"

#include <string.h>

#include "base/digest.h"
#include "base/mem.h"

#define POLICY_START "<meta http-equiv=\"Content-Security-Policy\""
#define ICON_START   "<link rel=\"icon\""
#define STYLE_START  "<link rel=\"stylesheet\" href=\""
#define SCRIPT_START "<script defer src=\""
#define BODY_END     "</body>"
#define DATA_FOLDER  "data/"

/* In a script element nothing may look like its end, nor like the start of a comment. In JSON a < can only stand in a
 * text. */
static void add_harmless(const struct str *json, struct str *out)
{
	const char *at = str_text(json), *end = at + json->len;

	for (const char *sign; (sign = memchr(at, '<', (size_t)(end - at))); at = sign + 1) {
		str_add_bytes(out, at, (size_t)(sign - at));
		str_add(out, "\\u003c");
	}
	str_add_bytes(out, at, (size_t)(end - at));
}

void site_script(const char *name, const struct str *json, struct str *out)
{
	str_addf(out, "(self.labctlData = self.labctlData || []).push([\"%s\", ", name);
	add_harmless(json, out);
	str_add(out, "]);\n");
}

void site_block(const char *name, const struct str *json, struct str *out)
{
	str_addf(out, "<script type=\"application/json\" data-piece=\"%s\">", name);
	add_harmless(json, out);
	str_add(out, "</script>\n");
}

/* ---- hashes, as a policy names them ---- */

static unsigned hex_value(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void add_base64(const unsigned char *bytes, size_t count, struct str *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < count; i += 3) {
		uint32_t three = (uint32_t)bytes[i] << 16 | (i + 1 < count ? (uint32_t)bytes[i + 1] << 8 : 0) |
				 (i + 2 < count ? bytes[i + 2] : 0u);

		str_add_char(out, digits[three >> 18]);
		str_add_char(out, digits[three >> 12 & 63]);
		str_add_char(out, i + 1 < count ? digits[three >> 6 & 63] : '=');
		str_add_char(out, i + 2 < count ? digits[three & 63] : '=');
	}
}

static void add_hash(const struct str *text, struct str *out)
{
	char hex[DIGEST_TEXT_BYTES];
	unsigned char bytes[DIGEST_TEXT_BYTES / 2];

	digest_bytes(str_text(text), text->len, hex);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
	str_add(out, " 'sha256-");
	add_base64(bytes, sizeof(bytes), out);
	str_add_char(out, '\'');
}

/* ---- the lines of the page ---- */

struct line {
	const char *text;
	size_t len; /* with its newline */
};

static bool next_line(const char **at, struct line *out)
{
	const char *end = strchr(*at, '\n');

	*out = (struct line){ *at, end ? (size_t)(end + 1 - *at) : strlen(*at) };
	*at += out->len;
	return out->len > 0;
}

/* The path that a line of the form START PATH" names; NULL: it is another line. Caller frees. */
static char *path_in(const struct line *l, const char *start)
{
	size_t skip = strlen(start);
	const char *quote;

	if (l->len <= skip || strncmp(l->text, start, skip) != 0)
		return NULL;
	quote = memchr(l->text + skip, '"', l->len - skip);
	return quote ? mem_dup_bytes(l->text + skip, (size_t)(quote - l->text) - skip) : NULL;
}

static bool starts(const struct line *l, const char *start)
{
	return l->len >= strlen(start) && strncmp(l->text, start, strlen(start)) == 0;
}

int site_each_file(const struct str *page, int (*tell)(void *ctx, const char *path, struct err *e), void *ctx,
		   struct err *e)
{
	static const char *const forms[] = { STYLE_START, SCRIPT_START, ICON_START " href=\"" };
	const char *at = str_text(page);
	struct line l;

	while (next_line(&at, &l))
		for (size_t i = 0; i < COUNT_OF(forms); i++) {
			AUTO_FREE char *path = path_in(&l, forms[i]);

			if (path && !str_starts(path, DATA_FOLDER) && tell(ctx, path, e))
				return -1;
		}
	return 0;
}

/* ---- all in one ---- */

struct inlined {
	struct str styles, scripts;		/* elements */
	struct str style_hashes, script_hashes; /* for the policy */
};

static void free_inlined(struct inlined *i)
{
	str_free(&i->styles);
	str_free(&i->scripts);
	str_free(&i->style_hashes);
	str_free(&i->script_hashes);
}

static int add_element(const struct site_files *files, const char *path, const char *element, struct str *elements,
		       struct str *hashes, struct err *e)
{
	AUTO_STR text = { 0 };

	if (files->read(files->ctx, path, &text, e))
		return -1;
	add_hash(&text, hashes);
	str_addf(elements, "<%s>", element);
	str_add_bytes(elements, str_text(&text), text.len);
	str_addf(elements, "</%s>\n", element);
	return 0;
}

static int gather(const struct str *page, const struct site_files *files, struct inlined *out, struct err *e)
{
	const char *at = str_text(page);
	struct line l;

	while (next_line(&at, &l)) {
		AUTO_FREE char *style = path_in(&l, STYLE_START);
		AUTO_FREE char *script = path_in(&l, SCRIPT_START);

		if (style && add_element(files, style, "style", &out->styles, &out->style_hashes, e))
			return -1;
		if (script && !str_starts(script, DATA_FOLDER) &&
		    add_element(files, script, "script", &out->scripts, &out->script_hashes, e))
			return -1;
	}
	if (out->styles.len && out->scripts.len)
		return 0;
	return err_set(e, ERR_FORMAT, "the page of the report names no style or no script");
}

static void add_policy(const struct inlined *i, struct str *out)
{
	str_addf(out,
		 POLICY_START " content=\"default-src 'none'; script-src%s; style-src%s; img-src data:; "
			      "base-uri 'none'; form-action 'none'\">\n",
		 str_text(&i->script_hashes), str_text(&i->style_hashes));
}

/* The style at the place of its first line; scripts behind the body, where they find it. */
static void lay_out(const struct str *page, const struct inlined *i, const struct str *summary,
		    const struct str *blocks, struct str *out)
{
	const char *at = str_text(page);
	bool styled = false;
	struct line l;

	while (next_line(&at, &l)) {
		if (starts(&l, POLICY_START)) {
			add_policy(i, out);
		} else if (starts(&l, ICON_START)) {
			str_add(out, ICON_START " href=\"data:,\">\n");
		} else if (starts(&l, STYLE_START)) {
			str_add_bytes(out, str_text(&i->styles), styled ? 0 : i->styles.len);
			styled = true;
		} else if (starts(&l, BODY_END)) {
			str_add_bytes(out, str_text(summary), summary->len);
			str_add_bytes(out, str_text(&i->scripts), i->scripts.len);
			str_add_bytes(out, str_text(blocks), blocks->len);
			str_add_bytes(out, l.text, l.len);
		} else if (!starts(&l, SCRIPT_START)) {
			str_add_bytes(out, l.text, l.len);
		}
	}
}

int site_single(const struct str *page, const struct site_files *files, const struct str *summary,
		const struct str *blocks, struct str *out, struct err *e)
{
	struct inlined inlined = { 0 };
	int result = gather(page, files, &inlined, e);

	if (!result && (!strstr(str_text(page), POLICY_START) || !strstr(str_text(page), BODY_END)))
		result = err_set(e, ERR_FORMAT, "the page of the report has no policy or no end");
	if (!result)
		lay_out(page, &inlined, summary, blocks, out);
	free_inlined(&inlined);
	return result;
}
