/* The inside of lab.h: what loading and checking share. Included by the lab's own files only. */
#ifndef LABCTL_LAB_LAB_LOAD_H
#define LABCTL_LAB_LAB_LOAD_H

#include "lab/lab.h"

/* A name that stands somewhere and must exist. */
struct reference {
	const char *refers_to; /* as in struct schema_field */
	const char *name;
	struct where at;
};

struct references {
	struct reference *items;
	size_t count, room;
};

/* A lab that is being read. */
struct loader {
	struct lab *lab;
	const struct lab_wish *wish;
	struct problems *problems;
	struct references references;
	struct vars *shipped_vars; /* what the shipped lab.yaml sets: the outermost scope */
	struct vars *own_vars;
	struct vars *vars;			/* for the file that is being read */
	const char *file;			/* that file, in the arena */
	bool chooses_targets, chooses_runtimes; /* lab.yaml says which */
	size_t own_targets, own_runtimes;
};

/* lab_files.c: the targets and recipes of one folder. What is there already stays: the user's own is read before the
 * shipped. */
void lab_read_folders(struct loader *l, const char *lab_folder);
struct yaml_doc *lab_open_file(struct loader *l, const char *path); /* NULL: told */
schema_reference_fn lab_note_reference;				    /* its ctx is the loader */

extern const char lab_how_shipped[]; /* what lab_find says when nothing but the shipped lab was left */

/* What only the whole lab can tell: names that nothing has, needs that go in a circle. The lab's lists are sorted. */
void lab_check(const struct lab *lab, const struct references *references, struct problems *problems);

#endif
