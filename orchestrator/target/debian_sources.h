/* For debian*.c: where packages of a release come from. */
#ifndef LABCTL_TARGET_DEBIAN_SOURCES_H
#define LABCTL_TARGET_DEBIAN_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct debian_source {
	char *uri;
	char *suite; /* "bookworm", "bookworm-updates" */
	unsigned failures;
};

struct debian_sources {
	struct debian_source *items;
	size_t count, room;
	char *arch;	   /* NULL: none in particular */
	char *line;	   /* a mirror that the user wrote as a whole line; NULL: none */
	char *apt_options; /* what this machine's apt is told about fetching (proxies, …): lines of apt.conf; never NULL
			    */
};

/* mirror NULL: this machine's own apt sources; none of them is Debian's: no items. */
int debian_sources_find(const char *release, const char *mirror, struct debian_sources *out, struct err *e);
/* They are used for packages of that architecture: what proved to be broken for it before goes. */
void debian_sources_for(struct debian_sources *s, const char *arch);
void debian_sources_free(struct debian_sources *s);

/* Pure parts. What `apt-get indextargets` prints: takes the main component of Debian's own archives for the release and
 * its -updates and -security. */
void debian_sources_parse(const char *text, const char *release, struct debian_sources *out);
/* Sources of one release become those of another. */
void debian_sources_rename(struct debian_sources *s, const char *from, const char *to);
/* Picks what concerns fetching out of `apt-config dump`. */
void debian_sources_options(const char *dump, struct str *out);
/* One line per source, as in sources.list; options go behind "deb" ("[arch=s390x]"; NULL: none). */
void debian_sources_lines(const struct debian_sources *s, const char *options, struct str *out);
/* A line in which apt says that it could not fetch an index: counts as a failure of its suite. The release's own suite
 * never goes; another goes with its second failure: then true, and *out_dropped tells which (to be freed). */
bool debian_sources_complain(struct debian_sources *s, const char *release, const char *line, char **out_dropped);

#define AUTO_SOURCES __attribute__((cleanup(debian_sources_free))) struct debian_sources

#endif
