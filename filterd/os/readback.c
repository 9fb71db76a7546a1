/* SPDX-License-Identifier: MIT */

/*
 * A packet's way is a chain of jumps, from the hook to the queue. Each link is a rule to be found: in this chain, one that leads
 * there, be it a jump, an expression or a target of iptables. Whether some rule of another program comes before is not asked.
 *
 * The kernel numbers the states of its rules: as long as the number stays, so does the answer.
 */

#include "os/readback.h"

#include "os/readback_inside.h"
#include "os/rules.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define OLDER_TABLES "/proc/net/ip_tables_names"
#define ANSWER_MAX 32768        /* bytes of one message of the kernel's; libmnl advises 8192 at least */
#define TRIES      3            /* a list that changed while it was read is read again */
#define PATIENCE_S 2            /* the kernel answers at once; should it not, we do not wait for ever */

static const struct link nft_links[] = {
	{ "filterd", "prerouting",     "queueing" },
	{ "filterd", "output",         "queueing" },
	{ "filterd", "queueing",       "queue" },
	{ "filterd", "verdict_input",  "verdict" },
	{ "filterd", "verdict_forward", "verdict" },
	{ "filterd", "verdict_output", "verdict" },
};

static const struct link nft_hold_links[] = {
	{ "filterd", "hold",           "queue" },
};

static const struct link iptables_hold_links[] = {
	{ "mangle", "FORWARD",         "filterd-hold" },
	{ "mangle", "filterd-hold",    "filterd-send" },
};

static const struct link iptables_links[] = {
	{ "mangle", "PREROUTING",      "filterd-in" },
	{ "mangle", "OUTPUT",          "filterd-out" },
	{ "mangle", "filterd-in",      "filterd-queue" },
	{ "mangle", "filterd-out",     "filterd-queue" },
	{ "mangle", "filterd-queue",   "filterd-send" },
	{ "mangle", "filterd-send",    "NFQUEUE" },
	{ "filter", "INPUT",           "filterd-verdict" },
	{ "filter", "FORWARD",         "filterd-verdict" },
	{ "filter", "OUTPUT",          "filterd-verdict" },
	{ "filter", "filterd-verdict", "filterd-save" },
};

static const struct link unseen_links[] = {
	{ RULES_UNSEEN_TABLE, "prerouting", "objref" },
	{ RULES_UNSEEN_TABLE, "output",     "objref" },
};

struct readback {
	struct mnl_socket *netlink;
	int                older_fd;            /* names of the tables of the older iptables; -1: there are none */
	int                older4_fd, older6_fd;        /* sockets to ask for them with, or -errno */
	uint32_t           seq;
	bool               has_generation;
	uint32_t           generation;          /* of the rules, when they were last read */
	enum hooks         hooks;               /* what was found then */
	bool               is_offloaded;        /* the one that is missing would hold what another program offloads */
	char               buffer[ANSWER_MAX];
};

int readback_open(struct readback **out)
{
	struct readback     *r        = calloc(1, sizeof(*r));
	const struct timeval patience = { .tv_sec = PATIENCE_S };

	if (r == NULL)
		return -ENOMEM;
	r->older_fd  = open(OLDER_TABLES, O_RDONLY | O_CLOEXEC);
	r->older4_fd = readback_older_open(AF_INET);
	r->older6_fd = readback_older_open(AF_INET6);
	r->netlink   = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (r->netlink == NULL || mnl_socket_bind(r->netlink, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(r->netlink), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0) {
		int error = -errno;

		readback_close(r);
		return error;
	}
	*out = r;
	return 0;
}

void readback_close(struct readback *r)
{
	if (r == NULL)
		return;
	if (r->netlink != NULL)
		mnl_socket_close(r->netlink);
	if (r->older_fd >= 0)
		close(r->older_fd);
	if (r->older4_fd >= 0)
		close(r->older4_fd);
	if (r->older6_fd >= 0)
		close(r->older6_fd);
	free(r);
}

static struct nlmsghdr *begin(struct readback *r, int type, int family, uint16_t flags)
{
	struct nlmsghdr  *m = mnl_nlmsg_put_header(r->buffer);
	struct nfgenmsg  *g;

	m->nlmsg_type   = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	m->nlmsg_flags  = NLM_F_REQUEST | flags;
	m->nlmsg_seq    = ++r->seq;
	g               = mnl_nlmsg_put_extra_header(m, sizeof(*g));
	g->nfgen_family = (uint8_t)family;
	g->version      = NFNETLINK_V0;
	return m;
}

/* Asks and gives each message of the answer to `see`: 0 or -errno. */
static int ask(struct readback *r, const struct nlmsghdr *m, mnl_cb_t see, void *data)
{
	unsigned port = mnl_socket_get_portid(r->netlink), seq = r->seq;
	bool     list = m->nlmsg_flags & NLM_F_DUMP;
	int      more = MNL_CB_OK;
	ssize_t  len;

	if (mnl_socket_sendto(r->netlink, m, m->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(r->netlink, r->buffer, sizeof(r->buffer));
		if (len < 0)
			return -errno;
		more = mnl_cb_run(r->buffer, (size_t)len, seq, port, see, data);
		/* An answer to a question before, which came too late. */
		if (more < 0 && errno == EPROTO)
			more = MNL_CB_OK;
		else if (more < 0)
			return -errno;
		else if (!list)
			break;
	} while (more == MNL_CB_OK);
	return 0;
}

/* Attributes of a nest or message up to `most`; others are left out. */
struct attributes {
	const struct nlattr *at[32];
};

static int see_attribute(const struct nlattr *a, void *data)
{
	struct attributes *out = data;

	if (mnl_attr_get_type(a) < COUNT(out->at))
		out->at[mnl_attr_get_type(a)] = a;
	return MNL_CB_OK;
}

static struct attributes within(const struct nlattr *nest)
{
	struct attributes out = { 0 };

	if (nest != NULL)
		mnl_attr_parse_nested(nest, see_attribute, &out);
	return out;
}

static struct attributes of_message(const struct nlmsghdr *m)
{
	struct attributes out = { 0 };

	mnl_attr_parse(m, sizeof(struct nfgenmsg), see_attribute, &out);
	return out;
}

static bool says(const struct nlattr *a, const char *text)
{
	return a != NULL && mnl_attr_get_payload_len(a) == strlen(text) + 1 && strcmp(mnl_attr_get_str(a), text) == 0;
}

static bool get_number(const struct nlattr *a, uint64_t *out)
{
	if (a == NULL || mnl_attr_get_payload_len(a) < sizeof(uint64_t))
		return false;
	*out = be64toh(mnl_attr_get_u64(a));
	return true;
}

/* Does this expression of a rule lead there? */
static bool leads_to(const struct nlattr *expression, const char *to)
{
	struct attributes e    = within(expression);
	struct attributes data = within(e.at[NFTA_EXPR_DATA]);

	if (says(e.at[NFTA_EXPR_NAME], "immediate")) {
		struct attributes value   = within(data.at[NFTA_IMMEDIATE_DATA]);
		struct attributes verdict = within(value.at[NFTA_DATA_VERDICT]);

		return says(verdict.at[NFTA_VERDICT_CHAIN], to);
	}
	if (says(e.at[NFTA_EXPR_NAME], "target"))
		return says(data.at[NFTA_TARGET_NAME], to);
	return says(e.at[NFTA_EXPR_NAME], to);
}

struct search {
	const struct link *link;
	bool               found;
};

static int see_rule(const struct nlmsghdr *m, void *data)
{
	struct search        *search = data;
	struct attributes     rule   = of_message(m);
	const struct nlattr  *expression;

	/* Kernels before 5.x list every chain whatever was asked. */
	if (!says(rule.at[NFTA_RULE_TABLE], search->link->table) || !says(rule.at[NFTA_RULE_CHAIN], search->link->chain) ||
	    rule.at[NFTA_RULE_EXPRESSIONS] == NULL)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(expression, rule.at[NFTA_RULE_EXPRESSIONS])
		search->found = search->found || leads_to(expression, search->link->to);
	return MNL_CB_OK;
}

/* 1 if the rule is there, 0 if not, -errno. */
static int has_link(struct readback *r, int family, const struct link *link)
{
	struct search search = { .link = link };
	int           error  = -EINTR;

	for (int i = 0; i < TRIES && error == -EINTR; i++) {
		struct nlmsghdr *m = begin(r, NFT_MSG_GETRULE, family, NLM_F_DUMP);

		search.found = false;
		mnl_attr_put_strz(m, NFTA_RULE_TABLE, link->table);
		mnl_attr_put_strz(m, NFTA_RULE_CHAIN, link->chain);
		error = ask(r, m, see_rule, &search);
	}
	if (error == -ENOENT)
		return 0;
	return error != 0 ? error : search.found;
}

static int has_links(struct readback *r, int family, const struct link *links, size_t num)
{
	int has = 1;

	for (size_t i = 0; i < num && has == 1; i++)
		has = has_link(r, family, &links[i]);
	return has;
}

/* Are there rules of the older iptables that might be ours? */
static bool has_older(const struct readback *r)
{
	char    names[512];
	ssize_t len = r->older_fd >= 0 ? pread(r->older_fd, names, sizeof(names) - 1, 0) : 0;

	names[len > 0 ? len : 0] = '\0';
	return strstr(names, "mangle\n") != NULL && strstr(names, "filter\n") != NULL;
}

/* Those have no number that would say when they change: they are read each time. */
static enum hooks look_at_older(struct readback *r)
{
	int has = has_older(r) ? readback_older(AF_INET, r->older4_fd, iptables_links, COUNT(iptables_links)) : 0;

	if (has == 1)
		has = readback_older(AF_INET6, r->older6_fd, iptables_links, COUNT(iptables_links));
	return has < 0 ? HOOKS_UNKNOWN : has == 1 ? HOOKS_OK : HOOKS_MISSING;
}

int readback_holds(struct readback *r)
{
	int has = has_links(r, NFPROTO_INET, nft_hold_links, COUNT(nft_hold_links));

	if (has == 0)
		has = has_links(r, NFPROTO_IPV4, iptables_hold_links, COUNT(iptables_hold_links));
	if (has == 0 && has_older(r))
		has = readback_older(AF_INET, r->older4_fd, iptables_hold_links, COUNT(iptables_hold_links));
	return has;
}

static int see_flowtable(const struct nlmsghdr *m, void *data)
{
	struct flowtables   *out   = data;
	struct attributes    table = of_message(m);
	const struct nlattr *flags = table.at[NFTA_FLOWTABLE_FLAGS], *use = table.at[NFTA_FLOWTABLE_USE];

	if (says(table.at[NFTA_FLOWTABLE_TABLE], RULES_TABLE) || table.at[NFTA_FLOWTABLE_TABLE] == NULL ||
	    table.at[NFTA_FLOWTABLE_NAME] == NULL)
		return MNL_CB_OK;
	if (use != NULL && mnl_attr_get_payload_len(use) >= sizeof(uint32_t) && mnl_attr_get_u32(use) == 0)
		return MNL_CB_OK;
	if (out->num++ == 0)
		snprintf(out->name, sizeof(out->name), "%s/%s", mnl_attr_get_str(table.at[NFTA_FLOWTABLE_TABLE]),
		         mnl_attr_get_str(table.at[NFTA_FLOWTABLE_NAME]));
	if (flags != NULL && mnl_attr_get_payload_len(flags) >= sizeof(uint32_t))
		out->is_hardware = out->is_hardware || ntohl(mnl_attr_get_u32(flags)) & NFT_FLOWTABLE_HW_OFFLOAD;
	return MNL_CB_OK;
}

int readback_flowtables(struct readback *r, struct flowtables *out)
{
	int error = -EINTR;

	for (int i = 0; i < TRIES && error == -EINTR; i++) {
		*out  = (struct flowtables){ 0 };
		error = ask(r, begin(r, NFT_MSG_GETFLOWTABLE, NFPROTO_UNSPEC, NLM_F_DUMP), see_flowtable, out);
	}
	/* No nftables here, or older than flowtables. */
	return error == -EINVAL || error == -EOPNOTSUPP ? 0 : error;
}

/* Does another program's rule take flows away that ours have not done with? 1, 0 or -errno. */
static int is_offloaded(struct readback *r)
{
	struct flowtables others;
	int               error = readback_flowtables(r, &others), holds;

	if (error != 0 || others.num == 0)
		return error;
	holds = readback_holds(r);
	return holds < 0 ? holds : !holds;
}

static enum hooks look(struct readback *r)
{
	int has = has_links(r, NFPROTO_INET, nft_links, COUNT(nft_links));

	if (has == 0) {
		has = has_links(r, NFPROTO_IPV4, iptables_links, COUNT(iptables_links));
		if (has == 1)
			has = has_links(r, NFPROTO_IPV6, iptables_links, COUNT(iptables_links));
	}
	if (has == 1) {
		int offloaded = is_offloaded(r);

		r->is_offloaded = offloaded == 1;
		has             = offloaded < 0 ? offloaded : !offloaded;
	}
	return has < 0 ? HOOKS_UNKNOWN : has == 1 ? HOOKS_OK : HOOKS_MISSING;
}

static int see_generation(const struct nlmsghdr *m, void *data)
{
	const struct nlattr *id = of_message(m).at[NFTA_GEN_ID];

	if (id != NULL && mnl_attr_get_payload_len(id) >= sizeof(uint32_t))
		*(uint32_t *)data = ntohl(mnl_attr_get_u32(id));
	return MNL_CB_OK;
}

enum hooks readback_hooks(struct readback *r)
{
	uint32_t generation = 0;

	/* A kernel without nft has the older tables alone. */
	if (ask(r, begin(r, NFT_MSG_GETGEN, AF_UNSPEC, 0), see_generation, &generation) != 0)
		return has_older(r) ? look_at_older(r) : HOOKS_UNKNOWN;
	/* Read after its number: what changes meanwhile has another one, and is read again. */
	if (!r->has_generation || generation != r->generation) {
		r->is_offloaded   = false;
		r->hooks          = look(r);
		r->has_generation = r->hooks != HOOKS_UNKNOWN;
		r->generation     = generation;
	}
	if (r->hooks != HOOKS_MISSING || r->is_offloaded)
		return r->hooks;
	/* Such tables that came after we gave up our rights cannot be named, and asking for one would make it. */
	if (r->older_fd < 0 && access(OLDER_TABLES, F_OK) == 0)
		return HOOKS_UNKNOWN;
	return has_older(r) ? look_at_older(r) : HOOKS_MISSING;
}

bool readback_is_offloaded(const struct readback *r)
{
	return r->is_offloaded;
}

static int see_table(const struct nlmsghdr *m, void *data)
{
	get_number(of_message(m).at[NFTA_TABLE_HANDLE], data);
	return MNL_CB_OK;
}

/* The number of the table that counts: 0 or -errno. */
static int get_table(struct readback *r, uint64_t *handle_out)
{
	struct nlmsghdr *m      = begin(r, NFT_MSG_GETTABLE, NFPROTO_INET, 0);
	uint64_t         handle = 0;
	int              error;

	mnl_attr_put_strz(m, NFTA_TABLE_NAME, RULES_UNSEEN_TABLE);
	error = ask(r, m, see_table, &handle);
	if (error == 0 && handle == 0)
		error = -EOPNOTSUPP;    /* a kernel before 4.16 */
	if (error == 0)
		*handle_out = handle;
	return error;
}

struct counted {
	bool     known;
	uint64_t packets;
};

static int see_counter(const struct nlmsghdr *m, void *data)
{
	struct counted   *out     = data;
	struct attributes counter = within(of_message(m).at[NFTA_OBJ_DATA]);

	out->known = get_number(counter.at[NFTA_COUNTER_PACKETS], &out->packets);
	return MNL_CB_OK;
}

static int get_counter(struct readback *r, uint64_t *packets_out)
{
	struct nlmsghdr *m       = begin(r, NFT_MSG_GETOBJ, NFPROTO_INET, 0);
	struct counted   counted = { 0 };
	int              error;

	mnl_attr_put_strz(m, NFTA_OBJ_TABLE, RULES_UNSEEN_TABLE);
	mnl_attr_put_strz(m, NFTA_OBJ_NAME, RULES_UNSEEN_COUNTER);
	mnl_attr_put_u32(m, NFTA_OBJ_TYPE, htonl(NFT_OBJECT_COUNTER));
	error = ask(r, m, see_counter, &counted);
	if (error == 0 && !counted.known)
		error = -EBADMSG;
	if (error == 0)
		*packets_out = counted.packets;
	return error;
}

int readback_unseen(struct readback *r, uint64_t *table_out, uint64_t *packets_out)
{
	uint64_t before = 0, after = 0, packets = 0;
	int      has    = has_links(r, NFPROTO_INET, unseen_links, COUNT(unseen_links));
	int      error  = has < 0 ? has : has == 0 ? -ENOENT : get_table(r, &before);

	if (error == 0)
		error = get_counter(r, &packets);
	if (error == 0)
		error = get_table(r, &after);
	/* Another table in the moment between: the number might be of either. */
	if (error == 0 && before != after)
		error = -EAGAIN;
	if (error != 0)
		return error;
	*table_out   = before;
	*packets_out = packets;
	return 0;
}
