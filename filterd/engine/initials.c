/* SPDX-License-Identifier: MIT */

/*
 * QUIC: a connection's Initials carry its hello in pieces, in any number of datagrams and in any
 * order. Keys follow from the connection id of the client's first Initial; when the server has
 * chosen another id the keys stay, after a Retry they follow from the new one. So an Initial is
 * tried with the keys of its own id, then with those of the flow's others.
 *
 * A flow may hold decoys: connections that no server answers. Each has its own keys and its own
 * bytes, and the flow passes only when every one that was begun has shown a name that passes. If
 * one was forgotten before it did, the flow does not pass by the others: it is one whose name
 * cannot be read.
 */

#include "engine/state.h"

#include <stdlib.h>
#include <string.h>

/* connections remembered of a flow; the next one takes the place of one that was judged */
#define INITIALS_FLOW 4
#define INITIALS_MAX  8         /* Initials opened of a datagram; two is what clients send */
#define PACKET_MAX    65536     /* bytes of frames: a datagram */

struct connection {
	const struct quic_version *version;     /* NULL: none was begun in this place */
	struct quic_keys           keys;
	uint64_t                   largest;     /* packet number */
	/* of its handshake; NULL if it was taken away for others */
	struct gather             *gather;
	bool                       judged;
};

/* All connections that are being opened within a flow. */
struct opening {
	struct flow_key   flow;                 /* first: the table's key */
	struct connection connections[INITIALS_FLOW];
	uint8_t           next;                 /* place for the one that begins next */
	bool              lost;                 /* one was forgotten that had not shown its name */
};

struct initials {
	struct table       *openings;
	struct gather_pool *gathers;
	struct quic_cipher *cipher;
	uint8_t             frames[PACKET_MAX];
};

/* What came of an Initial, from the least to the most that it means for its datagram. */
enum opened { OPENED_WAITS, OPENED_UNREAD, OPENED_CONFLICT, OPENED_BLOCKED };

static void initials_leave(void *owner, void *item)
{
	struct initials *i = owner;
	struct opening  *o = item;

	for (size_t n = 0; n < COUNT(o->connections); n++)
		gather_put(i->gathers, &o->connections[n].gather);
}

struct initials *initials_new(size_t num, uint64_t seed, struct flows *flows)
{
	struct initials *i = flows != NULL ? calloc(1, sizeof(*i)) : NULL;

	if (i == NULL)
		return NULL;
	i->gathers  = flows_gathers(flows);
	i->cipher   = quic_cipher_new();
	i->openings = table_new(num, sizeof(struct opening), sizeof(struct flow_key), seed,
	                        initials_leave, i);
	if (i->cipher == NULL || i->openings == NULL) {
		initials_free(i);
		return NULL;
	}
	return i;
}

void initials_free(struct initials *i)
{
	if (i == NULL)
		return;
	table_free(i->openings);
	quic_cipher_free(i->cipher);
	free(i);
}

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

/* The flow's connections; NULL if none was begun, or they had to make room for others. */
static struct opening *initials_find(struct passage *at)
{
	return at->flow->has_initials ? table_find(at->engine->initials->openings, &at->flow->key)
	                              : NULL;
}

/*
 * Of a flow whose opening had to make room for others: had all of its connections shown their
 * names?
 */
static bool has_passed(const struct passage *at)
{
	return at->flow->sides[at->flow->client].state == SIDE_PASSED;
}

static struct opening *opening_new(struct passage *at)
{
	struct table   *openings = at->engine->initials->openings;
	struct opening *o        = table_find(openings, &at->flow->key);

	/* A flow between the same ends may have been forgotten, and its connections not. */
	if (o != NULL)
		table_remove(openings, o);
	o       = table_add(openings, &at->flow->key);
	o->lost = at->flow->has_initials && !has_passed(at);
	return o;
}

static struct connection *place_in(struct opening *o)
{
	for (size_t n = 0; n < COUNT(o->connections); n++) {
		struct connection *c = &o->connections[o->next++ % INITIALS_FLOW];

		if (c->version == NULL || c->judged)
			return c;
	}
	o->lost = true;
	return &o->connections[o->next++ % INITIALS_FLOW];
}

static void gather_anew(struct passage *at, struct connection *c)
{
	c->judged = false;
	gather_take(at->engine->initials->gathers, &c->gather, at->flow->share, 0, true);
}

/* Another connection. */
static struct connection *initials_begin(struct passage *at, struct opening *o,
                                         const struct quic_packet *packet,
                                         const struct quic_keys   *keys)
{
	struct connection *c = place_in(o != NULL ? o : opening_new(at));

	at->flow->has_initials = true;
	gather_put(at->engine->initials->gathers, &c->gather);
	*c = (struct connection){ .version = packet->version, .keys = *keys };
	gather_anew(at, c);
	return c;
}

static enum parse open_with(struct passage *at, const struct quic_keys *keys,
                            const struct quic_packet *packet, uint64_t *largest,
                            struct bytes *frames_out)
{
	struct initials *i       = at->engine->initials;
	struct writer    scratch = writer_over(i->frames, sizeof(i->frames));

	return quic_open_initial(i->cipher, keys, packet, largest, &scratch, frames_out);
}

/*
 * The connection whose keys open this packet, a new one if its own id gives them; NULL if none
 * does.
 */
static struct connection *open_packet(struct passage *at, const struct quic_packet *packet,
                                      struct bytes *frames_out)
{
	struct opening  *o = initials_find(at);
	struct quic_keys keys;
	uint64_t         largest = 0;

	for (size_t n = 0; o != NULL && n < COUNT(o->connections); n++) {
		struct connection *c = &o->connections[n];

		if (c->version == packet->version &&
		    open_with(at, &c->keys, packet, &c->largest, frames_out) == PARSE_OK)
			return c;
	}
	if (quic_keys_derive(at->engine->initials->cipher, packet->version, packet->dcid, &keys) !=
	            0 ||
	    open_with(at, &keys, packet, &largest, frames_out) != PARSE_OK)
		return NULL;

	struct connection *c = initials_begin(at, o, packet, &keys);

	c->largest = largest;
	return c;
}

static enum opened initials_judge_hello(struct passage *at, struct connection *c)
{
	struct tls_hello hello;

	switch (tls_read_handshake(gather_prefix(c->gather), &hello)) {
	case PARSE_MORE: return gather_is_full(c->gather) ? OPENED_UNREAD : OPENED_WAITS;
	case PARSE_BAD:  return OPENED_UNREAD;
	case PARSE_OK:   break;
	}
	c->judged              = true;
	at->flow->client       = at->sender;
	at->flow->client_known = true;
	at->quic_version       = c->version->name;
	return names_judge_hello(at, APP_QUIC, &hello) == RULING_BLOCK ? OPENED_BLOCKED
	                                                               : OPENED_WAITS;
}

static enum opened initial(struct passage *at, const struct quic_packet *packet)
{
	struct bytes       frames;
	struct connection *c = open_packet(at, packet, &frames);
	struct reader      r;
	struct quic_crypto piece;
	enum parse         status;

	if (c == NULL)
		return OPENED_WAITS;
	r = reader_over(frames, PARSE_BAD);
	while ((status = quic_next_crypto(&r, &piece)) == PARSE_OK) {
		/*
		 * With nothing left to compare it with, this may be another hello than the one that
		 * was judged.
		 */
		if (c->gather == NULL)
			gather_anew(at, c);
		if (piece.offset < GATHER_MAX &&
		    gather_add(at->engine->initials->gathers, c->gather, (uint32_t)piece.offset,
		               piece.data) == GATHERED_CONFLICT)
			return OPENED_CONFLICT;
	}
	if (c->judged || c->gather == NULL)
		return OPENED_WAITS;
	return initials_judge_hello(at, c);
}

/* Has every connection that was begun shown its name? */
static bool all_judged(struct passage *at)
{
	const struct opening *o = initials_find(at);

	if (o == NULL)
		return at->flow->has_initials && has_passed(at);
	for (size_t n = 0; n < COUNT(o->connections); n++) {
		if (o->connections[n].version != NULL && !o->connections[n].judged)
			return false;
	}
	return !o->lost;
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

enum verdict quic_datagram(struct passage *at)
{
	struct bytes       payload = at->packet->payload;
	struct reader      r       = reader_over(payload, PARSE_BAD);
	enum opened        most    = OPENED_WAITS;
	unsigned           num     = 0;
	struct quic_packet packet;

	if (!from_client(at) && !at->engine->limits.both_directions)
		return VERDICT_ACCEPT;
	while (quic_next_packet(&r, &packet) == PARSE_OK) {
		enum opened opened = OPENED_WAITS;

		if (packet.type == QUIC_INITIAL && num++ < INITIALS_MAX)
			opened = initial(at, &packet);
		else if (packet.type == QUIC_UNKNOWN_VERSION && quic_is_first(payload, &packet) &&
		         from_client(at))
			opened = OPENED_UNREAD;
		if (opened > most)
			most = opened;
	}
	if (most == OPENED_BLOCKED) {
		at->flow->blocked = true;
		return VERDICT_BLOCK;
	}
	if (most == OPENED_CONFLICT) {
		at->engine->counts.conflicts++;
		return VERDICT_DROP;
	}
	if (!from_client(at))
		return VERDICT_ACCEPT;
	if (all_judged(at)) {
		at->flow->sides[at->sender].state = SIDE_PASSED;
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

/*
 * Retry and Version Negotiation ask for another Initial; whatever else a server sends, it has taken
 * the one before.
 */
enum verdict quic_answer(struct passage *at)
{
	struct reader      r = reader_over(at->packet->payload, PARSE_BAD);
	struct quic_packet packet;

	if (quic_next_packet(&r, &packet) != PARSE_OK || packet.type == QUIC_RETRY ||
	    packet.type == QUIC_UNKNOWN_VERSION)
		return VERDICT_ACCEPT;
	return all_judged(at) ? VERDICT_PASS : VERDICT_ACCEPT;
}
