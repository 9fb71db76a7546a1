/* SPDX-License-Identifier: MIT */

/* filterctl audit hosts: what was tried. */

#include "ctl/audit/counted.h"
#include "ctl/audit/verbs.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] = "usage: filterctl audit hosts [OPTION]... [LOG]...\n"
			    "\n"
			    "Which hosts were tried, the most wanted first, by how many devices, "
                            "and the rule that knows them.\n"
			    "\n"
			    "  filterctl audit hosts --since \"7 days ago\"\n";

static int hosts_print(void *owner, const struct audit_options *o, const struct counted *c)
{
	static const struct column columns[] = {
		{ "host", "host", CELL_TEXT, false, false, 0 }, { "category", "category", CELL_TEXT,
		  false, false, 2 },
		{ "devices", "devices", CELL_NUMBER, false, false, 8 }, COUNTED_COLUMNS,
		{ "rule", "rule", CELL_TEXT, true, true, 0 },
	};
	struct table_out *t    = table_begin(o, "hosts", columns, COUNT(columns));
	void            **list = rows_sorted(&c->totals->hosts, totals_by_attempts_host);

	(void)owner;
	for (size_t i = 0; t != NULL && list != NULL && i < rows_num(&c->totals->hosts); i++) {
		const struct host_total *h = list[i];

		table_row(t);
		table_text(t, h->row.name);
		table_text(t, bytes_text(h->category));
		table_number(t, h->num_devices);
		counted_tally(t, &h->tally);
		table_text(t, bytes_text(h->rule));
	}
	free(list);
	return t != NULL ? table_end(t) : EXIT_IO;
}

int audit_hosts(int argc, char **argv)
{
	static const struct counted_verb verb = { .usage = usage, .print = hosts_print };

	return counted_verb(argc, argv, &verb);
}
