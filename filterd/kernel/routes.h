/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_ROUTES_H
#define FILTERD_KERNEL_ROUTES_H

/* Routes: which interfaces lead to the Internet, and which of them `protect = auto` leaves out. */

#include "kernel/network.h"

#define ROUTES_MAX 16           /* interfaces of the way out; more than two are rare */

struct uplinks {
	char   names[ROUTES_MAX][IF_NAMESIZE];
	size_t num;
};

/*
 * routes_ways_out - the interfaces of the main table's best default route, of IPv4 and of IPv6:
 *                   with the lowest metric, and of IPv6 with the highest preference among those;
 *                   all next hops of all that are equally good.
 * routes_left_out - of these, the ones that protect = auto leaves out: all, but none that has
 *                   clients if no other interface has any, and never all interfaces of the host.
 */
void routes_ways_out(const struct network *n, struct uplinks *out);
void routes_left_out(const struct network *n, struct uplinks *out);

bool routes_has(const struct uplinks *u, const char *name);

/* Is it the way out of any table? */
bool routes_lead_by(const struct network *n, const struct network_link *l);

#endif
