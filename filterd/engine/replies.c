/* SPDX-License-Identifier: MIT */

/*
 * The packets sent for a blocked packet, besides the verdict. A TCP reset to the sender comes from
 * the kernel's reject rule; we send one to the receiver, which would be left half open.
 *
 * Nothing is sent from or to an address that does not belong to one host: a multicast DNS question
 * is dropped without an answer, because no answer ever comes from 224.0.0.251. The kernel's reject
 * rule does the same. (The broadcast address of a network counts as a host's here; the kernel
 * forwards no packets to one unless it is told to.)
 */

#include "engine/state.h"
#include "wire/reply.h"

#define DNS_ANSWER_MAX 1232     /* bytes; passes every link unfragmented (DNS flag day 2020) */

static enum dns_block dns_block_of(enum dns_answer answer)
{
	switch (answer) {
	case DNS_ANSWER_NXDOMAIN:    return DNS_BLOCK_NXDOMAIN;
	case DNS_ANSWER_REFUSED:     return DNS_BLOCK_REFUSED;
	case DNS_ANSWER_UNSPECIFIED: return DNS_BLOCK_UNSPECIFIED;
	}
	return DNS_BLOCK_NXDOMAIN;
}

static bool replies_are_sent(const struct passage *at)
{
	return at->rules->on_block != ON_BLOCK_DROP && address_is_single(&at->packet->src) &&
	       address_is_single(&at->packet->dst);
}

static void replies_answer(struct passage *at, const struct writer *datagram)
{
	if (datagram->full)
		return;
	at->reply->answer      = writer_written(datagram);
	at->reply->is_to_known = devices_know(at, client_of(at));
}

/* The client's address is the receiver of a blocked response, and the sender of a blocked query. */
bool reply_with(struct passage *at, struct bytes content)
{
	struct writer datagram = writer_over(at->engine->answer, sizeof(at->engine->answer));
	struct packet asked    = *at->packet;

	if (!address_is_single(&asked.src) || !address_is_single(&asked.dst))
		return false;
	asked.src      = at->packet->dst;
	asked.dst      = at->packet->src;
	asked.src_port = at->packet->dst_port;
	asked.dst_port = at->packet->src_port;
	reply_datagram(&datagram, &asked, content);
	replies_answer(at, &datagram);
	return !datagram.full;
}

void reply_to_query(struct passage *at, struct bytes message)
{
	uint8_t       content[DNS_ANSWER_MAX];
	struct writer answer   = writer_over(content, sizeof(content));
	struct writer datagram = writer_over(at->engine->answer, sizeof(at->engine->answer));
	struct packet asked    = *at->packet;

	if (!replies_are_sent(at))
		return;
	dns_answer_write(&answer, message, dns_block_of(at->rules->dns_answer),
	                 at->rules->dns_text);
	if (answer.full || answer.len == 0)
		return;
	if (!from_client(at)) {
		asked.src      = at->packet->dst;
		asked.dst      = at->packet->src;
		asked.src_port = at->packet->dst_port;
		asked.dst_port = at->packet->src_port;
	}
	reply_datagram(&datagram, &asked, writer_written(&answer));
	replies_answer(at, &datagram);
}

void reply_to_segment(struct passage *at)
{
	struct writer reset = writer_over(at->engine->reset, sizeof(at->engine->reset));

	if (!replies_are_sent(at) || at->packet->tcp_flags & TCP_RST)
		return;
	reply_reset_onward(&reset, at->packet);
	if (!reset.full)
		at->reply->reset = writer_written(&reset);
}

enum reply reply_seen(const struct passage *at, enum app app)
{
	if (!replies_are_sent(at))
		return REPLY_NONE;
	if (at->packet->transport == TRANSPORT_TCP)
		return REPLY_RESET;
	if (app != APP_DNS)
		return REPLY_UNREACHABLE;
	switch (at->rules->dns_answer) {
	case DNS_ANSWER_NXDOMAIN:    return REPLY_NXDOMAIN;
	case DNS_ANSWER_REFUSED:     return REPLY_REFUSED;
	case DNS_ANSWER_UNSPECIFIED: return REPLY_UNSPECIFIED;
	}
	return REPLY_NONE;
}
