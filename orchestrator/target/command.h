/* The shell texts by which target.c runs a user's script on a machine, learns its status and ends it: pure functions.
 * Not included outside target/.
 *
 * The first exec gets the script on its standard input and runs it as a session of its own under a small runner, which
 * writes the status into a file. Its shell ends with a number that means success only when that file says 0: no number,
 * or any other, means nothing. Then a second exec reads the file; what it prints is our own, so its answer is one line
 * that holds the opening's nonce. */
#ifndef LABCTL_TARGET_COMMAND_H
#define LABCTL_TARGET_COMMAND_H

#include "target/driver.h"

#define COMMAND_SCRIPT_MAX_BYTES (24 * 1024)
#define COMMAND_STATUS_FOLDER	 ".labctl" /* in the work folder */

enum command_word {
	COMMAND_NO_ANSWER, /* the line is not there */
	COMMAND_STATUS,	   /* it ended with out_status */
	COMMAND_BEGAN,	   /* it began, and nobody wrote a status: its runner was killed, or it still runs */
	COMMAND_FULL,	   /* its status, or anything else, could not be written */
	COMMAND_ABSENT,	   /* it never began */
};

/* What the command line of the first exec ends with when the status file says 0, so that no second one is needed. */
#define COMMAND_EXIT_SUCCESS	      99
#define COMMAND_EXIT_SUCCESS_AND_GONE 98 /* and the work folder was empty and is removed */

void command_status_path(const struct target *t, unsigned number, struct str *out);
/* The command line of the first exec. */
void command_runner(const struct target *t, unsigned number, size_t input_bytes, struct str *out);
/* What goes to its standard input, which then stays open: the environment, then the script. ERR_CONFIG: too long, or a
 * variable that sh cannot have. */
int command_input(const struct target *t, unsigned number, const char *const *env, const char *script, struct str *out,
		  struct err *e);
int command_add_env(const struct target *t, const char *const *env, struct str *out,
		    struct err *e); /* "export A='b'\n" each */
/* The command line of the second. With `kill`, all that the command started is killed after its status was looked at.
 */
void command_reader(const struct target *t, unsigned number, bool kill, struct str *out);
/* A command line for work of our own: the script in the work folder's shell, its status as an answer on standard error.
 */
void command_plain(const struct target *t, const char *script, struct str *out);
/* Looks for the answer line in what was printed. */
enum command_word command_answer(const struct target *t, const char *text, int *out_status);
/* Does what a tool printed say that there is no room? */
bool command_says_full(const char *text);

#endif
