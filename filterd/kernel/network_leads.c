/* SPDX-License-Identifier: MIT */

/* One question to the routes: RTM_GETROUTE, rtnetlink(7). */

#include "kernel/network_inside.h"

#include <errno.h>
#include <linux/rtnetlink.h>

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
 * By the interface of that index alone; 0: by any. The interface of the route, 0 if there is none.
 * Without RTM_F_FIB_MATCH the kernel takes an address that no route leads to for a neighbour.
 */
static unsigned way_to(struct network_reader *r, const struct network_prefix *to, unsigned by)
{
	struct nlmsghdr *m       = mnl_nlmsg_put_header(r->buffer);
	struct rtmsg    *of      = mnl_nlmsg_put_extra_header(m, sizeof(*of));
	size_t           len     = to->family == 4 ? 4 : 16;
	unsigned         index   = 0, port = mnl_socket_get_portid(r->netlink);
	int              done    = -1;
	ssize_t          got;

	m->nlmsg_type   = RTM_GETROUTE;
	m->nlmsg_flags  = NLM_F_REQUEST;
	m->nlmsg_seq    = ++r->seq;
	of->rtm_family  = to->family == 4 ? AF_INET : AF_INET6;
	of->rtm_dst_len = (uint8_t)(8 * len);
	of->rtm_flags   = RTM_F_FIB_MATCH;
	mnl_attr_put(m, RTA_DST, len, to->bytes);
	if (by != 0)
		mnl_attr_put_u32(m, RTA_OIF, by);
	if (mnl_socket_sendto(r->netlink, m, m->nlmsg_len) < 0)
		return 0;
	/* An answer to a question before may have come too late. */
	do {
		got = mnl_socket_recvfrom(r->netlink, r->buffer, sizeof(r->buffer));
		if (got < 0)
			return 0;
		done = mnl_cb_run(r->buffer, (size_t)got, r->seq, port, see_way, &index);
	} while (done < 0 && errno == EPROTO);
	return index;
}

bool network_leads(struct network_reader *r, const struct network_prefix *to, unsigned by,
                   unsigned *other_out)
{
	*other_out = 0;
	if (way_to(r, to, by) != 0)
		return true;
	*other_out = way_to(r, to, 0);
	return false;
}
