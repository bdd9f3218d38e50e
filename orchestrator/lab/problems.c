#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/vec.h"
#include "lab/schema.h"

#define MAX_PROBLEMS	   200
#define MAX_TEXT_BYTES	   1024
#define LONGEST_KNOWN_LIST 24

bool problems_full(const struct problems *p)
{
	return p->count >= MAX_PROBLEMS;
}

void problems_add(struct problems *p, struct where at, const char *hint, const char *fmt, ...)
{
	if (problems_full(p)) {
		p->dropped++;
		return;
	}
	AUTO_STR text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	str_addv(&text, fmt, ap);
	va_end(ap);
	str_cut(&text, MAX_TEXT_BYTES);
	at.file = mem_dup(at.file); /* problems outlive the document that has them */
	vec_add(p, ((struct problem){ at, str_take(&text), mem_dup(hint) }));
}

char *problems_nearest(const struct problems *p, const char *word, const char *const *known)
{
	size_t count = 0;

	if (problems_full(p))
		return NULL;
	const char *nearest = str_nearest(word, known);
	if (nearest)
		return mem_printf("did you mean \"%s\"?", nearest);
	while (known[count])
		count++;
	if (count == 0 || count > LONGEST_KNOWN_LIST)
		return NULL;
	AUTO_STR text = { 0 };
	for (size_t i = 0; i < count; i++)
		str_addf(&text, "%s%s", i ? ", " : "known here: ", known[i]);
	return str_take(&text);
}

static int compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int compare(const void *left, const void *right)
{
	const struct problem *a = left, *b = right;
	int order = strcmp(a->at.file ? a->at.file : "", b->at.file ? b->at.file : "");

	if (order == 0)
		order = compare_numbers(a->at.line, b->at.line);
	if (order == 0)
		order = compare_numbers(a->at.column, b->at.column);
	return order ? order : strcmp(a->text, b->text);
}

void problems_sort(struct problems *p)
{
	if (p->count > 1)
		qsort(p->items, p->count, sizeof(*p->items), compare);
}

/* The name as it would be typed from here: without our working folder in front. */
static const char *short_name(const char *file, const char *here)
{
	size_t len = here ? strlen(here) : 0;

	return len > 1 && strncmp(file, here, len) == 0 && file[len] == '/' ? file + len + 1 : file;
}

void problems_show(const struct problems *p, struct str *out)
{
	AUTO_FREE char *here = getcwd(NULL, 0);

	for (size_t i = 0; i < p->count; i++) {
		const struct problem *one = &p->items[i];

		if (one->at.file) {
			str_add_quoted(out, short_name(one->at.file, here), STR_TERMINAL);
			if (one->at.line)
				str_addf(out, ":%u:%u", one->at.line, one->at.column);
			str_add(out, ": ");
		}
		str_add_quoted(out, one->text, STR_TERMINAL);
		str_add_char(out, '\n');
		if (one->hint) {
			str_add(out, "    ");
			str_add_quoted(out, one->hint, STR_TERMINAL);
			str_add_char(out, '\n');
		}
	}
	if (p->dropped)
		str_addf(out, "and %zu more\n", p->dropped);
}

void problems_free(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free((char *)p->items[i].at.file);
		free(p->items[i].text);
		free(p->items[i].hint);
	}
	vec_free(p);
	p->dropped = 0;
}
