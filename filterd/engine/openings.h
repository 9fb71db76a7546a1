/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_OPENINGS_H
#define FILTERD_ENGINE_OPENINGS_H

/*
 * Openings: the state kept about QUIC connections while they open: their keys and hellos by flow,
 * their flow by connection id, and how much work each client may still ask for.
 */

#include "base/table.h"
#include "flow/flow.h"
#include "inspect/quic.h"

#include <string.h>

/* connections remembered of a flow; the next one evicts one that was judged */
#define OPENING_CONNECTIONS 4

/*
 * How a server identifies a connection, whatever port its packets come from, and in whatever
 * version (RFC 8999, section 5.3). All of it is compared as bytes.
 */
struct quic_id {
	uint8_t len;
	uint8_t at[QUIC_CID_MAX];               /* the client's address, if the id is empty */
};

static inline bool quic_id_equals(const struct quic_id *a, const struct quic_id *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

struct connection {
	const struct quic_version *version;     /* NULL: this place is free */
	struct quic_id             id;          /* the keys follow from it and from the version */
	struct quic_keys           keys;
	uint64_t                   largest;     /* packet number */
	/* of its handshake; NULL if it was evicted */
	struct gather             *gather;
	uint32_t                   begins;      /* the hello that is read next, in gather */
	uint32_t                   need;        /* there is nothing new to read with fewer bytes */
	uint8_t                    num_hellos;  /* that were judged */
	bool                       judged;
	bool                       is_over;     /* its hello is longer than the room for it */
	/*
	 * of a forgotten flow, or before a Retry: the flow does not wait for it, unless it goes on
	 */
	bool                       is_left;
};

/* All connections that are being opened within a flow. */
struct opening {
	struct flow_key   flow;                 /* first: the table's key */
	struct connection connections[OPENING_CONNECTIONS];
	uint8_t           next;                 /* place for the one that begins next */
	bool              lost;                 /* one was forgotten before it had shown its name */
};

struct openings;
struct client;

/* openings_new - num: hellos that are gathered at once. Borrows gathers. NULL without memory. */
struct openings *openings_new(size_t num, uint64_t seed, struct gather_pool *gathers);
void             openings_free(struct openings *o);

/*
 * openings_find - NULL if none was begun in the flow, or they were evicted.
 * openings_add - for a flow that has none.
 * openings_of_id - the one to which a packet with this id belongs, from whatever port it came.
 * openings_name - from now on packets with this id belong to this one; share: flow.h.
 * openings_place - where the opening with this connection is, for openings_at(). After its eviction
 *                  another one may be there, whose keys open none of the connection's packets.
 */
struct opening *openings_find(struct openings *o, const struct flow_key *flow);
struct opening *openings_add(struct openings *o, const struct flow *flow);
struct opening *openings_of_id(struct openings *o, const struct quic_id *id);
void            openings_name(struct openings *o, const struct quic_id *id,
                              const struct opening *opening, uint32_t share);
uint32_t        openings_place(const struct openings *o, const struct connection *c);
struct opening *openings_at(const struct openings *o, uint32_t place);

/* openings_id - an empty id is tied to its client: others may have an empty one as well. */
struct quic_id openings_id(struct bytes id, const struct address *client);

/*
 * openings_client - what is remembered of this client; valid until the next call.
 * openings_spend  - may it still ask for that much work? Taken from its own allowance and, if it is
 *                   new, from the one that all new clients share.
 *
 * Takes: cost, in tries to open a packet: deriving keys costs OPENINGS_KEYS of them.
 */
#define OPENINGS_KEYS 8         /* 42,000 instructions with OpenSSL 3; a try takes 5,000 */
struct client *openings_client(struct openings *o, const struct address *address, bool is_new);
bool           openings_spend(struct openings *o, struct client *client, uint32_t cost,
                              int64_t now_us);

#endif
