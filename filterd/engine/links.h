/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_LINKS_H
#define FILTERD_ENGINE_LINKS_H

/*
 * Links: which addresses are behind which interface, for all engines of a host. A client can send
 * packets that look like a server's reply to itself; those come in by the client's own interface,
 * behind which no such server is. Safe for threads.
 */

#include "wire/packet.h"

#define LINK_NETWORKS 4         /* of each that are known */

struct link_network {
	struct address address;         /* 0 behind its bits */
	uint8_t        bits;
};

struct link_known {
	char                name[16];   /* IFNAMSIZ, with a NUL */
	/* a default route leads there: any address may be behind it */
	bool                is_way_out;
	size_t              num_networks;
	struct link_network networks[LINK_NETWORKS];
};

struct links;

/* links_new - nothing is known yet. NULL without memory. */
struct links *links_new(void);
void          links_free(struct links *l);

/* links_set - these are all, from now on; copied. false without memory: it stays as it was. */
bool links_set(struct links *l, const struct link_known *known, size_t num);

/*
 * links_can_be_behind - may this address be behind this interface? true also if the interface is
 *                       not known, and if l is NULL.
 */
bool links_can_be_behind(struct links *l, const char *name, const struct address *a);

#endif
