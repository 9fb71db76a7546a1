/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LOG_IDS_H
#define FILTERD_LOG_LOG_IDS_H

/*
 * Log ids: which logs one gateway has written, and of which of them a signed record is. A start and
 * a segment carry the id of their log, and say which keys sign in it; any other record is known by
 * its key. What they say is believed: verify.h is who asks whether it is true.
 */

#include "audit/note.h"

/* of a gateway, told apart; further ones count to the last of them */
#define LOG_IDS_MAX 64
#define LOG_ID      16                  /* digits of the id of a log */
#define LOG_UNKNOWN UINT32_MAX

struct log_key;

struct log_ids {
	struct bytes    sensor;         /* borrowed: the gateway, as its records have it */
	char            list[LOG_IDS_MAX][LOG_ID + 1];
	size_t          num;
	struct log_key *keys;
	size_t          num_keys, room_keys;
};

/*
 * log_ids_learn - Takes: any signed line; one that names no log is passed over. Gives: 0, -ENOMEM,
 *                 -EIO.
 * log_ids_sort  - once, when all has been learnt, before the first question.
 */
int  log_ids_learn(struct log_ids *ids, struct bytes line);
void log_ids_sort(struct log_ids *ids);
void log_ids_free(struct log_ids *ids);

/*
 * The number of the log that a record is of, by its id or its key; LOG_UNKNOWN: neither tells, as
 * of any that is not signed.
 */
uint32_t log_ids_of(const struct log_ids *ids, struct bytes line, const struct line_end *end);

/* Does this line itself name that log? */
bool log_ids_is_named(const struct log_ids *ids, size_t log, struct bytes line);

#endif
