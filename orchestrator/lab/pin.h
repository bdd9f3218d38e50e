/* One version of a package instead of those that its recipe allows: for looking through a list of versions. */
#ifndef LABCTL_LAB_PIN_H
#define LABCTL_LAB_PIN_H

#include "lab/lab.h"

/* Letters, digits and . _ + ! : ~ - ; at most 64 of them. What else there may be in it, sh or pip would read otherwise.
 */
bool pin_is_version(const char *text);
/* Replaces what the recipe's pip requirements say of the package's version, in every step that applies to the runtime
 * and architecture: "numpy>=1.24,<2" becomes "numpy==1.25". Extras and markers stay. Names are compared as PEP 503
 * says; the package's is its recipe's or its import's. Changes the lab: before anybody uses it. ERR_USAGE: no such
 * package, or none of its steps has such a requirement. */
int lab_pin(struct lab *lab, const char *package, const char *version, const char *runtime, const char *arch,
	    struct err *e);
/* The same as text: adds the requirement with the version, or returns false when it is not of that name. */
bool pin_requirement(const char *requirement, const char *name, const char *version, struct str *out);

#endif
