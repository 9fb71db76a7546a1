/* SPDX-License-Identifier: MIT */

/*
 * All routes of both families are asked for by rtnetlink; a default route is one with no
 * destination. rtnetlink(7).
 */

#include "kernel/routes.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <time.h>

static void add_uplink(struct uplinks *u, unsigned index)
{
	char name[IF_NAMESIZE];

	if (index == 0 || if_indextoname(index, name) == NULL || strcmp(name, "lo") == 0)
		return;
	for (size_t i = 0; i < u->num; i++) {
		if (strcmp(u->names[i], name) == 0)
			return;
	}
	if (u->num < ROUTES_MAX)
		memcpy(u->names[u->num++], name, sizeof(name));
}

/* Next hops of a multipath route. */
static void add_next_hops(struct uplinks *u, const struct nlattr *attribute)
{
	const struct rtnexthop *hop  = mnl_attr_get_payload(attribute);
	int                     left = mnl_attr_get_payload_len(attribute);

	for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		add_uplink(u, (unsigned)hop->rtnh_ifindex);
}

static int see_route(const struct nlmsghdr *m, void *data)
{
	const struct rtmsg  *route = mnl_nlmsg_get_payload(m);
	const struct nlattr *attribute;

	if (route->rtm_dst_len != 0 || route->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, m, sizeof(*route)) {
		if (mnl_attr_get_type(attribute) == RTA_OIF)
			add_uplink(data, mnl_attr_get_u32(attribute));
		if (mnl_attr_get_type(attribute) == RTA_MULTIPATH)
			add_next_hops(data, attribute);
	}
	return MNL_CB_OK;
}

static int routes_ask(struct mnl_socket *s, unsigned char family, struct uplinks *out)
{
	char             buffer[32768];
	struct nlmsghdr *m = mnl_nlmsg_put_header(buffer);
	struct rtmsg    *route;
	unsigned         seq = (unsigned)time(NULL);
	ssize_t          len;
	int              more = MNL_CB_OK;

	m->nlmsg_type  = RTM_GETROUTE;
	m->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	m->nlmsg_seq   = seq;
	route = mnl_nlmsg_put_extra_header(m, sizeof(*route));
	route->rtm_family = family;
	if (mnl_socket_sendto(s, m, m->nlmsg_len) < 0)
		return -errno;
	while (more == MNL_CB_OK) {
		len = mnl_socket_recvfrom(s, buffer, sizeof(buffer));
		if (len < 0)
			return -errno;
		more = mnl_cb_run(buffer, (size_t)len, seq, mnl_socket_get_portid(s), see_route,
		                  out);
	}
	return more < 0 ? -errno : 0;
}

int routes_uplinks(struct uplinks *out)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int                error;

	out->num = 0;
	if (s == NULL)
		return -errno;
	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0)
		error = -errno;
	else if ((error = routes_ask(s, AF_INET, out)) == 0)
		error = routes_ask(s, AF_INET6, out);
	mnl_socket_close(s);
	return error == -EAFNOSUPPORT || error == -EOPNOTSUPP ? 0 : error;
}
