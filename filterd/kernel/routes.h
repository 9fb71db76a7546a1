/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_ROUTES_H
#define FILTERD_KERNEL_ROUTES_H

/* Routes: the uplinks to the Internet, and those that `protect = auto` leaves out. */

#include "kernel/network.h"

#define ROUTES_MAX 16           /* uplinks; more than two are rare */

struct uplinks {
	char   names[ROUTES_MAX][IF_NAMESIZE];
	size_t num;
};

/*
 * routes_ways_out - the interfaces of the main table's best default route, for IPv4 and IPv6: with
 *                   the lowest metric, and for IPv6 with the highest preference among those; all
 *                   next hops of equally good routes.
 * routes_left_out - those of them that protect = auto leaves out: all, but none with clients if no
 *                   other interface has any, and never all interfaces of the host.
 */
void routes_ways_out(const struct network *n, struct uplinks *out);
void routes_left_out(const struct network *n, struct uplinks *out);

bool routes_has(const struct uplinks *u, const char *name);

/* Is it an uplink in any table? */
bool routes_lead_by(const struct network *n, const struct network_link *l);

#endif
