/* SPDX-License-Identifier: MIT */

/*
 * TCP: what a server will read of a stream. Each side's first bytes are gathered; reading.c reads
 * them.
 *
 * The judged bytes must be the ones that the server takes: numbers.c says where it begins, kept.c
 * what is still needed, answers.c what the server answers. Judged bytes are kept until the server
 * has taken them: a segment that contradicts them is judged, too, and never passes. Nor does
 * anything outside the stored part pass. An urgent byte is in the stream for some servers and not
 * for others, so the stream is read both ways.
 */

#include "engine/stream.h"

/*
 * FINs of a side: an ordinary stream has one; after a FIN that its server did not take it ends
 * again.
 */
#define ENDS_MAX 64

/* Nothing more of this connection is looked at: its room goes to others. */
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

enum verdict stream_pass(struct side *side)
{
	side->state      = SIDE_PASSED;
	side->judged_end = side->first_seq +
	                   (side->gather != NULL ? (uint32_t)gather_prefix(side->gather).len : 0);
	return VERDICT_PASS;
}

bool stream_is_taken(struct passage *at)
{
	const struct side *client = &at->flow->sides[at->flow->client];

	if (client->state != SIDE_PASSED || !numbers_taken(client, client->judged_end) ||
	    !numbers_go_on(client))
		return false;
	give_back(at);
	return true;
}

/* The stream as receivers see it that take the urgent byte out. */
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

/* The reading that most servers use comes first, so it is the one that gets recorded. */
static enum verdict judge_stream(struct passage *at, struct side *side)
{
	struct bytes stream   = gather_prefix(side->gather);
	bool         has_room = !gather_is_full(side->gather);
	enum verdict verdict  = VERDICT_PASS, sent;

	side->has_heard = false;
	if (side->has_urgent)
		verdict = reading_judge(at, side, &side->readings[READING_WITHOUT_URGENT],
		                        without_urgent(at, side, stream), has_room);
	if (verdict != VERDICT_BLOCK) {
		sent = reading_judge(at, side, &side->readings[READING_AS_SENT], stream, has_room);
		if (sent != VERDICT_PASS)
			verdict = sent;
	}
	return verdict == VERDICT_BLOCK  ? block(at)
	       : verdict == VERDICT_PASS ? stream_pass(side)
	                                 : VERDICT_ACCEPT;
}

/*
 * Finds the urgent byte: of the two in RFC 6093, section 2.1, the one that all systems of today
 * mean. true if the segment may pass: one such byte in the unjudged part is read both ways; with a
 * second one, or one in the judged part, it is unknown which bytes the server will have.
 */
static bool see_urgent(struct passage *at)
{
	const struct packet *p      = at->packet;
	struct side         *side   = &at->flow->sides[at->sender];
	struct reading      *sent   = &side->readings[READING_AS_SENT];
	uint32_t             urgent = p->seq + p->urgent - (p->urgent > 0);

	if (side->state == SIDE_PASSED)
		return !seq_is_before(urgent, side->judged_end) ||
		       numbers_taken(side, side->judged_end);
	if (numbers_taken(side, urgent + 1) || (side->has_urgent && side->urgent == urgent))
		return true;
	if (side->has_urgent && side->gather != NULL && numbers_taken(side, side->urgent + 1))
		kept_forget(side);
	if (side->has_urgent ||
	    (side->has_first_seq && seq_is_before(urgent, side->first_seq + sent->judged)))
		return false;
	side->has_urgent = true;
	side->urgent     = urgent;
	side->readings[READING_WITHOUT_URGENT] = *sent;
	return true;
}

/*
 * The server's answer may show that what looked like the beginning of one message was words, with a
 * whole message after them.
 */
static enum verdict judge_heard(struct passage *at, struct side *side)
{
	if (!side->has_heard || side->gather == NULL || side->state == SIDE_PASSED)
		return VERDICT_ACCEPT;
	return judge_stream(at, side);
}

/*
 * A segment longer than the room in a gathering is taken in several turns, as messages are judged
 * and forgotten. If the rest still does not fit, the segment is dropped, unless it is part of a
 * body: it will be sent again when there is room.
 */
static enum verdict take_segment(struct passage *at, struct side *side, uint32_t seq)
{
	struct gather_pool *pool = flows_gathers(at->engine->flows);
	uint32_t            end  = seq + (uint32_t)at->packet->payload.len;

	for (;;) {
		enum verdict verdict = judge_stream(at, side);

		if (verdict != VERDICT_ACCEPT)
			return verdict;
		if (kept_judged(side) < GATHER_MAX / 2 && !gather_is_full(side->gather) &&
		    (int32_t)(end - side->first_seq) <= GATHER_MAX)
			return VERDICT_ACCEPT;
		if (!kept_forget(side))
			break;
		gather_add(pool, side->gather, seq, at->packet->payload);
	}
	return (int32_t)(end - side->first_seq) > GATHER_MAX &&
	                       seq_is_before(side->first_seq + kept_judged(side), end)
	               ? VERDICT_DROP
	               : VERDICT_ACCEPT;
}

/*
 * This segment contradicts an earlier one in its place, and the server may have got either: the
 * stream with this one is judged, too, and the segment itself is dropped.
 */
static enum verdict judge_contradiction(struct passage *at, struct side *side, uint32_t seq)
{
	struct bytes other;

	at->engine->counts.conflicts++;
	/*
	 * Only one of the two, because the work for a packet is bounded: the segment will be sent
	 * again.
	 */
	if (side->has_heard && side->state != SIDE_PASSED)
		return judge_heard(at, side) == VERDICT_BLOCK ? VERDICT_BLOCK : VERDICT_DROP;
	other = gather_overlay(side->gather, seq, at->packet->payload, at->engine->overlay);
	return reading_contradiction(at, &side->readings[READING_AS_SENT], other) ? block(at)
	                                                                          : VERDICT_DROP;
}

/* Part of the client's stream is unknown, and will remain so. */
static enum verdict judge_lost(struct passage *at, struct side *side)
{
	at->flow->is_lost = false;
	if (side->state != SIDE_PASSED &&
	    names_judge_missing(at, APP_UNKNOWN, BUILTIN_LIMIT, at->rules->over_limit) ==
	            RULING_BLOCK)
		return block(at);
	return stream_pass(side);
}

/*
 * The client's bytes went around filterd: reported once for a connection. Anything that still comes
 * through is judged as usual.
 */
static bool missed_is_blocked(struct passage *at)
{
	if (at->flow->is_missed || peer_of(at)->state == SIDE_PASSED || !numbers_misses_sent(at))
		return false;
	at->flow->is_missed = true;
	at->engine->counts.missed++;
	return names_judge_missing(at, APP_UNKNOWN, BUILTIN_LIMIT, at->rules->over_limit) ==
	       RULING_BLOCK;
}

/* Before the beginning, or too far after it for the room. */
static enum verdict judge_outside(struct passage *at, struct side *side, uint32_t seq)
{
	if (side->state == SIDE_PASSED)
		return VERDICT_PASS;
	if (seq_is_before(seq, side->first_seq))
		return side->is_confirmed ? drop_decoy(at) : VERDICT_ACCEPT;
	return take_segment(at, side, seq);
}

static enum verdict data_segment(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];
	uint32_t             seq  = p->tcp_flags & TCP_SYN ? p->seq + 1 : p->seq;
	struct gather       *g;
	enum gathered        gathered;

	if ((at->flow->is_lost && from_client(at)) ||
	    (g = kept_gathering(at, side, seq)) == NULL)
		return judge_lost(at, side);
	/* A retransmission or a keep-alive: RFC 9293, section 3.8.4. */
	if (numbers_taken(side, seq + (uint32_t)p->payload.len))
		return side->state == SIDE_PASSED ? VERDICT_PASS : VERDICT_ACCEPT;
	if (kept_misses_taken(side))
		return judge_lost(at, side);
	gathered = gather_add(flows_gathers(at->engine->flows), g, seq, p->payload);
	kept_see_beginning(side);
	switch (gathered) {
	case GATHERED_CONFLICT: return judge_contradiction(at, side, seq);
	case GATHERED_OUTSIDE:  return judge_outside(at, side, seq);
	case GATHERED_NEW:
	case GATHERED_OLD:      break;
	}
	return side->state == SIDE_PASSED ? VERDICT_PASS : take_segment(at, side, seq);
}

/*
 * A connection from before filterd started, or one silent for so long that its flow was forgotten:
 * filterd did not see it begin, and its client says nothing. It gets a few more packets, because
 * others in flight may still show its beginning.
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

/* A segment that says nothing about what the client asks for. */
static enum verdict silent_segment(struct passage *at)
{
	struct side *client = &at->flow->sides[at->flow->client];

	if (began_before(at))
		client->state = SIDE_PASSED;
	return client->state == SIDE_PASSED && at->in->direction != DIRECTION_UNKNOWN
	               ? VERDICT_PASS
	               : VERDICT_ACCEPT;
}

/* FINs out of place, which no server takes, do not hide the real one. */
static void see_end(struct side *side, uint32_t end)
{
	if ((side->has_end && !seq_is_before(end, side->end)) ||
	    (side->has_first_seq && seq_is_before(end, side->first_seq)))
		return;
	if (!side->has_end)
		side->end_judged = end - 1;
	side->has_end = true;
	side->end     = end;
}

/*
 * The server has spoken, though filterd did not see it: the kernel forgot the connection, and then
 * saw the server's packet first.
 */
static bool is_answered_elsewhere(const struct passage *at)
{
	const struct side *server = peer_of(at);

	return !is_from_server(at) && server->has_syn && at->packet->tcp_flags & TCP_ACK &&
	       seq_is_before(server->sent, at->packet->ack);
}

/* Is this the end of the client's stream, as far as we know? Each end is judged once. */
static bool is_at_end(struct side *side, uint32_t end)
{
	bool is_enough = side->enough == ENOUGH && side->readings[READING_AS_SENT].judged == 0;

	if (side->enough == ENOUGH)
		side->enough = ENOUGH_JUDGED;
	if (!is_enough &&
	    (!side->has_end || seq_is_before(end, side->end) || end == side->end_judged))
		return false;
	side->end_judged = end;
	return true;
}

/* These bytes may be all that the server needs: the client says no more, or has its answer. */
static enum verdict judge_end(struct passage *at)
{
	struct side *side = &at->flow->sides[at->sender];
	struct bytes stream;

	if (side->gather == NULL || side->state == SIDE_PASSED)
		return VERDICT_ACCEPT;
	stream = gather_prefix(side->gather);
	if (side->enough == ENOUGH_UNKNOWN && is_answered_elsewhere(at))
		side->enough = ENOUGH;
	if (!is_at_end(side, side->first_seq + (uint32_t)stream.len))
		return VERDICT_ACCEPT;
	at->request = NULL;
	if (side->num_ends++ == ENDS_MAX)
		return names_judge_missing(at, APP_UNKNOWN, BUILTIN_LIMIT, at->rules->over_limit) ==
		                       RULING_BLOCK
		               ? block(at)
		               : stream_pass(side);
	if (reading_end_is_blocked(at, &side->readings[READING_AS_SENT], stream))
		return block(at);
	if (side->has_urgent &&
	    reading_end_is_blocked(at, &side->readings[READING_WITHOUT_URGENT],
	                           without_urgent(at, side, stream)))
		return block(at);
	return VERDICT_ACCEPT;
}

static enum verdict segment(struct passage *at)
{
	const struct packet *p = at->packet;
	enum verdict         verdict;

	if (p->tcp_flags & TCP_SYN && (verdict = numbers_see_syn(at)) != VERDICT_PASS)
		return verdict;
	numbers_see_acked(at);
	if (at->flow->blocked) {
		/*
		 * The kernel's own reset to the client, from port 53, comes through here and
		 * passes.
		 */
		if (p->tcp_flags & TCP_RST && p->payload.len == 0)
			return VERDICT_ACCEPT;
		reply_to_segment(at);
		return VERDICT_BLOCK;
	}
	if (missed_is_blocked(at))
		return block(at);
	if (p->tcp_flags & TCP_URG && !is_from_server(at) && !see_urgent(at))
		return drop_decoy(at);
	if (p->tcp_flags & TCP_RST)
		return silent_segment(at);
	if (p->tcp_flags & TCP_FIN && !is_from_server(at))
		see_end(&at->flow->sides[at->sender], p->seq + (uint32_t)p->payload.len);
	if (p->payload.len == 0) {
		verdict = silent_segment(at);
		if (verdict == VERDICT_ACCEPT && !is_from_server(at))
			verdict = judge_heard(at, &at->flow->sides[at->sender]);
		return verdict == VERDICT_ACCEPT ? judge_end(at) : verdict;
	}
	if (numbers_is_decoy(at))
		return drop_decoy(at);
	/* A server's bytes matter if they answer DNS questions, or a hello. */
	if (is_from_server(at) &&
	    (!is_dns(p) || at->flow->sides[at->flow->client].state == SIDE_PASSED)) {
		answers_hear(at);
		return silent_segment(at);
	}
	verdict = data_segment(at);
	return verdict == VERDICT_ACCEPT ? judge_end(at) : verdict;
}

enum verdict stream_segment(struct passage *at)
{
	enum verdict verdict = segment(at);

	if (verdict == VERDICT_ACCEPT || verdict == VERDICT_PASS)
		numbers_see_sent(at);
	return verdict == VERDICT_ACCEPT && answers_are_missing(at) ? VERDICT_PASS : verdict;
}
