/* JSON and CSV of series. */
#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "base/json.h"
#include "render/history.h"
#include "render/pieces.h"

#define HISTORY_FORMAT	"labctl-history"
#define HISTORY_VERSION 1

static void add_point(struct json_writer *w, const struct history_series *s, const struct history_point *p)
{
	bool of_tests = s->metric == HISTORY_FAILURES || s->metric == HISTORY_PASS_RATE;

	json_open(w, NULL, '{');
	json_add_int(w, "run", p->run);
	json_add_text(w, "run_name", p->run_name);
	json_add_int(w, "started_wall_ms", p->started_wall_ms);
	json_add_text(w, "cell_id", p->cell_id);
	json_add_real(w, "value", p->value);
	if (isfinite(p->low)) {
		json_add_real(w, "low", p->low);
		json_add_real(w, "high", p->high);
	}
	json_add_text(w, "verdict", verdict_key(p->verdict));
	json_add_int(w, "attempts", p->attempts);
	for (int v = 0; of_tests && v < VERDICT_COUNT; v++)
		if (p->tally.count[v])
			json_add_int(w, verdict_key((enum verdict)v), p->tally.count[v]);
	if (of_tests)
		json_add_int(w, "known", p->tally.known);
	json_close(w, '}');
}

static void add_change(struct json_writer *w, const struct history_series *s, const struct history_change *c)
{
	json_open(w, NULL, '{');
	json_add_int(w, "point", (int64_t)c->at);
	json_add_int(w, "run", s->points[c->at].run);
	json_add_text(w, "run_name", s->points[c->at].run_name);
	json_add_real(w, "before", c->before);
	json_add_real(w, "after", c->after);
	json_add_real(w, "p", c->p);
	json_add_real(w, "adjusted_p", c->adjusted_p);
	json_add_bool(w, "worse", c->worse);
	json_add_bool(w, "pending", c->pending);
	json_close(w, '}');
}

static void add_flaky(struct json_writer *w, const struct flaky *f)
{
	json_open(w, "flaky", '{');
	json_add_bool(w, "flaky", f->is_flaky);
	json_add_int(w, "outcomes", (int64_t)f->outcomes);
	json_add_int(w, "bad", (int64_t)f->bad);
	json_add_int(w, "flips", (int64_t)f->flips);
	json_add_real(w, "rate", flaky_rate(f));
	json_close(w, '}');
}

static void add_series(struct json_writer *w, const struct history_series *s)
{
	json_open(w, NULL, '{');
	json_add_text(w, "label", s->label);
	json_add_text(w, "target", s->target);
	json_add_text(w, "arch", s->arch);
	json_add_text(w, "runtime", s->runtime);
	json_add_text(w, "package", s->package);
	json_add_text(w, "tier", s->tier);
	json_add_text(w, "test", s->test);
	json_add_bool(w, "emulated", s->emulated);
	json_add_text(w, "metric", history_metric_key(s->metric));
	json_add_text(w, "unit", s->metric == HISTORY_TIME ? bench_unit_key(s->unit) : NULL);
	json_add_real(w, "level", history_level(s));
	json_open(w, "changes", '[');
	for (size_t i = 0; i < s->change_count; i++)
		add_change(w, s, &s->changes[i]);
	json_close(w, ']');
	if (s->metric == HISTORY_VERDICT)
		add_flaky(w, &s->flaky);
	json_open(w, "points", '[');
	for (size_t i = 0; i < s->count; i++)
		add_point(w, s, &s->points[i]);
	json_close(w, ']');
	json_close(w, '}');
}

void history_json(const struct history *h, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", HISTORY_FORMAT);
	json_add_int(&w, "version", HISTORY_VERSION);
	json_add_real(&w, "false_discovery_rate", HISTORY_RATE);
	json_add_int(&w, "tests_made", (int64_t)h->tests_made);
	json_open(&w, "series", '[');
	for (size_t i = 0; i < h->count; i++)
		add_series(&w, &h->series[i]);
	json_close(&w, ']');
	json_close(&w, '}');
	str_add_char(out, '\n');
}

/* The state of the change that begins at a point. */
static const char *change_at(const struct history_series *s, size_t point)
{
	for (size_t i = 0; i < s->change_count; i++)
		if (s->changes[i].at == point)
			return s->changes[i].pending ? "pending" : s->changes[i].worse ? "worse" : "better";
	return "";
}

void history_csv(const struct history *h, struct str *out)
{
	str_add(out, "target,runtime,package,tier,test,metric,run,began,verdict,value,change\n");
	for (size_t i = 0; i < h->count; i++) {
		const struct history_series *s = &h->series[i];

		for (size_t p = 0; p < s->count; p++) {
			char when[32];

			csv_text(out, s->target);
			csv_text(out, s->runtime);
			csv_text(out, s->package);
			csv_text(out, s->tier);
			csv_text(out, s->test);
			clock_format_utc(s->points[p].started_wall_ms, when, sizeof(when));
			str_addf(out, "%s,%" PRId64 ",%s,%s,", history_metric_key(s->metric), s->points[p].run, when,
				 verdict_key(s->points[p].verdict));
			if (isfinite(s->points[p].value))
				str_addf(out, "%.9g", s->points[p].value);
			str_addf(out, ",%s\n", change_at(s, p));
		}
	}
}
