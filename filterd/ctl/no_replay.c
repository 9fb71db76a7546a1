/* SPDX-License-Identifier: MIT */

/* In the place of replay.c where filterctl is built without libpcap. */

#include "ctl/verbs.h"

#include <stdio.h>

int ctl_replay(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs("filterctl replay: this filterctl was built without it; take the capture to another "
	      "machine\n",
	      stderr);
	return EXIT_USAGE;
}
