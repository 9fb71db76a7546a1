/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LOG_WALK_H
#define FILTERD_LOG_LOG_WALK_H

/*
 * Log walk: which records a closed file of the log holds, by its content. What a file is called
 * anybody can choose who may write in its folder; so what filterd says and signs about a file comes
 * from here.
 *
 * The records of a sound file are runs: in each the numbers rise by one, and every line has the
 * hash of the one before it. Another run begins only at a start that says which records were
 * missing when it was written, as after a power cut that cost the end of the log.
 */

#include "audit/chain.h"

/* of a file; each but the first is a start of filterd that found the log short */
#define LOG_WALK_RUNS 256

struct log_run {
	uint64_t first, last;
	/* the last signature in it, which vouches for it */
	bool     has_signed;
	uint64_t signed_seq;
	uint8_t  signed_hash[CHAIN_HASH], sig[CHAIN_SIG];
};

struct log_walk {
	/* `prev` of the first line: the hash of what went before the file */
	uint8_t        begin[CHAIN_HASH];
	struct chain   next;                    /* what the line behind the file has to say */
	bool           has_time;
	int64_t        last_us;                 /* when the last record was written, by itself */
	uint64_t       num_lines;
	/* why the file is not sound, in line num_lines; NULL */
	const char    *fault;
	size_t         num_runs;
	struct log_run runs[LOG_WALK_RUNS];
};

/*
 * log_walk_line - Takes: a zeroed struct and the lines of a file, one after the other, each without
 *                 its newline, which stands behind it.
 * Gives:  false, and fault, if the file cannot be sound, whatever follows.
 */
bool log_walk_line(struct log_walk *w, struct bytes line);

#endif
