/* SPDX-License-Identifier: MIT */

/*
 * TCP: what a server will read of a stream. Each side's first bytes are gathered; reading.c says
 * what they are.
 *
 * What is judged must be what the server takes. It begins where the server's SYN/ACK says it does;
 * a SYN that nobody has answered changes nothing in a connection that was. Judged bytes are kept
 * until the server has taken them: a segment that says something else in their place is judged,
 * too, and never passes. What lies outside of all that is kept does not pass either. An urgent byte
 * is in the stream for some servers and not for others, so the stream is read both ways.
 */

#include "engine/state.h"

#include <string.h>

/* bytes; FTP servers answer HELP with a page each time, and take any number of them */
#define PREAMBLE_ANSWER_MAX (1u << 20)

static bool is_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static enum flow_end other_end(enum flow_end end)
{
	return end == FLOW_LOW ? FLOW_HIGH : FLOW_LOW;
}

/* The side that the sender talks to. */
static struct side *peer_of(const struct passage *at)
{
	return &at->flow->sides[other_end(at->sender)];
}

static bool is_from_server(const struct passage *at)
{
	return at->flow->client_known && !from_client(at);
}

/* Nothing more of this connection is looked at: others need the room. */
static void give_back(struct passage *at)
{
	for (int end = FLOW_LOW; end <= FLOW_HIGH; end++)
		gather_put(flows_gathers(at->engine->flows), &at->flow->sides[end].gather);
}

void stream_end(struct passage *at)
{
	at->flow->blocked = true;
	give_back(at);
	reply_to_segment(at);
}

static enum verdict block(struct passage *at)
{
	stream_end(at);
	return VERDICT_BLOCK;
}

static enum verdict decoy(struct passage *at)
{
	at->engine->counts.decoys++;
	return VERDICT_DROP;
}

static enum verdict pass(struct side *side)
{
	side->state      = SIDE_PASSED;
	side->judged_end = side->first_seq +
	                   (side->gather != NULL ? (uint32_t)gather_prefix(side->gather).len : 0);
	return VERDICT_PASS;
}

/* Another connection between the same ends. */
static void begin_anew(struct passage *at, enum flow_end client)
{
	flow_restart(at->engine->flows, at->flow);
	endings_forget(at);
	at->flow->client       = client;
	at->flow->client_known = true;
}

static void begin_side(struct side *side, uint32_t first_seq)
{
	side->has_first_seq = true;
	side->has_syn       = true;
	side->first_seq     = first_seq;
	side->anchor        = first_seq;
	side->sent          = first_seq;
}

/* As if nothing had been sent yet. */
static void forget_all(struct passage *at, struct side *side)
{
	gather_put(flows_gathers(at->engine->flows), &side->gather);
	side->has_gathered = side->has_urgent = false;
	memset(side->readings, 0, sizeof(side->readings));
	side->state = SIDE_UNDECIDED;
}

/*
 * A server's SYN/ACK says which SYN it took, and whether it took the data in it (RFC 7413, section
 * 3): data that it did not take will be sent again, and may be other data. It is signed if the
 * server takes signed segments.
 */
static void see_answer_to_syn(struct passage *at)
{
	uint32_t     seq    = at->packet->seq + 1, ack = at->packet->ack;
	struct side *client = peer_of(at), *server = &at->flow->sides[at->sender];

	if (client->is_confirmed && server->has_syn && server->anchor == seq)
		return;
	if (client->is_confirmed || !client->has_syn || ack - client->anchor > client->early) {
		begin_anew(at, other_end(at->sender));
		begin_side(client, ack);
	} else if (ack == client->anchor) {
		forget_all(at, client);
	}
	client->is_confirmed = true;
	client->is_signed    = packet_is_signed(at->packet);
	begin_side(server, seq);
}

/* VERDICT_PASS: it begins a connection, and may carry data. */
static enum verdict see_syn_of_client(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];
	bool                 is_another;

	if (p->tcp_flags & (TCP_ACK | TCP_RST | TCP_FIN))
		return decoy(at);
	/* The server's answer will say whether it takes this one for another connection. */
	if (side->is_confirmed)
		return p->payload.len > 0 ? decoy(at) : VERDICT_ACCEPT;
	is_another = side->has_first_seq && !(side->has_syn && side->anchor == p->seq + 1);
	/* If one of several has data, no answer would say which of them was taken. */
	if (is_another && side->has_syn && (side->early > 0 || p->payload.len > 0))
		return decoy(at);
	if (is_another)
		begin_anew(at, at->sender);
	if (!side->has_syn) {
		begin_side(side, p->seq + 1);
		side->is_signed = packet_is_signed(p);
	}
	if (side->early < p->payload.len)
		side->early = (uint32_t)p->payload.len;
	return VERDICT_PASS;
}

/* What a segment that passes adds to what its sender has sent. */
static void see_sent(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];
	uint32_t             end  = p->seq + (uint32_t)p->payload.len;

	end += (p->tcp_flags & TCP_SYN) != 0;
	end += (p->tcp_flags & TCP_FIN) != 0;
	if (!(p->tcp_flags & TCP_RST) && side->has_first_seq && is_before(side->sent, end))
		side->sent = end;
}

/* How far the other end has come, as this one says. What was never sent is no answer to it. */
static void see_acked(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *peer = peer_of(at);

	if ((p->tcp_flags & (TCP_ACK | TCP_RST)) != TCP_ACK || !peer->has_first_seq ||
	    is_before(p->ack, peer->anchor) || is_before(peer->sent, p->ack))
		return;
	if (!peer->has_acked || is_before(peer->acked, p->ack))
		peer->acked = p->ack;
	peer->has_acked = true;
}

/* Has the other end taken all before this number? */
static bool is_taken(const struct side *side, uint32_t end)
{
	return side->has_acked && !is_before(side->acked, end);
}

bool stream_is_taken(struct passage *at)
{
	const struct side *client = &at->flow->sides[at->flow->client];

	if (client->state != SIDE_PASSED || !is_taken(client, client->judged_end))
		return false;
	give_back(at);
	return true;
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

/* The stream for receivers that take the urgent byte out of it. */
static struct bytes without_urgent(struct passage *at, const struct side *side, struct bytes stream)
{
	uint32_t      offset = side->urgent - side->first_seq;
	struct writer w      = writer_over(at->engine->overlay, sizeof(at->engine->overlay));

	if (offset >= stream.len)
		return stream;
	write_bytes(&w, bytes_first(stream, offset));
	write_bytes(&w, bytes_from(stream, offset + 1));
	return writer_written(&w);
}

/* As most servers read it first, so that it is that reading of an attempt that is recorded. */
static enum verdict judge_stream(struct passage *at, struct side *side)
{
	struct bytes stream   = gather_prefix(side->gather);
	bool         has_room = !gather_is_full(side->gather);
	enum verdict verdict  = VERDICT_PASS, sent;

	if (side->has_urgent)
		verdict = reading_judge(at, side, &side->readings[READING_WITHOUT_URGENT],
		                        without_urgent(at, side, stream), has_room);
	if (verdict != VERDICT_BLOCK) {
		sent = reading_judge(at, side, &side->readings[READING_AS_SENT], stream, has_room);
		if (sent != VERDICT_PASS)
			verdict = sent;
	}
	return verdict == VERDICT_BLOCK  ? block(at)
	       : verdict == VERDICT_PASS ? pass(side)
	                                 : VERDICT_ACCEPT;
}

/* Bytes from the beginning of the gathering on that every reading has judged, or needs no more. */
static uint32_t judged_by_all(const struct side *side)
{
	const struct reading *sent   = &side->readings[READING_AS_SENT],
			     *other  = &side->readings[READING_WITHOUT_URGENT];
	uint32_t              judged = other->judged;

	if (!side->has_urgent || other->state == READING_PASSED)
		return sent->judged;
	judged += side->urgent - side->first_seq <= judged;     /* the byte that it leaves out */
	return sent->state == READING_PASSED || judged < sent->judged ? judged : sent->judged;
}

static void skip_judged(struct reading *r, uint32_t len)
{
	r->judged -= len < r->judged ? len : r->judged;
	r->last = r->judged;
}

/*
 * Bytes that were judged are kept while there is room, and of a client until the server has taken
 * them, where its answers come by. True if there is more room now.
 */
static bool forget_judged(struct side *side)
{
	struct reading *sent  = &side->readings[READING_AS_SENT],
		       *other = &side->readings[READING_WITHOUT_URGENT];
	uint32_t        len   = judged_by_all(side);

	if (side->is_confirmed && is_before(side->acked, side->first_seq + len))
		len = side->acked - side->first_seq;
	if (len == 0)
		return false;
	gather_skip(side->gather, len);
	skip_judged(sent, len);
	if (side->has_urgent) {
		bool is_gone = side->urgent - side->first_seq < len;

		skip_judged(other, len - is_gone);
		side->has_urgent = !is_gone || other->state != sent->state ||
		                   other->judged != sent->judged;
	}
	side->first_seq += len;
	return true;
}

/*
 * Which byte is urgent: of the two that RFC 6093, section 2.1 tells of the one that is meant by all
 * systems of today. true if there is nothing to be said against the segment: one such byte in what
 * was not judged yet is read both ways; of another one, or one in what was judged, nobody knows
 * which bytes the server will have.
 */
static bool see_urgent(struct passage *at)
{
	const struct packet *p      = at->packet;
	struct side         *side   = &at->flow->sides[at->sender];
	struct reading      *sent   = &side->readings[READING_AS_SENT];
	uint32_t             urgent = p->seq + p->urgent - (p->urgent > 0);

	if (side->state == SIDE_PASSED)
		return !is_before(urgent, side->judged_end) || is_taken(side, side->judged_end);
	if (is_taken(side, urgent + 1) || (side->has_urgent && side->urgent == urgent))
		return true;
	if (side->has_urgent && side->gather != NULL && is_taken(side, side->urgent + 1))
		forget_judged(side);
	if (side->has_urgent ||
	    (side->has_first_seq && is_before(urgent, side->first_seq + sent->judged)))
		return false;
	side->has_urgent = true;
	side->urgent     = urgent;
	side->readings[READING_WITHOUT_URGENT] = *sent;
	return true;
}

/*
 * A segment that reaches beyond what a gathering holds is taken in several turns, as messages are
 * judged and forgotten. What still does not fit is not let through, unless it is part of a body: it
 * will be sent again when there is room.
 */
static enum verdict take_segment(struct passage *at, struct side *side, uint32_t seq)
{
	struct gather_pool *pool = flows_gathers(at->engine->flows);
	uint32_t            end  = seq + (uint32_t)at->packet->payload.len;

	for (;;) {
		enum verdict verdict = judge_stream(at, side);

		if (verdict != VERDICT_ACCEPT)
			return verdict;
		if (judged_by_all(side) < GATHER_MAX / 2 && !gather_is_full(side->gather) &&
		    (int32_t)(end - side->first_seq) <= GATHER_MAX)
			return VERDICT_ACCEPT;
		if (!forget_judged(side))
			break;
		gather_add(pool, side->gather, seq, at->packet->payload);
	}
	return (int32_t)(end - side->first_seq) > GATHER_MAX &&
	                       is_before(side->first_seq + judged_by_all(side), end)
	               ? VERDICT_DROP
	               : VERDICT_ACCEPT;
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

	at->engine->counts.conflicts++;
	return reading_contradiction(at, &side->readings[READING_AS_SENT], other) ? block(at)
	                                                                          : VERDICT_DROP;
}

/*
 * The gathering was taken away for others. If the server has all that was sent, and it was judged,
 * or the rest are words, nothing is missing: what comes next is read from there on.
 */
static bool begin_again(struct side *side)
{
	struct reading *r      = &side->readings[READING_AS_SENT];
	uint32_t        judged = side->first_seq + r->judged;

	if (side->state == SIDE_PASSED || side->has_urgent || !side->has_acked ||
	    side->acked != side->sent ||
	    (is_before(judged, side->sent) && !r->is_preamble))
		return false;
	r->judged       = is_before(judged, side->sent) ? 0 : judged - side->sent;
	r->last         = r->judged;
	r->need         = r->scanned = r->scan_state = r->looked = r->sought = r->has_line = 0;
	r->is_request   = false;
	side->first_seq = side->sent;
	return true;
}

/* The gathering that this segment belongs to; NULL if it was taken away for others. */
static struct gather *gathering(struct passage *at, struct side *side, uint32_t seq)
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
	side->has_gathered = true;
	side->is_greeted   = peer_of(at)->has_syn && peer_of(at)->sent != peer_of(at)->anchor;
	return gather_take(flows_gathers(at->engine->flows), &side->gather, side->first_seq,
	                   side->has_syn || is_lost);
}

/* A part of what it said is not known: it passes, so that a flood ends nobody's connection. */
static enum verdict pass_lost(struct passage *at, struct side *side)
{
	enum outcome outcome = at->rules->over_limit == OUTCOME_PASS ? OUTCOME_PASS : OUTCOME_LOG;

	if (side->state != SIDE_PASSED)
		names_judge_missing(at, APP_UNKNOWN, BUILTIN_LIMIT, outcome);
	return pass(side);
}

/* Has the server taken bytes that never came by here, as when the queue is full? */
static bool passed_unseen(const struct side *side)
{
	uint32_t judged = side->readings[READING_AS_SENT].judged,
		 prefix = (uint32_t)gather_prefix(side->gather).len;

	return side->is_confirmed && side->has_acked &&
	       is_before(side->first_seq + (judged > prefix ? judged : prefix), side->acked);
}

/* Before the beginning, or so far behind it that there is no room. */
static enum verdict judge_outside(struct passage *at, struct side *side, uint32_t seq)
{
	if (side->state == SIDE_PASSED)
		return VERDICT_PASS;
	if (is_before(seq, side->first_seq))
		return side->is_confirmed ? decoy(at) : VERDICT_ACCEPT;
	return take_segment(at, side, seq);
}

/* What came first was not the beginning: what was read of it is read again, behind this. */
static void see_beginning(struct side *side)
{
	if (gather_first_seq(side->gather) == side->first_seq)
		return;
	side->first_seq = gather_first_seq(side->gather);
	side->anchor    = side->first_seq;
	memset(side->readings, 0, sizeof(side->readings));
}

static enum verdict data_segment(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];
	uint32_t             seq  = p->tcp_flags & TCP_SYN ? p->seq + 1 : p->seq;
	struct gather       *g    = gathering(at, side, seq);
	enum gathered        gathered;

	if (g == NULL)
		return pass_lost(at, side);
	/* Sent again, or to keep the connection alive: RFC 9293, section 3.8.4. */
	if (is_taken(side, seq + (uint32_t)p->payload.len))
		return side->state == SIDE_PASSED ? VERDICT_PASS : VERDICT_ACCEPT;
	if (passed_unseen(side))
		return pass_lost(at, side);
	gathered = gather_add(flows_gathers(at->engine->flows), g, seq, p->payload);
	see_beginning(side);
	switch (gathered) {
	case GATHERED_CONFLICT: return judge_contradiction(at, side, seq);
	case GATHERED_OUTSIDE:  return judge_outside(at, side, seq);
	case GATHERED_NEW:
	case GATHERED_OLD:      break;
	}
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

/* Nothing more is waited for. */
static void give_up(struct side *side)
{
	for (int i = 0; i < READINGS; i++)
		side->readings[i].state = READING_PASSED;
	pass(side);
}

/*
 * Of a client that has said nothing that is known: once its server has said so much, no hello is
 * waited for any more.
 */
static void hear_other(struct passage *at)
{
	const struct side *server = &at->flow->sides[at->sender];
	struct side       *client = peer_of(at);
	struct reading    *sent   = &client->readings[READING_AS_SENT];

	if (client->state == SIDE_PASSED || !sent->is_preamble ||
	    sent->state != READING_BEGINS || server->sent - server->anchor < PREAMBLE_ANSWER_MAX)
		return;
	give_up(client);
}

static bool waits_for_answer(const struct side *client)
{
	return client->readings[READING_AS_SENT].state == READING_HELLO ||
	       (client->has_urgent &&
	        client->readings[READING_WITHOUT_URGENT].state == READING_HELLO);
}

/* Each reading that waits for it hears it; false if it has too few bytes. */
static bool tell_answer(struct side *client, struct bytes answer)
{
	bool all_passed = true;

	for (int i = 0; i < (client->has_urgent ? READINGS : 1); i++) {
		struct reading *r = &client->readings[i];

		if (r->state == READING_HELLO && !reading_answer(r, answer))
			return false;
		all_passed &= r->state == READING_PASSED;
	}
	if (all_passed)
		pass(client);
	return true;
}

/* A part of the answer was taken away for others: another hello may come, or it may be words. */
static void hear_nothing(struct side *client)
{
	for (int i = 0; i < (client->has_urgent ? READINGS : 1); i++)
		reading_unheard(&client->readings[i]);
}

/*
 * The server's bytes up to those of this segment; they are kept only if one segment has too few of
 * them. false: a part is lost.
 */
static bool answer_so_far(struct passage *at, struct side *server, struct bytes *answer_out)
{
	const struct packet *p = at->packet;
	struct gather       *g;

	*answer_out = p->payload;
	if (server->gather == NULL && p->seq == server->first_seq && !server->has_gathered)
		return true;
	g = gathering(at, server, p->seq);
	if (g == NULL)
		return false;
	gather_add(flows_gathers(at->engine->flows), g, p->seq, p->payload);
	*answer_out = gather_prefix(g);
	return true;
}

/* The first bytes of a server whose client has sent a hello. */
static void hear_answer(struct passage *at)
{
	const struct packet *p      = at->packet;
	struct side         *client = peer_of(at), *server = &at->flow->sides[at->sender];
	struct gather_pool  *pool   = flows_gathers(at->engine->flows);
	uint32_t             judged_end =
		client->first_seq + client->readings[READING_AS_SENT].judged;
	struct bytes         answer;

	if (!waits_for_answer(client) || server->state == SIDE_PASSED || p->payload.len == 0 ||
	    (client->gather == NULL && !is_taken(client, judged_end)))
		return;
	if (!server->has_syn || (int32_t)(p->seq - server->first_seq) >= GATHER_MAX) {
		give_up(client);
	} else if (!answer_so_far(at, server, &answer)) {
		hear_nothing(client);
	} else if (!tell_answer(client, answer)) {
		if (server->gather == NULL)
			gather_add(pool, gathering(at, server, p->seq), p->seq, p->payload);
		return;
	}
	server->state = SIDE_PASSED;
	gather_put(pool, &server->gather);
}

/* A hello whose answer does not come by here, as with asymmetric routing: nobody says more. */
static bool waits_in_vain(struct passage *at)
{
	struct flow *flow = at->flow;
	struct side *side = &flow->sides[at->sender];

	if (at->in->direction == DIRECTION_UNKNOWN || flow->is_answered || !from_client(at) ||
	    side->readings[READING_AS_SENT].state != READING_HELLO ||
	    ++flow->num_unanswered < at->rules->unanswered_packets)
		return false;
	give_up(side);
	return true;
}

/*
 * In a capture who answers a SYN is the server, unless nobody has asked it: then it may be the
 * client, before its SYN.
 */
static bool was_mistaken_for_the_server(const struct passage *at)
{
	return at->in->direction == DIRECTION_UNKNOWN && is_from_server(at) &&
	       !(at->packet->tcp_flags & TCP_ACK) && peer_of(at)->gather == NULL;
}

static enum verdict segment(struct passage *at)
{
	const struct packet *p = at->packet;

	if (p->tcp_flags & TCP_SYN && was_mistaken_for_the_server(at))
		begin_anew(at, at->sender);
	if (p->tcp_flags & TCP_SYN && is_from_server(at)) {
		if ((p->tcp_flags & (TCP_ACK | TCP_RST | TCP_FIN)) == TCP_ACK)
			see_answer_to_syn(at);
	} else if (p->tcp_flags & TCP_SYN) {
		enum verdict verdict = see_syn_of_client(at);

		if (verdict != VERDICT_PASS)
			return verdict;
	}
	see_acked(at);
	if (at->flow->blocked) {
		/* The kernel's own reset to the client passes by here if it comes from port 53. */
		if (p->tcp_flags & TCP_RST && p->payload.len == 0)
			return VERDICT_ACCEPT;
		reply_to_segment(at);
		return VERDICT_BLOCK;
	}
	if (p->tcp_flags & TCP_URG && !is_from_server(at) && !see_urgent(at))
		return decoy(at);
	if (p->payload.len == 0 || p->tcp_flags & TCP_RST)
		return silent_segment(at);
	if (is_decoy(at))
		return decoy(at);
	/* What a server says is of interest if it answers DNS questions, or a hello. */
	if (is_from_server(at) &&
	    (!is_dns(p) || at->flow->sides[at->flow->client].state == SIDE_PASSED)) {
		hear_answer(at);
		hear_other(at);
		return silent_segment(at);
	}
	return data_segment(at);
}

enum verdict stream_segment(struct passage *at)
{
	enum verdict verdict = segment(at);

	if (verdict == VERDICT_ACCEPT || verdict == VERDICT_PASS)
		see_sent(at);
	return verdict == VERDICT_ACCEPT && waits_in_vain(at) ? VERDICT_PASS : verdict;
}
