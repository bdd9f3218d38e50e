/* Global options, the command, its error, the exit status. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "cli/front.h"

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	return front_main(argc, argv);
}
