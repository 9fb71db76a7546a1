/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOG_HASH_H
#define FILTERD_OS_LOG_HASH_H

/*
 * Log hash: the SHA-256 of a file that is read anyway, and the time at which a log ends, for
 * reports.
 */

#include "base/bytes.h"

#define LOG_HASH 32             /* bytes */

struct log_hash;

/* NULL without memory; log_hash_add() and log_hash_end() can live with that. */
struct log_hash *log_hash_begin(void);
void             log_hash_add(struct log_hash *h, struct bytes piece);

/* Frees it. False: it is not known. */
bool log_hash_end(struct log_hash *h, uint8_t hash_out[LOG_HASH]);

/* Of a whole file on disk; false if it cannot be read. */
bool log_hash_file(const char *path, uint8_t hash_out[LOG_HASH]);

/*
 * log_last_line - the last whole line of a file, compressed or not.
 * Gives:  false if it has none, or cannot be read; else the line without its newline, *len_out
 *         bytes in room.
 */
bool log_last_line(const char *path, uint8_t *room, size_t room_bytes, size_t *len_out);

#endif
