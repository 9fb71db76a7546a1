/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULE_LINKS_H
#define FILTERD_KERNEL_RULE_LINKS_H

/*
 * Rule links: those of our rules that lead a packet to the queue and to its verdict, and those that
 * name interfaces, without their texts. The daemon looks for them in the kernel, and needs no more
 * of the rules; rule_table.h has these.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * In a chain of a table, a rule that leads to a chain, or that has this expression or target.
 * Arrays, as pointers would take relocations, each as large as a name.
 */
struct rule_link {
	char table[16], chain[16], to[16];
};

enum rule_way {
	RULE_WAY_NEW,                   /* of flows; each link has to be there */
	RULE_WAY_HELD,                  /* of flows that are held (offloading.h) */
	RULE_WAY_UPLINKS,               /* rules for each interface of the way out: EACH_UPLINK */
	RULE_WAY_NAMED,                 /* for each that protect names: EACH_NAMED */
	NUM_RULE_WAYS,
};

struct rule_links {
	const struct rule_link *at;     /* they live for ever */
	size_t                  num;
};

struct rule_links rule_links(bool is_nft, enum rule_way way);

#endif
