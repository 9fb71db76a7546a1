/* SPDX-License-Identifier: MIT */

/* Replaces replay.c in a filterctl built without libpcap. */

#include "ctl/complain.h"
#include "ctl/verbs.h"

int ctl_replay(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return complain(EXIT_USAGE, "filterctl replay",
	                "this filterctl was built without it; take the capture to another machine");
}
