/* Writes what pyperf 1.0 and later read, byte for byte as pyperf writes it: json.dump with sorted keys, compact or
 * indented by four. */
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "parse/bench_pyperf.h"
#include "parse/bench_pyperf_hoist.h"

struct writer {
	const struct bench_set *set;
	struct str *out;
	struct pyperf_hoist hoist;
	unsigned depth;
	bool fresh; /* nothing was written yet into this list or object */
};

/* ---- layout ---- */

static void new_line(struct writer *w)
{
	if (!w->set->in_lines)
		return;
	str_add_char(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		str_add(w->out, "    ");
}

static void begin(struct writer *w, const char *json_key)
{
	if (!w->fresh)
		str_add_char(w->out, ',');
	new_line(w);
	w->fresh = false;
	if (json_key) {
		str_add(w->out, json_key);
		str_add(w->out, w->set->in_lines ? ": " : ":");
	}
}

static void open_bracket(struct writer *w, char bracket)
{
	str_add_char(w->out, bracket);
	w->depth++;
	w->fresh = true;
}

static void close_bracket(struct writer *w, char bracket)
{
	w->depth--;
	if (!w->fresh)
		new_line(w);
	str_add_char(w->out, bracket);
	w->fresh = false;
}

/* ---- metadata ---- */

/* ["a","b"], one text per line where the file has lines. */
static void add_list(struct writer *w, const char *json)
{
	open_bracket(w, '[');
	for (const char *at = json + 1; *at && *at != ']';) {
		const char *first = at;

		for (bool in_text = false; in_text || (*at != ',' && *at != ']'); at++)
			if (*at == '\\')
				at++;
			else if (*at == '"')
				in_text = !in_text;
		begin(w, NULL);
		str_add_bytes(w->out, first, (size_t)(at - first));
		at += *at == ',';
	}
	close_bracket(w, ']');
}

static void add_fact(struct writer *w, const struct bench_fact *fact)
{
	AUTO_FREE char *key = json_scan_quote(fact->key);

	begin(w, key);
	if (fact->json[0] == '[')
		add_list(w, fact->json);
	else
		str_add(w->out, fact->json);
}

/* What of `f` is in neither of the two; nothing at all where that is nothing. */
static void write_metadata(struct writer *w, const struct bench_facts *f, const struct bench_facts *common,
			   const struct bench_facts *common_too)
{
	bool open = false;

	for (size_t i = 0; i < f->count; i++) {
		const struct bench_fact *fact = &f->items[i];

		if (bench_fact(common, fact->key) || (common_too && bench_fact(common_too, fact->key)))
			continue;
		if (!open) {
			begin(w, "\"metadata\"");
			open_bracket(w, '{');
			open = true;
		}
		add_fact(w, fact);
	}
	if (open)
		close_bracket(w, '}');
}

/* ---- numbers ---- */

static void write_values(struct writer *w, const struct bench_run *r)
{
	if (!r->value_count)
		return;
	begin(w, "\"values\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < r->value_count; i++) {
		begin(w, NULL);
		bench_add_number(w->out, r->values[i], r->values_whole && r->values_whole[i]);
	}
	close_bracket(w, ']');
}

static void write_warmups(struct writer *w, const struct bench_run *r)
{
	if (!r->warmup_count)
		return;
	begin(w, "\"warmups\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < r->warmup_count; i++) {
		begin(w, NULL);
		open_bracket(w, '[');
		begin(w, NULL);
		str_addf(w->out, "%lld", (long long)r->warmup_loops[i]);
		begin(w, NULL);
		bench_add_number(w->out, r->warmups[i], r->warmups_whole && r->warmups_whole[i]);
		close_bracket(w, ']');
	}
	close_bracket(w, ']');
}

static void write_run(struct writer *w, const struct bench_series *series, const struct bench_run *r,
		      const struct bench_facts *common)
{
	struct bench_facts f;

	pyperf_facts_of_run(&w->hoist, series, r, &f);
	begin(w, NULL);
	open_bracket(w, '{');
	write_metadata(w, &f, common, &w->hoist.of_all);
	write_values(w, r);
	write_warmups(w, r);
	close_bracket(w, '}');
	free(f.items);
}

static void write_series(struct writer *w, const struct bench_series *series, const struct bench_facts *common)
{
	begin(w, NULL);
	open_bracket(w, '{');
	write_metadata(w, common, &w->hoist.of_all, NULL);
	begin(w, "\"runs\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < series->run_count; i++)
		if (pyperf_has_run(&series->runs[i]))
			write_run(w, series, &series->runs[i], common);
	close_bracket(w, ']');
	close_bracket(w, '}');
}

/* ---- the whole file ---- */

static void write_file(struct writer *w)
{
	static const struct bench_facts none = { 0 };

	w->fresh = true;
	open_bracket(w, '{');
	begin(w, "\"benchmarks\"");
	open_bracket(w, '[');
	for (size_t i = 0; i < w->set->count; i++)
		if (pyperf_has_series(&w->set->series[i]))
			write_series(w, &w->set->series[i], &w->hoist.of_series[i]);
	close_bracket(w, ']');
	write_metadata(w, &w->hoist.of_all, &none, NULL);
	begin(w, "\"version\"");
	str_add(w->out, "\"1.0\"");
	close_bracket(w, '}');
	str_add_char(w->out, '\n');
}

int bench_pyperf_write(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *written,
		       struct err *e)
{
	struct writer w = { .set = s, .out = written->out };

	if (pyperf_check(s, o, e) != 0)
		return -1;
	pyperf_hoist_start(&w.hoist, s);
	write_file(&w);
	pyperf_tell_left_out(&w.hoist, written);
	pyperf_hoist_free(&w.hoist);
	return 0;
}
