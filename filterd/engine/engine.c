/* SPDX-License-Identifier: MIT */

/*
 * A packet's path: headers, checksums, fragments (replay), its flow, then streams.c for TCP or
 * datagrams.c for UDP. Nothing here allocates after engine_new().
 */

#include "engine/engine.h"

#include "engine/state.h"
#include "wire/multipath.h"

#include <stdlib.h>
#include <string.h>

struct engine_rules engine_rules_of(const struct settings *s, const struct policy *p)
{
	return (struct engine_rules){
		.policy         = p,
		.tells_clients_apart = policy_tells_clients_apart(p),
		.mode           = s->mode,
		.on_block       = s->on_block,
		.dns_answer     = s->dns_answer,
		.dns_text       = s->dns_text,
		.no_name        = s->no_name,
		.ech            = s->ech,
		.ech_names      = s->ech_names,
		.quic_unread    = s->quic_unread,
		.over_limit     = s->over_limit,
		.unreadable     = s->unreadable,
		.ech_answers    = s->ech_answers,
		.http_requests  = s->http_requests,
		.stream_bytes   = s->stream_bytes,
		.stream_gaps    = s->stream_gaps,
		.tls_records    = s->tls_records,
		.quic_datagrams = s->quic_datagrams,
		.unanswered_packets = s->udp_packets,
	};
}

/* One flow in this many may be given up while part of it is still to come. */
#define FLOWS_A_LOSS 8

static void flow_is_given_up(void *owner, const struct flow *flow)
{
	struct engine *e = owner;

	if (stream_is_pending(flow))
		lost_note(e->lost, flow);
}

struct engine *engine_new(const struct engine_limits *limits, engine_report *report, void *owner)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->limits = *limits;
	e->report = report;
	e->owner  = owner;
	e->flows  = flows_new(limits->flows, limits->hellos, limits->flow_idle_us, limits->seed,
	                      flow_is_given_up, e);
	e->lost   = lost_new(limits->flows / FLOWS_A_LOSS + 1, limits->seed);
	if (limits->fragments > 0)
		e->fragments = fragments_new(limits->fragments, limits->seed);
	e->initials  = initials_new(limits->hellos, limits->seed, e->flows);
	e->endings   = endings_new(limits->flows, limits->seed);
	e->addresses = addresses_new(limits->flows, limits->seed);
	e->devices   = devices_new(limits->flows, limits->seed);
	if (e->flows == NULL || e->initials == NULL || e->endings == NULL || e->addresses == NULL ||
	    e->devices == NULL || e->lost == NULL ||
	    (limits->fragments > 0 && e->fragments == NULL)) {
		engine_free(e);
		return NULL;
	}
	return e;
}

void engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	initials_free(e->initials);
	table_free(e->addresses);
	table_free(e->devices);
	table_free(e->endings);
	flows_free(e->flows);
	lost_free(e->lost);
	if (e->fragments != NULL)
		fragments_free(e->fragments);
	free(e);
}

struct engine_counts engine_counts(const struct engine *e)
{
	struct engine_counts counts = e->counts;

	counts.flows          = flows_used(e->flows);
	counts.flows_evicted  = flows_evicted(e->flows);
	counts.hellos_evicted = gather_pool_evicted(flows_gathers(e->flows));
	return counts;
}

/*
 * Which side opened the flow? Live, the kernel knows. In a capture a SYN tells, or a port 53 on one
 * side only. A capture that begins within a connection does not tell: the side that sends a
 * ClientHello is taken for the client.
 */
static void learn_client(struct passage *at)
{
	const struct packet *p        = at->packet;
	enum flow_end        receiver = flow_other_end(at->sender);
	bool                 is_tcp   = p->transport == TRANSPORT_TCP;

	if (at->in->direction != DIRECTION_UNKNOWN)
		at->flow->client = at->in->direction == DIRECTION_REPLY ? receiver : at->sender;
	else if (is_tcp && (p->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK))
		at->flow->client = receiver;
	else if (!(is_tcp && (p->tcp_flags & TCP_SYN)) && p->src_port == DNS_PORT &&
	         p->dst_port != DNS_PORT)
		at->flow->client = receiver;
	else if (is_tcp && !(p->tcp_flags & TCP_SYN) &&
	         at->engine->limits.both_directions)
		return;
	else
		at->flow->client = at->sender;
	at->flow->client_known = true;
}

static void learn_device(struct passage *at)
{
	struct flow *flow = at->flow;

	if (!from_client(at))
		return;
	devices_name(at);
	if (!flow->has_iface && at->in->iface[0] != '\0') {
		flow->has_iface = true;
		memcpy(flow->iface, at->in->iface, strnlen(at->in->iface, sizeof(flow->iface) - 1));
	}
}

/* In a capture an empty packet needs no flow of its own, unless it opens one. */
static bool opens_nothing(const struct engine_input *in, const struct packet *p)
{
	return in->direction == DIRECTION_UNKNOWN && p->payload.len == 0 &&
	       !(p->transport == TRANSPORT_TCP && (p->tcp_flags & TCP_SYN));
}

/*
 * A capture made on the sending host shows checksums that the network card had yet to fill in, and
 * a packet cut short by the capture cannot be summed. Neither is a sign of forgery.
 */
static bool sums_hold(const struct engine *e, const struct engine_input *in, const struct packet *p)
{
	if (in->sums_settled || p->cut || packet_sums_ok(p))
		return true;
	return e->limits.both_directions && packet_sum_is_pending(p);
}

static enum verdict by_transport(struct passage *at)
{
	return at->packet->transport == TRANSPORT_TCP ? stream_segment(at) : datagram(at);
}

/* On a multipath connection no single path may show the whole name: this flow shows it. */
static void keep_to_one_path(struct passage *at)
{
	struct writer w = writer_over(at->engine->answer, sizeof(at->engine->answer));

	if (at->packet->transport == TRANSPORT_TCP && at->packet->tcp_flags & TCP_SYN &&
	    at->in->direction != DIRECTION_UNKNOWN && multipath_strip(&w, at->packet) && !w.full)
		at->reply->instead = writer_written(&w);
}

/*
 * Is a pass final? It is once the far side has taken the judged bytes, which then cannot be
 * replaced: in TCP an ACK of the last byte judged says so, in UDP any datagram that counts as an
 * answer for its kind of stream. If there are no answers, or they take another way, as with
 * asymmetric routing, a number of packets is enough. A capture has no kernel to be told.
 */
static bool is_final(struct passage *at)
{
	const struct packet *p    = at->packet;
	struct flow         *flow = at->flow;

	if (at->in->direction == DIRECTION_UNKNOWN || flow->began_before)
		return true;
	if (!from_client(at))
		return p->transport == TRANSPORT_UDP ||
		       stream_is_taken(at);
	if (flow->num_unanswered < UINT16_MAX)
		flow->num_unanswered++;
	return !flow->is_answered && flow->num_unanswered >= at->rules->unanswered_packets;
}

/* The flow ends here, whatever it carries: its date has come, or its port is prohibited. */
static enum verdict end(struct passage *at)
{
	if (at->packet->transport == TRANSPORT_TCP)
		stream_end(at);
	at->flow->blocked = true;
	return VERDICT_BLOCK;
}

/*
 * A reply from an address other than the one asked: DNAT, or REDIRECT to the gateway itself, which
 * the kernel undoes after us. The flow is found by its client; from here on, the reply counts as
 * coming from the address asked.
 */
static struct flow *find_asked(struct engine *e, struct packet *p, enum flow_end *sender_out)
{
	struct flow *flow = flow_of_client(e->flows, p);

	if (flow == NULL)
		return NULL;
	*sender_out = flow_other_end(flow->client);
	flow_end_of(&flow->key, *sender_out, &p->src, &p->src_port);
	return flow;
}

/*
 * The gateway's own answer to a client that has asked several servers from one port. If REDIRECT
 * sent one of the questions here, the kernel gives that conversation another port, and undoes that
 * after us, too. The question tells the flows apart.
 */
static struct flow *find_by_question(struct passage *at, struct packet *p, struct flow *flow)
{
	struct engine *e = at->engine;
	struct flow   *other;
	uint64_t       hash;

	if (at->in->is_own || at->in->iface[0] != '\0' || p->transport != TRANSPORT_UDP ||
	    p->src_port != DNS_PORT || !messages_read_answer(e, p->payload, &hash))
		return flow;
	other = flow_of_question(e->flows, flow, &p->dst, hash);
	if (other == NULL)
		return flow;
	at->sender = flow_other_end(other->client);
	flow_end_of(&other->key, at->sender, &p->src, &p->src_port);
	flow_end_of(&other->key, other->client, &p->dst, &p->dst_port);
	return other;
}

/* The kernel knows who opened a flow, a capture does not. */
static struct flow_key engine_key_of(enum direction direction, const struct packet *p,
                                     enum flow_end *sender_out)
{
	struct flow_key key  = flow_key_of(p, sender_out);
	bool            back = direction == DIRECTION_REPLY;

	if (direction != DIRECTION_UNKNOWN)
		key.opener = (*sender_out == FLOW_LOW) != back ? FLOW_OPENED_BY_LOW
		                                               : FLOW_OPENED_BY_HIGH;
	return key;
}

/*
 * If a client sends the first packet in the server's name, the kernel takes the server for the side
 * that opened the connection, and the client for the side that answers.
 */
static bool is_forged(const struct engine *e, const struct engine_input *in, const struct packet *p)
{
	return (in->direction == DIRECTION_NEW || in->direction == DIRECTION_ORIGINAL) &&
	       !in->is_own && in->iface[0] != '\0' &&
	       links_is_outside(e->limits.links, in->iface, &p->src, in->now_us);
}

/*
 * NULL if the packet neither belongs to a known flow nor begins one; *verdict_out is its verdict.
 */
static struct flow *find_flow(struct passage *at, struct packet *p, enum verdict *verdict_out)
{
	struct engine  *e    = at->engine;
	struct flow_key key  = engine_key_of(at->in->direction, p, &at->sender);
	struct flow    *flow = flow_find(e->flows, &key, at->in->now_us);

	*verdict_out = at->in->direction == DIRECTION_TURNED ? VERDICT_PASS : VERDICT_ACCEPT;
	if (at->in->direction == DIRECTION_TURNED && !lost_has(e->lost, &key))
		return flow;
	if (flow == NULL && at->in->direction == DIRECTION_REPLY)
		flow = find_asked(e, p, &at->sender);
	if (at->in->direction == DIRECTION_REPLY)
		flow = find_by_question(at, p, flow);
	if (flow != NULL || (opens_nothing(at->in, p) && table_used(e->endings) == 0))
		return flow;
	if (is_forged(e, at->in, p)) {
		e->counts.forged++;
		*verdict_out = VERDICT_DROP;
		return NULL;
	}
	flow = flow_add(e->flows, &key, at->in->direction == DIRECTION_REPLY ? &p->dst : &p->src,
	                at->in->now_us);
	flow->is_lost = p->transport == TRANSPORT_TCP &&
	                lost_take(e->lost, flow, at->in->direction == DIRECTION_ORIGINAL);
	if (at->in->direction == DIRECTION_NEW || at->in->direction == DIRECTION_ORIGINAL)
		flow_note_client(e->flows, flow, p);
	return flow;
}

/*
 * Looks like a reply, but came in by the client's own interface, behind which its sender cannot be.
 * It says nothing about the server.
 */
static bool is_astray(const struct passage *at, const struct address *sender)
{
	const struct flow *flow = at->flow;
	const char        *iface = at->in->iface;

	return at->in->direction == DIRECTION_REPLY && flow->has_iface && iface[0] != '\0' &&
	       strncmp(flow->iface, iface, sizeof(flow->iface)) == 0 &&
	       !links_can_be_behind(at->engine->limits.links, iface, sender, at->in->now_us);
}

/*
 * The client goes on as if answered: the kernel has seen the answer, and filterd has not, as when a
 * rule of another program comes before ours.
 */
static void note_unheard(struct passage *at)
{
	struct flow *flow = at->flow;

	if (flow->is_answered || flow->is_unheard || !from_client(at) ||
	    at->in->direction != DIRECTION_ORIGINAL || at->packet->payload.len == 0 ||
	    at->packet->transport != TRANSPORT_TCP || !flow->sides[at->sender].has_syn)
		return;
	flow->is_unheard = true;
	at->engine->counts.unheard++;
}

/* Called for each packet; judged with the first of a connection. */
static bool port_is_closed(struct passage *at)
{
	return !at->flow->port_judged && from_client(at) && !at->flow->blocked &&
	       names_judge_port(at) == RULING_BLOCK;
}

static enum verdict engine_judge(struct engine *e, const struct engine_rules *rules,
                                 const struct engine_input *in, struct packet *p,
                                 struct engine_reply *reply)
{
	struct passage at = { .engine = e, .rules = rules, .in = in, .packet = p, .reply = reply };
	struct address sender = p->src;         /* before find_flow() */
	enum verdict   verdict;

	at.flow = find_flow(&at, p, &verdict);
	if (at.flow == NULL)
		return verdict;
	if (is_astray(&at, &sender))
		return VERDICT_ACCEPT;
	if (!at.flow->client_known)
		learn_client(&at);
	at.flow->is_answered |= !from_client(&at) && !in->is_stray;
	note_unheard(&at);
	learn_device(&at);
	if (endings_is_due(&at))
		return end(&at);
	if (port_is_closed(&at))
		return end(&at);
	verdict = by_transport(&at);
	/* a SYN that began another connection */
	if ((verdict == VERDICT_ACCEPT || verdict == VERDICT_PASS) && port_is_closed(&at))
		return end(&at);
	if (verdict == VERDICT_PASS && (endings_has(&at) || !is_final(&at)))
		verdict = VERDICT_ACCEPT;
	e->counts.decided += verdict == VERDICT_PASS;
	if (verdict == VERDICT_ACCEPT || verdict == VERDICT_PASS)
		keep_to_one_path(&at);
	return verdict;
}

uint32_t engine_expect(const struct engine *e, enum direction direction, struct bytes ip)
{
	struct packet p;
	enum flow_end sender;

	if (packet_read(ip, &p) != PARSE_OK ||
	    (p.transport != TRANSPORT_TCP && p.transport != TRANSPORT_UDP))
		return 0;

	struct flow_key key = engine_key_of(direction, &p, &sender);

	return flow_expect(e->flows, &key);
}

void engine_fetch(const struct engine *e, uint32_t expected)
{
	flow_fetch(e->flows, expected);
}

enum verdict engine_packet(struct engine *e, const struct engine_rules *rules,
                           const struct engine_input *in, struct engine_reply *reply_out)
{
	struct packet p;
	struct bytes  whole;

	*reply_out = (struct engine_reply){ 0 };
	e->counts.packets++;
	if (packet_read(in->ip, &p) != PARSE_OK) {
		e->counts.bad_packets++;
		return VERDICT_DROP;
	}
	if (p.transport == TRANSPORT_FRAGMENT && e->fragments != NULL) {
		if (fragments_add(e->fragments, &p, in->now_us, &whole) != PARSE_OK)
			return VERDICT_ACCEPT;
		if (packet_read(whole, &p) != PARSE_OK) {
			e->counts.bad_packets++;
			return VERDICT_DROP;
		}
	}
	if (p.transport != TRANSPORT_TCP && p.transport != TRANSPORT_UDP)
		return VERDICT_ACCEPT;
	if (!sums_hold(e, in, &p)) {
		e->counts.bad_packets++;
		return VERDICT_DROP;
	}
	e->counts.datagrams += p.transport == TRANSPORT_UDP;
	return engine_judge(e, rules, in, &p, reply_out);
}
