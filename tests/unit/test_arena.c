#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/vec.h"

static void items_are_zeroed_and_aligned(void **state)
{
	AUTO_ARENA struct arena *a = arena_new(64);

	(void)state;
	for (size_t count = 0; count < 200; count++) {
		unsigned char *p = arena_items(a, count, 3);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < count * 3; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xFF, count * 3);
	}
}

static void items_do_not_overlap(void **state)
{
	AUTO_ARENA struct arena *a = arena_new(1);
	unsigned *kept[500];

	(void)state;
	for (unsigned i = 0; i < COUNT_OF(kept); i++) {
		kept[i] = arena_items(a, i + 1, sizeof(unsigned));
		for (unsigned j = 0; j <= i; j++)
			kept[i][j] = i;
	}
	for (unsigned i = 0; i < COUNT_OF(kept); i++)
		for (unsigned j = 0; j <= i; j++)
			assert_int_equal(kept[i][j], i);
}

static void texts_are_copied(void **state)
{
	AUTO_ARENA struct arena *a = arena_new(16);
	char text[] = "numpy";

	(void)state;
	char *copy = arena_dup(a, text);
	text[0] = 'X';
	assert_string_equal(copy, "numpy");
	assert_null(arena_dup(a, NULL));
	assert_string_equal(arena_dup_bytes(a, "numpy", 3), "num");
	assert_string_equal(arena_dup_bytes(a, NULL, 0), "");
	assert_string_equal(arena_printf(a, "%s-%d", "layer", 7), "layer-7");
	assert_string_equal(arena_printf(a, "%s", ""), "");
	assert_int_equal(strlen(arena_printf(a, "%5000d", 1)), 5000);
}

static void it_tells_what_it_took(void **state)
{
	AUTO_ARENA struct arena *a = arena_new(1000);

	(void)state;
	arena_items(a, 1, 1);
	size_t before = arena_bytes(a);
	assert_true(before >= 1000);
	arena_items(a, 10, 1); /* fits */
	assert_int_equal(arena_bytes(a), before);
	arena_items(a, 5000000, 1);
	assert_true(arena_bytes(a) >= before + 5000000);
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	arena_free(NULL);
	arena_free(arena_new(0));
}

static void lists_and_scopes(void **state)
{
	(void)state;
	AUTO_FREE_LIST char **list = mem_new(3, sizeof(*list));
	list[0] = mem_dup("a");
	list[1] = mem_printf("%d", 12);
	assert_string_equal(list[1], "12");
	AUTO_FREE char *owned = mem_dup_bytes("abcdef", 3);
	char *taken = TAKE(owned);
	assert_null(owned);
	assert_string_equal(taken, "abc");
	free(taken);
	assert_null(mem_dup(NULL));
	mem_free_list(NULL);
	AUTO_CLOSE int fd = -1;
	assert_int_equal(TAKE_FD(fd), -1);
}

static void vectors_grow(void **state)
{
	VEC(int) v = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		vec_add(&v, i);
	assert_int_equal(v.count, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(v.items[i], i);
	vec_free(&v);
	assert_null(v.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_zeroed_and_aligned),
		cmocka_unit_test(items_do_not_overlap),
		cmocka_unit_test(texts_are_copied),
		cmocka_unit_test(it_tells_what_it_took),
		cmocka_unit_test(freeing_nothing_is_fine),
		cmocka_unit_test(lists_and_scopes),
		cmocka_unit_test(vectors_grow),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
