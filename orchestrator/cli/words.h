/* Which command the words of a command line name. */
#ifndef LABCTL_CLI_WORDS_H
#define LABCTL_CLI_WORDS_H

#include "cli/command.h"

/* Global options may stand before the command: moves the command's words to the front, argv[1]. */
void words_command_first(int argc, char **argv);
/* The command that the first words name; *out_used is how many they are ("target show" is one of two words). NULL:
 * none. */
const struct command *words_command(int count, char **words, int *out_used);
/* "target": the first word of commands of two. */
bool words_is_group(const char *word);
void words_group_help(const char *group, struct str *out);
/* Says what is wrong with words that name no command, with the nearest that does. */
int words_fail(int count, char **words, struct err *e);

#endif
