/* Growable arrays of any type, without a function per type.
 *
 *     struct { int *items; size_t count, room; } v = { 0 };   // or VEC(int) v = { 0 };
 *     vec_add(&v, 7);
 *     free(v.items);
 */
#ifndef LABCTL_BASE_VEC_H
#define LABCTL_BASE_VEC_H

#include <stdlib.h>

#include "base/mem.h"

#define VEC(type)                                                                                                      \
	struct {                                                                                                       \
		type *items;                                                                                           \
		size_t count, room;                                                                                    \
	}

#define vec_reserve(v, want)                                                                                           \
	do {                                                                                                           \
		if ((v)->room < (want)) {                                                                              \
			(v)->room = (v)->room * 2 > (want) ? (v)->room * 2 : (want) + 8;                               \
			(v)->items = mem_grow((v)->items, (v)->room, sizeof(*(v)->items));                             \
		}                                                                                                      \
	} while (0)

#define vec_add(v, item)                                                                                               \
	do {                                                                                                           \
		vec_reserve(v, (v)->count + 1);                                                                        \
		(v)->items[(v)->count++] = (item);                                                                     \
	} while (0)

#define vec_free(v)                                                                                                    \
	do {                                                                                                           \
		free((v)->items);                                                                                      \
		(v)->items = NULL;                                                                                     \
		(v)->count = (v)->room = 0;                                                                            \
	} while (0)

#endif
