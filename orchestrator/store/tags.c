/* Names that people give to runs: results/tags/NAME holds the name of the run's folder. Files, as records are: a
 * database that is made anew knows them still. */
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/query.h"

#define TAG_MOST_BYTES 64
#define TAG_FILE_BYTES 256

static char *path_of(const struct store *s, const char *tag)
{
	return mem_printf("%s/tags/%s", s->folder, tag);
}

bool store_is_tag(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len = strlen(text);

	return len > 0 && len <= TAG_MOST_BYTES && strchr(letters, text[0]) != NULL && strcmp(text, "latest") != 0 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

int store_tag_run(struct store *s, int64_t run, const char *tag, struct err *e)
{
	AUTO_FREE char *name = store_name_of_run(s, run, e);
	AUTO_FREE char *folder = file_join(s->folder, "tags");
	AUTO_FREE char *path = path_of(s, tag);

	if (name == NULL)
		return -1;
	if (!store_is_tag(tag)) {
		err_set(e, ERR_USAGE, "\"%.80s\" cannot be a tag", tag);
		return err_hint(e,
				"a tag begins with a letter and has letters, digits, '.', '_' and '-', as in v7.3.20");
	}
	return file_make_folders(folder, e) < 0 ? -1 : file_write(path, name, strlen(name), e);
}

int query_tag(struct store *s, const char *tag, char **out_run_name, struct err *e)
{
	AUTO_FREE char *path = NULL;
	AUTO_STR text = { 0 };

	*out_run_name = NULL;
	if (!store_is_tag(tag))
		return 0;
	path = path_of(s, tag);
	if (!file_exists(path))
		return 0;
	if (file_read(path, TAG_FILE_BYTES, &text, e) < 0)
		return -1;
	*out_run_name = mem_dup_bytes(str_text(&text), strcspn(str_text(&text), "\n"));
	return 1;
}

int query_tags(struct store *s, char ***out_tags, struct err *e)
{
	AUTO_FREE char *folder = file_join(s->folder, "tags");

	*out_tags = NULL;
	if (!file_is_folder(folder)) {
		*out_tags = mem_new(1, sizeof(**out_tags));
		return 0;
	}
	return file_list(folder, NULL, out_tags, e);
}
