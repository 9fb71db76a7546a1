/* SPDX-License-Identifier: MIT */

/*
 * Some rules are made for each interface, of the uplinks or of those named in protect: a rule in
 * the chain of such a link that matches an interface, and has the link's target, is one of them.
 */

#include "kernel/readback_inside.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

/* Loopback is always left out. */
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

static int ask_links(struct readback *r, enum readback_way way, enum rule_way of,
                     struct rule_interfaces *out)
{
	const struct rule_links links = rule_links(way == WAY_NFT, of);
	int                     error = 0;

	out->num = 0;
	for (size_t i = 0; i < links.num && error == 0; i++)
		error = ask_link(r, way, &links.at[i], out);
	return error;
}

/* Rules for named interfaces exist only if some are named. */
static int ask_way(struct readback *r, enum readback_way way, struct rule_interfaces *out)
{
	int error = ask_links(r, way, RULE_WAY_NAMED, out);

	out->is_auto = out->num == 0;
	return error == 0 && out->is_auto ? ask_links(r, way, RULE_WAY_UPLINKS, out) : error;
}

/*
 * If the table is missing, the list of rules is empty, without an error: so check the whole path.
 */
int readback_interfaces(struct readback *r, struct rule_interfaces *out)
{
	enum hooks hooks = readback_hooks(r);

	if (hooks != HOOKS_OK && hooks != HOOKS_CHANGED)
		return -ENOENT;
	if (readback_nft(r->nft, NFPROTO_INET, rule_links(true, RULE_WAY_NEW)) == 1)
		return ask_way(r, WAY_NFT, out);
	if (readback_nft(r->nft, NFPROTO_IPV4, rule_links(false, RULE_WAY_NEW)) == 1)
		return ask_way(r, WAY_IPTABLES, out);
	return ask_way(r, WAY_OLDER, out);
}
