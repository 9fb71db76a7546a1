/* SPDX-License-Identifier: MIT */

/*
 * UDP: what looks like QUIC goes to initials.c, on whatever port and after whatever else the flow has carried. Any other
 * datagram is judged by itself: on port 53 it is DNS; on other ports it is if the client's first datagram is surely a query.
 * A flow of DNS is never decided: each message is a new name.
 */

#include "engine/state.h"

static enum verdict dns_datagram(struct passage *at)
{
	if (names_in_dns(at, at->packet->payload) != RULING_BLOCK)
		return VERDICT_ACCEPT;
	reply_to_query(at, at->packet->payload);
	return VERDICT_DROP;
}

/* What comes back. Of a flow that passed it makes the pass final, where replies are asked for (strict). */
static enum verdict answer(struct passage *at)
{
	switch (at->flow->sides[at->flow->client].state) {
	case SIDE_DNS:    return dns_datagram(at);
	case SIDE_PASSED: return at->rules->strict ? VERDICT_PASS : VERDICT_ACCEPT;
	case SIDE_HTTP:
	case SIDE_UNDECIDED: break;
	}
	return VERDICT_ACCEPT;
}

enum verdict datagram(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct side         *side = &at->flow->sides[at->sender];

	if (at->flow->blocked)
		return VERDICT_BLOCK;
	if (p->payload.len == 0)
		return VERDICT_ACCEPT;
	if (is_quic(p))
		return from_client(at) || !at->rules->strict ? quic_datagram(at) : quic_answer(at);
	if (is_dns(p))
		return dns_datagram(at);
	if (!from_client(at))
		return answer(at);
	if (side->state == SIDE_UNDECIDED)
		side->state = dns_is_query(p->payload) ? SIDE_DNS : SIDE_PASSED;
	return side->state == SIDE_DNS ? dns_datagram(at) : VERDICT_PASS;
}
