/* One benchmark under one runtime on one target: its processes, its curve, its memory. */
#ifndef LABCTL_RENDER_SPEED_PAGE_H
#define LABCTL_RENDER_SPEED_PAGE_H

#include "analyse/speed_summary.h"
#include "base/json.h"
#include "render/terminal_text.h"

struct speed_page {
	const struct speed_summary *summary;
	const struct bench_series *series;
	/* The baseline of the same run, to hold the curve against; NULL: there is none, or this is it. */
	const struct bench_series *baseline;
	const char *baseline_name;
	bool counted; /* the clock counts instructions */
};

void terminal_speed_page(const struct pen *p, const struct speed_page *page);
void json_speed_page(struct json_writer *w, const struct speed_page *page); /* adds the key "speed" */

#endif
