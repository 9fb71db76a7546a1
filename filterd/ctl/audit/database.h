/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_DATABASE_H
#define FILTERD_CTL_AUDIT_DATABASE_H

/*
 * Database: an SQLite file with the records of one log or of many. Tables `attempts` and `records`
 * (of the filter about itself), each with the record as it stands in `raw` and (log, seq) as its
 * key: what is there already is left alone, so that a log may be exported again and again into the
 * same file. View `devices`.
 */

#include "log/entry.h"

struct database;

/*
 * database_open  - Gives: 0; otherwise an exit status, what is wrong having been said. Nothing is
 *                  in the file before database_close().
 * database_put   - Takes: log, its id, 16 hex digits; seq, the record's number; line, without its
 *                  newline. False after a failure.
 * database_close - Takes: keep, or leave the file as it was. Gives: 0 or an exit status, said;
 *                  *new_out, rows that were not there before.
 */
int  database_open(const char *path, struct database **out);
bool database_put(struct database *d, struct bytes log, uint64_t seq, const struct entry *e,
                  struct bytes line);
int  database_close(struct database *d, bool keep, uint64_t *new_out);

#endif
