/* SPDX-License-Identifier: MIT */

/*
 * UDP. What looks like QUIC goes to initials.c, on any port and whatever else the flow has carried.
 * Any other datagram is judged alone. On port 53 it is DNS; on other ports it is DNS if the
 * client's first datagram is clearly a query. A DNS flow is never decided, because each message has
 * a new name.
 */

#include "engine/state.h"

/* Removes the keys for encrypted hellos from an answer. An answer too large for that is dropped. */
static enum verdict without_ech(struct passage *at)
{
	uint8_t       content[ENGINE_REPLY_MAX];
	struct bytes  values[DNS_ECH_MAX];
	struct writer answer = writer_over(content, sizeof(content));

	if (at->rules->mode == MODE_OBSERVE || dns_find_ech(at->packet->payload, values) == 0)
		return VERDICT_ACCEPT;
	/* Judged again: a crafted name may span the removed part, and now read differently. */
	if (dns_remove_ech(&answer, at->packet->payload) == PARSE_OK &&
	    names_judge_dns(at, writer_written(&answer)) != RULING_BLOCK)
		reply_with(at, writer_written(&answer));
	return VERDICT_DROP;
}

static enum verdict dns_datagram(struct passage *at)
{
	if (names_judge_dns(at, at->packet->payload) != RULING_BLOCK)
		return at->rules->ech_answers == ECH_REMOVE && !from_client(at) ? without_ech(at)
		                                                                : VERDICT_ACCEPT;
	reply_to_query(at, at->packet->payload);
	return VERDICT_DROP;
}

/* A datagram from the server. For a flow that passed it makes the pass final. */
static enum verdict answer(struct passage *at)
{
	switch (at->flow->sides[at->flow->client].state) {
	case SIDE_DNS:    return dns_datagram(at);
	case SIDE_PASSED: return VERDICT_PASS;
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
		return from_client(at) || at->engine->limits.both_directions ? quic_datagram(at)
		                                                             : quic_answer(at);
	if (is_dns(p))
		return dns_datagram(at);
	if (!from_client(at))
		return answer(at);
	if (side->state == SIDE_UNDECIDED) {
		bool is_query = dns_is_query(p->payload);

		/*
		 * A connection of this flow has yet to show its name, even if other datagrams come
		 * between the pieces of its hello.
		 */
		if (!is_query && at->flow->has_initials)
			return quic_datagram(at);
		side->state = is_query ? SIDE_DNS : SIDE_PASSED;
		if (side->state == SIDE_PASSED &&
		    names_judge_address(at, APP_UNKNOWN) == RULING_BLOCK) {
			at->flow->blocked = true;
			return VERDICT_BLOCK;
		}
	}
	return side->state == SIDE_DNS ? dns_datagram(at) : VERDICT_PASS;
}
