/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_EXPORT_H
#define FILTERD_REVIEW_EXPORT_H

/*
 * Export: attempts in the formats of other programs, one per line; config/siem has those that jq
 * can make from the records. Only the log is evidence; an export can be repeated at any time.
 */

#include "base/text.h"
#include "log/entry.h"

struct export_source {
	uint64_t     seq;                /* the record's number */
	struct bytes log;               /* the log's id; empty if unknown */
	/* the raw record, without its newline */
	struct bytes line;
};

/* The text before the first, or after the last; NULL: none. */
typedef void export_head(struct text *t);

/*
 * Takes: an attempt. Its strings come from an untrusted line; each format escapes by its own rules.
 */
typedef void export_attempt(struct text *t, const struct entry *e,
                            const struct export_source *from);

/* RFC 4180, one row per attempt; the header names the columns. */
export_head    export_csv_head;
export_attempt export_csv;

/*
 * PostgreSQL's COPY into the table `incoming` of config/fleet/postgresql: any record, typed, and
 * its raw line. A row has only values valid for its columns, whatever the line contains. The tail
 * ends the COPY.
 */
export_head    export_postgresql_head, export_postgresql_tail;
export_attempt export_postgresql;

#endif
