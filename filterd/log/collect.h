/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_COLLECT_H
#define FILTERD_LOG_COLLECT_H

/*
 * Collected: files that a collector has, of one gateway or of many, in any layout, with duplicates
 * and in disorder, sorted by gateway. Uses temporary files as large as all of them together, in
 * TMPDIR or /tmp; in memory are a buffer of a fixed size, and of the gateway that is open 64 bytes
 * a record.
 */

#include "log/copies.h"
#include "log/files.h"

struct log_collected;

/* told apart; the lines of more are taken for those of one */
#define COLLECTED_GATEWAYS 65536

/*
 * log_collect      - Gives: 0 or -errno: no memory, or no temporary file.
 * log_collect_more - reads the files, all of which are read when it gives false, or an error came
 *                    up. True: what of a file cannot be read, or `why` is NULL: it has read a part.
 * log_collect_end  - 0 or -errno: no memory, or no room for the temporary file.
 */
int  log_collect(struct log_files *f, struct log_collected **out);
bool log_collect_more(struct log_collected *c, struct piece *unread_out);
int  log_collect_end(struct log_collected *c);
void log_collected_free(struct log_collected *c);

/*
 * Gateways, by name: `host` as it stands in their records. Lines that belong to none are counted.
 */
size_t       log_collected_num(const struct log_collected *c);
uint64_t     log_collected_num_strange(const struct log_collected *c);

/* The newest time that stands in a line of a gateway, microseconds since 1970; INT64_MIN: none. */
int64_t log_collected_newest(const struct log_collected *c, size_t gateway);

/*
 * log_collected_open - one gateway's lines, sorted. They hold until the next one is opened.
 * log_collected_relax - what was looked at of text may leave memory: now and then, by who goes
 *                       through a long log.
 */
void log_collected_open(struct log_collected *c, size_t gateway, struct copies *copies_out);
void log_collected_relax(struct log_collected *c);

#endif
