/* SPDX-License-Identifier: MIT */

/* filterctl audit categories: attempts by category of host. */

#include "ctl/audit/counted.h"
#include "ctl/audit/verbs.h"
#include "present/tallied.h"

static const char usage[] =
	"usage: filterctl audit categories [OPTION]... [LOG]...\n"
	"\n"
	"The attempts by the policy's categories of hosts.\n";

static int categories_print(void *owner, const struct audit_options *o, const struct counted *c)
{
	struct sheet s = tallied_categories(c->totals);

	(void)owner;
	return show_sheet(o, &s);
}

int audit_categories(int argc, char **argv)
{
	static const struct counted_verb verb = { .usage = usage, .print = categories_print };

	return counted_verb(argc, argv, &verb);
}
