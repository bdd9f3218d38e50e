/* Memory that never fails (out of memory ends the process), and release bound to a scope. */
#ifndef LABCTL_BASE_MEM_H
#define LABCTL_BASE_MEM_H

#include <stddef.h>

void *mem_new(size_t count, size_t elem_bytes);		    /* zeroed; free() it */
void *mem_grow(void *old, size_t count, size_t elem_bytes); /* new bytes are not zeroed */
char *mem_dup(const char *text);			    /* NULL in, NULL out */
char *mem_dup_bytes(const char *text, size_t len);	    /* adds the NUL */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mem_free_list(char **list); /* a NULL-ended list of texts, and the list */

void mem_free_at(void *pointer_to_pointer); /* behind AUTO_FREE */
void mem_free_list_at(char ***list);	    /* behind AUTO_FREE_LIST */
void mem_close_at(int *fd);		    /* behind AUTO_CLOSE; -1 is "not open" */

#define AUTO_FREE      __attribute__((cleanup(mem_free_at)))
#define AUTO_FREE_LIST __attribute__((cleanup(mem_free_list_at)))
#define AUTO_CLOSE     __attribute__((cleanup(mem_close_at)))

/* Hands out what a scope owns: TAKE(p) is p's value, and p becomes NULL. */
#define TAKE(p)                                                                                                        \
	(__extension__({                                                                                               \
		__typeof__(p) taken_ = (p);                                                                            \
		(p) = NULL;                                                                                            \
		taken_;                                                                                                \
	}))
/* The same for a descriptor, which becomes -1. */
#define TAKE_FD(fd)                                                                                                    \
	(__extension__({                                                                                               \
		int taken_ = (fd);                                                                                     \
		(fd) = -1;                                                                                             \
		taken_;                                                                                                \
	}))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
