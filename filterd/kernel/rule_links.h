/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULE_LINKS_H
#define FILTERD_KERNEL_RULE_LINKS_H

/*
 * Rule links: our rules that lead a packet to the queue and to its verdict, and those that name
 * interfaces, without their texts. The daemon checks only these in the kernel; rule_table.h has the
 * full rules.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * In a chain of a table, a rule that jumps to a chain, or that has this expression or target.
 * Arrays, because pointers would need relocations, each as large as a name.
 */
struct rule_link {
	char table[16], chain[16], to[16];
};

enum rule_way {
	RULE_WAY_NEW,                   /* of flows; every link must exist */
	RULE_WAY_HELD,                  /* of flows that are held (offloading.h) */
	RULE_WAY_UPLINKS,               /* rules for each uplink: EACH_UPLINK */
	RULE_WAY_NAMED,                 /* for each named in protect: EACH_NAMED */
	NUM_RULE_WAYS,
};

struct rule_links {
	const struct rule_link *at;     /* static */
	size_t                  num;
};

struct rule_links rule_links(bool is_nft, enum rule_way way);

#endif
