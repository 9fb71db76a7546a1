/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_STREAM_H
#define FILTERD_ENGINE_STREAM_H

/* Stream: shared by the files about TCP: streams.c, numbers.c, kept.c, answers.c. */

#include "engine/state.h"

/* Sequence numbers, modulo 2^32. */
static inline bool seq_is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/* The side that receives this segment. */
static inline struct side *peer_of(const struct passage *at)
{
	return &at->flow->sides[flow_other_end(at->sender)];
}

static inline bool is_from_server(const struct passage *at)
{
	return at->flow->client_known && !from_client(at);
}

/* A segment sent to fool filters: no server takes it. */
static inline enum verdict drop_decoy(struct passage *at)
{
	at->engine->counts.decoys++;
	return VERDICT_DROP;
}

/* streams.c - stream_pass: what was gathered of the side so far passes. */
enum verdict stream_pass(struct side *side);

/*
 * numbers.c
 *
 * numbers_see_syn takes a packet with SYN. Gives: VERDICT_PASS if it is to be looked at further.
 * numbers_see_acked: before the segment is judged. numbers_see_sent: once it passes.
 * numbers_taken: does the other end have all before this number?
 * numbers_go_on: false after an unanswered SYN
 * numbers_misses_sent: has the server, which sent this segment, acknowledged bytes that its client
 *     never sent through here?
 * numbers_is_decoy: does every server discard this segment with data, though a filter might not?
 */
enum verdict numbers_see_syn(struct passage *at);
void         numbers_see_acked(struct passage *at);
void         numbers_see_sent(struct passage *at);
bool         numbers_taken(const struct side *side, uint32_t end);
bool         numbers_go_on(const struct side *side);
bool         numbers_misses_sent(const struct passage *at);
bool         numbers_is_decoy(const struct passage *at);

/*
 * kept.c
 *
 * kept_gathering: the gathering for the segment with this number; NULL if it was evicted, and a
 *     part is lost with it.
 * kept_see_beginning: after each gather_add().
 * kept_judged: length of the gathering's beginning that no reading needs any more.
 * kept_forget: forgets what it may of that; true if there is more room now.
 * kept_misses_taken: has the server acknowledged bytes that filterd never saw?
 */
struct gather *kept_gathering(struct passage *at, struct side *side, uint32_t seq);
void           kept_see_beginning(struct side *side);
uint32_t       kept_judged(const struct side *side);
bool           kept_forget(struct side *side);
bool           kept_misses_taken(const struct side *side);

/*
 * answers.c
 *
 * answers_hear: a segment of the server's.
 * answers_are_missing: after each of the client's: has the flow waited long enough for an answer?
 *     Then it passes.
 */
void answers_hear(struct passage *at);
bool answers_are_missing(struct passage *at);

#endif
