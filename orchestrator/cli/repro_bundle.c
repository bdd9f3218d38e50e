/* labctl repro --bundle: a folder filled with texts that hold no secret, packed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/compress.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/repro.h"
#include "run/repeat.h"

#define LOG_CAP_BYTES	      ((size_t)64 << 20) /* of one step */
#define SECRET_MAX_BYTES      ((size_t)256 << 10)
#define LEAST_LINE_BYTES      16 /* of a line of a secret file that is looked for by itself */
#define CONSTRAINTS_MAX_BYTES ((size_t)4 << 20)
#define DEEPEST_FOLDER	      8

extern char **environ;

struct bundle {
	const struct repro *repro;
	char *folder; /* where it is filled */
	struct secrets secrets;
};

/* ---- what must stay out ---- */

static void add_secret_env(struct secrets *s, char *const *env)
{
	for (; env && *env; env++) {
		size_t len = strcspn(*env, "=");
		AUTO_FREE char *name = mem_dup_bytes(*env, len);

		if ((*env)[len] && secret_is_name(name))
			secrets_add(s, *env + len + 1, strlen(*env + len + 1));
	}
}

/* A key is found line by line, since logs indent. */
static void add_secret_file(struct secrets *s, const char *path)
{
	AUTO_STR text = { 0 };

	if (!path || file_read(path, SECRET_MAX_BYTES, &text, NULL))
		return;
	for (const char *line = str_text(&text); *line; line += strcspn(line, "\r\n"), line += *line != '\0') {
		size_t len = strcspn(line, "\r\n");

		if (len >= LEAST_LINE_BYTES && !str_starts(line, "-----"))
			secrets_add(s, line, len);
	}
}

static void add_secrets_of_target(struct secrets *s, const struct target_spec *t)
{
	const struct ssh_hop *hops = t->ssh.jump.items;

	add_secret_file(s, t->ssh.key_file);
	for (size_t i = 0; i < t->ssh.jump.count; i++)
		add_secret_file(s, hops[i].key_file);
}

static void gather_secrets(struct bundle *b)
{
	const struct lab *lab = b->repro->context->lab;
	AUTO_FREE_LIST char **env = repeat_environment(b->repro->cell, &b->repro->opts);

	add_secret_env(&b->secrets, environ);
	add_secret_env(&b->secrets, env);
	secrets_add_url(&b->secrets, lab->settings.index.url);
	for (size_t i = 0; i < lab->target_count; i++)
		add_secrets_of_target(&b->secrets, &lab->targets[i]);
}

/* ---- what goes in ---- */

static int put(struct bundle *b, const char *name, const struct str *text, struct err *e)
{
	AUTO_FREE char *path = file_join(b->folder, name);
	AUTO_FREE char *parent = file_parent(path);
	AUTO_STR clean = { 0 };

	secrets_redact(&b->secrets, str_text(text), text->len, &clean);
	return file_make_folders(parent, e) || file_write(path, str_text(&clean), clean.len, e) ? -1 : 0;
}

static int put_logs(struct bundle *b, struct err *e)
{
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(b->repro->record_folder, ".log.zst", &names, e))
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *from = file_join(b->repro->record_folder, *name);
		AUTO_FREE char *to = mem_printf("log/%.*s", (int)(strlen(*name) - strlen(".zst")), *name);
		AUTO_STR text = { 0 };

		if (compress_read_file(from, LOG_CAP_BYTES, &text, e) || put(b, to, &text, e))
			return -1;
	}
	return 0;
}

static int put_environment(struct bundle *b, struct err *e)
{
	AUTO_FREE_LIST char **env = repeat_environment(b->repro->cell, &b->repro->opts);
	AUTO_STR text = { 0 };

	for (char **pair = env; *pair; pair++) {
		AUTO_FREE char *name = mem_dup_bytes(*pair, strcspn(*pair, "="));

		str_addf(&text, "%s=", name);
		str_add(&text, secret_is_name(name) ? SECRET_LEFT_OUT : *pair + strlen(name) + 1);
		str_add(&text, "\n");
	}
	return put(b, "environment.txt", &text, e);
}

static int put_facts(struct bundle *b, struct err *e)
{
	const struct facts *facts = &b->repro->record.facts;
	AUTO_STR text = { 0 };

	for (size_t i = 0; i < facts->count; i++)
		str_addf(&text, "%s=%s\n", facts->items[i].name, facts->items[i].value);
	return put(b, "facts.txt", &text, e);
}

static void add_test(const struct test_row *t, struct str *out)
{
	str_addf(out, "%s %s\n", verdict_name(t->verdict), t->name);
	if (t->cause)
		str_addf(out, "cause: %s\n", t->cause);
	if (t->known)
		str_addf(out, "known: %s\n", t->known);
	str_addf(out, "%s\n\n", t->detail ? t->detail : "");
}

/* The one that is asked about, or all that are bad. */
static int put_messages(struct bundle *b, struct err *e)
{
	const struct test_set *tests = &b->repro->tests;
	AUTO_STR text = { 0 };

	if (b->repro->test)
		add_test(b->repro->test, &text);
	for (size_t i = 0; i < tests->count && !b->repro->test; i++)
		if (verdict_is_bad(tests->rows[i].verdict))
			add_test(&tests->rows[i], &text);
	return put(b, "messages.txt", &text, e);
}

static int put_script(struct bundle *b, struct err *e)
{
	AUTO_STR text = { 0 };

	repro_script(b->repro, "$here/lib", &text);
	return put(b, "reproduce.sh", &text, e);
}

static int put_constraints(struct bundle *b, struct err *e)
{
	const char *path = b->repro->context->lab->settings.index.constraints;
	AUTO_STR text = { 0 };

	if (!path)
		return 0;
	return file_read(path, CONSTRAINTS_MAX_BYTES, &text, e) || put(b, "constraints.txt", &text, e) ? -1 : 0;
}

static int copy_folder(const char *from, const char *to, unsigned depth, struct err *e)
{
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(from, NULL, &names, e) || file_make_folders(to, e))
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *source = file_join(from, *name);
		AUTO_FREE char *copy = file_join(to, *name);

		if (!strcmp(*name, "__pycache__") || depth >= DEEPEST_FOLDER)
			continue;
		if (file_is_folder(source) ? copy_folder(source, copy, depth + 1, e) : file_copy(source, copy, e))
			return -1;
	}
	return 0;
}

static int put_readme(struct bundle *b, struct err *e)
{
	AUTO_STR text = { 0 };

	repro_readme(b->repro, &text);
	return put(b, "README.md", &text, e);
}

/* ---- all together ---- */

static int fill(struct bundle *b, struct err *e)
{
	AUTO_FREE char *lib = file_join(b->folder, "lib");

	return put_readme(b, e) || put_script(b, e) || put_messages(b, e) || put_facts(b, e) || put_environment(b, e) ||
			       put_logs(b, e) || put_constraints(b, e) ||
			       copy_folder(b->repro->context->lab->lib_folder, lib, 0, e)
		       ? -1
		       : 0;
}

static int into_file(void *ctx, const void *data, size_t len, struct err *e)
{
	return compress_add(ctx, data, len, e);
}

/* "numpy-s390x-cpython": the folder that the archive lays out. */
static char *inside_name(const struct repro *r)
{
	return mem_printf("%s-%s-%s", r->row->package, r->row->target, r->row->runtime);
}

static int pack(const struct bundle *b, const char *path, struct err *e)
{
	AUTO_FREE char *inside = inside_name(b->repro);
	struct compress_file *file = compress_create(path, UINT64_MAX, e);
	int status;

	if (!file)
		return -1;
	status = archive_pack(b->folder, inside, into_file, file, e);
	if (!status)
		return compress_close(file, e);
	compress_close(file, NULL);
	remove(path);
	return -1;
}

int repro_bundle(const struct repro *r, const char *path, struct err *e)
{
	struct bundle b = { .repro = r };
	const char *temp = getenv("TMPDIR");
	int status;

	if (file_make_temp_folder(temp && *temp ? temp : "/tmp", "labctl-bundle-", &b.folder, e))
		return -1;
	gather_secrets(&b);
	status = fill(&b, e) || pack(&b, path, e) ? -1 : EXIT_AS_EXPECTED;
	file_remove_tree(b.folder, NULL);
	secrets_free(&b.secrets);
	free(b.folder);
	return status;
}
