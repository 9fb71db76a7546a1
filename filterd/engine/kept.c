/* SPDX-License-Identifier: MIT */

/*
 * The stored bytes of one side's stream: its first bytes, until they have been judged and the other
 * end has them. The gathering may be evicted for other streams at any time.
 */

#include "engine/stream.h"

#include <string.h>

/* The length of the gathering's beginning that every reading has judged, or no longer needs. */
uint32_t kept_judged(const struct side *side)
{
	const struct reading *sent   = &side->readings[READING_AS_SENT],
			     *other  = &side->readings[READING_WITHOUT_URGENT];
	uint32_t              judged = other->judged;

	if (!side->has_urgent || other->state == READING_PASSED)
		return sent->judged;
	judged += side->urgent - side->first_seq <= judged;     /* the urgent byte it omits */
	return sent->state == READING_PASSED || judged < sent->judged ? judged : sent->judged;
}

static void skip_judged(struct reading *r, uint32_t len)
{
	bool is_begun = r->last == r->judged;

	r->judged -= len < r->judged ? len : r->judged;
	r->last = r->judged;
	r->asks = 0;
	if (!is_begun)
		reading_begin(r);
	if (r->passed > r->judged)
		r->passed = r->judged;
}

/* Will both readings read the following bytes alike? */
static bool reads_as(const struct reading *a, const struct reading *b)
{
	return a->state == b->state && a->judged == b->judged && a->spent == b->spent &&
	       a->has_crlf == b->has_crlf && a->is_again == b->is_again &&
	       a->passed == b->passed && a->in_chunks == b->in_chunks &&
	       a->in_early == b->in_early && a->is_asked == b->is_asked &&
	       a->is_not_dns == b->is_not_dns && a->has_hello == b->has_hello &&
	       a->num_tunnels == b->num_tunnels;
}

/*
 * Forgets judged bytes to make room; but a client's only once the server has taken them, if filterd
 * sees the server's answers. True if there is more room now.
 */
bool kept_forget(struct side *side)
{
	struct reading *sent  = &side->readings[READING_AS_SENT],
		       *other = &side->readings[READING_WITHOUT_URGENT];
	uint32_t        len   = kept_judged(side);

	if (side->is_confirmed && side->has_acked &&
	    seq_is_before(side->acked, side->first_seq + len))
		len = side->acked - side->first_seq;
	if (len == 0)
		return false;
	gather_skip(side->gather, len);
	skip_judged(sent, len);
	if (side->has_urgent) {
		bool is_left_out = side->urgent - side->first_seq < len;
		bool is_behind   = seq_is_before(side->urgent, side->first_seq + len);

		skip_judged(other, len - is_left_out);
		side->has_urgent = !is_behind || !reads_as(other, sent);
	}
	side->first_seq += len;
	return true;
}

/* A server of TLS or HTTP/2 may speak while it waits for more; another one has what it needs. */
static bool may_go_on(const struct side *side, uint32_t judged)
{
	struct bytes rest;

	if (!side->is_answered || side->gather == NULL)
		return true;
	rest = bytes_from(gather_prefix(side->gather), judged);
	return rest.len == 0 ||
	       (rest.at[0] >= TLS_RECORD_LEAST && rest.at[0] <= TLS_RECORD_MOST) ||
	       bytes_equal(bytes_first(rest, 4), BYTES("PRI "));
}

bool stream_is_pending(const struct flow *flow)
{
	const struct side    *side = &flow->sides[flow->client];
	const struct reading *r    = &side->readings[READING_AS_SENT];

	return flow->client_known && side->has_gathered && side->state == SIDE_UNDECIDED &&
	       !flow->blocked && !r->is_preamble &&
	       seq_is_before(side->first_seq + r->judged, side->sent) &&
	       may_go_on(side, r->judged);
}

/*
 * The gathering was evicted. Nothing is missing if the server has all that was sent, and all of it
 * was judged or the rest is words: then reading continues with the next byte.
 */
static bool begin_again(struct side *side)
{
	struct reading *r      = &side->readings[READING_AS_SENT];
	uint32_t        judged = side->first_seq + r->judged;

	if (side->state == SIDE_PASSED || side->has_urgent || !side->has_acked ||
	    side->acked != side->sent ||
	    (seq_is_before(judged, side->sent) && !r->is_preamble))
		return false;
	r->judged       = seq_is_before(judged, side->sent) ? 0 : judged - side->sent;
	r->need         = r->passed = r->asks = 0;
	r->is_request   = false;
	reading_begin(r);
	side->first_seq = side->sent;
	return true;
}

/* The gathering for this segment; NULL if it was evicted. */
struct gather *kept_gathering(struct passage *at, struct side *side, uint32_t seq)
{
	bool is_lost = side->gather == NULL && side->has_gathered;

	if (side->gather != NULL || (is_lost && !begin_again(side)))
		return side->gather;
	if (!side->has_first_seq) {
		side->has_first_seq = true;
		side->first_seq     = seq;
		side->anchor        = seq;
		side->sent          = seq;
	}
	if (!side->has_gathered)
		side->is_greeted = peer_of(at)->has_syn && peer_of(at)->sent != peer_of(at)->anchor;
	side->has_gathered = true;
	return gather_take(flows_gathers(at->engine->flows), &side->gather, at->flow->share,
	                   side->first_seq, side->has_syn || is_lost);
}

/*
 * Has the server acknowledged bytes that filterd never saw, for example because the queue was full?
 */
bool kept_misses_taken(const struct side *side)
{
	uint32_t judged = side->readings[READING_AS_SENT].judged,
		 prefix = (uint32_t)gather_prefix(side->gather).len;

	return side->is_confirmed && side->has_acked &&
	       seq_is_before(side->first_seq + (judged > prefix ? judged : prefix), side->acked);
}

/* The bytes seen first were not the beginning: they are read again after these. */
void kept_see_beginning(struct side *side)
{
	if (gather_first_seq(side->gather) == side->first_seq)
		return;
	side->first_seq = gather_first_seq(side->gather);
	side->anchor    = side->first_seq;
	memset(side->readings, 0, sizeof(side->readings));
}
