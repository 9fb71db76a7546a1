/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_READER_H
#define FILTERD_LOG_READER_H

/*
 * Reader: the one way to read a log written by filterd, or all of a collector's files, gateway by
 * gateway, log by log. Each stage asks the one before it for the next piece:
 *
 *     lines ─▶ files ─┬──────────────────────────────▶ reader ─▶ who verifies, counts, prints
 *                     └─▶ collect ─▶ copies ─▶ chains ─┘
 *
 *     while (log_next_log(&r)) {
 *             log_sift(&r, key);
 *             while (log_next(&r, &piece))
 *                     ...
 *     }
 */

#include "log/chains.h"
#include "log/collect.h"

struct log_reader {
	struct log_files     *files;
	struct lines         *keys;             /* audit.keys beside one log; NULL: at its end */
	struct log_collected *collected;        /* NULL: one log, written by filterd */
	/* collected: the current log's gateway and id; "": no record has it */
	struct bytes          sensor;
	const char           *log_id;
	uint64_t              num_twice;        /* duplicate lines so far */
	int                   error;
	struct copies         copies;
	struct chains         chains;
	size_t                num_gateways, num_logs;   /* begun; of the gateway */
	bool                  is_open;
	uint64_t              since_relaxed;    /* bytes */
};

/*
 * log_reader_open - like log_files_open(); close it in any case.
 * log_collect_all - collected: sorts the files by gateway, before the first log. Like
 *                   log_collect_more(); false at the end or with r->error: no space for the
 *                   temporary file, or no memory.
 */
int  log_reader_open(struct log_reader *r, const char *const *paths, size_t num_paths,
                     bool collected, struct problem *problem_out);
bool log_collect_all(struct log_reader *r, struct piece *out);
void log_reader_close(struct log_reader *r);

/*
 * log_next_log - Gives: false after the last one, or with r->error.
 * log_sift     - collected: leaves out noise (noise.h). Takes: this log's first key; NULL: unknown.
 *                Gives: the number of lines.
 * log_next     - the next piece of the current log; false at its end, or with r->error.
 */
bool     log_next_log(struct log_reader *r);
uint64_t log_sift(struct log_reader *r, const struct note_key *root);
bool     log_next(struct log_reader *r, struct piece *out);

#endif
