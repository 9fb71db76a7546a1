/* SPDX-License-Identifier: MIT */

/*
 * Reads lists by rtnetlink: interfaces, and then their addresses, routes and neighbours. A default
 * route has no destination; it may have a source prefix, set by routers with an IPv6 prefix from a
 * provider. rtnetlink(7).
 */

#include "kernel/network.h"

#include "kernel/netlink.h"

#include <errno.h>
#include <linux/icmpv6.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

int network_open(struct netlink **out)
{
	return netlink_open(out, NETLINK_ROUTE);
}

void network_close(struct netlink *n)
{
	netlink_close(n);
}

static struct network_link *network_link_of(struct network *n, unsigned index)
{
	for (size_t i = 0; i < n->num_links; i++) {
		if (n->links[i].index == index)
			return &n->links[i];
	}
	return NULL;
}

static int see_link(const struct nlmsghdr *m, void *data)
{
	struct network         *n  = data;
	const struct ifinfomsg *of = mnl_nlmsg_get_payload(m);
	const struct nlattr    *attribute;
	struct network_link    *l;

	if (n->num_links == NETWORK_LINKS)
		return MNL_CB_OK;
	l  = &n->links[n->num_links];
	*l = (struct network_link){ .index             = (unsigned)of->ifi_index,
	                            .is_loopback       = of->ifi_flags & IFF_LOOPBACK,
	                            .is_point_to_point = of->ifi_flags & IFF_POINTOPOINT };
	mnl_attr_for_each(attribute, m, sizeof(*of)) {
		if (mnl_attr_get_type(attribute) == IFLA_IFNAME)
			snprintf(l->name, sizeof(l->name), "%s", mnl_attr_get_str(attribute));
	}
	n->num_links += l->name[0] != '\0';
	return MNL_CB_OK;
}

/* Reads an attribute with an address of this family. */
static void get_address(int af, const struct nlattr *attribute, struct network_prefix *out)
{
	const size_t len = af == AF_INET ? 4 : 16;

	if (mnl_attr_get_payload_len(attribute) != len)
		return;
	out->family = af == AF_INET ? 4 : 6;
	memcpy(out->bytes, mnl_attr_get_payload(attribute), len);
}

/* Several addresses in one network, like IPv6 privacy addresses, count once. */
static void add_prefix(struct network_link *l, struct network_prefix p)
{
	if (l == NULL || p.family == 0 || l->num_prefixes == NETWORK_PREFIXES)
		return;
	for (unsigned i = 0; i < sizeof(p.bytes); i++) {
		unsigned kept = p.bits > 8 * i ? p.bits - 8 * i : 0;

		p.bytes[i] &= (uint8_t)(kept >= 8 ? 0xff : 0xff00 >> kept);
	}
	for (size_t i = 0; i < l->num_prefixes; i++) {
		if (memcmp(&l->prefixes[i], &p, sizeof(p)) == 0)
			return;
	}
	l->prefixes[l->num_prefixes++] = p;
}

/* IFA_ADDRESS is the peer on a point-to-point link, and the host's own address elsewhere. */
static int see_address(const struct nlmsghdr *m, void *data)
{
	const struct ifaddrmsg *of = mnl_nlmsg_get_payload(m);
	const struct nlattr    *attribute;
	struct network_prefix   p;

	memset(&p, 0, sizeof(p));
	p.bits = of->ifa_prefixlen;
	if ((of->ifa_family != AF_INET && of->ifa_family != AF_INET6) ||
	    of->ifa_scope == RT_SCOPE_LINK || of->ifa_scope == RT_SCOPE_HOST)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, m, sizeof(*of)) {
		if (mnl_attr_get_type(attribute) == IFA_LOCAL ||
		    (mnl_attr_get_type(attribute) == IFA_ADDRESS && p.family == 0))
			get_address(of->ifa_family, attribute, &p);
	}
	add_prefix(network_link_of(data, of->ifa_index), p);
	return MNL_CB_OK;
}

static void add_hop(struct network_route *r, unsigned index, unsigned flags)
{
	if (index == 0 || r->num_hops == NETWORK_HOPS)
		return;
	r->hops[r->num_hops++] = index;
	/* Also set for a link that is down if a sysctl makes the kernel ignore such links. */
	r->is_alive = r->is_alive || (flags & RTNH_F_DEAD) == 0;
}

static void add_gateway(struct network_route *r, int af, const struct nlattr *attribute)
{
	if (r->num_gateways < NETWORK_HOPS)
		get_address(af, attribute, &r->gateways[r->num_gateways++]);
}

/* Next hops of a multipath route. */
static void add_hops(struct network_route *r, int af, const struct nlattr *attribute)
{
	const struct rtnexthop *hop  = mnl_attr_get_payload(attribute);
	int                     left = mnl_attr_get_payload_len(attribute);
	const struct nlattr    *of_hop;

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
		add_hop(r, (unsigned)hop->rtnh_ifindex, hop->rtnh_flags);
		of_hop = (const struct nlattr *)RTNH_DATA(hop);
		for (int rest = hop->rtnh_len - (int)RTNH_LENGTH(0); mnl_attr_ok(of_hop, rest);
		     rest -= MNL_ALIGN(of_hop->nla_len), of_hop = mnl_attr_next(of_hop)) {
			if (mnl_attr_get_type(of_hop) == RTA_GATEWAY)
				add_gateway(r, af, of_hop);
		}
	}
}

static int preference_of(uint8_t said)
{
	return said == ICMPV6_ROUTER_PREF_HIGH ? 1 : said == ICMPV6_ROUTER_PREF_LOW ? -1 : 0;
}

static void take_route_attribute(struct network_route *r, const struct rtmsg *of,
                                 const struct nlattr *attribute)
{
	switch (mnl_attr_get_type(attribute)) {
	case RTA_TABLE:
		r->table = mnl_attr_get_u32(attribute);
		return;
	case RTA_PRIORITY:
		r->metric = mnl_attr_get_u32(attribute);
		return;
	case RTA_PREF:
		r->preference = preference_of(mnl_attr_get_u8(attribute));
		return;
	case RTA_GATEWAY:
		add_gateway(r, of->rtm_family, attribute);
		return;
	case RTA_OIF:
		add_hop(r, mnl_attr_get_u32(attribute), of->rtm_flags);
		return;
	case RTA_MULTIPATH:
		add_hops(r, of->rtm_family, attribute);
		return;
	}
}

/*
 * Unreachable and blackhole routes lead nowhere: they hold packets back while a tunnel is down, and
 * the uplink is another route.
 */
static int see_route(const struct nlmsghdr *m, void *data)
{
	struct network      *n  = data;
	const struct rtmsg  *of = mnl_nlmsg_get_payload(m);
	const struct nlattr *attribute;
	struct network_route r = { .family = of->rtm_family == AF_INET ? 4 : 6,
		                   .table  = of->rtm_table };

	if (of->rtm_dst_len != 0 || of->rtm_type != RTN_UNICAST ||
	    (of->rtm_flags & RTM_F_CLONED) != 0 || n->num_routes == NETWORK_ROUTES)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, m, sizeof(*of))
		take_route_attribute(&r, of, attribute);
	n->routes[n->num_routes++] = r;
	return MNL_CB_OK;
}

static bool is_gateway(const struct network_route *r, const struct network_prefix *a)
{
	for (size_t i = 0; i < r->num_gateways; i++) {
		if (memcmp(r->gateways[i].bytes, a->bytes, sizeof(a->bytes)) == 0 &&
		    r->gateways[i].family == a->family)
			return true;
	}
	return false;
}

static bool is_router(const struct network *n, const struct network_prefix *a)
{
	for (size_t i = 0; i < n->num_routes; i++) {
		if (is_gateway(&n->routes[i], a))
			return true;
	}
	return false;
}

static int see_neighbour(const struct nlmsghdr *m, void *data)
{
	const struct ndmsg    *of = mnl_nlmsg_get_payload(m);
	const struct nlattr   *attribute;
	struct network_prefix  a = { 0 };
	struct network_link   *l = network_link_of(data, (unsigned)of->ndm_ifindex);

	if (l == NULL || (of->ndm_family != AF_INET && of->ndm_family != AF_INET6) ||
	    (of->ndm_state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)) == 0)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, m, sizeof(*of)) {
		if (mnl_attr_get_type(attribute) == NDA_DST)
			get_address(of->ndm_family, attribute, &a);
	}
	l->num_neighbours += network_is_private(&a) && !is_router(data, &a);
	return MNL_CB_OK;
}

/* A list and the reader of its entries. Every request header begins with the family. */
struct network_list {
	uint16_t      type;
	size_t        header_len;
	unsigned char family;
	mnl_cb_t      see;
};

static int network_ask(struct netlink *r, const struct network_list *list, struct network *out)
{
	unsigned char   *of;
	struct nlmsghdr *m = netlink_begin(r, list->type, NLM_F_DUMP, list->header_len, &of);

	*of = list->family;
	return netlink_ask(r, m, list->see, out);
}

static int read_all(struct netlink *r, struct network *out)
{
	static const struct network_list lists[] = {
		{ RTM_GETLINK,  sizeof(struct ifinfomsg), AF_UNSPEC, see_link },
		{ RTM_GETADDR,  sizeof(struct ifaddrmsg), AF_INET,   see_address },
		{ RTM_GETADDR,  sizeof(struct ifaddrmsg), AF_INET6,  see_address },
		{ RTM_GETROUTE, sizeof(struct rtmsg),     AF_INET,   see_route },
		{ RTM_GETROUTE, sizeof(struct rtmsg),     AF_INET6,  see_route },
		{ RTM_GETNEIGH, sizeof(struct ndmsg),     AF_INET,   see_neighbour },
		{ RTM_GETNEIGH, sizeof(struct ndmsg),     AF_INET6,  see_neighbour },
	};
	int error = 0;

	out->num_links = out->num_routes = 0;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && error == 0; i++) {
		error = network_ask(r, &lists[i], out);
		if (error == -EAFNOSUPPORT || error == -EOPNOTSUPP)
			error = 0;
	}
	return error;
}

int network_read(struct netlink *r, struct network *out)
{
	int error = -EINTR;

	for (int i = 0; i < NETLINK_TRIES && error == -EINTR; i++)
		error = read_all(r, out);
	return error;
}

int network_now(struct network *out)
{
	struct netlink *r     = NULL;
	int             error = network_open(&r);

	if (error == 0)
		error = network_read(r, out);
	network_close(r);
	return error;
}
