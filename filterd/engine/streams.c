/* SPDX-License-Identifier: MIT */

/*
 * TCP: each side's first bytes are gathered until it is clear what they are: a ClientHello, an HTTP
 * request, a proxy's request and what follows it, DNS messages, or nothing that is known. Segments
 * of a hello that is not complete yet pass; the one that completes it is judged, so the server
 * never has a whole prohibited hello. The gathering is kept after a pass: a later segment that says
 * something else in its place must not reach the server either.
 */

#include "engine/state.h"
#include "inspect/socks.h"

/* bytes: on ports other than 53 no longer message is taken for a DNS query */
#define DNS_STREAM_MAX 1024
#define DNS_HEADER     12
/* bytes; a request with a longer body is the last one judged */
#define BODY_MAX       (1u << 30)

/* A SYN begins the numbering; one with another number is a new connection between the same ends. */
static void see_syn(struct passage *at)
{
	struct side *side  = &at->flow->sides[at->sender];
	uint32_t     first = at->packet->seq + 1;

	if (side->has_syn && side->first_seq == first)
		return;
	/* Of a connection that was answered a server takes no other SYN: RFC 5961, section 4. */
	if (at->in->direction == DIRECTION_ORIGINAL && side->has_first_seq)
		return;
	if (side->has_first_seq && !(at->packet->tcp_flags & TCP_ACK)) {
		flow_restart(at->engine->flows, at->flow);
		at->flow->client       = at->sender;
		at->flow->client_known = true;
	}
	side->has_first_seq = true;
	side->has_syn       = true;
	side->is_signed     = packet_is_signed(at->packet);
	side->first_seq     = first;
}

/*
 * A segment that every server leaves unread, and a filter might not: sent to be seen by filters
 * alone.
 */
static bool is_decoy(const struct passage *at)
{
	const struct packet *p    = at->packet;
	const struct side   *side = &at->flow->sides[at->sender];

	/* RFC 9293, section 3.10.7.4 */
	return !(p->tcp_flags & (TCP_SYN | TCP_ACK)) ||
	       (side->has_syn && !side->is_signed && packet_is_signed(p)); /* RFC 2385, section 2 */
}

static enum verdict block(struct passage *at)
{
	at->flow->blocked = true;
	reply_to_segment(at);
	return VERDICT_BLOCK;
}

static enum verdict pass(struct side *side)
{
	side->state      = SIDE_PASSED;
	side->judged_end = side->first_seq +
	                   (side->gather != NULL ? (uint32_t)gather_prefix(side->gather).len : 0);
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

/*
 * Bytes that were judged are kept while there is room, so that a copy that contradicts them is
 * noticed.
 */
static void forget_judged(struct side *side)
{
	gather_skip(side->gather, side->judged);
	side->first_seq += side->judged;
	side->judged = 0;
	side->last   = 0;
}

/*
 * Every whole message that was not judged yet; one that the gathering cannot hold, by its
 * beginning.
 */
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
		if (names_judge_dns(at, message) == RULING_BLOCK)
			return block(at);
		if (side->judged > stream.len) {
			forget_judged(side);
			return VERDICT_ACCEPT;
		}
	}
}

static enum verdict streams_judge_hello(struct passage *at, struct side *side,
                                        const struct tls_hello *hello)
{
	at->flow->client       = at->sender;
	at->flow->client_known = true;
	return names_judge_hello(at, APP_TLS, hello) == RULING_BLOCK ? block(at) : pass(side);
}

/* A whole request: another one may follow, or within the tunnel of a proxy anything. */
static enum verdict judge_request(struct passage *at, struct side *side,
                                  const struct http_request *request)
{
	if (names_judge_request(at, request) == RULING_BLOCK)
		return block(at);
	side->judged += (uint32_t)request->len;
	if (request->is_connect)
		return VERDICT_ACCEPT;
	if (at->rules->http_requests == HTTP_FIRST || request->body == HTTP_BODY_FOREIGN ||
	    request->body_len > BODY_MAX)
		return pass(side);
	side->state     = SIDE_HTTP;
	side->in_chunks = request->body == HTTP_BODY_CHUNKED;
	side->judged += (uint32_t)request->body_len;
	return VERDICT_ACCEPT;
}

static enum verdict judge_socks(struct passage *at, struct side *side,
                                const struct socks_request *request)
{
	if (names_judge_socks(at, request->host) == RULING_BLOCK)
		return block(at);
	side->judged += (uint32_t)request->len;
	return VERDICT_ACCEPT;
}

/*
 * No whole name in as many bytes as may be looked at. What there is of a request is judged all the
 * same.
 */
static enum verdict judge_over_limit(struct passage *at, struct side *side,
                                     const struct http_request *begun)
{
	if (begun != NULL && begun->hosts.num > 0 && names_judge_request(at, begun) == RULING_BLOCK)
		return block(at);
	at->request = NULL;
	return names_judge_missing(at, APP_UNKNOWN, BUILTIN_LIMIT, at->rules->over_limit) ==
	                       RULING_BLOCK
	               ? block(at)
	               : pass(side);
}

/*
 * The chunks of a body that are known; true if it has ended, or is none: then a request may begin
 * in its place.
 */
static bool skip_chunks(struct side *side, struct bytes stream)
{
	uint64_t   len    = 0;
	enum parse status = http_skip_chunks(stream, &len);

	side->judged += (uint32_t)len;
	if (status == PARSE_MORE)
		return false;
	side->in_chunks = false;
	return true;
}

/*
 * What the bytes from side->judged on begin with. VERDICT_ACCEPT: nothing is clear yet, or
 * something was read and what follows it is to be looked at.
 */
static enum verdict next_bytes(struct passage *at, struct side *side, struct bytes stream)
{
	struct writer        scratch = writer_over(at->engine->hello, sizeof(at->engine->hello));
	bool                 to_dns  = is_dns(at->packet), answers = to_dns && !from_client(at);
	struct tls_hello     hello;
	struct http_request  request;
	struct socks_request socks;
	enum parse           tls, dns, http, proxy;

	side->last = side->judged;
	tls = answers ? PARSE_BAD : tls_read_hello(stream, &scratch, &hello);
	if (tls == PARSE_OK && hello.num_records > at->rules->tls_records)
		return judge_over_limit(at, side, NULL);
	if (tls == PARSE_OK)
		return streams_judge_hello(at, side, &hello);
	http = answers ? PARSE_BAD : http_read_request(stream, &request);
	if (http == PARSE_OK)
		return judge_request(at, side, &request);
	proxy = to_dns ? PARSE_BAD : socks_read_request(stream, &socks);
	if (proxy == PARSE_OK)
		return judge_socks(at, side, &socks);
	dns = to_dns ? PARSE_OK : looks_like_dns(stream);
	if (dns == PARSE_OK && (!to_dns || (tls == PARSE_BAD && http == PARSE_BAD))) {
		side->state = SIDE_DNS;
		return VERDICT_ACCEPT;
	}
	if (tls == PARSE_BAD && http == PARSE_BAD && proxy == PARSE_BAD && dns != PARSE_MORE)
		return from_client(at) && names_judge_address(at, APP_UNKNOWN) == RULING_BLOCK
		               ? block(at)
		               : pass(side);
	if (side->judged + stream.len >= at->rules->stream_bytes || gather_is_full(side->gather) ||
	    gather_num_early(side->gather) > at->rules->stream_gaps)
		return judge_over_limit(at, side, http == PARSE_MORE ? &request : NULL);
	return VERDICT_ACCEPT;
}

/*
 * Whatever of a stream can be judged now, a message, a request or a proxy's part after the other.
 */
static enum verdict stream_bytes(struct passage *at, struct side *side)
{
	for (;;) {
		struct bytes prefix = gather_prefix(side->gather),
			     stream = bytes_from(prefix, side->judged);
		uint32_t     judged = side->judged;
		enum verdict verdict;

		if (side->state == SIDE_DNS)
			return dns_stream(at, side);
		if (side->state == SIDE_HTTP && side->judged >= GATHER_MAX / 2)
			forget_judged(side);
		if (stream.len == 0 || side->judged < judged)
			return VERDICT_ACCEPT;
		if (side->in_chunks) {
			if (!skip_chunks(side, stream))
				return VERDICT_ACCEPT;
			continue;
		}
		verdict = next_bytes(at, side, stream);
		if (verdict != VERDICT_ACCEPT)
			return verdict;
		if (side->judged == judged && side->state != SIDE_DNS)
			return VERDICT_ACCEPT;
	}
}

/*
 * A segment that reaches beyond what a gathering holds is taken in several turns, as messages are
 * judged and forgotten. What still does not fit is not let through: it will be sent again when
 * there is room.
 */
static enum verdict take_segment(struct passage *at, struct side *side, uint32_t seq)
{
	struct gather_pool *pool = flows_gathers(at->engine->flows);
	uint32_t            end  = seq + (uint32_t)at->packet->payload.len;

	for (;;) {
		uint32_t     began   = side->first_seq;
		enum verdict verdict = stream_bytes(at, side);

		if (verdict != VERDICT_ACCEPT)
			return verdict;
		if (side->first_seq == began)
			return (int32_t)(end - began) > GATHER_MAX ? VERDICT_DROP : VERDICT_ACCEPT;
		gather_add(pool, side->gather, seq, at->packet->payload);
	}
}

/*
 * A segment that says something else than the one before it in its place. The server may have got
 * either: what it would have read with this one is judged, too, and the segment itself is not let
 * through.
 */
static enum verdict judge_contradiction(struct passage *at, struct side *side, uint32_t seq)
{
	struct bytes other =
		gather_overlay(side->gather, seq, at->packet->payload, at->engine->overlay);
	struct bytes        stream  = bytes_from(other, side->last);
	struct writer       scratch = writer_over(at->engine->hello, sizeof(at->engine->hello));
	struct tls_hello    hello;
	struct http_request request;

	at->engine->counts.conflicts++;
	if (side->state == SIDE_DNS)
		return VERDICT_DROP;
	if (tls_read_hello(stream, &scratch, &hello) == PARSE_OK && hello.hosts.num > 0 &&
	    names_judge_hello(at, APP_TLS, &hello) == RULING_BLOCK)
		return block(at);
	if (http_read_request(stream, &request) == PARSE_OK && request.hosts.num > 0 &&
	    names_judge_request(at, &request) == RULING_BLOCK)
		return block(at);
	return VERDICT_DROP;
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
	return gather_take(flows_gathers(at->engine->flows), &side->gather, side->first_seq,
	                   side->has_syn);
}

/*
 * Its gathering had to make room for others: it passes, so that a flood ends nobody's connection.
 */
static enum verdict pass_lost_beginning(struct passage *at, struct side *side)
{
	enum outcome outcome = at->rules->over_limit == OUTCOME_PASS ? OUTCOME_PASS : OUTCOME_LOG;

	if (side->state == SIDE_DNS)
		return VERDICT_ACCEPT;
	if (side->state != SIDE_PASSED)
		names_judge_missing(at, APP_UNKNOWN, BUILTIN_LIMIT, outcome);
	return pass(side);
}

static enum verdict data_segment(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];
	uint32_t             seq  = p->tcp_flags & TCP_SYN ? p->seq + 1 : p->seq;
	struct gather       *g    = gathering(at, side, seq);

	if (g == NULL)
		return pass_lost_beginning(at, side);
	if (gather_add(flows_gathers(at->engine->flows), g, seq, p->payload) == GATHERED_CONFLICT)
		return judge_contradiction(at, side, seq);
	return side->state == SIDE_PASSED ? VERDICT_PASS : take_segment(at, side, seq);
}

/*
 * A connection that was there before filterd, or that was silent for so long that its flow was
 * forgotten: nobody saw it begin, and its client says nothing. Some packets are waited for, as
 * others in flight may yet show it.
 */
static bool began_before(struct passage *at)
{
	struct flow *flow = at->flow;

	if (at->in->direction == DIRECTION_UNKNOWN || flow->sides[FLOW_LOW].has_first_seq ||
	    flow->sides[FLOW_HIGH].has_first_seq)
		return false;
	if (flow->num_unanswered < UINT16_MAX)
		flow->num_unanswered++;
	flow->began_before = flow->num_unanswered >= at->rules->unanswered_packets;
	return flow->began_before;
}

/* A segment that tells nothing about what the client asks for. */
static enum verdict silent_segment(struct passage *at)
{
	struct side *client = &at->flow->sides[at->flow->client];

	if (began_before(at))
		client->state = SIDE_PASSED;
	return client->state == SIDE_PASSED && at->in->direction != DIRECTION_UNKNOWN
	               ? VERDICT_PASS
	               : VERDICT_ACCEPT;
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
	if (p->payload.len == 0 || p->tcp_flags & TCP_RST)
		return silent_segment(at);
	if (is_decoy(at)) {
		at->engine->counts.decoys++;
		return VERDICT_DROP;
	}
	/* What a server says is of interest only if it answers DNS questions. */
	if (at->flow->client_known && !from_client(at) &&
	    (!is_dns(p) || at->flow->sides[at->flow->client].state == SIDE_PASSED))
		return silent_segment(at);
	return data_segment(at);
}
