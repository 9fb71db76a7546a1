/* SPDX-License-Identifier: MIT */

/* filterctl audit hosts: the hosts that were tried. */

#include "ctl/audit/counted.h"
#include "ctl/audit/verbs.h"
#include "present/tallied.h"

static const char usage[] = "usage: filterctl audit hosts [OPTION]... [LOG]...\n"
			    "\n"
			    "The hosts that were tried, the most wanted first, with the number of "
			    "devices, and the matching rule.\n"
			    "\n"
			    "  filterctl audit hosts --since \"7 days ago\"\n";

static int hosts_print(void *owner, const struct audit_options *o, const struct counted *c)
{
	struct sheet s = tallied_hosts(c->totals, false);

	(void)owner;
	return show_sheet(o, &s);
}

int audit_hosts(int argc, char **argv)
{
	static const struct counted_verb verb = { .usage = usage, .print = hosts_print };

	return counted_verb(argc, argv, &verb);
}
