/* SPDX-License-Identifier: MIT */

/* Replaces audit/ in a filterctl built without it, for example for a router with little flash. */

#include "ctl/complain.h"
#include "ctl/verbs.h"

const bool ctl_has_audit = false;

int ctl_audit(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return complain(EXIT_USAGE, "filterctl audit",
	                "this filterctl was built without it; filterctl board and recent show the "
	                "end of the log; to read all of it, copy it and audit.vkey to another "
	                "machine");
}
