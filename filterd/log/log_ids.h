/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LOG_IDS_H
#define FILTERD_LOG_LOG_IDS_H

/*
 * Log ids: the logs that one gateway has written, and the log of each signed record. A start and a
 * segment have the id of their log, and its signing keys; any other record is identified by its
 * key. Nothing is verified here; verify.h does that.
 */

#include "audit/note.h"

/* logs of one gateway; any further ones count as the last of these */
#define LOG_IDS_MAX 64
#define LOG_ID      16                  /* digits of a log's id */
#define LOG_UNKNOWN UINT32_MAX

struct log_key;

struct log_ids {
	struct bytes    sensor;         /* borrowed: the gateway's name in its records */
	char            list[LOG_IDS_MAX][LOG_ID + 1];
	size_t          num;
	struct log_key *keys;
	size_t          num_keys, room_keys;
};

/*
 * log_ids_learn - Takes: any signed line; one that names no log is skipped. Gives: 0, -ENOMEM,
 *                 -EIO.
 * log_ids_sort  - once, after all lines, before the first look-up.
 */
int  log_ids_learn(struct log_ids *ids, struct bytes line);
void log_ids_sort(struct log_ids *ids);
void log_ids_free(struct log_ids *ids);

/*
 * The number of a record's log, by its id or its key; LOG_UNKNOWN: neither is known, or it is not
 * signed.
 */
uint32_t log_ids_of(const struct log_ids *ids, struct bytes line, const struct line_end *end);

/* Does this line itself name that log? */
bool log_ids_is_named(const struct log_ids *ids, size_t log, struct bytes line);

#endif
