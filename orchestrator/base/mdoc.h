/* Text for manual pages in mdoc(7): escaped, each sentence on a line of its own, no line above 80 columns. */
#ifndef LABCTL_BASE_MDOC_H
#define LABCTL_BASE_MDOC_H

#include "base/str.h"

/* A paragraph with `end` (a full stop, or "") behind its last word. `Quoted` words get proper quotation marks. */
void mdoc_add_prose(struct str *out, const char *text, const char *end);
/* One line as it is: an example, or words behind a macro. No newline is added. */
void mdoc_add_literal(struct str *out, const char *text);

#endif
