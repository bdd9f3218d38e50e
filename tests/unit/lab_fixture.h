/* A lab in a folder of its own, written file by file. Include after cmocka.h. */
#ifndef LABCTL_TESTS_LAB_FIXTURE_H
#define LABCTL_TESTS_LAB_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "lab/lab.h"

struct lab_fixture {
	char *folder; /* with an empty lab.yaml and one target, `here` */
	struct problems problems;
	struct err e;
	struct str shown; /* the problems, without the folder's name */
};

static inline void lab_write_bytes(struct lab_fixture *f, const char *name, const void *data, size_t len)
{
	AUTO_FREE char *path = file_join(f->folder, name);
	AUTO_FREE char *parent = file_parent(path);

	assert_int_equal(file_make_folders(parent, NULL), 0);
	assert_int_equal(file_write(path, data, len, NULL), 0);
}

static inline void lab_write(struct lab_fixture *f, const char *name, const char *text)
{
	lab_write_bytes(f, name, text, strlen(text));
}

static inline int lab_setup(void **state)
{
	struct lab_fixture *f = mem_new(1, sizeof(*f));
	const char *temp = getenv("TMPDIR");
	AUTO_FREE char *made = NULL;

	unsetenv("LABCTL_LAB");
	unsetenv("LABCTL_RESULTS");
	assert_int_equal(file_make_temp_folder(temp ? temp : "/tmp", "lab-test-", &made, NULL), 0);
	f->folder = realpath(made, NULL);
	lab_write(f, "lab.yaml", "");
	lab_write(f, "targets/here.yaml", "kind: local\n");
	*state = f;
	return 0;
}

static inline int lab_teardown(void **state)
{
	struct lab_fixture *f = *state;

	assert_int_equal(file_remove_tree(f->folder, NULL), 0);
	problems_free(&f->problems);
	str_free(&f->shown);
	free(f->folder);
	free(f);
	return 0;
}

/* Problems as shown, with FOLDER/ cut off each line. */
static inline void lab_show_problems(struct lab_fixture *f)
{
	AUTO_STR all = { 0 };
	AUTO_FREE char *prefix = mem_printf("%s/", f->folder);
	size_t len = strlen(prefix);

	str_clear(&f->shown);
	problems_show(&f->problems, &all);
	for (const char *at = str_text(&all); *at;) {
		if (strncmp(at, prefix, len) == 0)
			at += len;
		size_t line = strcspn(at, "\n");
		str_add_bytes(&f->shown, at, line + (at[line] == '\n'));
		at += line + (at[line] == '\n');
	}
}

static inline struct lab *lab_open_with(struct lab_fixture *f, const char *shipped)
{
	struct lab_wish wish = { .folder = f->folder, .shipped = shipped };

	problems_free(&f->problems);
	f->e = (struct err)ERR_INIT;
	struct lab *lab = lab_load(&wish, &f->problems, &f->e);
	lab_show_problems(f);
	return lab;
}

static inline struct lab *lab_open(struct lab_fixture *f)
{
	struct lab *lab = lab_open_with(f, NULL);

	if (!lab)
		print_message("%s%s\n", str_text(&f->shown), f->e.text);
	return lab;
}

/* Loading must fail with exactly these problems. */
static inline void lab_expect_problems(struct lab_fixture *f, const char *shown)
{
	struct lab *lab = lab_open_with(f, NULL);

	assert_string_equal(str_text(&f->shown), shown);
	assert_null(lab);
	assert_int_equal(f->e.code, ERR_CONFIG);
}

/* Loading must fail, and what it says must have this in it. */
static inline void lab_expect_text(struct lab_fixture *f, const char *part)
{
	struct lab *lab = lab_open_with(f, NULL);

	if (lab || !strstr(str_text(&f->shown), part))
		print_message("wanted: %s\nfound:\n%s", part, str_text(&f->shown));
	assert_null(lab);
	assert_non_null(strstr(str_text(&f->shown), part));
}

#endif
