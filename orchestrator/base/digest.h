/* SHA-256. digest.c is the only file that includes libcrypto's headers. */
#ifndef LABCTL_BASE_DIGEST_H
#define LABCTL_BASE_DIGEST_H

#include <stddef.h>

#include "base/err.h"

#define DIGEST_TEXT_BYTES 65 /* 64 hexadecimal digits and NUL */
#define DIGEST_ID_BYTES	  17 /* the first 16 of them and NUL: names of cells and layers */

struct digest;

struct digest *digest_new(void);
void digest_add(struct digest *d, const void *data, size_t len);
/* A field: its length goes in before it, so that ("ab","c") and ("a","bc") differ. NULL and "" differ too. */
void digest_add_field(struct digest *d, const char *text);
void digest_end(struct digest *d, char out[static DIGEST_TEXT_BYTES]); /* frees d */

void digest_bytes(const void *data, size_t len, char out[static DIGEST_TEXT_BYTES]);
int digest_file(const char *path, char out[static DIGEST_TEXT_BYTES], struct err *e);
/* Names, contents, links and "may be executed", sorted; dot files too, "__pycache__" left out. Neither times nor
 * the other bits of the mode count. A pipe, socket or device in it is an error. */
int digest_folder(const char *path, char out[static DIGEST_TEXT_BYTES], struct err *e);
const char *digest_library_version(void);

#endif
