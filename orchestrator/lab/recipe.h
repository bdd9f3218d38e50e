/* Recipes as the user wrote them in recipes/: how to install and check a runtime, a package and its test suite. */
#ifndef LABCTL_LAB_RECIPE_H
#define LABCTL_LAB_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/schema.h"

/* One way to get something onto a target. Steps are tried in order of the file; each that fits runtime and architecture
 * is done. */
struct install_step {
	struct where at;
	struct text_list runtimes; /* none: every runtime */
	struct text_list archs;	   /* none: every architecture */
	struct text_list apt;	   /* Debian packages */
	struct text_list apt_pure; /* Debian packages whose pure-Python files are made visible to this runtime, whatever
				      runtime Debian meant them for */
	struct text_list pip;	   /* requirements, installed with this runtime's pip from the lab's package index */
	struct text_list pip_needs; /* Debian packages that building those needs (compiler, headers) */
	const char *run;	    /* sh */
	bool network;		    /* run may reach the network; apt and pip always may */
	const char *unavailable;    /* what is asked for does not exist for these: the reason */
};

struct runtime_recipe {
	struct where at;
	const char *name;
	const char *title;
	const char *command;	    /* the interpreter: a name on PATH or a path */
	struct struct_list install; /* struct install_step */
	struct text_map env;
	struct text_list tags;
};

enum tier_format {
	TIER_PYTEST,
	TIER_JUNIT,
	TIER_TAP,
	TIER_LINES,
	TIER_EXIT
};

struct line_rule {
	const char *pattern;
	int verdict; /* position in passed failed skipped */
};

/* One of a package's sets of tests. */
struct tier {
	const char *name;	  /* "smoke", "standard", "full" */
	struct text_list pytest;  /* arguments for pytest, run under our plug-in */
	const char *run;	  /* or sh, whose output `format` explains */
	int format;		  /* enum tier_format; pytest when `pytest` is given */
	const char *report;	  /* file that the run writes (junit, tap); NULL: its standard output */
	struct struct_list lines; /* struct line_rule, format lines */
	int64_t limit_ns;	  /* for the whole, before slowness */
	int64_t test_limit_ns;	  /* for one test, before slowness */
	struct text_map env;
};

struct known_failure_spec {
	struct where at;
	const char *test; /* pattern */
	const char *reason;
	struct text_list runtimes; /* none: all */
	struct text_list archs;	   /* none: all */
};

struct package_recipe {
	struct where at;
	const char *name;
	const char *title;
	const char *import;		   /* module whose import must work; NULL: the name */
	const char *version;		   /* sh that prints the version; NULL: asked from the module's __version__ */
	struct text_list needs;		   /* packages of this lab to be there first; their layers are shared */
	struct struct_list install;	   /* struct install_step */
	struct struct_list tiers;	   /* struct tier */
	struct struct_list known_failures; /* struct known_failure_spec */
	struct text_list tags;
};

extern const struct schema runtime_schema, package_schema, tier_schema, install_step_schema;

/* What the tables alone cannot say: steps that do nothing, tiers with no or two ways to run; and values that follow
 * from others. */
void runtime_settle(const struct yaml_node *n, struct runtime_recipe *runtime, struct problems *problems);
/* Steps that do nothing or contradict themselves, below the key `install` of any recipe. */
void install_settle(const struct yaml_node *n, struct problems *problems);
void package_settle(const struct yaml_node *n, struct package_recipe *package, struct problems *problems);

const struct tier *package_tier(const struct package_recipe *p, const char *name); /* NULL: it has none of that name */
bool text_list_has(const struct text_list *list, const char *text);
/* Does a step or known failure limited to these apply? An empty list is everything. */
bool recipe_applies(const struct text_list *runtimes, const struct text_list *archs, const char *runtime,
		    const char *arch);

#endif
