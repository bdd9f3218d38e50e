/* From the words of the command line to a command and an exit status. */
#ifndef LABCTL_CLI_FRONT_H
#define LABCTL_CLI_FRONT_H

#include "cli/command.h"

int front_main(int argc, char **argv);
void front_help(struct str *out); /* `labctl --help` */
void front_command_help(const struct command *c, struct str *out);
void front_versions(struct str *out); /* `labctl --version` */
const char *front_command_line(void); /* as typed, for the record */

#endif
