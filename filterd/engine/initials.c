/* SPDX-License-Identifier: MIT */

/*
 * Keys follow from the connection id of the client's first Initial. They stay when the server
 * chooses another id; after a Retry they follow from the new one. So each Initial is tried with the
 * keys of the connections to which its id may belong, then with those of its own id. A server may
 * also change to another version that the hello offers (RFC 9368, section 2.3): then the keys
 * follow from the first id as in that version, and the handshake goes on.
 */

#include "engine/initials.h"

#include <stdlib.h>

/* Packets in a datagram; 38 of the smallest Initials fit into 1,500 bytes. */
#define KEYS_MAX  8
#define TRIES_MAX 40

struct initials *initials_new(size_t num, uint64_t seed, struct flows *flows)
{
	struct initials *i = flows != NULL ? calloc(1, sizeof(*i)) : NULL;

	if (i == NULL)
		return NULL;
	i->gathers  = flows_gathers(flows);
	i->cipher   = quic_cipher_new();
	i->openings = openings_new(num, seed, i->gathers);
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
	openings_free(i->openings);
	quic_cipher_free(i->cipher);
	free(i);
}

struct opening *initials_find(struct passage *at)
{
	struct opening *o = openings_find(at->engine->initials->openings, &at->flow->key);

	if (o == NULL || at->flow->has_initials)
		return o;
	for (size_t n = 0; n < COUNT(o->connections); n++)
		o->connections[n].is_left = true;
	o->lost = false;
	return o;
}

static struct opening *opening_new(struct passage *at)
{
	struct opening *o = openings_add(at->engine->initials->openings, at->flow);

	o->lost = at->flow->has_initials && !initials_have_passed(at);
	return o;
}

static struct connection *place_in(struct opening *o)
{
	for (size_t n = 0; n < COUNT(o->connections); n++) {
		struct connection *c = &o->connections[o->next++ % COUNT(o->connections)];

		if (c->version == NULL || c->judged || c->is_left)
			return c;
	}
	o->lost = true;
	return &o->connections[o->next++ % COUNT(o->connections)];
}

void initials_gather_anew(struct passage *at, struct connection *c)
{
	c->judged = c->is_over = false;
	c->begins = c->need = 0;
	c->num_hellos       = 0;
	gather_take(at->engine->initials->gathers, &c->gather, at->flow->share, 0, true);
}

struct connection *initials_begin(struct passage *at, const struct quic_version *version,
                                  const struct quic_id *id, const struct quic_keys *keys)
{
	struct opening    *o = initials_find(at);
	struct connection *c = place_in(o != NULL ? o : opening_new(at));

	at->flow->client       = at->sender;
	at->flow->client_known = true;
	gather_put(at->engine->initials->gathers, &c->gather);
	*c = (struct connection){ .version = version, .id = *id, .keys = *keys };
	initials_gather_anew(at, c);
	return c;
}

void initials_note(struct passage *at, const struct connection *c)
{
	at->flow->has_initials = true;
	at->flow->opening      = openings_place(at->engine->initials->openings, c);
}

void initials_name(struct passage *at, const struct quic_id *id)
{
	struct openings *o = at->engine->initials->openings;

	openings_name(o, id, openings_at(o, at->flow->opening), at->flow->share);
}

bool initials_spend(struct passage *at, uint32_t cost)
{
	struct initials      *i    = at->engine->initials;
	const struct address *from = &at->packet->src;

	if (i->client == NULL)
		i->client = openings_client(i->openings, from, !devices_know(at, from));
	return openings_spend(i->openings, i->client, cost, at->in->now_us);
}

/* PARSE_BAD: these are not its keys. PARSE_MORE: the datagram asks for too much. */
static enum parse open_with(struct passage *at, const struct quic_keys *keys,
                            const struct quic_packet *packet, uint64_t *largest,
                            struct bytes *frames_out)
{
	struct initials *i       = at->engine->initials;
	struct writer    scratch = writer_over(i->frames, sizeof(i->frames));

	i->is_over |= i->num_tries == TRIES_MAX;
	if (i->is_over || !initials_spend(at, 1))
		return PARSE_MORE;
	i->num_tries++;
	return quic_open_initial(i->cipher, keys, packet, largest, &scratch, frames_out);
}

/* Tries the keys of a flow's connections, first of the one with this id. */
static enum parse open_within(struct passage *at, struct opening *o, const struct quic_id *id,
                              const struct quic_packet *packet, struct bytes *frames_out,
                              struct connection **out)
{
	enum parse status = PARSE_BAD;

	for (int by_id = 1; by_id >= 0; by_id--) {
		for (size_t n = 0; n < COUNT(o->connections) && status == PARSE_BAD; n++) {
			struct connection *c = &o->connections[n];

			if (c->version != packet->version || quic_id_equals(&c->id, id) != by_id)
				continue;
			*out   = c;
			status = open_with(at, &c->keys, packet, &c->largest, frames_out);
		}
	}
	return status;
}

/* The keys that follow from an id; most packets of a datagram have the same one. */
static enum parse derive_keys(struct passage *at, const struct quic_version *version,
                              const struct quic_id *id)
{
	struct initials *i = at->engine->initials;

	if (i->has_keys && i->version == version && quic_id_equals(&i->id, id))
		return PARSE_OK;
	i->has_keys = false;
	if (i->num_keys == KEYS_MAX || !initials_spend(at, OPENINGS_KEYS))
		return PARSE_MORE;
	i->num_keys++;
	i->version  = version;
	i->id       = *id;
	i->has_keys =
		quic_keys_derive(i->cipher, version, bytes_of(id->at, id->len), &i->keys) == 0;
	return i->has_keys ? PARSE_OK : PARSE_BAD;
}

static enum parse open_by_id(struct passage *at, const struct quic_packet *packet,
                             const struct quic_id *id, uint64_t *largest,
                             struct bytes *frames_out)
{
	enum parse status = derive_keys(at, packet->version, id);

	if (status != PARSE_OK)
		return status;
	return open_with(at, &at->engine->initials->keys, packet, largest, frames_out);
}

/* The connection goes on in the version and with the keys that were derived last. */
static void change_version(struct passage *at, struct connection *c)
{
	c->version = at->engine->initials->version;
	c->keys    = at->engine->initials->keys;
}

/* Tries the keys of a flow's connections in this version, which is not the one they began in. */
static enum parse open_changed(struct passage *at, struct opening *o,
                               const struct quic_packet *packet, struct bytes *frames_out,
                               struct connection **out)
{
	enum parse status = PARSE_BAD;

	for (size_t n = 0; n < COUNT(o->connections) && status == PARSE_BAD; n++) {
		struct connection *c = &o->connections[n];

		if (c->version == NULL || c->version == packet->version)
			continue;
		status = open_by_id(at, packet, &c->id, &c->largest, frames_out);
		if (status == PARSE_OK) {
			change_version(at, c);
			*out = c;
		}
	}
	return status;
}

/* Does this connection, begun in another version, have the same first id and so the same keys? */
static struct connection *of_another_version(struct opening *o, const struct quic_id *id)
{
	for (size_t n = 0; o != NULL && n < COUNT(o->connections); n++) {
		struct connection *c = &o->connections[n];

		if (c->version != NULL && c->num_hellos > 0 && quic_id_equals(&c->id, id))
			return c;
	}
	return NULL;
}

/* Does any of this come before the next hello? Then these frames belong to another connection. */
static bool are_anew(const struct connection *c, struct bytes frames)
{
	struct reader      r = reader_over(frames, PARSE_BAD);
	struct quic_crypto piece;

	while (quic_next_crypto(&r, &piece) == PARSE_OK) {
		if (piece.data.len > 0 && piece.offset < c->begins)
			return true;
	}
	return false;
}

/* With the keys of the packet's own id. */
static enum parse open_own(struct passage *at, struct opening *of_id, const struct quic_id *id,
                           const struct quic_packet *packet, struct bytes *frames_out,
                           struct connection **out)
{
	struct connection *c       = of_another_version(of_id, id);
	uint64_t           largest = c != NULL ? c->largest : 0;
	enum parse         status  = open_by_id(at, packet, id, &largest, frames_out);

	if (status != PARSE_OK)
		return status;
	if (c != NULL && !are_anew(c, *frames_out)) {
		change_version(at, c);
	} else {
		c = initials_begin(at, packet->version, id, &at->engine->initials->keys);
		initials_note(at, c);
		initials_name(at, id);
	}
	c->largest = largest;
	*out       = c;
	return PARSE_OK;
}

enum parse initials_open(struct passage *at, const struct quic_packet *packet,
                         struct bytes *frames_out, struct connection **out)
{
	struct quic_id  id     = openings_id(packet->dcid, &at->packet->src);
	struct opening *own    = initials_find(at);
	struct opening *of_id  = openings_of_id(at->engine->initials->openings, &id);
	enum parse      status = PARSE_BAD;

	if (own == of_id)
		own = NULL;
	if (of_id != NULL)
		status = open_within(at, of_id, &id, packet, frames_out, out);
	if (status == PARSE_BAD && own != NULL)
		status = open_within(at, own, &id, packet, frames_out, out);
	if (status == PARSE_BAD)
		status = open_own(at, of_id, &id, packet, frames_out, out);
	if (status == PARSE_BAD && of_id != NULL)
		status = open_changed(at, of_id, packet, frames_out, out);
	if (status == PARSE_BAD && own != NULL)
		status = open_changed(at, own, packet, frames_out, out);
	return status;
}

