/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_NETWORK_H
#define FILTERD_KERNEL_NETWORK_H

/*
 * Network: the interfaces of this host, their networks and neighbours, and the default routes of
 * all tables, read from the kernel. It takes no privileges and runs no program.
 */

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Interfaces; on a host with more, for example with many containers, the rest is ignored. */
#define NETWORK_LINKS     512
#define NETWORK_PREFIXES  4     /* addresses of each; enough to identify its network */
#define NETWORK_ROUTES    64    /* default routes; two or three are usual */
#define NETWORK_HOPS      16    /* of one route */

struct network_prefix {
	int     family;                         /* 4 or 6 */
	uint8_t bytes[16];                      /* 4 of them, or all; 0 after the prefix */
	uint8_t bits;
};

struct network_link {
	unsigned              index;
	char                  name[IF_NAMESIZE];
	bool                  is_loopback, is_point_to_point;
	/* networks of its addresses, without duplicates and link-local ones */
	size_t                num_prefixes;
	struct network_prefix prefixes[NETWORK_PREFIXES];
	/* hosts with private addresses seen lately, without routers */
	unsigned              num_neighbours;
};

struct network_route {
	int                   family;
	uint32_t              table, metric;
	int                   preference;       /* of the router, RFC 4191: -1, 0 or 1 */
	bool                  is_alive;         /* at least one of its hops is usable */
	size_t                num_hops;
	unsigned              hops[NETWORK_HOPS];       /* indices of interfaces */
	size_t                num_gateways;     /* point-to-point hops have none */
	struct network_prefix gateways[NETWORK_HOPS];
};

struct network {
	size_t               num_links, num_routes;
	struct network_link  links[NETWORK_LINKS];
	struct network_route routes[NETWORK_ROUTES];
};

struct netlink;

/* network_open - a netlink socket, for use when no more can be created. 0, -errno. */
int  network_open(struct netlink **out);
void network_close(struct netlink *r);

/* network_read - 0 or -errno. A family that the kernel lacks has no addresses and no routes. */
int network_read(struct netlink *r, struct network *out);

/*
 * network_leads - would the host send to this address by that interface? Needs Linux 4.13; on older
 *                 kernels it gives true. Takes: to, a full address; by, an index. *other_out is the
 *                 interface it would use otherwise; 0: none, or not requested.
 */
bool network_leads(struct netlink *r, const struct network_prefix *to, unsigned by,
                   unsigned *other_out);

/* network_now - opens, reads and closes. */
int network_now(struct network *out);

/* NULL: no interface has that name. */
const struct network_link *network_find(const struct network *n, const char *name);

/* RFC 1918, RFC 4193: not routed on the Internet. */
bool network_is_private(const struct network_prefix *p);

/* "192.0.2.0/24" */
#define NETWORK_TEXT_MAX 52
void network_write(const struct network_prefix *p, char out[NETWORK_TEXT_MAX]);

#endif
