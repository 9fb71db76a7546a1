/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_DATABASE_H
#define FILTERD_CTL_AUDIT_DATABASE_H

/*
 * Database: an SQLite file with the records of one or more logs. Tables `attempts` and `records`
 * (of the filter about itself), each with the original record in `raw` and (log, seq) as its key:
 * existing rows are kept, so a log may be exported into the same file repeatedly. View `devices`.
 */

#include "log/entry.h"

struct database;

/*
 * database_open  - Gives: 0; otherwise an exit status, after a message. The file is unchanged until
 *                  database_close().
 * database_put   - Takes: log, its id, 16 hex digits; seq, the record's number; line, without its
 *                  newline. False after a failure.
 * database_close - Takes: keep; without it the file is left unchanged. Gives: 0, or an exit status
 *                  after a message; *new_out, the number of rows added.
 */
int  database_open(const char *path, struct database **out);
bool database_put(struct database *d, struct bytes log, uint64_t seq, const struct entry *e,
                  struct bytes line);
int  database_close(struct database *d, bool keep, uint64_t *new_out);

#endif
