/* ${name} in texts and paths. An unknown name is an error, never an empty text. $${ is a plain ${. */
#ifndef LABCTL_LAB_VARS_H
#define LABCTL_LAB_VARS_H

#include "base/err.h"
#include "base/str.h"

struct vars;

struct vars *vars_new(const struct vars *outer); /* looks in outer when it does not know a name; NULL: nowhere */
void vars_set(struct vars *v, const char *name, const char *value);
const char *vars_get(const struct vars *v, const char *name);
/* ERR_CONFIG names the unknown variable and the nearest known one. Values are not expanded again. */
int vars_expand(const struct vars *v, const char *text, struct str *out, struct err *e);
void vars_free(struct vars *v);

#endif
