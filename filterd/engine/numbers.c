/* SPDX-License-Identifier: MIT */

/*
 * The sequence numbers of a connection: where each side begins, how far it has come, and what the
 * other end has acknowledged. A connection begins where the server's SYN/ACK says; an unanswered
 * SYN changes nothing in an existing connection.
 */

#include "engine/stream.h"

#include <string.h>

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
	side->sent  = side->anchor;
}

/*
 * A server's SYN/ACK says which SYN it took, and whether it took the data in it (RFC 7413, section
 * 3): data that it did not take will be sent again, and may differ. It is signed if the server
 * takes signed segments.
 */
static void see_answer_to_syn(struct passage *at)
{
	uint32_t     seq    = at->packet->seq + 1, ack = at->packet->ack;
	struct side *client = peer_of(at), *server = &at->flow->sides[at->sender];

	if (client->is_confirmed && server->has_syn && server->anchor == seq)
		return;
	if (client->is_confirmed || !client->has_syn || ack - client->anchor > client->early) {
		begin_anew(at, flow_other_end(at->sender));
		at->flow->is_answered = !at->in->is_stray;
		begin_side(client, ack);
	} else if (ack == client->anchor) {
		forget_all(at, client);
	}
	client->is_confirmed = true;
	at->flow->is_lost    = false;
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
		return drop_decoy(at);
	/* The server's answer will say whether it takes this one for another connection. */
	if (side->is_confirmed && p->payload.len > 0)
		return drop_decoy(at);
	if (side->is_confirmed) {
		side->asks_anew   = true;
		side->sent_before = side->sent;
		return VERDICT_ACCEPT;
	}
	is_another = at->flow->began_before ||
	             (side->has_first_seq && !(side->has_syn && side->anchor == p->seq + 1));
	/* If one of several SYNs has data, no answer would tell which of them was taken. */
	if (is_another && side->has_syn && (side->early > 0 || p->payload.len > 0))
		return drop_decoy(at);
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

/*
 * In a capture the side that answers a SYN is the server. A SYN/ACK without a SYN may also be the
 * client's, sent before its SYN.
 */
static bool was_mistaken_for_the_server(const struct passage *at)
{
	return at->in->direction == DIRECTION_UNKNOWN && is_from_server(at) &&
	       !(at->packet->tcp_flags & TCP_ACK) && peer_of(at)->gather == NULL;
}

/* Handles a SYN. VERDICT_PASS: the segment is to be looked at. */
enum verdict numbers_see_syn(struct passage *at)
{
	uint8_t flags = at->packet->tcp_flags;

	if (was_mistaken_for_the_server(at))
		begin_anew(at, at->sender);
	if (!is_from_server(at))
		return see_syn_of_client(at);
	if ((flags & (TCP_ACK | TCP_RST | TCP_FIN)) == TCP_ACK)
		see_answer_to_syn(at);
	return VERDICT_PASS;
}

/* Adds a passed segment to what its sender has sent. */
void numbers_see_sent(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];
	uint32_t             end  = p->seq + (uint32_t)p->payload.len;

	end += (p->tcp_flags & TCP_SYN) != 0;
	end += (p->tcp_flags & TCP_FIN) != 0;
	if ((p->tcp_flags & TCP_RST) || !side->has_first_seq || !seq_is_before(side->sent, end))
		return;
	/* If this belongs to any connection, it is another one. */
	if ((p->tcp_flags & TCP_SYN) && side->is_confirmed)
		return;
	side->sent        = end;
	side->is_answered = false;
}

/* How far the other end has come, by its ACK. An ACK of bytes never sent does not count. */
void numbers_see_acked(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *peer = peer_of(at);

	if ((p->tcp_flags & (TCP_ACK | TCP_RST)) != TCP_ACK || at->in->is_stray ||
	    !peer->has_first_seq ||
	    seq_is_before(p->ack, peer->anchor) || seq_is_before(peer->sent, p->ack))
		return;
	if (!peer->has_acked || seq_is_before(peer->acked, p->ack))
		peer->acked = p->ack;
	peer->has_acked = true;
	peer->is_answered |= p->payload.len > 0 && p->ack == peer->sent;
	if (p->payload.len > 0) {
		peer->has_answer = true;
		peer->has_heard  = true;
		peer->answered   = p->ack;
	}
}

/*
 * Has the server acknowledged bytes that its client never sent through here? If filterd saw the
 * connection begin, that means there is a path around filterd. The kernel follows both sides, and
 * calls an acknowledgement of unsent bytes invalid: that one does not count.
 */
bool numbers_misses_sent(const struct passage *at)
{
	const struct packet *p    = at->packet;
	const struct side   *peer = peer_of(at);

	return at->in->direction == DIRECTION_REPLY && !at->in->is_stray && is_from_server(at) &&
	       (p->tcp_flags & (TCP_ACK | TCP_RST)) == TCP_ACK && peer->is_confirmed &&
	       seq_is_before(peer->sent, p->ack);
}

/* Has the other end taken all before this number? */
bool numbers_taken(const struct side *side, uint32_t end)
{
	return side->has_acked && !seq_is_before(side->acked, end);
}

/*
 * Does the connection go on? After an unanswered SYN the other end's word on earlier data does not
 * count: the next packet may begin another connection.
 */
bool numbers_go_on(const struct side *side)
{
	return !side->asks_anew ||
	       (side->has_acked && seq_is_before(side->sent_before, side->acked));
}

/* A segment that every server discards but a filter might accept: sent to fool filters. */
bool numbers_is_decoy(const struct passage *at)
{
	const struct packet *p    = at->packet;
	const struct side   *side = &at->flow->sides[at->sender];

	/* RFC 9293, section 3.10.7.4 */
	return !(p->tcp_flags & (TCP_SYN | TCP_ACK)) ||
	       (side->has_syn && !side->is_signed && packet_is_signed(p)); /* RFC 2385, section 2 */
}
