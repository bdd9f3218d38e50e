/* Getting what cells need onto their machine: layers restored, the rest installed and kept. Not included outside run/.
 */
#ifndef LABCTL_RUN_INSTALL_H
#define LABCTL_RUN_INSTALL_H

#include "run/step_command.h"

/* Fills env, texts and the outcome's first facts of a run whose target, cell, opts and out are set. */
void cell_run_start(struct cell_run *r);
void cell_run_end(struct cell_run *r);
/* "installing numpy", for those who watch. */
void step_tell(struct cell_run *r, const char *doing, const char *what);
/* All layers, each in the name and with the environment of its owner among `runs`, which share a machine. Our own tools
 * lie in lib/ afterwards. Not installed: the owner's outcome says why, and what the machine is like is unknown. */
int install_layers(struct cell_run *runs, const struct layer_steps *layers, bool *out_installed, struct err *e);

/* In steps.c. The layers of a run's cell: those of its record where it does an attempt again, else the recipes'. */
int steps_layers(const struct cell_run *r, const struct layer_wish *w, struct layer_steps *out, struct err *e);
/* Does what the cell is about load there, and which version is it? Fills the outcome's facts; where it does
 * not load the cell has its verdict. */
int steps_check(struct cell_run *r, bool *out_go_on, struct err *e);
/* What the recipes say before any machine is asked. True: the cell has its verdict. */
bool steps_settle_by_recipe(struct cell_run *r, const struct layer_steps *layers);
/* A target that goes away, or has no room left, between two commands is the cell's outcome, not the end of labctl: 0.
 * Where it is this machine that has no room, recording the outcome says so. */
int steps_settle_error(struct cell_run *r, struct err *e);

#endif
