/* What pack.c writes and unpack.c reads. Not included outside store/. */
#ifndef LABCTL_STORE_PACK_INSIDE_H
#define LABCTL_STORE_PACK_INSIDE_H

#define DETAILS_WHOLE_BYTES ((size_t)4 << 20)
#define DETAIL_CUT_BYTES    300
#define NAME_MAX_BYTES	    4096

#define DURATION_UNKNOWN     0
#define DURATION_UNDER_1_MS  1
#define DURATION_FIRST_STEP  2
#define DURATION_STEPS_PER_2 2.0 /* steps while a time doubles */

enum detail_part {
	HAS_DETAIL = 1,
	HAS_CAUSE = 2,
	HAS_KNOWN = 4
};

#endif
