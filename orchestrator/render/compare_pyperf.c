/* What pyperf's compare_to prints. Its arithmetic is in analyse/compare_pyperf.h, its way to write numbers in
 * render/pyperf_text.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/compare_pyperf.h"
#include "analyse/stats.h"
#include "base/mem.h"
#include "render/compare.h"
#include "render/pyperf_text.h"

/* A benchmark of both sides with all its values. */
struct pair {
	const struct compared *row;
	double *base, *changed;
	size_t base_count, changed_count;
	struct pyperf_comparison result;
};

static double *all_values(const struct bench_series *s, size_t *out_count)
{
	double *values;
	size_t room = 0;

	for (size_t i = 0; i < s->run_count; i++)
		room += s->runs[i].value_count;
	values = mem_new(room + 1, sizeof(*values));
	*out_count = 0;
	for (size_t i = 0; i < s->run_count; i++)
		for (size_t k = 0; k < s->runs[i].value_count; k++)
			values[(*out_count)++] = s->runs[i].values[k];
	return values;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct pair *)a)->row->name, ((const struct pair *)b)->row->name);
}

static int gather(const struct comparison *c, struct pair *pairs, size_t *out_count, struct err *e)
{
	*out_count = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct compared *row = &c->rows[i];
		struct pair *p = &pairs[*out_count];

		if (!row->base || !row->changed || row->base->unit != row->changed->unit)
			continue;
		p->row = row;
		p->base = all_values(row->base, &p->base_count);
		p->changed = all_values(row->changed, &p->changed_count);
		(*out_count)++;
		if (pyperf_compare(p->base, p->base_count, p->changed, p->changed_count, PYPERF_NO_MINIMUM, &p->result,
				   e))
			return err_wrap(e, "%s", row->name);
	}
	if (!*out_count)
		return err_set(e, ERR_USAGE, "the two have no benchmark in common");
	qsort(pairs, *out_count, sizeof(*pairs), by_name);
	return 0;
}

static void add_side(const char *name, enum bench_unit unit, const double *values, size_t count, struct str *out)
{
	str_addf(out, "[%s] ", name);
	if (count > 1)
		pyperf_text_mean(out, unit, stats_mean(values, count), stats_deviation(values, count), false);
	else
		pyperf_text_value(out, unit, values[0], values[0], false);
}

static void add_line(const struct pair *p, const struct compare_names *names, struct str *out)
{
	enum bench_unit unit = p->row->base->unit;

	if (p->base_count > 1 || p->changed_count > 1)
		str_add(out, "Mean +- std dev: ");
	add_side(names->base, unit, p->base, p->base_count, out);
	str_add(out, " -> ");
	add_side(names->changed, unit, p->changed, p->changed_count, out);
	str_add(out, ": ");
	pyperf_add_phrase(p->result.ratio, out);
	str_add_char(out, '\n');
}

/* Further lines of a benchmark; how many. */
static size_t add_remarks(const struct pair *p, bool verbose, struct str *out)
{
	size_t lines = 0;

	if (isnan(p->result.t)) {
		str_add(out, "ERROR when testing if values are significant\n");
		lines++;
	}
	if (!p->result.significant) {
		str_add(out, "Not significant!\n");
		lines++;
	} else if (verbose) {
		str_add(out, "Significant");
		if (!isnan(p->result.t))
			str_addf(out, " (t=%.2f)", p->result.t);
		str_add_char(out, '\n');
		lines++;
	}
	return lines;
}

static void add_title(const char *name, struct str *out)
{
	str_addf(out, "%s\n", name);
	for (size_t i = 0; i < str_width(name); i++)
		str_add_char(out, '=');
	str_add(out, "\n\n");
}

static void add_list(const struct pair *pairs, size_t count, const struct compare_names *names, bool verbose,
		     struct str *out)
{
	bool show_name = count > 1, any = false;
	AUTO_STR hidden = { 0 };
	size_t hidden_count = 0;

	for (size_t i = 0; i < count; i++) {
		const struct pair *p = &pairs[i];
		AUTO_STR remarks = { 0 };

		if (!p->result.significant && !verbose) {
			str_addf(&hidden, "%s%s", hidden_count++ ? ", " : "", p->row->name);
			continue;
		}
		if (add_remarks(p, verbose, &remarks)) {
			if (show_name)
				add_title(p->row->name, out);
			add_line(p, names, out);
			str_add(out, str_text(&remarks));
			if (i + 1 < count)
				str_add_char(out, '\n');
		} else {
			if (show_name)
				str_addf(out, "%s: ", p->row->name);
			add_line(p, names, out);
		}
		any = true;
	}
	if (hidden_count)
		str_addf(out, "%sBenchmark hidden because not significant (%zu): %s\n", any ? "\n" : "", hidden_count,
			 str_text(&hidden));
}

static void add_geometric_mean(const struct pair *pairs, size_t count, struct str *out)
{
	AUTO_FREE double *ratios = mem_new(count, sizeof(*ratios));

	if (count < 2)
		return;
	for (size_t i = 0; i < count; i++)
		ratios[i] = pairs[i].result.ratio;
	str_add(out, "\nGeometric mean: ");
	pyperf_add_phrase(pyperf_geometric_mean(ratios, count), out);
	str_add_char(out, '\n');
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_ignored(const struct comparison *c, bool of_base, const char *side, struct str *out)
{
	AUTO_FREE const char **names = mem_new(c->count + 1, sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++)
		if (of_base ? !c->rows[i].changed : !c->rows[i].base)
			names[count++] = c->rows[i].name;
	qsort(names, count, sizeof(*names), compare_texts);
	for (size_t i = 0; i < count; i++) {
		if (i == 0)
			str_addf(out, "Ignored benchmarks (%zu) of %s: ", count, side);
		str_addf(out, "%s%s", i ? ", " : "", names[i]);
	}
	if (count)
		str_add_char(out, '\n');
}

int compare_as_pyperf(const struct comparison *c, const struct compare_names *names, bool verbose, struct str *out,
		      struct err *e)
{
	AUTO_FREE struct pair *pairs = mem_new(c->count + 1, sizeof(*pairs));
	size_t count;
	int status = gather(c, pairs, &count, e);

	if (!status) {
		add_list(pairs, count, names, verbose, out);
		add_geometric_mean(pairs, count, out);
		add_ignored(c, true, names->base, out);
		add_ignored(c, false, names->changed, out);
	}
	for (size_t i = 0; i < c->count; i++) {
		free(pairs[i].base);
		free(pairs[i].changed);
	}
	return status;
}
