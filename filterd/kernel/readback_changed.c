/* SPDX-License-Identifier: MIT */

/*
 * Were our chains changed? The kernel numbers a table's rules and sets in order of creation: those
 * of one transaction have consecutive handles, except for the anonymous sets that they use, which
 * are created before each rule, or before all. A rule that somebody inserts or appends has a later
 * handle; a removed or replaced one leaves a gap. So the contents of the rules need not be known.
 * If another program reloads all rules unchanged, that is not a change.
 *
 * The counting table is made in several transactions, and keeps its contents: there each chain is
 * checked separately.
 *
 * The older iptables has no numbers.
 */

#include "kernel/readback_inside.h"

#include "kernel/rules.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

struct chain_walk {
	const char *table, *prefix;     /* chains with this prefix are ours */
	char        chain[READBACK_CHAIN_MAX];
	uint64_t    handle;             /* of the previous rule in that chain */
	uint64_t    least, most, num, num_sets;         /* over all our rules */
	char       *changed_out;
};

static void readback_see_rule(void *owner, const char *chain, uint64_t handle, unsigned num_sets)
{
	struct chain_walk *w = owner;

	if (strncmp(chain, w->prefix, strlen(w->prefix)) != 0)
		return;
	if (strcmp(chain, w->chain) == 0 &&
	    (handle <= w->handle || handle - w->handle > (uint64_t)1 + num_sets))
		snprintf(w->changed_out, READBACK_CHAIN_MAX, "%s %.24s", w->table, chain);
	snprintf(w->chain, sizeof(w->chain), "%s", chain);
	w->handle = handle;
	w->least  = w->num == 0 || handle < w->least ? handle : w->least;
	w->most   = handle > w->most ? handle : w->most;
	w->num++;
	w->num_sets += num_sets;
}

static bool readback_has_gap(const struct chain_walk *w)
{
	uint64_t span = w->num > 0 ? w->most - w->least + 1 : 0;

	return span != w->num && span != w->num + w->num_sets;
}

static int readback_walk(struct netlink *n, int family, const char *table, const char *prefix,
                         char changed_out[READBACK_CHAIN_MAX])
{
	int error = -EINTR;

	for (int i = 0; i < NETLINK_TRIES && error == -EINTR; i++) {
		struct chain_walk w = { .table = table, .prefix = prefix,
			                .changed_out = changed_out };

		changed_out[0] = '\0';
		error = readback_nft_rules(n, family, table, readback_see_rule, &w);
		if (strcmp(table, RULES_UNSEEN_TABLE) != 0 && changed_out[0] == '\0' &&
		    readback_has_gap(&w))
			snprintf(changed_out, READBACK_CHAIN_MAX, "%s", table);
	}
	return error == -ENOENT ? 0 : error;
}

int readback_is_changed(struct netlink *n)
{
	char changed[READBACK_CHAIN_MAX];
	int  error = readback_walk(n, NFPROTO_INET, RULES_UNSEEN_TABLE, "", changed);

	return error != 0 ? error : changed[0] != '\0';
}

int readback_find_changed(struct netlink *n, char changed_out[READBACK_CHAIN_MAX])
{
	static const struct { int family; char table[16], prefix[16]; } tables[] = {
		{ NFPROTO_INET, RULES_TABLE, "" },      { NFPROTO_INET, RULES_UNSEEN_TABLE, "" },
		{ NFPROTO_IPV4, "mangle", "filterd-" }, { NFPROTO_IPV4, "filter", "filterd-" },
		{ NFPROTO_IPV4, "raw", "filterd-" },    { NFPROTO_IPV6, "mangle", "filterd-" },
		{ NFPROTO_IPV6, "filter", "filterd-" }, { NFPROTO_IPV6, "raw", "filterd-" },
	};
	int error = 0;

	changed_out[0] = '\0';
	for (size_t i = 0; i < COUNT(tables) && error == 0 && changed_out[0] == '\0'; i++)
		error = readback_walk(n, tables[i].family, tables[i].table, tables[i].prefix,
		                      changed_out);
	return error;
}
