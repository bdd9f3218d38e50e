/* labctl cache list, labctl cache prune: images and layers. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/prune.h"
#include "render/columns.h"
#include "target/layer.h"

static int run_list(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };
	struct layer_list list = { 0 };
	struct columns *table;
	int64_t total = 0;
	char size[32], when[32];

	(void)options, (void)operand_count, (void)operands;
	if (context_open(&c, g, e) || layer_list(c.cache_folder, &list, e))
		return -1;
	table = columns_new(5);
	columns_row(table, (const char *const[]){ "KIND", "KEY", "SIZE", "LAST USED", "WHAT" });
	columns_align_right(table, 2);
	for (size_t i = 0; i < list.count; i++) {
		const struct layer_info *l = &list.items[i];
		AUTO_STR label = { 0 };

		str_add_quoted(&label, l->label ? l->label : "", STR_TERMINAL);
		str_add(&label, l->in_use ? " (in use)" : "");
		prune_format_bytes(l->bytes, size, sizeof(size));
		clock_format_local(l->used_wall_ms, when, sizeof(when));
		columns_row(table, (const char *const[]){ l->kind, l->key, size, when, str_text(&label) });
		total += l->bytes;
	}
	columns_print(table, "  ", &out);
	columns_free(table);
	prune_format_bytes(total, size, sizeof(size));
	str_addf(&out, "%s: %zu items, %s", c.cache_folder, list.count, size);
	prune_format_bytes(c.lab->settings.cache_limit_bytes, size, sizeof(size));
	str_addf(&out, ", limit %s\n", size);
	layer_list_free(&list);
	return context_put(NULL, &out, e);
}

const struct command cache_list_command = {
	.name = "cache list",
	.title = "List images and layers in the cache with their sizes, oldest use first",
	.run = run_list,
};

struct prune_options {
	int64_t limit_bytes;
	bool all;
};

static const struct option_row prune_rows[] = {
	{ "limit", 0, OPTION_BYTES, offsetof(struct prune_options, limit_bytes), "SIZE", NULL, NULL,
	  "keep at most this much instead of lab.yaml's cache_limit" },
	{ "all", 'a', OPTION_FLAG, offsetof(struct prune_options, all), NULL, NULL, NULL,
	  "remove everything that is not in use" },
	{ 0 },
};

static int run_prune(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct prune_options *o = options;
	AUTO_CONTEXT c = { 0 };
	int64_t freed = 0, limit;
	char size[32];

	(void)operand_count, (void)operands;
	if (context_open(&c, g, e))
		return -1;
	limit = o->all ? 0 : o->limit_bytes ? o->limit_bytes : c.lab->settings.cache_limit_bytes;
	if (layer_prune(c.cache_folder, limit, &freed, e))
		return -1;
	prune_format_bytes(freed, size, sizeof(size));
	printf("%s freed in %s\n", size, c.cache_folder);
	return EXIT_AS_EXPECTED;
}

const struct command cache_prune_command = {
	.name = "cache prune",
	.title = "Remove least recently used images and layers above the limit",
	.help = "What a labctl is using just now is passed over. Removing the cache costs time and nothing else.",
	.options = prune_rows,
	.options_bytes = sizeof(struct prune_options),
	.run = run_prune,
};
