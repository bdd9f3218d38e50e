/* One line per cell (RFC 4180 but for the plain newline). Empty fields: there is no outcome. */
#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "render/pieces.h"
#include "render/render.h"
#include "render/report_formats.h"

static const char header[] =
	"package,target,arch,runtime,tier,emulated,verdict,reason,pass_rate,passed,failed,crashed,timed_out,broken,"
	"skipped,known,newly_bad,expected,started,took_s,run,cell_id";
static const char speed_header[] = ",speed,mean,time_ratio,time_ratio_low,time_ratio_high,peak_bytes";

static void add_number(struct str *out, int64_t number)
{
	str_addf(out, "%" PRId64 ",", number);
}

static void add_tally(struct str *out, const struct tally *t)
{
	static const enum verdict order[] = { VERDICT_PASSED,	 VERDICT_FAILED, VERDICT_CRASHED,
					      VERDICT_TIMED_OUT, VERDICT_BROKEN, VERDICT_SKIPPED };

	for (size_t i = 0; i < COUNT_OF(order); i++)
		add_number(out, t->count[order[i]]);
	add_number(out, t->known);
}

static void add_outcome(struct str *out, const struct matrix_cell *c)
{
	const struct outcome_row *row = c->now;
	char started[32];

	clock_format_utc(row->started_wall_ms, started, sizeof(started));
	csv_text(out, row->tier);
	csv_text(out, row->emulated ? "yes" : "no");
	csv_text(out, verdict_key(row->verdict));
	csv_text(out, row->reason);
	if (!isnan(c->pass_rate))
		str_addf(out, "%.6f", floor(c->pass_rate * 1e6) / 1e6);
	str_add_char(out, ',');
	add_tally(out, &row->tally);
	add_number(out, c->newly_bad);
	csv_text(out, c->expected ? "yes" : "no");
	csv_text(out, started);
	str_addf(out, "%.3f,", (double)row->took_ns / (double)NS_PER_S);
	add_number(out, row->run);
	str_add_quoted(out, row->cell_id, STR_CSV);
}

static void add_cell(struct str *out, const char *package, const struct matrix_column *at, const struct matrix_cell *c)
{
	csv_text(out, package);
	csv_text(out, at->target);
	csv_text(out, at->arch);
	csv_text(out, at->runtime);
	if (c->now != NULL) {
		add_outcome(out, c);
	} else {
		csv_text(out, NULL);
		csv_text(out, at->emulated ? "yes" : "no");
		csv_text(out, "not_run");
		csv_text(out, c->not_run);
		str_add(out, ",,,,,,,,,,,,,");
	}
}

static void render(const struct report *r, const struct render_opts *o, struct str *out)
{
	(void)o;
	str_addf(out, "%s\n", header);
	for (size_t row = 0; row < r->matrix.row_count; row++)
		for (size_t column = 0; column < r->matrix.column_count; column++) {
			add_cell(out, r->matrix.packages[row], &r->matrix.columns[column],
				 matrix_at(&r->matrix, row, column));
			str_add_char(out, '\n');
		}
}

/* ---- with benchmarks ---- */

static void add_real(struct str *out, double value)
{
	str_add_char(out, ',');
	if (isfinite(value))
		str_addf(out, "%.9g", value);
}

static void add_speed_cell(struct str *out, const struct speed_matrix *m, size_t row, size_t column)
{
	const struct speed_cell *c = speed_matrix_at(m, row, column);
	const struct matrix_cell plain = { .now = c->now,
					   .pass_rate = NAN,
					   .expected = c->now && c->now->verdict == VERDICT_PASSED };
	bool compared = c->now && !c->is_baseline;

	add_cell(out, m->benchmarks[row], &m->columns[column].at, &plain);
	str_addf(out, ",%s", !c->now ? "" : c->is_baseline ? "baseline" : speed_word(c->judged.word));
	add_real(out, c->now && speed_known(&c->summary) ? c->summary.mean : NAN);
	add_real(out, compared ? c->ratio.value : NAN);
	add_real(out, compared ? c->judged.own.low : NAN);
	add_real(out, compared ? c->judged.own.high : NAN);
	add_real(out, c->now && c->summary.process_count ? c->summary.median_peak_bytes : NAN);
	str_add_char(out, '\n');
}

void report_csv(const struct report_text *t, struct str *out)
{
	const struct matrix *m = &t->report->matrix;

	str_addf(out, "%s%s\n", header, speed_header);
	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		add_cell(out, m->packages[i / m->column_count], &m->columns[i % m->column_count], &m->cells[i]);
		str_add(out, ",,,,,,\n");
	}
	for (size_t i = 0; i < t->speed->row_count * t->speed->column_count; i++)
		add_speed_cell(out, t->speed, i / t->speed->column_count, i % t->speed->column_count);
}

const struct renderer csv_renderer = { "csv", "one line per cell, for spreadsheets", render };
