/* SPDX-License-Identifier: MIT */

/* filterctl audit categories: what kinds of hosts were tried. */

#include "ctl/audit/counted.h"
#include "ctl/audit/verbs.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
	"usage: filterctl audit categories [OPTION]... [LOG]...\n"
	"\n"
	"What kinds of hosts were tried, as the policy sorts them.\n";

static int categories_print(void *owner, const struct audit_options *o, const struct counted *c)
{
	static const struct column columns[] = {
		{ "category", "category", CELL_TEXT, false, false, 0 }, { "title", "title",
		  CELL_TEXT, false, false, 3 },
		{ "devices", "devices", CELL_NUMBER, false, false, 8 }, { "hosts", "hosts",
		  CELL_NUMBER, false, false, 2 },
		COUNTED_COLUMNS,
	};
	struct table_out *t    = table_begin(o, "categories", columns, COUNT(columns));
	void            **list = rows_sorted(&c->totals->categories, totals_by_attempts_category);

	(void)owner;
	for (size_t i = 0; t != NULL && list != NULL && i < rows_num(&c->totals->categories); i++) {
		const struct category_total *category = list[i];

		table_row(t);
		table_text(t, category->row.name);
		table_text(t, bytes_text(category->title));
		table_number(t, category->num_devices);
		table_number(t, category->num_hosts);
		counted_tally(t, &category->tally);
	}
	free(list);
	return t != NULL ? table_end(t) : EXIT_IO;
}

int audit_categories(int argc, char **argv)
{
	static const struct counted_verb verb = { .usage = usage, .print = categories_print };

	return counted_verb(argc, argv, &verb);
}
