/* SPDX-License-Identifier: MIT */

/*
 * nf_tables by netlink: one message is the request, each message of the answer is a rule, a
 * flowtable, a table, a counter, or elements of a set. They consist of nested attributes: a rule
 * has expressions, an expression has a name and data, and a jump is the verdict in the data of the
 * expression `immediate`. iptables-nft makes such rules, too, with its own targets in expressions
 * `target`.
 */

#include "kernel/readback_inside.h"

#include "kernel/rules.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static struct nlmsghdr *readback_nft_begin(struct netlink *n, int type, int family, int flags)
{
	struct nfgenmsg *g;
	struct nlmsghdr *m =
		netlink_begin(n, NFNL_SUBSYS_NFTABLES << 8 | type, flags, sizeof(*g), &g);

	g->nfgen_family = (uint8_t)family;
	g->version      = NFNETLINK_V0;
	return m;
}

/* The attributes of a nest or message up to type `most`; ignores others. */
struct nft_attributes {
	const struct nlattr *at[32];
};

static int see_attribute(const struct nlattr *a, void *data)
{
	struct nft_attributes *out = data;

	if (mnl_attr_get_type(a) < COUNT(out->at))
		out->at[mnl_attr_get_type(a)] = a;
	return MNL_CB_OK;
}

static struct nft_attributes within(const struct nlattr *nest)
{
	struct nft_attributes out = { 0 };

	if (nest != NULL)
		mnl_attr_parse_nested(nest, see_attribute, &out);
	return out;
}

static struct nft_attributes of_message(const struct nlmsghdr *m)
{
	struct nft_attributes out = { 0 };

	mnl_attr_parse(m, sizeof(struct nfgenmsg), see_attribute, &out);
	return out;
}

static bool says(const struct nlattr *a, const char *text)
{
	return a != NULL && mnl_attr_get_payload_len(a) == strlen(text) + 1 &&
	       strcmp(mnl_attr_get_str(a), text) == 0;
}

static bool get_number(const struct nlattr *a, uint64_t *out)
{
	if (a == NULL || mnl_attr_get_payload_len(a) < sizeof(uint64_t))
		return false;
	*out = be64toh(mnl_attr_get_u64(a));
	return true;
}

static bool is_number(const struct nlattr *a, uint32_t value)
{
	return a != NULL && mnl_attr_get_payload_len(a) >= sizeof(value) &&
	       ntohl(mnl_attr_get_u32(a)) == value;
}

/* Does this expression of a rule have that target? */
static bool leads_to(const struct nlattr *expression, const char *to)
{
	struct nft_attributes e    = within(expression);
	struct nft_attributes data = within(e.at[NFTA_EXPR_DATA]);

	if (says(e.at[NFTA_EXPR_NAME], "immediate")) {
		struct nft_attributes value   = within(data.at[NFTA_IMMEDIATE_DATA]);
		struct nft_attributes verdict = within(value.at[NFTA_DATA_VERDICT]);

		return says(verdict.at[NFTA_VERDICT_CHAIN], to) ||
		       (strcasecmp(to, "return") == 0 &&
		        is_number(verdict.at[NFTA_VERDICT_CODE], (uint32_t)NFT_RETURN));
	}
	if (says(e.at[NFTA_EXPR_NAME], "target"))
		return says(data.at[NFTA_TARGET_NAME], to);
	return says(e.at[NFTA_EXPR_NAME], to);
}

struct search {
	const struct rule_link *link;
	bool                    found;
	readback_name          *take;           /* NULL: only the link counts */
	void                   *owner;
};

/* The name in a comparison, if it includes the NUL; else it is a pattern. */
static bool get_name(const struct nlattr *comparison, char out[IF_NAMESIZE])
{
	struct nft_attributes data  = within(comparison);
	struct nft_attributes value = within(data.at[NFTA_CMP_DATA]);
	const struct nlattr  *name  = value.at[NFTA_DATA_VALUE];
	size_t                len   = name != NULL ? mnl_attr_get_payload_len(name) : 0;

	if (!is_number(data.at[NFTA_CMP_OP], NFT_CMP_EQ) || len == 0 || len > IF_NAMESIZE ||
	    memchr(mnl_attr_get_payload(name), '\0', len) == NULL)
		return false;
	memcpy(out, mnl_attr_get_payload(name), len);
	return true;
}

/* `iifname "..."` is two expressions: the name is loaded, and compared. */
static void see_interface(const struct nlattr *expressions, const struct search *search)
{
	const struct nlattr *expression;
	char                 name[IF_NAMESIZE] = "";
	bool                 is_loaded         = false;

	mnl_attr_for_each_nested(expression, expressions) {
		struct nft_attributes e    = within(expression);
		struct nft_attributes data = within(e.at[NFTA_EXPR_DATA]);

		if (is_loaded && says(e.at[NFTA_EXPR_NAME], "cmp") &&
		    get_name(e.at[NFTA_EXPR_DATA], name))
			break;
		is_loaded = says(e.at[NFTA_EXPR_NAME], "meta") &&
		            is_number(data.at[NFTA_META_KEY], NFT_META_IIFNAME);
	}
	if (name[0] != '\0')
		search->take(search->owner, name);
}

static int see_rule(const struct nlmsghdr *m, void *data)
{
	struct search        *search = data;
	struct nft_attributes rule   = of_message(m);
	const struct nlattr  *expression;
	bool                  leads  = false;

	/* Kernels before 5.x always list every chain. */
	if (!says(rule.at[NFTA_RULE_TABLE], search->link->table) ||
	    !says(rule.at[NFTA_RULE_CHAIN], search->link->chain) ||
	    rule.at[NFTA_RULE_EXPRESSIONS] == NULL)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(expression, rule.at[NFTA_RULE_EXPRESSIONS])
		leads = leads || leads_to(expression, search->link->to);
	search->found = search->found || leads;
	if (leads && search->take != NULL)
		see_interface(rule.at[NFTA_RULE_EXPRESSIONS], search);
	return MNL_CB_OK;
}

static int readback_nft_search(struct netlink *n, int family, struct search *search)
{
	int error = -EINTR;

	for (int i = 0; i < NETLINK_TRIES && error == -EINTR; i++) {
		struct nlmsghdr *m = readback_nft_begin(n, NFT_MSG_GETRULE, family, NLM_F_DUMP);

		search->found = false;
		mnl_attr_put_strz(m, NFTA_RULE_TABLE, search->link->table);
		mnl_attr_put_strz(m, NFTA_RULE_CHAIN, search->link->chain);
		error = netlink_ask(n, m, see_rule, search);
	}
	return error;
}

/* 1 if the rule exists, 0 if not, -errno. */
static int readback_nft_has_link(struct netlink *n, int family, const struct rule_link *link)
{
	struct search search = { .link = link };
	int           error  = readback_nft_search(n, family, &search);

	if (error == -ENOENT)
		return 0;
	return error != 0 ? error : search.found;
}

int readback_nft_interfaces(struct netlink *n, int family, const struct rule_link *link,
                            readback_name *take, void *owner)
{
	struct search search = { .link = link, .take = take, .owner = owner };

	return readback_nft_search(n, family, &search);
}

int readback_nft(struct netlink *n, int family, struct rule_links links)
{
	int has = 1;

	for (size_t i = 0; i < links.num && has == 1; i++)
		has = readback_nft_has_link(n, family, &links.at[i]);
	return has;
}

struct rule_walk {
	const char    *table;
	readback_rule *take;
	void          *owner;
};

/* The kernel names anonymous sets: "__set0", "__map1". */
static bool is_nameless(const struct nlattr *expression)
{
	struct nft_attributes e    = within(expression);
	const struct nlattr  *name = within(e.at[NFTA_EXPR_DATA]).at[NFTA_LOOKUP_SET];

	return says(e.at[NFTA_EXPR_NAME], "lookup") && name != NULL &&
	       mnl_attr_get_payload_len(name) > 2 && memcmp(mnl_attr_get_str(name), "__", 2) == 0;
}

static int see_any_rule(const struct nlmsghdr *m, void *data)
{
	const struct rule_walk *walk = data;
	struct nft_attributes   rule = of_message(m);
	const struct nlattr    *expression, *chain = rule.at[NFTA_RULE_CHAIN];
	unsigned                num_sets = 0;
	uint64_t                handle   = 0;

	if (!says(rule.at[NFTA_RULE_TABLE], walk->table) || chain == NULL ||
	    !get_number(rule.at[NFTA_RULE_HANDLE], &handle))
		return MNL_CB_OK;
	if (rule.at[NFTA_RULE_EXPRESSIONS] != NULL) {
		mnl_attr_for_each_nested(expression, rule.at[NFTA_RULE_EXPRESSIONS])
			num_sets += is_nameless(expression);
	}
	walk->take(walk->owner, mnl_attr_get_str(chain), handle, num_sets);
	return MNL_CB_OK;
}

int readback_nft_rules(struct netlink *n, int family, const char *table, readback_rule *take,
                       void *owner)
{
	struct rule_walk walk = { table, take, owner };
	struct nlmsghdr *m    = readback_nft_begin(n, NFT_MSG_GETRULE, family, NLM_F_DUMP);

	mnl_attr_put_strz(m, NFTA_RULE_TABLE, table);
	return netlink_ask(n, m, see_any_rule, &walk);
}

static int see_flowtable(const struct nlmsghdr *m, void *data)
{
	struct flowtables    *out   = data;
	struct nft_attributes table = of_message(m);
	const struct nlattr  *flags = table.at[NFTA_FLOWTABLE_FLAGS],
			    *use    = table.at[NFTA_FLOWTABLE_USE];

	if (says(table.at[NFTA_FLOWTABLE_TABLE], RULES_TABLE) ||
	    table.at[NFTA_FLOWTABLE_TABLE] == NULL || table.at[NFTA_FLOWTABLE_NAME] == NULL)
		return MNL_CB_OK;
	if (use != NULL && mnl_attr_get_payload_len(use) >= sizeof(uint32_t) &&
	    mnl_attr_get_u32(use) == 0)
		return MNL_CB_OK;
	if (out->num++ == 0)
		snprintf(out->name, sizeof(out->name), "%s/%s",
		         mnl_attr_get_str(table.at[NFTA_FLOWTABLE_TABLE]),
		         mnl_attr_get_str(table.at[NFTA_FLOWTABLE_NAME]));
	if (flags != NULL && mnl_attr_get_payload_len(flags) >= sizeof(uint32_t))
		out->is_hardware = out->is_hardware ||
		                   ntohl(mnl_attr_get_u32(flags)) & NFT_FLOWTABLE_HW_OFFLOAD;
	return MNL_CB_OK;
}

int readback_nft_flowtables(struct netlink *n, struct flowtables *out)
{
	int error = -EINTR;

	for (int i = 0; i < NETLINK_TRIES && error == -EINTR; i++) {
		*out  = (struct flowtables){ 0 };
		error = netlink_ask(
			n, readback_nft_begin(n, NFT_MSG_GETFLOWTABLE, NFPROTO_UNSPEC, NLM_F_DUMP),
			see_flowtable, out);
	}
	/* No nftables, or older than flowtables. */
	return error == -EINVAL || error == -EOPNOTSUPP ? 0 : error;
}

static int see_generation(const struct nlmsghdr *m, void *data)
{
	const struct nlattr *id = of_message(m).at[NFTA_GEN_ID];

	if (id != NULL && mnl_attr_get_payload_len(id) >= sizeof(uint32_t))
		*(uint32_t *)data = ntohl(mnl_attr_get_u32(id));
	return MNL_CB_OK;
}

int readback_nft_generation(struct netlink *n, uint32_t *out)
{
	uint32_t generation = 0;
	int      error = netlink_ask(n, readback_nft_begin(n, NFT_MSG_GETGEN, AF_UNSPEC, 0),
	                                  see_generation, &generation);

	if (error == 0)
		*out = generation;
	return error;
}

static int see_table(const struct nlmsghdr *m, void *data)
{
	get_number(of_message(m).at[NFTA_TABLE_HANDLE], data);
	return MNL_CB_OK;
}

int readback_nft_table(struct netlink *n, const char *table, uint64_t *number_out)
{
	struct nlmsghdr *m      = readback_nft_begin(n, NFT_MSG_GETTABLE, NFPROTO_INET, 0);
	uint64_t         handle = 0;
	int              error;

	mnl_attr_put_strz(m, NFTA_TABLE_NAME, table);
	error = netlink_ask(n, m, see_table, &handle);
	if (error == 0 && handle == 0)
		error = -EOPNOTSUPP;    /* a kernel before 4.16 */
	if (error == 0)
		*number_out = handle;
	return error;
}

struct counted_rules {
	bool     known;
	uint64_t packets;
};

static int see_counter(const struct nlmsghdr *m, void *data)
{
	struct counted_rules *out     = data;
	struct nft_attributes counter = within(of_message(m).at[NFTA_OBJ_DATA]);

	out->known = get_number(counter.at[NFTA_COUNTER_PACKETS], &out->packets);
	return MNL_CB_OK;
}

int readback_nft_counter(struct netlink *n, const char *table, const char *name,
                         uint64_t *packets_out)
{
	struct nlmsghdr     *m       = readback_nft_begin(n, NFT_MSG_GETOBJ, NFPROTO_INET, 0);
	struct counted_rules counted = { 0 };
	int                  error;

	mnl_attr_put_strz(m, NFTA_OBJ_TABLE, table);
	mnl_attr_put_strz(m, NFTA_OBJ_NAME, name);
	mnl_attr_put_u32(m, NFTA_OBJ_TYPE, htonl(NFT_OBJECT_COUNTER));
	error = netlink_ask(n, m, see_counter, &counted);
	if (error == 0 && !counted.known)
		error = -EBADMSG;
	if (error == 0)
		*packets_out = counted.packets;
	return error;
}

struct counting {
	readback_count *take;
	void           *owner;
};

/* An element is its key and the counter expression. */
static int see_elements(const struct nlmsghdr *m, void *data)
{
	const struct nlattr   *list = of_message(m).at[NFTA_SET_ELEM_LIST_ELEMENTS], *element;
	const struct counting *to   = data;

	if (list == NULL)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(element, list) {
		struct nft_attributes e       = within(element);
		struct nft_attributes key     = within(e.at[NFTA_SET_ELEM_KEY]);
		struct nft_attributes counter = within(e.at[NFTA_SET_ELEM_EXPR]);
		const struct nlattr  *value   = key.at[NFTA_DATA_VALUE];
		uint64_t              packets = 0;

		if (value == NULL || !says(counter.at[NFTA_EXPR_NAME], "counter") ||
		    !get_number(within(counter.at[NFTA_EXPR_DATA]).at[NFTA_COUNTER_PACKETS],
		                &packets))
			continue;
		to->take(to->owner,
		         bytes_of(mnl_attr_get_payload(value), mnl_attr_get_payload_len(value)),
		         packets);
	}
	return MNL_CB_OK;
}

int readback_nft_counts(struct netlink *n, const char *table, const char *set, readback_count *take,
                        void *owner)
{
	struct nlmsghdr *m  = readback_nft_begin(n, NFT_MSG_GETSETELEM, NFPROTO_INET, NLM_F_DUMP);
	struct counting  to = { take, owner };

	mnl_attr_put_strz(m, NFTA_SET_ELEM_LIST_TABLE, table);
	mnl_attr_put_strz(m, NFTA_SET_ELEM_LIST_SET, set);
	return netlink_ask(n, m, see_elements, &to);
}
