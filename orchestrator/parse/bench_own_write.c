/* A line for each series and for each run, so that files can be compared by lines. Members that have their usual value
 * are left out. */
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "parse/bench_own.h"

struct writer {
	struct str *out;
	bool fresh; /* nothing stands in this object yet */
};

static void add_key(struct writer *w, const char *key)
{
	str_addf(w->out, "%s\"%s\":", w->fresh ? "" : ",", key);
	w->fresh = false;
}

static void add_text(struct writer *w, const char *key, const char *text)
{
	AUTO_FREE char *quoted = text ? json_scan_quote(text) : NULL;

	if (!quoted)
		return;
	add_key(w, key);
	str_add(w->out, quoted);
}

static void add_int(struct writer *w, const char *key, int64_t value, int64_t usual)
{
	if (value == usual)
		return;
	add_key(w, key);
	str_addf(w->out, "%lld", (long long)value);
}

static void add_numbers(struct writer *w, const char *key, const double *values, const unsigned char *whole,
			size_t count)
{
	add_key(w, key);
	str_add_char(w->out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			str_add_char(w->out, ',');
		bench_add_number(w->out, values[i], whole && whole[i]);
	}
	str_add_char(w->out, ']');
}

static void add_facts(struct writer *w, const struct bench_facts *f)
{
	if (!f->count)
		return;
	add_key(w, "metadata");
	for (size_t i = 0; i < f->count; i++) {
		AUTO_FREE char *key = json_scan_quote(f->items[i].key);

		str_addf(w->out, "%c%s:", i ? ',' : '{', key);
		str_add(w->out, f->items[i].json);
	}
	str_add_char(w->out, '}');
}

static void add_warmups(struct writer *w, const struct bench_run *r)
{
	if (!r->warmup_count)
		return;
	add_key(w, "warmups");
	for (size_t i = 0; i < r->warmup_count; i++) {
		str_addf(w->out, "%c[%lld,", i ? ',' : '[', (long long)r->warmup_loops[i]);
		bench_add_number(w->out, r->warmups[i], r->warmups_whole && r->warmups_whole[i]);
		str_add_char(w->out, ']');
	}
	str_add_char(w->out, ']');
}

static void add_memory(struct writer *w, const struct bench_run *r)
{
	if (!r->memory_count)
		return;
	add_key(w, "memory");
	str_add_char(w->out, '{');
	w->fresh = true;
	add_numbers(w, "at_s", r->memory_at_s, NULL, r->memory_count);
	add_numbers(w, "bytes", r->memory_bytes, NULL, r->memory_count);
	str_add_char(w->out, '}');
}

static void add_run(struct writer *w, const struct bench_run *r)
{
	str_add_char(w->out, '{');
	w->fresh = true;
	add_text(w, "kind", r->kind == BENCH_MEASURED ? NULL : bench_run_kind_key(r->kind));
	add_text(w, "detail", r->detail);
	add_text(w, "role", r->role);
	add_int(w, "loops", r->loops, 1);
	add_int(w, "inner_loops", r->inner_loops, 1);
	add_int(w, "peak_bytes", r->peak_bytes, -1);
	add_facts(w, &r->facts);
	if (r->value_count)
		add_numbers(w, "values", r->values, r->values_whole, r->value_count);
	add_warmups(w, r);
	add_memory(w, r);
	str_add_char(w->out, '}');
}

static void add_series(struct writer *w, const struct bench_series *series)
{
	str_add_char(w->out, '{');
	w->fresh = true;
	add_text(w, "name", series->name);
	add_text(w, "runtime", series->runtime);
	add_text(w, "unit", bench_unit_key(series->unit));
	add_text(w, "unit_name", series->unit_name);
	add_text(w, "better", bench_better_key(series->better));
	if (series->from_start) {
		add_key(w, "from_start");
		str_add(w->out, "true");
	}
	add_facts(w, &series->facts);
	add_key(w, "runs");
	str_add_char(w->out, '[');
	for (size_t i = 0; i < series->run_count; i++) {
		str_add(w->out, i ? ",\n" : "\n");
		add_run(w, &series->runs[i]);
	}
	str_add(w->out, "\n]}");
}

int bench_own_write(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *written,
		    struct err *e)
{
	struct writer w = { .out = written->out, .fresh = true };

	(void)o;
	(void)e;
	str_add_char(w.out, '{');
	add_text(&w, "format", BENCH_OWN_FORMAT);
	add_int(&w, "version", BENCH_OWN_VERSION, 0);
	add_text(&w, "from", strcmp(s->format, "labctl") == 0 ? NULL : s->format);
	if (s->in_lines) {
		add_key(&w, "in_lines");
		str_add(w.out, "true");
	}
	add_facts(&w, &s->facts);
	add_key(&w, "series");
	str_add_char(w.out, '[');
	for (size_t i = 0; i < s->count; i++) {
		str_add(w.out, i ? ",\n" : "\n");
		add_series(&w, &s->series[i]);
	}
	str_add(w.out, "\n]}\n");
	return 0;
}
