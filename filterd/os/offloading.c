/* SPDX-License-Identifier: MIT */

/* All flowtables of all families are asked for by netlink; whose table is not ours belongs to another program. */

#include "os/offloading.h"

#include "os/readback.h"
#include "os/rules.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ANSWER_MAX 32768        /* bytes of one message of the kernel's; libmnl advises 8192 at least */

static int see_flowtable(const struct nlmsghdr *m, void *data)
{
	struct flowtables   *out   = data;
	const char          *table = "", *name = "";
	uint32_t             flags = 0;
	const struct nlattr *a;

	mnl_attr_for_each(a, m, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(a) == NFTA_FLOWTABLE_TABLE && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) == 0)
			table = mnl_attr_get_str(a);
		if (mnl_attr_get_type(a) == NFTA_FLOWTABLE_NAME && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) == 0)
			name = mnl_attr_get_str(a);
		if (mnl_attr_get_type(a) == NFTA_FLOWTABLE_FLAGS && mnl_attr_validate(a, MNL_TYPE_U32) == 0)
			flags = ntohl(mnl_attr_get_u32(a));
	}
	if (strcmp(table, RULES_TABLE) == 0)
		return MNL_CB_OK;
	if (out->num++ == 0)
		snprintf(out->name, sizeof(out->name), "%s/%s", table, name);
	out->is_hardware = out->is_hardware || (flags & NFT_FLOWTABLE_HW_OFFLOAD);
	return MNL_CB_OK;
}

static int ask(struct mnl_socket *s, struct flowtables *out)
{
	char             buffer[ANSWER_MAX];
	struct nlmsghdr *m = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *g;
	unsigned         seq  = (unsigned)time(NULL);
	int              more = MNL_CB_OK;

	m->nlmsg_type   = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETFLOWTABLE;
	m->nlmsg_flags  = NLM_F_REQUEST | NLM_F_DUMP;
	m->nlmsg_seq    = seq;
	g               = mnl_nlmsg_put_extra_header(m, sizeof(*g));
	g->nfgen_family = NFPROTO_UNSPEC;
	g->version      = NFNETLINK_V0;
	if (mnl_socket_sendto(s, m, m->nlmsg_len) < 0)
		return -errno;
	while (more == MNL_CB_OK) {
		ssize_t len = mnl_socket_recvfrom(s, buffer, sizeof(buffer));

		if (len < 0)
			return -errno;
		more = mnl_cb_run(buffer, (size_t)len, seq, mnl_socket_get_portid(s), see_flowtable, out);
	}
	return more < 0 ? -errno : 0;
}

int flowtables_of_others(struct flowtables *out)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	int                error;

	*out = (struct flowtables){ 0 };
	if (s == NULL)
		return -errno;
	error = mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : ask(s, out);
	mnl_socket_close(s);
	/* No nftables here, or older than flowtables. */
	return error == -EINVAL || error == -EOPNOTSUPP ? 0 : error;
}

static bool is_among(const char *words, const char *name)
{
	struct bytes word;

	while (rules_next_word(&words, &word)) {
		if (bytes_equal(word, bytes_text(name)))
			return true;
	}
	return false;
}

/* What is protected, and the ways out. */
static bool is_wanted(const struct settings *s, const struct uplinks *uplinks, const char *name)
{
	if (strcmp(name, "lo") == 0)
		return false;
	if (strcmp(s->protect, "auto") == 0 || is_among(s->protect, name))
		return true;
	for (size_t i = 0; i < uplinks->num; i++) {
		if (strcmp(uplinks->names[i], name) == 0)
			return true;
	}
	return false;
}

static int find_devices(const struct settings *s, const struct uplinks *uplinks, struct offloading *out)
{
	struct if_nameindex *all = if_nameindex();

	if (all == NULL)
		return -errno;
	for (size_t i = 0; all[i].if_index != 0 && out->num_devices < OFFLOADING_DEVICES; i++) {
		if (is_wanted(s, uplinks, all[i].if_name))
			snprintf(out->devices[out->num_devices++], IF_NAMESIZE, "%s", all[i].if_name);
	}
	if_freenameindex(all);
	return 0;
}

int offloading_find(const struct settings *s, const struct uplinks *uplinks, struct offloading *out)
{
	struct flowtables others = { 0 };
	int               error  = 0;

	*out = (struct offloading){ .hold = s->offload == OFFLOAD_HOLD, .own = s->offload == OFFLOAD_OWN };
	/* Our own rule comes too late for what another's has taken: where there is one, undecided flows are held as well. */
	if (s->offload == OFFLOAD_AUTO || s->offload == OFFLOAD_OWN) {
		error     = flowtables_of_others(&others);
		out->hold = others.num > 0;
	}
	if (error == 0 && out->own)
		error = find_devices(s, uplinks, out);
	out->own = out->num_devices > 0;
	return error;
}

enum offloading_state offloading_state(struct flowtables *others_out)
{
	struct readback *r = NULL;
	int              holds;

	if (flowtables_of_others(others_out) != 0)
		return OFFLOADING_UNKNOWN;
	if (others_out->num == 0)
		return OFFLOADING_NONE;
	if (readback_open(&r) != 0)
		return OFFLOADING_UNKNOWN;
	holds = readback_holds(r);
	readback_close(r);
	return holds < 0 ? OFFLOADING_UNKNOWN : holds == 1 ? OFFLOADING_HELD : OFFLOADING_UNSEEN;
}
