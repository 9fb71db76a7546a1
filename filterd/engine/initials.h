/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_INITIALS_H
#define FILTERD_ENGINE_INITIALS_H

/*
 * Initials: which QUIC connection a client's Initial belongs to, and which keys open it. Shared by
 * initials.c and quic_datagrams.c.
 */

#include "engine/openings.h"
#include "engine/state.h"

#define INITIALS_FRAMES_MAX 65536       /* bytes of frames: a datagram */

struct initials {
	struct openings           *openings;
	struct gather_pool        *gathers;
	struct quic_cipher        *cipher;
	/* of the datagram under way */
	unsigned                   num_packets, num_keys, num_tries;
	struct client             *client;      /* NULL: not looked up yet */
	bool                       is_over;     /* it asks for more */
	/* the keys derived last, and the version and id that they follow from */
	bool                       has_keys;
	const struct quic_version *version;
	struct quic_id             id;
	struct quic_keys           keys;
	uint8_t                    frames[INITIALS_FRAMES_MAX];
};

/*
 * initials_find        - the flow's connections; NULL if none was begun, or they were evicted. The
 *                        flow between the same ends may have been forgotten and its connections
 *                        not: they may go on.
 * initials_have_passed - had all of them shown their names before they were evicted?
 * initials_begin       - another connection of this flow, whatever the flow was taken for so far:
 *                        the keys are a client's.
 * initials_gather_anew - the connection's hello is gone, or has not begun.
 * initials_note        - the client's Initial belongs to this connection, whichever flow that began
 *                        in.
 * initials_name        - packets with this id belong where the client's last Initial in this flow
 *                        did.
 * initials_spend       - openings_spend(), of the datagram's client.
 */
struct opening    *initials_find(struct passage *at);
struct connection *initials_begin(struct passage *at, const struct quic_version *version,
                                  const struct quic_id *id, const struct quic_keys *keys);
void               initials_gather_anew(struct passage *at, struct connection *c);
void               initials_note(struct passage *at, const struct connection *c);
void               initials_name(struct passage *at, const struct quic_id *id);
bool               initials_spend(struct passage *at, uint32_t cost);

static inline bool initials_have_passed(const struct passage *at)
{
	return at->flow->sides[at->flow->client].state == SIDE_PASSED;
}

/*
 * initials_open - Gives: PARSE_OK, the packet's frames, in i->frames, and the connection whose keys
 *                 open it, a new one if the packet's own id gives them; PARSE_BAD if no keys do;
 *                 PARSE_MORE if the datagram or its client asks for too much.
 */
enum parse initials_open(struct passage *at, const struct quic_packet *packet,
                         struct bytes *frames_out, struct connection **out);

#endif
