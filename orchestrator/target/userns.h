/* A user namespace in which every id of a Debian root exists, so that its files have the right owners inside whoever
 * runs labctl. Root maps all ids to themselves; an ordinary user maps root to himself and the rest to the ids that
 * /etc/subuid and /etc/subgid give him (newuidmap, newgidmap). */
#ifndef LABCTL_TARGET_USERNS_H
#define LABCTL_TARGET_USERNS_H

#include <stdbool.h>

#include "base/err.h"

struct userns {
	bool as_root; /* labctl itself runs as root */
	/* as_root: the content of the map files. Else: the operands of newuidmap and newgidmap behind the process id.
	 */
	char *uid_map, *gid_map;
};

/* Reads what is needed and tries nothing. ERR_UNAVAILABLE with what to do when the ids are not there. */
int userns_plan(struct userns *out, struct err *e);
void userns_free(struct userns *u);

/* For a forked child before its exec: moves it into a new user namespace as root of it, with flags (CLONE_NEWNS …)
 * unshared too. -1 with errno. The child still dies with its parent. */
int userns_enter(const struct userns *u, int flags);
/* Tries it in a child. */
bool userns_works(const struct userns *u);

#define AUTO_USERNS __attribute__((cleanup(userns_free))) struct userns

#endif
