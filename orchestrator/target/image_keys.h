/* The two keys of an image: the guest's own and the one that opens it. Made with it, so that its host key is known
 * before it ever runs. */
#ifndef LABCTL_TARGET_IMAGE_KEYS_H
#define LABCTL_TARGET_IMAGE_KEYS_H

#include "base/err.h"

struct image_keys {
	char *user_public; /* one line */
	char *host_key;	   /* path of the private key; removed by image_keys_end */
	char *host_public; /* one line, also in host_key.pub */
};

/* Makes user_key, host_key and host_key.pub in `folder`. */
int image_keys_make(const char *folder, struct image_keys *out, struct err *e);
void image_keys_end(struct image_keys *k);

#define AUTO_IMAGE_KEYS __attribute__((cleanup(image_keys_end))) struct image_keys

#endif
