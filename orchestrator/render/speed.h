/* The speed matrix as bytes. One function per format, each a pure function of the matrix. */
#ifndef LABCTL_RENDER_SPEED_H
#define LABCTL_RENDER_SPEED_H

#include "analyse/speed_matrix.h"
#include "render/render.h"

struct speed_look {
	struct render_opts opts;
	bool memory; /* peak memory beside time */
};

struct speed_renderer {
	const char *name;
	void (*render)(const struct speed_matrix *m, const struct speed_look *look, struct str *out);
};

const struct speed_renderer *speed_renderer_find(const char *name); /* NULL: unknown */

struct json_writer;
/* The keys of a summary: unit, class, mean, processes, ... */
void json_speed_summary(struct json_writer *w, const struct speed_summary *s);

/* "12.3 ms", "1.24 µs", "640 ns", of seconds; of a machine whose clock counts instructions "12.3 M instr." */
void phrase_time(double seconds, bool counted, bool ascii, struct str *out);
/* "8.31x": how many times as fast, from time / baseline's time. */
void phrase_factor(double ratio, bool ascii, struct str *out);
/* "±0.9 %": half the interval, as a factor away from the middle; "±?" where there is none. */
void phrase_half_width(const struct ratio *r, struct interval i, bool ascii, struct str *out);

/* Both for cells: the number or the word, and the signs behind it. */
struct signs;
/* One column for a warm-up class. */
void phrase_class(enum warmup_class class, bool ascii, struct str *out);
void phrase_speed(const struct speed_column *column, const struct speed_cell *c, const struct signs *signs,
		  struct str *out);
void phrase_speed_marks(const struct speed_cell *c, const struct signs *signs, bool memory, struct str *out);
bool speed_is_absent(const struct speed_cell *c); /* it does not exist there, or the machine went away */

extern const struct speed_renderer speed_terminal_renderer, speed_json_renderer, speed_csv_renderer,
	speed_markdown_renderer;

#endif
