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

/* A row of the matrix: a package's tier, or a benchmark with the digest of its files. */
struct row {
	const struct package_recipe *package;
	const struct benchmark *benchmark;
	const char *tier, *program;
};

static void add_row(struct plan *p, const struct plan_wish *wish, const struct row *row)
{
	for (size_t t = 0; t < wish->target_count; t++)
		for (size_t r = 0; r < wish->runtime_count; r++) {
			struct cell *c = &p->cells[p->count++];

			c->target = wish->targets[t];
			c->runtime = wish->runtimes[r];
			c->package = row->package;
			c->benchmark = row->benchmark;
			c->tier_name = row->tier;
			c->tier = package_tier(row->package, row->tier);
			cell_identify(c, p->lab, wish, row->program);
		}
}

static int add_rows(struct plan *p, const struct plan_wish *wish, struct err *e)
{
	char program[DIGEST_TEXT_BYTES];

	for (size_t i = 0; i < wish->package_count; i++)
		add_row(p, wish, &(struct row){ wish->packages[i], NULL, wish->tier, NULL });
	for (size_t i = 0; i < wish->benchmark_count; i++) {
		const struct benchmark *b = wish->benchmarks[i];

		if (benchmark_digest(b, program, e))
			return -1;
		add_row(p, wish, &(struct row){ b->as_package, b, SPEED_TIER, program });
	}
	return 0;
}

struct plan *plan_build(const struct lab *lab, const struct plan_wish *wish, struct err *e)
{
	size_t rows = wish->package_count + wish->benchmark_count;
	size_t room = rows * wish->target_count * wish->runtime_count;
	struct plan *p;

	if (!room) {
		err_set(e, ERR_USAGE, "nothing is chosen: %zu packages or benchmarks, %zu targets, %zu runtimes", rows,
			wish->target_count, wish->runtime_count);
		return NULL;
	}
	p = mem_new(1, sizeof(*p));
	p->lab = lab;
	p->cells = mem_new(room, sizeof(*p->cells));
	if (!add_rows(p, wish, e))
		return p;
	plan_free(p);
	return NULL;
}

static void free_lanes(struct plan *p)
{
	for (size_t i = 0; i < p->lane_count; i++)
		free(p->lanes[i].cells);
	free(p->lanes);
	p->lanes = NULL;
	p->lane_count = 0;
}

static struct lane *lane_of(struct plan *p, const struct cell *c)
{
	bool measures = c->benchmark != NULL;
	struct lane *lane;

	for (size_t i = 0; i < p->lane_count; i++)
		if (p->lanes[i].target == c->target && p->lanes[i].measures == measures)
			return &p->lanes[i];
	p->lanes = mem_grow(p->lanes, p->lane_count + 1, sizeof(*p->lanes));
	lane = &p->lanes[p->lane_count++];
	*lane = (struct lane){ .target = c->target, .measures = measures };
	return lane;
}

static void lane_put(struct lane *lane, size_t at, const struct cell *c)
{
	lane->cells = mem_grow(lane->cells, lane->count + 1, sizeof(*lane->cells));
	memmove(lane->cells + at + 1, lane->cells + at, sizeof(*c) * (lane->count - at));
	lane->cells[at] = *c;
	lane->count++;
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
	lane_put(lane, at, c);
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

	if (a->measures != b->measures)
		return a->measures ? 1 : -1;
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
		if (is_wanted[i] && !p->cells[i].benchmark && p->cells[i].runtime == runtime)
			lane_insert(p->lab, lane_of(p, &p->cells[i]), &p->cells[i]);
}

/* They lie in the plan benchmark by benchmark already. */
static void add_benchmarks(struct plan *p, const bool *is_wanted)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct cell *c = &p->cells[i];
		bool any = false;

		for (size_t k = 0; c->benchmark && k < p->count; k++)
			any |= is_wanted[k] && p->cells[k].benchmark == c->benchmark && p->cells[k].target == c->target;
		if (any)
			lane_put(lane_of(p, c), lane_of(p, c)->count, c);
	}
}

size_t lane_group(const struct lane *lane, size_t first)
{
	const struct benchmark *b = lane->cells[first].benchmark;
	size_t count = 1;

	while (b && first + count < lane->count && lane->cells[first + count].benchmark == b)
		count++;
	return count;
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
	add_benchmarks(p, is_wanted);
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
