/* A store in a scratch folder of its own for each test. */
#ifndef LABCTL_TESTS_SCRATCH_STORE_H
#define LABCTL_TESTS_SCRATCH_STORE_H

#include "outcomes.h"

#include "store/store.h"

static struct store *store;

static int open_scratch_store(void **state)
{
	struct err e = ERR_INIT;

	if (make_scratch(state) < 0)
		return -1;
	store = store_open(scratch, false, &e);
	return store == NULL ? -1 : 0;
}

static int close_scratch_store(void **state)
{
	store_close(store);
	return remove_scratch(state);
}

#endif
