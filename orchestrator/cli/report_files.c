/* Where the pieces of a report go: into a folder, or into one file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/mem.h"
#include "cli/report_site.h"

#define PAGE_NAME	"index.html"
#define PAGE_MARK	"<html lang=\"en\" data-labctl-report=" /* by which an earlier report is known */
#define FILE_MOST_BYTES ((size_t)16 << 20)

/* ---- what comes with labctl ---- */

static int read_shipped(void *ctx, const char *path, struct str *out, struct err *e)
{
	AUTO_FREE char *shipped = context_shipped_folder();
	AUTO_FREE char *file = file_join(shipped, path);

	(void)ctx;
	if (!file_read(file, FILE_MOST_BYTES, out, e))
		return 0;
	return err_hint(e, "install labctl, or set LABCTL_DATA to the folder of its sources");
}

static int read_page(struct str *out, struct err *e)
{
	return read_shipped(NULL, "site/page.html", out, e);
}

/* ---- a folder ---- */

struct folder_sink {
	const char *folder;
};

/* Nothing here is worth a flush of its own: the folder counts from the moment it is renamed. */
static int write_plain(const char *path, const struct str *text, struct err *e)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		return err_errno(e, ERR_IO, "%s", path);
	if (fwrite(str_text(text), 1, text->len, f) != text->len) {
		err_errno(e, ERR_IO, "%s", path);
		fclose(f);
		return -1;
	}
	return fclose(f) ? err_errno(e, ERR_IO, "%s", path) : 0;
}

static int put_file(void *ctx, const char *name, const struct str *json, struct err *e)
{
	const struct folder_sink *sink = ctx;
	AUTO_FREE char *path = mem_printf("%s/data/%s.js", sink->folder, name);
	AUTO_STR text = { 0 };

	site_script(name, json, &text);
	return write_plain(path, &text, e);
}

static int copy_shipped(void *ctx, const char *path, struct err *e)
{
	AUTO_FREE char *to = file_join(ctx, path);
	AUTO_STR text = { 0 };

	return read_shipped(NULL, path, &text, e) || write_plain(to, &text, e) ? -1 : 0;
}

static int fill_folder(struct context *c, const struct report_state *s, const char *folder, struct err *e)
{
	AUTO_FREE char *data = file_join(folder, "data");
	AUTO_FREE char *site = file_join(folder, "site");
	AUTO_FREE char *index = file_join(folder, PAGE_NAME);
	struct folder_sink ctx = { folder };
	const struct site_sink sink = { put_file, &ctx };
	AUTO_STR page = { 0 };

	if (file_make_folders(data, e) || file_make_folders(site, e) || read_page(&page, e) ||
	    site_each_file(&page, copy_shipped, (void *)folder, e) || report_site_pieces(c, s, &sink, e))
		return -1;
	return write_plain(index, &page, e);
}

/* Nothing but what a report is made of; dot files count. */
static bool holds_a_report_alone(const char *folder)
{
	AUTO_FREE char *index = file_join(folder, PAGE_NAME);
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE_LIST char **names = NULL;
	AUTO_STR page = { 0 };

	if (fd < 0 || folder_names(fd, folder, &names, NULL))
		return false;
	for (char **name = names; *name; name++)
		if (strcmp(*name, PAGE_NAME) && strcmp(*name, "site") && strcmp(*name, "data"))
			return false;
	return !names[0] || (!file_read(index, FILE_MOST_BYTES, &page, NULL) && strstr(str_text(&page), PAGE_MARK));
}

/* What is there goes for good: only an empty folder or an earlier report may. */
static int check_place(const char *folder, struct err *e)
{
	if (!file_exists(folder) || holds_a_report_alone(folder))
		return 0;
	err_set(e, ERR_USAGE, "%s is there and holds other things than a report of labctl", folder);
	return err_hint(e, "name a folder that is not there yet, or an earlier report");
}

/* Puts `made` in the place of `folder`; what was there goes last. */
static int exchange(const char *made, const char *folder, const char *old, struct err *e)
{
	bool had_one = file_exists(folder);

	if (had_one && file_rename(folder, old, e))
		return -1;
	if (file_rename(made, folder, e)) {
		if (had_one)
			file_rename(old, folder, NULL);
		return -1;
	}
	return had_one ? file_remove_tree(old, e) : 0;
}

int report_site_folder(struct context *c, const struct report_state *s, const char *folder, struct err *e)
{
	AUTO_FREE char *bare = mem_dup(folder);
	AUTO_FREE char *parent = NULL;
	AUTO_FREE char *scratch = NULL;
	AUTO_FREE char *made = NULL;
	AUTO_FREE char *old = NULL;
	int result;

	for (size_t len = strlen(bare); len > 1 && bare[len - 1] == '/'; len--)
		bare[len - 1] = '\0';
	parent = file_parent(bare);
	if (check_place(bare, e) || file_make_folders(parent, e) ||
	    file_make_temp_folder(parent, ".labctl-report-", &scratch, e))
		return -1;
	made = file_join(scratch, "made");
	old = file_join(scratch, "old");
	result = file_make_folders(made, e) || fill_folder(c, s, made, e) || exchange(made, bare, old, e) ? -1 : 0;
	file_remove_tree(scratch, NULL);
	return result;
}

/* ---- one file ---- */

struct single_sink {
	struct str summary, others;
};

static int put_block(void *ctx, const char *name, const struct str *json, struct err *e)
{
	struct single_sink *sink = ctx;

	(void)e;
	site_block(name, json, strcmp(name, "summary") ? &sink->others : &sink->summary);
	return 0;
}

int report_site_single(struct context *c, const struct report_state *s, const char *path, struct err *e)
{
	const struct site_files files = { read_shipped, NULL };
	struct single_sink ctx = { 0 };
	const struct site_sink sink = { put_block, &ctx };
	AUTO_STR page = { 0 };
	AUTO_STR out = { 0 };
	int result = read_page(&page, e) || report_site_pieces(c, s, &sink, e) ||
				     site_single(&page, &files, &ctx.summary, &ctx.others, &out, e) ||
				     context_put(path, &out, e)
			     ? -1
			     : 0;

	str_free(&ctx.summary);
	str_free(&ctx.others);
	return result;
}
