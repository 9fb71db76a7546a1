/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_EXPORT_H
#define FILTERD_REVIEW_EXPORT_H

/*
 * Export: attempts in the formats of other programs, a line each; config/siem has those that jq can
 * make of the records. The log itself stays what counts: an export can be made again from it at any
 * time, and proves nothing.
 */

#include "base/text.h"
#include "log/entry.h"

struct export_source {
	uint64_t     seq;                /* the record's number */
	struct bytes log;               /* id of the log; empty if it is not known */
	/* the record as it stands in the log, without its newline */
	struct bytes line;
};

/* What stands in front of the first, or behind the last; NULL if nothing does. */
typedef void export_head(struct text *t);

/*
 * Takes: an attempt. Its strings come from a line that may hold anything; each format escapes by
 * its own rules.
 */
typedef void export_attempt(struct text *t, const struct entry *e,
                            const struct export_source *from);

/* RFC 4180, a row an attempt; the header names the columns. */
export_head    export_csv_head;
export_attempt export_csv;

/*
 * PostgreSQL's COPY into the table `incoming` of config/fleet/postgresql: any record, typed, and
 * its line to the byte. A row holds only what the columns take, whatever the line says. The tail
 * ends the COPY.
 */
export_head    export_postgresql_head, export_postgresql_tail;
export_attempt export_postgresql;

#endif
