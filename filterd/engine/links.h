/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_LINKS_H
#define FILTERD_ENGINE_LINKS_H

/*
 * Links: which addresses are behind which interface, for all engines of a host. A client can send
 * packets to itself in a server's name, as its reply or as if the server had opened the connection;
 * those come in by the client's own interface, and the server is not behind it. An address is
 * behind an interface if it is in one of its networks, or if the host would route to it by that
 * interface. Safe for threads.
 */

#include "wire/packet.h"

#define LINK_NETWORKS 4         /* addresses known, of each kind */
#define LINK_NAME     16        /* IFNAMSIZ, with a NUL */

#define LINKS_ASKED_MAX 500     /* lookups a second */

struct link_network {
	struct address address;         /* 0 after the prefix */
	uint8_t        bits;
};

struct link_known {
	char                name[LINK_NAME];
	unsigned            index;
	/* a default route uses it: any address may be behind it */
	bool                is_way_out;
	size_t              num_networks;
	struct link_network networks[LINK_NETWORKS];
};

/*
 * Asks the host's routes: would it send to this address by the interface with that index? If not,
 * *other_out is the interface that it would use, or 0 if unknown. Called by one thread at a time.
 */
typedef bool links_ask(void *owner, const struct address *a, unsigned by, unsigned *other_out);

struct links;

/*
 * links_new - nothing is known yet. Takes: ask, called with owner; NULL: only the known networks
 *             count, no routes. NULL without memory.
 */
struct links *links_new(links_ask *ask, void *owner);
void          links_free(struct links *l);

/* links_set - all links, from now on; copied. false without memory: the old ones stay. */
bool links_set(struct links *l, const struct link_known *known, size_t num);

/*
 * links_can_be_behind - may this address be behind this interface? true also if the interface is
 *                       unknown, and if l is NULL.
 * links_is_outside - is this address behind a way out, and not behind this interface? false if
 *                    unknown, and if l is NULL: a host with two interfaces may send from the
 *                    address of the other one.
 * Takes:  now_us, of the packet. Routes are looked up LINKS_ASKED_MAX times a second at most, and
 *         once a second for an address without a route. A flood of made-up addresses uses all of
 *         that up: then unknown addresses count as not behind this interface, and as outside.
 */
bool links_can_be_behind(struct links *l, const char *name, const struct address *a,
                         int64_t now_us);
bool links_is_outside(struct links *l, const char *name, const struct address *a, int64_t now_us);

#endif
