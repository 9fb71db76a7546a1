/* SPDX-License-Identifier: MIT */

/*
 * TCP: each side's first bytes are gathered until it is clear what they are: a ClientHello, DNS messages, or neither.
 * Segments of a hello that is not complete yet pass; the one that completes it is judged, so the server never has a
 * whole prohibited hello. The gathering is kept after a pass: a later segment that says something else in
 * its place must not reach the server either.
 */

#include "engine/state.h"

#define DNS_STREAM_MAX 1024     /* bytes: on ports other than 53 no longer message is taken for a DNS query */
#define DNS_HEADER     12

/* A SYN begins the numbering; one with another number is a new connection between the same ends. */
static void see_syn(struct passage *at)
{
	struct side *side  = &at->flow->sides[at->sender];
	uint32_t     first = at->packet->seq + 1;

	if (side->has_syn && side->first_seq == first)
		return;
	if (side->has_first_seq && !(at->packet->tcp_flags & TCP_ACK)) {
		flow_restart(at->engine->flows, at->flow);
		at->flow->client       = at->sender;
		at->flow->client_known = true;
	}
	side->has_first_seq = true;
	side->has_syn       = true;
	side->first_seq     = first;
}

static enum verdict block(struct passage *at)
{
	at->flow->blocked = true;
	reply_to_segment(at);
	return VERDICT_BLOCK;
}

static enum verdict pass(struct side *side)
{
	side->state = SIDE_PASSED;
	return VERDICT_PASS;
}

/* Could these bytes begin a DNS message with its length in front? PARSE_OK if they surely do. */
static enum parse looks_like_dns(struct bytes stream)
{
	struct reader r   = reader_over(stream, PARSE_MORE);
	uint16_t      len = read_u16(&r);

	if (stream.len > 0 && stream.at[0] > DNS_STREAM_MAX >> 8)
		return PARSE_BAD;
	if (r.status == PARSE_OK && (len < DNS_HEADER || len > DNS_STREAM_MAX))
		return PARSE_BAD;

	struct bytes message = read_bytes(&r, len);

	if (r.status != PARSE_OK)
		return r.status;
	return dns_is_query(message) ? PARSE_OK : PARSE_BAD;
}

/* Bytes that were judged are kept while there is room, so that a copy that contradicts them is noticed. */
static void forget_judged(struct side *side)
{
	gather_skip(side->gather, side->judged);
	side->first_seq += side->judged;
	side->judged = 0;
}

/* Every whole message that was not judged yet; one that the gathering cannot hold, by its beginning. */
static enum verdict dns_stream(struct passage *at, struct side *side)
{
	for (;;) {
		struct bytes  stream  = gather_prefix(side->gather);
		struct reader r       = reader_over(bytes_from(stream, side->judged), PARSE_MORE);
		uint16_t      len     = read_u16(&r);
		struct bytes  message = read_bytes(&r, len);
		bool          is_full = gather_is_full(side->gather);

		if (r.status != PARSE_OK && (side->judged > 0 || !is_full)) {
			if (is_full || side->judged >= GATHER_MAX / 2)
				forget_judged(side);
			return VERDICT_ACCEPT;
		}
		if (r.status != PARSE_OK)
			message = bytes_from(stream, 2);
		side->judged += 2u + len;
		if (names_in_dns(at, message) == RULING_BLOCK)
			return block(at);
		if (side->judged > stream.len) {
			forget_judged(side);
			return VERDICT_ACCEPT;
		}
	}
}

/*
 * A segment that reaches beyond what a gathering holds is taken in several turns, as DNS messages are judged and
 * forgotten. What still does not fit is not let through: it will be sent again when there is room.
 */
static enum verdict dns_segment(struct passage *at, struct side *side, uint32_t seq)
{
	struct gather_pool *pool = flows_gathers(at->engine->flows);
	uint32_t            end  = seq + (uint32_t)at->packet->payload.len;

	for (;;) {
		uint32_t     began   = side->first_seq;
		enum verdict verdict = dns_stream(at, side);

		if (verdict != VERDICT_ACCEPT)
			return verdict;
		if (side->first_seq == began)
			return (int32_t)(end - began) > GATHER_MAX ? VERDICT_DROP : VERDICT_ACCEPT;
		gather_add(pool, side->gather, seq, at->packet->payload);
	}
}

static enum verdict judge_hello(struct passage *at, struct side *side, const struct tls_hello *hello)
{
	at->flow->client       = at->sender;
	at->flow->client_known = true;
	at->engine->counts.hellos++;
	return names_in_hello(at, hello) == RULING_BLOCK ? block(at) : pass(side);
}

/* Bytes of a side of which it is not yet clear what they begin. */
static enum verdict first_bytes(struct passage *at, struct side *side, uint32_t seq)
{
	struct bytes     stream  = gather_prefix(side->gather);
	struct writer    scratch = writer_over(at->engine->hello, sizeof(at->engine->hello));
	struct tls_hello hello;
	enum parse       tls, dns;

	if (stream.len == 0)
		return VERDICT_ACCEPT;
	tls = is_dns(at->packet) ? PARSE_BAD : tls_read_hello(stream, &scratch, &hello);
	if (tls == PARSE_OK)
		return judge_hello(at, side, &hello);
	dns = is_dns(at->packet) ? PARSE_OK : looks_like_dns(stream);
	if (dns == PARSE_OK) {
		side->state = SIDE_DNS;
		return dns_segment(at, side, seq);
	}
	if ((tls == PARSE_BAD && dns == PARSE_BAD) || gather_is_full(side->gather))
		return pass(side);
	return VERDICT_ACCEPT;
}

/* The gathering that this segment belongs to; NULL if it was taken away for others. */
static struct gather *gathering(struct passage *at, struct side *side, uint32_t seq)
{
	if (side->gather != NULL || side->has_gathered)
		return side->gather;
	if (!side->has_first_seq) {
		side->has_first_seq = true;
		side->first_seq     = seq;
	}
	side->has_gathered = true;
	return gather_take(flows_gathers(at->engine->flows), &side->gather, side->first_seq, side->has_syn);
}

static enum verdict data_segment(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];
	uint32_t             seq  = p->tcp_flags & TCP_SYN ? p->seq + 1 : p->seq;
	struct gather       *g    = gathering(at, side, seq);

	if (g == NULL)
		return side->state == SIDE_DNS ? VERDICT_ACCEPT : pass(side);
	if (gather_add(flows_gathers(at->engine->flows), g, seq, p->payload) == GATHERED_CONFLICT) {
		at->engine->counts.conflicts++;
		return VERDICT_DROP;
	}
	switch (side->state) {
	case SIDE_UNDECIDED: return first_bytes(at, side, seq);
	case SIDE_DNS:       return dns_segment(at, side, seq);
	case SIDE_PASSED:    break;
	}
	return VERDICT_PASS;
}

enum verdict stream_segment(struct passage *at)
{
	const struct packet *p = at->packet;

	if (p->tcp_flags & TCP_SYN)
		see_syn(at);
	if (at->flow->blocked) {
		/* The kernel's own reset to the client passes by here if it comes from port 53. */
		if (p->tcp_flags & TCP_RST && p->payload.len == 0)
			return VERDICT_ACCEPT;
		reply_to_segment(at);
		return VERDICT_BLOCK;
	}
	if (p->payload.len == 0)
		return VERDICT_ACCEPT;
	/* What a server says is of interest only if it answers DNS questions. */
	if (at->flow->client_known && !from_client(at) && !is_dns(p))
		return VERDICT_ACCEPT;
	return data_segment(at);
}
