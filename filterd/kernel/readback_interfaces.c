/* SPDX-License-Identifier: MIT */

/*
 * Which rules name interfaces is known from the table that they are made from: rows for each
 * interface of the way out, and for each that protect names. A rule in the chain of such a row that
 * asks for an interface, and leads where the row does, is one.
 */

#include "kernel/readback_inside.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

/* Does the row come once for each interface? Then *link_out is its chain, and where it leads. */
static bool row_link(const struct rule_row *row, bool is_nft, unsigned when,
                     struct rule_link *link_out)
{
	const char *text = is_nft ? row->nft : row->iptables, *to;

	if ((row->when & when) != when || text == NULL || strstr(text, "$interface") == NULL)
		return false;
	to = strrchr(text, ' ') + 1;
	for (size_t i = 0; i < num_rule_chains; i++) {
		const struct rule_chain *c = &rule_chains[i];

		if (strcmp(rule_chain_key(c), row->chain) != 0)
			continue;
		*link_out = is_nft ? (struct rule_link){ RULES_TABLE, c->nft, to }
		                   : (struct rule_link){ c->table, c->name, to };
		return true;
	}
	return false;
}

/* What is on loopback is left out whatever is protected. */
static void readback_interfaces_take(void *owner, const char *name)
{
	struct rule_interfaces *out = owner;

	if (strcmp(name, "lo") == 0 || out->num == READBACK_INTERFACES)
		return;
	for (size_t i = 0; i < out->num; i++) {
		if (strcmp(out->names[i], name) == 0)
			return;
	}
	snprintf(out->names[out->num++], IF_NAMESIZE, "%s", name);
}

enum readback_way { WAY_NFT, WAY_IPTABLES, WAY_OLDER };

static int ask_link(struct readback *r, enum readback_way way, const struct rule_link *link,
                    struct rule_interfaces *out)
{
	if (way == WAY_OLDER)
		return readback_older_interfaces(r->older4_fd, link, readback_interfaces_take,
		                                 out);
	return readback_nft_interfaces(r->nft, way == WAY_NFT ? NFPROTO_INET : NFPROTO_IPV4, link,
	                               readback_interfaces_take, out);
}

static int ask_rows(struct readback *r, enum readback_way way, unsigned when,
                    struct rule_interfaces *out)
{
	struct rule_link link;
	int              error = 0;

	out->num = 0;
	for (size_t i = 0; i < num_rule_rows && error == 0; i++) {
		if (row_link(&rule_table[i], way == WAY_NFT, when, &link))
			error = ask_link(r, way, &link, out);
	}
	return error;
}

/* Rules for named interfaces are there only if some are named. */
static int ask_way(struct readback *r, enum readback_way way, struct rule_interfaces *out)
{
	int error = ask_rows(r, way, EACH_NAMED, out);

	out->is_auto = out->num == 0;
	return error == 0 && out->is_auto ? ask_rows(r, way, EACH_UPLINK, out) : error;
}

/* A list of rules of a table that is not there is empty, and no error: the way has to be whole. */
int readback_interfaces(struct readback *r, struct rule_interfaces *out)
{
	const struct way *way;

	if (readback_hooks(r) != HOOKS_OK)
		return -ENOENT;
	way = &r->by_nft;
	if (readback_nft(r->nft, NFPROTO_INET, way->links, way->num) == 1)
		return ask_way(r, WAY_NFT, out);
	way = &r->by_iptables;
	if (readback_nft(r->nft, NFPROTO_IPV4, way->links, way->num) == 1)
		return ask_way(r, WAY_IPTABLES, out);
	return ask_way(r, WAY_OLDER, out);
}
