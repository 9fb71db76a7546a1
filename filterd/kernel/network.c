/* SPDX-License-Identifier: MIT */

#include "kernel/network.h"

#include "kernel/netlink.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

const struct network_link *network_find(const struct network *n, const char *name)
{
	for (size_t i = 0; i < n->num_links; i++) {
		if (strcmp(n->links[i].name, name) == 0)
			return &n->links[i];
	}
	return NULL;
}

bool network_is_private(const struct network_prefix *p)
{
	const uint8_t *b = p->bytes;

	if (p->family == 6)
		return (b[0] & 0xfe) == 0xfc;
	return p->family == 4 && (b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
	                          (b[0] == 192 && b[1] == 168));
}

void network_write(const struct network_prefix *p, char out[NETWORK_TEXT_MAX])
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(p->family == 4 ? AF_INET : AF_INET6, p->bytes, text, sizeof(text));
	snprintf(out, NETWORK_TEXT_MAX, "%s/%u", text, p->bits);
}

static int see_way(const struct nlmsghdr *m, void *data)
{
	unsigned            *index = data;
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, m, sizeof(struct rtmsg)) {
		if (mnl_attr_get_type(attribute) == RTA_OIF)
			*index = mnl_attr_get_u32(attribute);
	}
	return MNL_CB_OK;
}

/*
 * Asks for routes by the interface with that index; 0: by any. Gives the route's interface, 0 if
 * there is no route. Without RTM_F_FIB_MATCH the kernel treats an address without a route as a
 * neighbour.
 */
static unsigned way_to(struct netlink *r, const struct network_prefix *to, unsigned by)
{
	struct rtmsg    *of;
	struct nlmsghdr *m     = netlink_begin(r, RTM_GETROUTE, 0, sizeof(*of), &of);
	size_t           len   = to->family == 4 ? 4 : 16;
	unsigned         index = 0;

	of->rtm_family  = to->family == 4 ? AF_INET : AF_INET6;
	of->rtm_dst_len = (uint8_t)(8 * len);
	of->rtm_flags   = RTM_F_FIB_MATCH;
	mnl_attr_put(m, RTA_DST, len, to->bytes);
	if (by != 0)
		mnl_attr_put_u32(m, RTA_OIF, by);
	netlink_ask(r, m, see_way, &index);
	return index;
}

bool network_leads(struct netlink *r, const struct network_prefix *to, unsigned by,
                   unsigned *other_out)
{
	*other_out = 0;
	if (way_to(r, to, by) != 0)
		return true;
	*other_out = way_to(r, to, 0);
	return false;
}
