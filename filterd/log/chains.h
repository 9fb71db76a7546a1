/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_CHAINS_H
#define FILTERD_LOG_CHAINS_H

/*
 * Chains: the logs of one gateway, each given from its first line to its last, out of all the lines
 * that copies have. A gateway that began a second log has two chains; they are told apart by
 * log_ids.h. Of different records with the same number the chain tells which belongs where: a
 * thread is a run of records each of which has the hash of the one before, and the longest one is
 * the log; the others are its rivals.
 */

#include "log/copies.h"
#include "log/piece.h"
#include "log/log_ids.h"

/* Records from one to another that some copy has otherwise than the thread they were taken from. */
struct chains_thread {
	uint64_t last;
	uint8_t  head[CHAIN_HASH];      /* of its last line */
	uint64_t num;
	uint32_t log;                   /* LOG_UNKNOWN: not yet */
	uint32_t from;                  /* the thread that it branches off; UINT32_MAX: none */
	uint64_t num_lost, lost_from, lost_to;  /* records that others stand for */
	/* noise.h: at_home: some file of its lines has records that are vouched for */
	bool     is_signed, is_vouched, is_at_home, is_noise;
};

struct chains {
	const struct copies  *copies;   /* borrowed */
	struct log_ids        ids;      /* none if no record names one: then it is one log */
	struct chains_thread *threads;  /* NULL: one chain, nothing to be told apart */
	size_t                num_threads, room_threads;
	uint32_t             *thread_of;        /* each of the copies' lines; NULL like threads */
	bool                  is_sifted;        /* what is noise is known, and left out */
	uint64_t              num_noise;        /* lines, of the log that was sifted last */
	/* the log that is given; which key, line, thread comes next; the group of that line */
	uint32_t              log;
	size_t                key, line, thread, group_end, best;
};

/*
 * chains_tell - Takes: copies, sorted. Gives: 0, -ENOMEM, -EIO; then there is nothing to free.
 * Keeps:  copies, as long as ch lives.
 */
int  chains_tell(struct chains *ch, const struct copies *copies);
void chains_free(struct chains *ch);

/* How many logs there are, at least one. A log's id; "" if no record says it. */
size_t      chains_num_logs(const struct chains *ch);
const char *chains_log(const struct chains *ch, size_t log);

/* For noise.h: the threads of a log that are noise are marked; counts anew what else is lost. */
void chains_sifted(struct chains *ch, size_t log);

/*
 * chains_begin - from here on one log is given, from its first line to its last.
 * chains_next  - Gives: its keys, its lines, its rivals: records that hang on each other, so that
 *                somebody wrote them anew, or one alone. False at its end.
 */
void chains_begin(struct chains *ch, size_t log);
bool chains_next(struct chains *ch, struct piece *out);

#endif
