/* Text for a terminal: harmless, in colour only when asked. Not included outside render/. */
#ifndef LABCTL_RENDER_TERMINAL_TEXT_H
#define LABCTL_RENDER_TERMINAL_TEXT_H

#include "analyse/speed.h"
#include "render/phrases.h"

enum style {
	STYLE_PLAIN,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_CRASH,
	STYLE_KNOWN,
	STYLE_FAINT,
	STYLE_BOLD,
	STYLE_COUNT
};

/* What is needed wherever something is printed. */
struct pen {
	const struct render_opts *opts;
	const struct signs *signs;
	struct str *out;
};

struct pen pen_new(const struct render_opts *o, struct str *out);
/* "" without colour. */
const char *pen_style(const struct pen *p, enum style style);
const char *pen_style_end(const struct pen *p, enum style style);
/* Text of others: made harmless, and reduced to ASCII where that is all there is. */
void pen_text(const struct pen *p, const char *text);
void pen_styled(const struct pen *p, enum style style, const char *text);
/* Each line of it behind `indent`; tabs become blanks. */
void pen_lines(const struct pen *p, const char *text, const char *indent);
char *pen_harmless(const struct pen *p, const char *text); /* caller frees */

enum style style_of_speed(enum speed word); /* speed_terminal.c */
enum style style_of_cell(const struct matrix_cell *c);

/* terminal_matrix.c */
void terminal_matrix(const struct pen *p, const struct matrix *m, const struct absences *absences);

#endif
