#include "parse/bench_format.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/real.h"
#include "parse/bench_inside.h"

/* In the order in which a file is tried: what is told by a word of its own comes first. */
static const struct bench_kind *const kinds[] = {
	&bench_own,	  &bench_events, &bench_pyperf,	   &bench_google,  &bench_hyperfine, &bench_asv,
	&bench_codespeed, &bench_krun,	 &bench_criterion, &bench_rebench, &bench_otava,
};

const struct bench_format *bench_format(size_t i)
{
	return i < COUNT_OF(kinds) ? &kinds[i]->about : NULL;
}

static const struct bench_kind *find_kind(const char *name, struct err *e)
{
	const char *names[COUNT_OF(kinds) + 1] = { NULL };

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		names[i] = kinds[i]->about.name;
		if (strcmp(names[i], name) == 0)
			return kinds[i];
	}
	const char *nearest = str_nearest(name, names);
	err_set(e, ERR_USAGE, "no such format: %.100s", name);
	if (nearest)
		err_hint(e, "did you mean \"%s\"?", nearest);
	return NULL;
}

const struct bench_format *bench_format_find(const char *name, struct err *e)
{
	const struct bench_kind *kind = find_kind(name, e);

	return kind ? &kind->about : NULL;
}

/* ---- reading ---- */

static const char *file_name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const struct bench_kind *recognised(const struct bench_source *from, struct err *e)
{
	struct bench_look l;

	bench_look_at(&l, file_name_of(from->name), from->text, from->len);
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (kinds[i]->recognise(&l))
			return kinds[i];
	if (from->len == 0)
		err_set(e, ERR_FORMAT, "it is empty");
	else
		err_set(e, ERR_FORMAT, "it is of no benchmark format that is known");
	return NULL;
}

/* A message that names the file, and an empty set. */
static int read_failed(const char *name, struct bench_set *s, struct err *e)
{
	AUTO_STR shown = { 0 };

	bench_free(s);
	str_add_quoted(&shown, name, STR_TERMINAL);
	return err_wrap(e, "%.300s", str_text(&shown));
}

static int read_source(struct bench_source *from, const char *format, struct bench_set *s, struct err *e)
{
	const struct bench_kind *kind = format ? find_kind(format, e) : recognised(from, e);

	if (!kind)
		return -1;
	if (!kind->about.reads)
		return err_set(e, ERR_USAGE, "%s is written only", kind->about.name);
	bench_start(s, kind->about.name);
	return kind->read(from, s, e) == 0 ? bench_check(s, e) : -1;
}

static int expand(struct str *content, struct err *e)
{
	AUTO_STR expanded = { 0 };

	if (!archive_is_compressed(content->text, content->len))
		return 0;
	if (archive_expand(content->text, content->len, BENCH_MOST_FILE_BYTES, &expanded, e) != 0)
		return -1;
	struct str compressed = *content;
	*content = expanded;
	expanded = compressed; /* is freed */
	return 0;
}

/* Takes the content. */
static int read_content(struct str *content, const char *name, const char *path, const char *format,
			struct bench_set *s, struct err *e)
{
	if (expand(content, e) != 0)
		return -1;
	struct bench_source from = { .name = name, .path = path, .len = content->len };
	from.text = str_take(content);
	int result = read_source(&from, format, s, e);
	free(from.text);
	return result;
}

static int read_folder(const char *path, const char *format, struct bench_set *s, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (!kinds[i]->read_folder || (format && strcmp(kinds[i]->about.name, format) != 0))
			continue; /* one format at most is told by a folder alone */
		bench_start(s, kinds[i]->about.name);
		return kinds[i]->read_folder(path, s, e) == 0 ? bench_check(s, e) : -1;
	}
	return err_set(e, ERR_FORMAT, "it is a folder; the format %s has only files", format);
}

int bench_read(const char *path, const char *format, struct bench_set *out, struct err *e)
{
	AUTO_STR content = { 0 };

	*out = (struct bench_set){ 0 };
	if (format && !find_kind(format, e))
		return -1;
	if (file_is_folder(path))
		return read_folder(path, format, out, e) == 0 ? 0 : read_failed(path, out, e);
	if (file_read(path, BENCH_MOST_FILE_BYTES, &content, e) != 0)
		return -1; /* it names the file */
	return read_content(&content, path, path, format, out, e) == 0 ? 0 : read_failed(path, out, e);
}

int bench_read_bytes(const void *bytes, size_t len, const char *name, const char *format, struct bench_set *out,
		     struct err *e)
{
	AUTO_STR content = { 0 };

	*out = (struct bench_set){ 0 };
	str_add_bytes(&content, bytes, len);
	return read_content(&content, name, NULL, format, out, e) == 0 ? 0 : read_failed(name, out, e);
}

/* ---- writing ---- */

void bench_add_number(struct str *out, double value, bool whole)
{
	char text[REAL_TEXT_BYTES];

	if (whole)
		str_addf(out, "%.0f", value);
	else
		str_add_bytes(out, text, real_write(value, text));
}

void bench_leave_out(struct bench_written *w, const char *fmt, ...)
{
	va_list ap;

	if (!w->left_out)
		return;
	va_start(ap, fmt);
	str_addv(w->left_out, fmt, ap);
	va_end(ap);
	str_add_char(w->left_out, '\n');
}

int bench_check_text(const struct bench_source *from, struct err *e)
{
	return strlen(from->text) == from->len ? 0 : err_set(e, ERR_FORMAT, "there is a NUL in it: it is no text");
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *bench_name_twice(const struct bench_set *s)
{
	AUTO_FREE const char **names = mem_new(s->count, sizeof(*names));

	for (size_t i = 0; i < s->count; i++)
		names[i] = s->series[i].name;
	qsort(names, s->count, sizeof(*names), compare_names);
	for (size_t i = 1; i < s->count; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			return names[i];
	return NULL;
}

int bench_write(const char *format, const struct bench_set *s, const struct bench_write_opts *o, struct str *out,
		struct str *left_out, struct err *e)
{
	static const struct bench_write_opts nothing_told = { 0 };
	const struct bench_kind *kind = find_kind(format, e);
	struct bench_written w = { out, left_out };
	size_t before = out->len;

	if (!kind)
		return -1;
	if (!kind->write)
		return err_set(e, ERR_USAGE, "%s is read only", format);
	if (bench_check(s, e) != 0)
		return -1;
	if (kind->write(s, o ? o : &nothing_told, &w, e) == 0)
		return 0;
	str_cut(out, before);
	return -1;
}
