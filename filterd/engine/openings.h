/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_OPENINGS_H
#define FILTERD_ENGINE_OPENINGS_H

/*
 * Openings: what is remembered of QUIC connections that are being opened: their keys and hellos by
 * flow, their flow by the ids that name them, and how much work each client may still ask for.
 */

#include "base/table.h"
#include "flow/flow.h"
#include "inspect/quic.h"

#include <string.h>

/* connections remembered of a flow; the next one takes the place of one that was judged */
#define OPENING_CONNECTIONS 4

/* What names a connection at a server, whatever port its packets come from. */
struct quic_id {
	uint32_t version;
	uint8_t  len;
	uint8_t  at[QUIC_CID_MAX];              /* of an empty one, the client's address */
	uint8_t  pad[3];                        /* always 0: the key is compared as bytes */
};

static inline bool quic_id_equals(const struct quic_id *a, const struct quic_id *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

struct connection {
	const struct quic_version *version;     /* NULL: none was begun in this place */
	struct quic_id             id;          /* that the keys follow from */
	struct quic_keys           keys;
	uint64_t                   largest;     /* packet number */
	/* of its handshake; NULL if it was taken away for others */
	struct gather             *gather;
	uint32_t                   begins;      /* the hello that is read next, in gather */
	uint32_t                   need;        /* with fewer bytes of it nothing new can be read */
	uint8_t                    num_hellos;  /* that were judged */
	bool                       judged;
	bool                       is_over;     /* its hello is longer than the room for it */
	/*
	 * of a flow that was forgotten, or before a Retry: the flow does not wait for it, unless it
	 * goes on
	 */
	bool                       is_left;
};

/* All connections that are being opened within a flow. */
struct opening {
	struct flow_key   flow;                 /* first: the table's key */
	struct connection connections[OPENING_CONNECTIONS];
	uint8_t           next;                 /* place for the one that begins next */
	bool              lost;                 /* one was forgotten that had not shown its name */
};

struct openings;
struct client;

/* openings_new - num: hellos that are gathered at once. Borrows gathers. NULL without memory. */
struct openings *openings_new(size_t num, uint64_t seed, struct gather_pool *gathers);
void             openings_free(struct openings *o);

/*
 * openings_find - NULL if none was begun in the flow, or they had to make room for others.
 * openings_add - for a flow that has none.
 * openings_of_id - the one that a packet with this id belongs to, from whatever port it came.
 * openings_name - from now on packets with this id belong there.
 */
struct opening *openings_find(struct openings *o, const struct flow_key *flow);
struct opening *openings_add(struct openings *o, const struct flow *flow);
struct opening *openings_of_id(struct openings *o, const struct quic_id *id);
void            openings_name(struct openings *o, const struct quic_id *id,
                              const struct flow *flow);

/* openings_id - an empty one is the client's own: others may have an empty one as well. */
struct quic_id openings_id(const struct quic_version *version, struct bytes id,
                           const struct address *client);

/*
 * openings_client - what is remembered of this client; until the next one is asked for.
 * openings_spend  - may it still ask for that much work? It is taken from what it has left, and if
 *                   it is new, from what all new ones have, too.
 *
 * Takes: cost, in tries to open a packet: deriving keys is OPENINGS_KEYS of them.
 */
#define OPENINGS_KEYS 8         /* 42,000 instructions with OpenSSL 3; a try takes 5,000 */
struct client *openings_client(struct openings *o, const struct address *address, bool is_new);
bool           openings_spend(struct openings *o, struct client *client, uint32_t cost,
                              int64_t now_us);

#endif
