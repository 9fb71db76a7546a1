/* SPDX-License-Identifier: MIT */

/* Replaces database.c in a filterctl built without SQLite. */

#include "ctl/audit/database.h"

#include "ctl/complain.h"
#include "ctl/verbs.h"

int database_open(const char *path, struct database **out)
{
	(void)path;
	*out = NULL;
	return complain(EXIT_USAGE, "filterctl audit export",
	                "this filterctl was built without SQLite; --to csv can be imported: "
	                "sqlite3 FILE '.import --csv ...'");
}

bool database_put(struct database *d, struct bytes log, uint64_t seq, const struct entry *e,
                  struct bytes line)
{
	(void)d;
	(void)log;
	(void)seq;
	(void)e;
	(void)line;
	return false;
}

int database_close(struct database *d, bool keep, uint64_t *new_out)
{
	(void)d;
	(void)keep;
	*new_out = 0;
	return EXIT_USAGE;
}
