/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_COLLECT_H
#define FILTERD_LOG_COLLECT_H

/*
 * Collected: sorts a collector's files by gateway: from one gateway or many, in any layout, with
 * duplicates and unordered. Uses temporary files as large as all of them together, in TMPDIR or
 * /tmp; memory holds a buffer of fixed size, and 64 bytes per record of the open gateway.
 */

#include "log/copies.h"
#include "log/files.h"

struct log_collected;

/* gateways told apart; the lines of further ones count as one gateway's */
#define COLLECTED_GATEWAYS 65536

/*
 * log_collect      - Gives: 0 or -errno: no memory, or no temporary file.
 * log_collect_more - reads the files. False: all are read, or an error occurred. True: a file that
 *                    cannot be read, or, if `why` is NULL, progress.
 * log_collect_end  - 0 or -errno: no memory, or no space for the temporary file.
 */
int  log_collect(struct log_files *f, struct log_collected **out);
bool log_collect_more(struct log_collected *c, struct piece *unread_out);
int  log_collect_end(struct log_collected *c);
void log_collected_free(struct log_collected *c);

/*
 * Gateways, by name: `host` in their records. Lines without a gateway are counted.
 */
size_t       log_collected_num(const struct log_collected *c);
uint64_t     log_collected_num_strange(const struct log_collected *c);

/* The newest time in a gateway's lines, microseconds since 1970; INT64_MIN: none. */
int64_t log_collected_newest(const struct log_collected *c, size_t gateway);

/*
 * log_collected_open - one gateway's lines, sorted; valid until the next one is opened.
 * log_collected_relax - releases memory of text that was read; call it now and then while reading a
 *                       long log.
 */
void log_collected_open(struct log_collected *c, size_t gateway, struct copies *copies_out);
void log_collected_relax(struct log_collected *c);

#endif
