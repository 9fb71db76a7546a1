/* SPDX-License-Identifier: MIT */

/*
 * QUIC: a connection's Initials carry its hello in pieces, in any number of datagrams and in any
 * order.
 *
 * A flow may hold decoys: connections that no server answers. Each has its own keys and its own
 * bytes, and the flow passes only when every connection begun in it has shown a name that passes.
 * If one was evicted before it did, the flow counts as one whose name cannot be read. The same
 * holds as soon as the client continues the handshake: then the server has read a whole hello,
 * wherever that was.
 */

#include "engine/initials.h"

/*
 * Limits for one datagram. A server accepts only packets with the id of the first one (RFC 9000,
 * section 12.2), and 38 of the smallest Initials fit into 1,500 bytes.
 */
#define PACKETS_MAX 40
#define PIECES_MAX  100         /* pieces of a hello in one Initial: browsers make some ten */
#define HELLOS_MAX  2           /* hellos of a connection: a server asks for a second one once */

/* Results of an Initial. If a datagram has several, the highest one decides. */
enum opened { OPENED_NONE, OPENED_SHOWN, OPENED_WAITS, OPENED_UNREAD, OPENED_CONFLICT,
	      OPENED_BLOCKED };

bool is_quic(const struct packet *p)
{
	struct reader      r = reader_over(p->payload, PARSE_BAD);
	struct quic_packet first;

	if (quic_next_packet(&r, &first) != PARSE_OK)
		return false;
	if (first.version != NULL)
		return true;
	return !is_dns(p) && quic_is_first(p->payload, &first);
}

/*
 * Judges a hello that is not whole. If it is too long for the room, the part that fits is judged
 * once the room is full.
 */
static enum opened judge_begun(struct passage *at, struct connection *c,
                               const struct tls_hello *hello)
{
	c->need    = (uint32_t)hello->need;
	c->is_over = gather_is_full(c->gather) ||
	             (hello->is_too_long && at->rules->quic_unread == OUTCOME_BLOCK);
	if (!c->is_over)
		return OPENED_WAITS;
	return hello->hosts.num > 0 && names_judge_hello(at, APP_QUIC, hello) == RULING_BLOCK
	               ? OPENED_BLOCKED
	               : OPENED_UNREAD;
}

/* Judges the hello so far, and the one after it, for which the server may have asked. */
static enum opened judge_hellos(struct passage *at, struct connection *c)
{
	struct tls_hello hello;

	at->quic_version = c->version->name;
	while (c->num_hellos < HELLOS_MAX && !c->is_over) {
		struct bytes rest = bytes_from(gather_prefix(c->gather), c->begins);

		if (rest.len == 0 || (rest.len < c->need && !gather_is_full(c->gather)))
			break;
		c->judged = false;
		switch (tls_read_handshake(rest, &hello)) {
		case PARSE_MORE: return judge_begun(at, c, &hello);
		case PARSE_BAD:  return OPENED_UNREAD;
		case PARSE_OK:   break;
		}
		if (names_judge_hello(at, APP_QUIC, &hello) == RULING_BLOCK)
			return OPENED_BLOCKED;
		c->judged = true;
		c->need   = 0;
		c->num_hellos++;
		c->begins += (uint32_t)hello.len;
	}
	return c->judged ? OPENED_SHOWN : c->is_over ? OPENED_UNREAD : OPENED_WAITS;
}

/*
 * This piece contradicts an earlier one in its place, and the server may have got either: is the
 * hello with this piece to be blocked? That costs as much as deriving keys, and is taken from the
 * same allowance.
 */
static bool contradiction_is_blocked(struct passage *at, struct connection *c,
                                     const struct quic_crypto *piece)
{
	size_t           begin = piece->offset < c->begins ? 0 : c->begins;
	struct tls_hello hello;
	struct bytes     other;

	if (!initials_spend(at, OPENINGS_KEYS))
		return false;
	other = gather_overlay(c->gather, (uint32_t)piece->offset, piece->data,
	                       at->engine->overlay);
	at->quic_version = c->version->name;
	return tls_read_handshake(bytes_from(other, begin), &hello) != PARSE_BAD &&
	       hello.hosts.num > 0 && names_judge_hello(at, APP_QUIC, &hello) == RULING_BLOCK;
}

enum { PIECES_INSIDE, PIECES_OUTSIDE, PIECES_CONFLICT };

/*
 * Takes the pieces of the hello in these frames, up to one that contradicts an earlier piece, or to
 * a frame that is not allowed in an Initial.
 */
static int gather_pieces(struct passage *at, struct connection *c, struct bytes frames,
                         struct quic_crypto *last_out)
{
	struct gather_pool *gathers = at->engine->initials->gathers;
	struct reader       r       = reader_over(frames, PARSE_BAD);
	int                 pieces  = PIECES_INSIDE;
	unsigned            num     = 0;

	while (quic_next_crypto(&r, last_out) == PARSE_OK) {
		if (num++ == PIECES_MAX)
			return PIECES_OUTSIDE;
		/*
		 * There is nothing left to compare this with: it may be a different hello from the
		 * one judged.
		 */
		if (c->gather == NULL)
			initials_gather_anew(at, c);
		if (last_out->offset >= GATHER_MAX)
			pieces = PIECES_OUTSIDE;
		else if (gather_add(gathers, c->gather, (uint32_t)last_out->offset,
		                    last_out->data) == GATHERED_CONFLICT)
			return PIECES_CONFLICT;
	}
	return pieces;
}

/* Was this connection begun in a flow to another server, which got the same id? */
static bool is_of_another_server(struct passage *at, const struct connection *c)
{
	const struct openings *o = at->engine->initials->openings;
	struct address         end;
	uint16_t               port;

	for (int which = FLOW_LOW; which <= FLOW_HIGH; which++) {
		flow_end_of(&openings_at(o, openings_place(o, c))->flow, (enum flow_end)which,
		            &end, &port);
		if (port == at->packet->dst_port && address_equal(&end, &at->packet->dst))
			return false;
	}
	return true;
}

/*
 * Another server has none of the first one's bytes, unless it is the same server under another
 * address. In that case it has the bytes that came before these pieces, which are unknown here.
 */
static enum opened judge_at_another_server(struct passage *at, struct connection *begun,
                                           struct bytes frames, struct quic_crypto *last)
{
	struct connection  first      = *begun;
	bool               is_blocked = contradiction_is_blocked(at, begun, last);
	struct connection *c      = initials_begin(at, first.version, &first.id, &first.keys);
	int                pieces = gather_pieces(at, c, frames, last);

	initials_note(at, c);
	if (is_blocked)
		return OPENED_BLOCKED;
	if (pieces != PIECES_INSIDE || gather_prefix(c->gather).len == 0)
		return OPENED_UNREAD;
	return judge_hellos(at, c);
}

static enum opened initial(struct passage *at, const struct quic_packet *packet)
{
	struct bytes       frames;
	struct connection *c = NULL;
	struct quic_crypto last;
	enum opened        opened;
	int                pieces;

	switch (initials_open(at, packet, &frames, &c)) {
	case PARSE_BAD:  return OPENED_NONE;
	case PARSE_MORE: return OPENED_UNREAD;
	case PARSE_OK:   break;
	}
	pieces = gather_pieces(at, c, frames, &last);
	if (pieces == PIECES_CONFLICT && is_of_another_server(at, c))
		return judge_at_another_server(at, c, frames, &last);
	initials_note(at, c);
	c->is_left = false;
	if (pieces == PIECES_CONFLICT) {
		at->engine->counts.conflicts++;
		return contradiction_is_blocked(at, c, &last) ? OPENED_BLOCKED : OPENED_CONFLICT;
	}
	if (c->gather == NULL)
		return c->judged ? OPENED_SHOWN : OPENED_WAITS;
	opened = judge_hellos(at, c);
	return pieces == PIECES_OUTSIDE && opened < OPENED_UNREAD ? OPENED_UNREAD : opened;
}

/*
 * Has every connection begun in this flow shown its name? One begun in another flow shows it in the
 * datagram itself.
 */
static bool all_judged(struct passage *at, enum opened most)
{
	const struct opening *o   = initials_find(at);
	bool                  any = false;

	if (o == NULL)
		return at->flow->has_initials && (initials_have_passed(at) || most == OPENED_SHOWN);
	for (size_t n = 0; n < COUNT(o->connections); n++) {
		const struct connection *c = &o->connections[n];

		if (c->version == NULL || c->is_left)
			continue;
		any = true;
		if (!c->judged)
			return false;
	}
	return any ? !o->lost : at->flow->has_initials && most == OPENED_SHOWN;
}

static enum verdict unread(struct passage *at, enum verdict otherwise)
{
	if (at->flow->told_unread)
		return otherwise;
	at->flow->told_unread = true;
	if (names_judge_missing(at, APP_QUIC, BUILTIN_QUIC, at->rules->quic_unread) != RULING_BLOCK)
		return otherwise;
	at->flow->blocked = true;
	return VERDICT_BLOCK;
}

/* The id that the server has chosen: the client's next packets may carry it. */
static void name_server(struct passage *at, const struct quic_packet *packet)
{
	struct quic_id id;

	if (from_client(at) || !at->flow->has_initials || packet->version == NULL ||
	    packet->scid.len == 0)
		return;
	id = openings_id(packet->scid, &at->packet->dst);
	initials_name(at, &id);
}

/*
 * Retry and Version Negotiation ask for another Initial (RFC 9000, sections 17.2.5 and 6.1): the
 * server has kept nothing of an incomplete hello, and its rest is no longer waited for.
 */
static bool asks_anew(struct passage *at, const struct quic_packet *packet)
{
	struct opening *o;

	if (from_client(at) ||
	    (packet->type != QUIC_RETRY && packet->type != QUIC_UNKNOWN_VERSION))
		return false;
	o = initials_find(at);
	for (size_t n = 0; o != NULL && n < COUNT(o->connections); n++)
		o->connections[n].is_left |= !o->connections[n].judged;
	return true;
}

static enum opened long_packet(struct passage *at, const struct quic_packet *packet)
{
	struct initials *i = at->engine->initials;

	i->is_over |= i->num_packets++ == PACKETS_MAX;
	if (i->is_over)
		return OPENED_UNREAD;
	name_server(at, packet);
	if (asks_anew(at, packet))
		return OPENED_NONE;
	switch (packet->type) {
	case QUIC_INITIAL:
		return initial(at, packet);
	case QUIC_HANDSHAKE:
		/* its keys are in the answer to a whole hello */
		return from_client(at) && at->flow->has_initials &&
		       !all_judged(at, OPENED_NONE) ? OPENED_UNREAD : OPENED_NONE;
	case QUIC_UNKNOWN_VERSION:
		return quic_is_first(at->packet->payload, packet) && from_client(at) ? OPENED_UNREAD
		                                                                    : OPENED_NONE;
	default:
		return OPENED_NONE;
	}
}

enum verdict quic_datagram(struct passage *at)
{
	struct initials   *i    = at->engine->initials;
	struct reader      r    = reader_over(at->packet->payload, PARSE_BAD);
	enum opened        most = OPENED_NONE;
	struct quic_packet packet;

	if (!from_client(at) && !at->engine->limits.both_directions)
		return VERDICT_ACCEPT;
	i->num_packets = i->num_keys = i->num_tries = 0;
	i->is_over = i->has_keys = false;
	i->client  = NULL;
	while (most != OPENED_BLOCKED && !i->is_over &&
	       quic_next_packet(&r, &packet) == PARSE_OK) {
		enum opened opened = long_packet(at, &packet);

		if (opened > most)
			most = opened;
	}
	if (most == OPENED_BLOCKED) {
		at->flow->blocked = true;
		return VERDICT_BLOCK;
	}
	/* It is unknown which of the two the server has. */
	if (most == OPENED_CONFLICT)
		return unread(at, VERDICT_DROP);
	if (!from_client(at))
		return VERDICT_ACCEPT;
	if (most < OPENED_UNREAD && all_judged(at, most)) {
		at->flow->sides[at->sender].state = SIDE_PASSED;
		at->flow->num_datagrams           = 0;
		at->flow->told_unread             = false;
		return VERDICT_PASS;
	}
	at->flow->sides[at->sender].state = SIDE_UNDECIDED;
	if (most == OPENED_UNREAD)
		return unread(at, VERDICT_ACCEPT);
	if (at->flow->num_datagrams < UINT8_MAX)
		at->flow->num_datagrams++;
	return at->flow->num_datagrams > at->rules->quic_datagrams ? unread(at, VERDICT_PASS)
	                                                           : VERDICT_ACCEPT;
}

/* Any other packet from the server shows that it has taken the Initial. */
enum verdict quic_answer(struct passage *at)
{
	struct reader      r = reader_over(at->packet->payload, PARSE_BAD);
	struct quic_packet packet;

	if (quic_next_packet(&r, &packet) != PARSE_OK || asks_anew(at, &packet))
		return VERDICT_ACCEPT;
	name_server(at, &packet);
	if (!all_judged(at, OPENED_NONE))
		return VERDICT_ACCEPT;
	/* Another connection comes to the queue whatever was decided: rules_nft.c. */
	at->flow->began_before = true;
	return VERDICT_PASS;
}
