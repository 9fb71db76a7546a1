/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_FLOW_GATHER_H
#define FILTERD_FLOW_GATHER_H

/*
 * Gather: the first bytes one side of a TCP connection sends, in order, within a budget.
 *
 * Segments come in any order, twice, overlapping. The first copy of a byte is the authoritative
 * one; a later segment with other bytes is a conflict, which the caller must drop: then the server
 * gets what was judged. Gatherings live in a pool of fixed size. When it is used up, one is evicted
 * as in any table: of the share that has most, the one longest untouched.
 */

#include "base/bytes.h"

/* bytes: a hello of 16 KiB in 512 records of 5 header bytes each, whole pages */
#define GATHER_MAX 20480

struct gather_pool;
struct gather;

/* gather_pool_new - NULL without memory. Untouched gatherings cost no resident page. */
struct gather_pool *gather_pool_new(size_t num_gathers);
void                gather_pool_free(struct gather_pool *pool);
uint64_t            gather_pool_evicted(const struct gather_pool *pool);

/*
 * gather_take - an empty gathering that begins at sequence number first_seq; never NULL.
 * Takes:  owner, NULL, where the pointer is kept; it becomes NULL again if the gathering is
 *         evicted; share, any hash of the client for whom it is taken.
 * anchored: first_seq is known to be the first byte (a SYN was seen), so bytes before it are not
 * data.
 */
struct gather *gather_take(struct gather_pool *pool, struct gather **owner, uint64_t share,
                           uint32_t first_seq, bool anchored);
void           gather_put(struct gather_pool *pool, struct gather **owner);

enum gathered {
	GATHERED_NEW,           /* at least one byte was not known before */
	GATHERED_OLD,           /* nothing new, nothing contradicted; also an empty segment */
	/* bytes differ from the first copy; nothing of the segment was taken */
	GATHERED_CONFLICT,
	GATHERED_OUTSIDE,       /* wholly beyond the budget, or before an anchored beginning */
};

/*
 * gather_add - Takes: seq, of data's first byte. Bytes before the beginning or beyond the budget
 *              are left out. A gathering that is not anchored moves its beginning back for earlier
 *              bytes, within the budget.
 */
enum gathered gather_add(struct gather_pool *pool, struct gather *g, uint32_t seq,
                         struct bytes data);

/* The present beginning: gather_add() may have moved it back. */
uint32_t gather_first_seq(const struct gather *g);

/*
 * The bytes from the beginning up to the first gap. Valid until the next gather_ call on the pool.
 */
struct bytes gather_prefix(const struct gather *g);

/*
 * gather_overlay - the bytes from the beginning as they would be if this segment were the first
 *                  copy: for a segment that gather_add() called a conflict. Takes: room, of
 *                  GATHER_MAX bytes. Gives: a view of room.
 */
struct bytes gather_overlay(const struct gather *g, uint32_t seq, struct bytes data, uint8_t *room);

/* How many segments came before earlier bytes. */
uint32_t gather_num_early(const struct gather *g);

/* Is there no room for another byte? */
bool gather_is_full(const struct gather *g);

/*
 * Forgets the first len bytes; the beginning is now after them, anchored. len may exceed what was
 * gathered.
 */
void gather_skip(struct gather *g, uint32_t len);

#endif
