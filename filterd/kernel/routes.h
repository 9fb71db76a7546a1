/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_ROUTES_H
#define FILTERD_KERNEL_ROUTES_H

#include <net/if.h>
#include <stddef.h>

#define ROUTES_MAX 16           /* interfaces with a default route; more than two are rare */

struct uplinks {
	char   names[ROUTES_MAX][IF_NAMESIZE];
	size_t num;
};

/*
 * routes_uplinks - the interfaces that carry a default route, IPv4 or IPv6, in any table: the way
 *                  out, whose other
 * side is not protected. 0 or -errno.
 */
int routes_uplinks(struct uplinks *out);

#endif
