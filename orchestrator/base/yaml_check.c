#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/yaml_tree.h"

int yaml_fail_at(struct err *e, struct where at, const char *fmt, ...)
{
	va_list ap;
	AUTO_STR text = { 0 };

	va_start(ap, fmt);
	str_addv(&text, fmt, ap);
	va_end(ap);
	return err_set(e, ERR_CONFIG, "%s:%u:%u: %s", at.file, at.line, at.column, str_text(&text));
}

char *yaml_shown(const char *text)
{
	struct str s = { 0 };

	str_add_quoted(&s, text, STR_TERMINAL);
	if (s.len > 80) {
		size_t end = 77;
		while (end > 0 && ((unsigned char)s.text[end] & 0xC0) == 0x80)
			end--;
		str_cut(&s, end);
		str_add(&s, "...");
	}
	return str_take(&s);
}

struct where yaml_place_of(const char *name, const char *text, size_t offset)
{
	struct where at = { name, 1, 1 };

	for (size_t i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if (((unsigned char)text[i] & 0xC0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

int yaml_check_bytes(const char *name, const char *text, size_t len, struct err *e)
{
	uint32_t code;

	if (len > YAML_MOST_BYTES)
		return yaml_fail_at(e, (struct where){ name, 1, 1 },
				    "larger than %zu KiB, which is the most that is read", YAML_MOST_BYTES / 1024);
	if (len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
		return yaml_fail_at(e, (struct where){ name, 1, 1 }, "this is UTF-16; save the file as UTF-8");
	for (size_t i = 0; i < len;) {
		size_t bytes = str_decode(text + i, len - i, &code);
		if (bytes == 0)
			return yaml_fail_at(e, yaml_place_of(name, text, i), "byte 0x%02x is not valid UTF-8",
					    (unsigned)(unsigned char)text[i]);
		if (code == 0)
			return yaml_fail_at(e, yaml_place_of(name, text, i), "a NUL byte; is the file UTF-8?");
		i += bytes;
	}
	return 0;
}
