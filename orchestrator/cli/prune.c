#include "cli/prune.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/retain.h"
#include "target/layer.h"

void prune_format_bytes(int64_t bytes, char *buf, size_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double number = (double)bytes;
	size_t unit = 0;

	while (number >= 1024 && unit + 1 < COUNT_OF(units)) {
		number /= 1024;
		unit++;
	}
	snprintf(buf, size, number < 10 && unit ? "%.1f %s" : "%.0f %s", number, units[unit]);
}

struct prune_wish prune_wish_of(const struct lab *lab)
{
	const struct retention_settings *r = &lab->settings.retention;

	return (struct prune_wish){ .raw_for_ns = r->raw_for_ns,
				    .raw_limit_bytes = r->raw_limit_bytes,
				    .layers_for_ns = r->layers_for_ns,
				    .cache_limit_bytes = lab->settings.cache_limit_bytes };
}

static int prune_raw(struct context *c, const struct prune_wish *w, bool terse, struct str *out, struct err *e)
{
	const struct retain_rules rules = { .now_wall_ms = clock_wall_ms(),
					    .raw_for_ns = w->raw_for_ns,
					    .raw_limit_bytes = w->raw_limit_bytes,
					    .only_look = w->only_look };
	struct retain_done done;
	char went[32], kept[32];

	if (retain_prune(c->lab->results_folder, &rules, &done, e))
		return -1;
	prune_format_bytes(done.bytes, went, sizeof(went));
	prune_format_bytes(done.kept_bytes, kept, sizeof(kept));
	if (done.runs || !terse)
		str_addf(out, "raw output: %s of %zu run%s %s, %s left in %s\n", went, done.runs,
			 done.runs == 1 ? "" : "s", w->only_look ? "would go" : "removed", kept,
			 c->lab->results_folder);
	return 0;
}

static int prune_layers(struct context *c, const struct prune_wish *w, bool terse, struct str *out, struct err *e)
{
	int64_t old_bytes = 0, more_bytes = 0;
	char went[32];

	if (w->layers_for_ns &&
	    layer_prune_unused(c->cache_folder, clock_wall_ms() - w->layers_for_ns / NS_PER_MS, &old_bytes, e))
		return -1;
	if (w->cache_limit_bytes && layer_prune(c->cache_folder, w->cache_limit_bytes, &more_bytes, e))
		return -1;
	prune_format_bytes(old_bytes + more_bytes, went, sizeof(went));
	if (old_bytes + more_bytes || !terse)
		str_addf(out, "images and layers: %s removed in %s\n", went, c->cache_folder);
	return 0;
}

int prune_run(struct context *c, const struct prune_wish *w, bool terse, struct str *out, struct err *e)
{
	if (prune_raw(c, w, terse, out, e))
		return -1;
	return w->only_look ? 0 : prune_layers(c, w, terse, out, e);
}
