#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/identify.h"

/* Depth first; `lab_load` has refused cycles. */
static void add_needs(const struct lab *lab, const struct package_recipe *p, const struct package_recipe **items,
		      size_t *count)
{
	for (size_t i = 0; i < p->needs.count; i++) {
		const struct package_recipe *need = lab_package(lab, p->needs.items[i]);
		bool there = false;

		add_needs(lab, need, items, count);
		for (size_t k = 0; k < *count; k++)
			there |= items[k] == need;
		if (!there)
			items[(*count)++] = need;
	}
}

void plan_needs(const struct lab *lab, const struct package_recipe *p, const struct package_recipe ***out_items,
		size_t *out_count)
{
	*out_items = mem_new(lab->package_count + 1, sizeof(**out_items));
	*out_count = 0;
	add_needs(lab, p, *out_items, out_count);
}

static bool installs_by_pip(const struct package_recipe *p, const char *runtime, const char *arch)
{
	const struct install_step *steps = p->install.items;

	for (size_t i = 0; i < p->install.count; i++)
		if (steps[i].pip.count && recipe_applies(&steps[i].runtimes, &steps[i].archs, runtime, arch))
			return true;
	return false;
}

bool plan_uses_index(const struct lab *lab, const struct package_recipe *p, const char *runtime, const char *arch)
{
	AUTO_FREE const struct package_recipe **needs = NULL;
	size_t count;
	bool uses = installs_by_pip(p, runtime, arch);

	plan_needs(lab, p, &needs, &count);
	for (size_t i = 0; i < count; i++)
		uses |= installs_by_pip(needs[i], runtime, arch);
	return uses;
}

static void add_cell(struct plan *p, const struct plan_wish *wish, const struct target_spec *target,
		     const struct runtime_recipe *runtime, const struct package_recipe *package)
{
	struct cell *c = &p->cells[p->count++];

	c->target = target;
	c->runtime = runtime;
	c->package = package;
	c->tier_name = wish->tier;
	c->tier = package_tier(package, wish->tier);
	cell_identify(c, p->lab, wish);
}

struct plan *plan_build(const struct lab *lab, const struct plan_wish *wish, struct err *e)
{
	size_t room = wish->package_count * wish->target_count * wish->runtime_count;
	struct plan *p;

	if (!room) {
		err_set(e, ERR_USAGE, "nothing is chosen: %zu packages, %zu targets, %zu runtimes", wish->package_count,
			wish->target_count, wish->runtime_count);
		return NULL;
	}
	p = mem_new(1, sizeof(*p));
	p->lab = lab;
	p->cells = mem_new(room, sizeof(*p->cells));
	for (size_t k = 0; k < wish->package_count; k++)
		for (size_t t = 0; t < wish->target_count; t++)
			for (size_t r = 0; r < wish->runtime_count; r++)
				add_cell(p, wish, wish->targets[t], wish->runtimes[r], wish->packages[k]);
	return p;
}

static void free_lanes(struct plan *p)
{
	for (size_t i = 0; i < p->lane_count; i++)
		free(p->lanes[i].cells);
	free(p->lanes);
	p->lanes = NULL;
	p->lane_count = 0;
}

static struct lane *lane_of(struct plan *p, const struct target_spec *target)
{
	struct lane *lane;

	for (size_t i = 0; i < p->lane_count; i++)
		if (p->lanes[i].target == target)
			return &p->lanes[i];
	p->lanes = mem_grow(p->lanes, p->lane_count + 1, sizeof(*p->lanes));
	lane = &p->lanes[p->lane_count++];
	*lane = (struct lane){ .target = target };
	return lane;
}

/* Cells of one runtime stand together, and a package behind what it needs: each finds the layers of the one before. */
static void lane_insert(const struct lab *lab, struct lane *lane, const struct cell *c)
{
	AUTO_FREE const struct package_recipe **needs = NULL;
	size_t need_count, at = lane->count;

	plan_needs(lab, c->package, &needs, &need_count);
	for (size_t i = lane->count; i > 0 && lane->cells[i - 1].runtime == c->runtime; i--) {
		AUTO_FREE const struct package_recipe **theirs = NULL;
		size_t count;

		plan_needs(lab, lane->cells[i - 1].package, &theirs, &count);
		for (size_t k = 0; k < count; k++)
			if (theirs[k] == c->package)
				at = i - 1;
	}
	lane->cells = mem_grow(lane->cells, lane->count + 1, sizeof(*lane->cells));
	memmove(lane->cells + at + 1, lane->cells + at, sizeof(*c) * (lane->count - at));
	lane->cells[at] = *c;
	lane->count++;
}

static int64_t lane_estimate_ns(const struct lane *lane)
{
	int64_t sum = 0;

	for (size_t i = 0; i < lane->count; i++)
		sum += lane->cells[i].estimate_ns;
	return sum;
}

/* Real machines of this architecture answer first; then what takes longest begins earliest. */
static int lane_before(const struct lane *a, const struct lane *b)
{
	bool emulated_a = target_is_emulated(a->target), emulated_b = target_is_emulated(b->target);
	int64_t estimate_a, estimate_b;

	if (emulated_a != emulated_b)
		return emulated_a ? 1 : -1;
	estimate_a = lane_estimate_ns(a);
	estimate_b = lane_estimate_ns(b);
	return (estimate_a < estimate_b) - (estimate_a > estimate_b);
}

/* Stable, since equal lanes stay in the order in which the user named them; there are few. */
static void sort_lanes(struct plan *p)
{
	for (size_t i = 1; i < p->lane_count; i++) {
		for (size_t k = i; k > 0 && lane_before(&p->lanes[k], &p->lanes[k - 1]) < 0; k--) {
			struct lane swap = p->lanes[k];

			p->lanes[k] = p->lanes[k - 1];
			p->lanes[k - 1] = swap;
		}
	}
}

static void add_lanes_of_runtime(struct plan *p, const struct runtime_recipe *runtime, const bool *is_wanted)
{
	for (size_t i = 0; i < p->count; i++)
		if (is_wanted[i] && p->cells[i].runtime == runtime)
			lane_insert(p->lab, lane_of(p, p->cells[i].target), &p->cells[i]);
}

void plan_lanes(struct plan *p, bool (*wanted)(void *ctx, struct cell *c), void *ctx)
{
	AUTO_FREE bool *is_wanted = mem_new(p->count, sizeof(bool));

	free_lanes(p);
	for (size_t i = 0; i < p->count; i++)
		is_wanted[i] = wanted(ctx, &p->cells[i]);
	for (size_t i = 0; i < p->count; i++) {
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first &= p->cells[k].runtime != p->cells[i].runtime;
		if (first)
			add_lanes_of_runtime(p, p->cells[i].runtime, is_wanted);
	}
	sort_lanes(p);
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	free_lanes(p);
	free(p->cells);
	free(p);
}
