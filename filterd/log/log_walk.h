/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LOG_WALK_H
#define FILTERD_LOG_LOG_WALK_H

/*
 * Log walk: the records in a closed file of the log, from its content. Anybody who can write in its
 * folder can choose a file's name; so filterd's signed statements about a file come from here.
 *
 * The records of a sound file form runs: in each the numbers rise by one, and every line has the
 * hash of the one before it. Another run begins only at a start that lists the records missing when
 * it was written, for example after a power cut that lost the end of the log.
 */

#include "audit/chain.h"

/* of a file; each but the first begins with a start of filterd that found the log short */
#define LOG_WALK_RUNS 256

struct log_run {
	uint64_t first, last;
	/* the last signature in it, which confirms it */
	bool     has_signed;
	uint64_t signed_seq;
	uint8_t  signed_hash[CHAIN_HASH], sig[CHAIN_SIG];
};

struct log_walk {
	/* `prev` of the first line: the hash of the line before the file */
	uint8_t        begin[CHAIN_HASH];
	struct chain   next;                    /* for the line after the file */
	bool           has_time;
	int64_t        last_us;                 /* the last record's own time */
	uint64_t       num_lines;
	/* why the file is not sound, in line num_lines; NULL */
	const char    *fault;
	size_t         num_runs;
	struct log_run runs[LOG_WALK_RUNS];
};

/*
 * log_walk_line - Takes: a zeroed struct and the lines of a file, in order, each without its
 *                 newline, which follows it in memory.
 * Gives:  false, and fault, if the file cannot be sound, whatever follows.
 */
bool log_walk_line(struct log_walk *w, struct bytes line);

#endif
