/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_CHAINS_H
#define FILTERD_LOG_CHAINS_H

/*
 * Chains: extracts the logs of one gateway, each from its first line to its last, from the lines of
 * all copies. A gateway that began a second log has two chains; log_ids.h distinguishes them. If
 * there are different records with the same number, the hash chain decides: a thread is a run of
 * records each with the hash of the one before, and the longest thread is the log; the others are
 * its rivals.
 */

#include "log/copies.h"
#include "log/piece.h"
#include "log/log_ids.h"

/* A range of records that differ between some copy and the chosen thread. */
struct chains_thread {
	uint64_t last;
	uint8_t  head[CHAIN_HASH];      /* of its last line */
	uint64_t num;
	uint32_t log;                   /* LOG_UNKNOWN: not yet */
	uint32_t from;                  /* the thread it branches off; UINT32_MAX: none */
	uint64_t num_lost, lost_from, lost_to;  /* records replaced by others */
	/* noise.h: at_home: a file with its lines has confirmed records */
	bool     is_signed, is_vouched, is_at_home, is_noise;
};

struct chains {
	const struct copies  *copies;   /* borrowed */
	struct log_ids        ids;      /* empty if no record names one: then there is one log */
	struct chains_thread *threads;  /* NULL: one chain, no rivals */
	size_t                num_threads, room_threads;
	uint32_t             *thread_of;        /* for each copied line; NULL like threads */
	bool                  is_sifted;        /* noise is known, and left out */
	uint64_t              num_noise;        /* lines, of the log sifted last */
	/* the current log; the next key, line, thread; the group of that line */
	uint32_t              log;
	size_t                key, line, thread, group_end, best;
};

/*
 * chains_tell - Takes: copies, sorted. Gives: 0, -ENOMEM, -EIO; then there is nothing to free.
 * Keeps:  copies, as long as ch lives.
 */
int  chains_tell(struct chains *ch, const struct copies *copies);
void chains_free(struct chains *ch);

/* The number of logs, at least one. A log's id; "" if no record has it. */
size_t      chains_num_logs(const struct chains *ch);
const char *chains_log(const struct chains *ch, size_t log);

/*
 * For noise.h, after it has marked a log's threads that are noise: counts the lost records again.
 */
void chains_sifted(struct chains *ch, size_t log);

/*
 * chains_begin - starts to output one log, from its first line to its last.
 * chains_next  - Gives: its keys, its lines, its rivals: linked records, so that somebody rewrote
 *                them, or a single one. False at its end.
 */
void chains_begin(struct chains *ch, size_t log);
bool chains_next(struct chains *ch, struct piece *out);

#endif
