/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULE_TABLE_H
#define FILTERD_KERNEL_RULE_TABLE_H

/*
 * Rule table: our chains and rules as data, each as nft and as iptables have it. What is loaded,
 * printed and removed is made from it; rules_nft.c and rules_iptables.c write it down. Of what is
 * read back rule_links.h has a table of its own.
 *
 * In a rule's text stand, for what the settings say:
 *   $decided $blocked $seen $injected  bits of the mark
 *   $verdict   decided and blocked                            $passing   those and seen
 *   $unblocked seen and blocked, of which it has the first    $through   seen and decided
 *   $queued    injected and seen: in the queue, or, without seen, back from it
 *   $passed $refused $accepted   back from it: decided, blocked, neither
 *   $known $reply $held   what is in the queue, as queue/nfqueue.h tells them apart
 *   $mask      all four                                       $not_mask $not_verdict
 *   $queue_tcp $queue_udp the target that queues              $interface each of those that the
 *              row is for
 *   $refusal   the ICMP answer of the family                  $devices   between which flows are
 *              offloaded
 *   $quic_versions those that can be read
 *   $source_rate $source_burst  packets of an IP address
 *   $link_rate $link_burst      of a MAC address
 */

#include "base/bytes.h"

/* When a chain or a rule is there. Several: all have to hold. */
enum rule_if {
	IF_HOLD     = 1 << 0,           /* offloading.h */
	IF_OWN      = 1 << 1,
	IF_REJECT   = 1 << 2,           /* on-block */
	IF_AUTO     = 1 << 3,           /* protect = auto */
	EACH_WAY_OUT = 1 << 4,          /* once for each interface of the way out */
	EACH_UPLINK = EACH_WAY_OUT | IF_AUTO,
	EACH_NAMED  = 1 << 5,           /* once for each interface that protect names */
	IF_NAMED    = 1 << 6,           /* protect names some */
};

/*
 * In iptables the chain is one of ours in `table`, and the kernel's own chains jump into it; in nft
 * it may be a hook itself.
 */
struct rule_chain {
	/* name; what stands before its rules. NULL: nft has none, or needs none */
	const char *nft, *nft_head;
	const char *table, *name;       /* of iptables; NULL: it has none */
	/* of enum rule_if; in iptables it is declared all the same, and nobody jumps there */
	unsigned    when;
};

struct rule_jump {
	const char *table, *how, *from, *to;    /* how: -I, before all others, or -A, behind them */
	unsigned    when;
	bool        is_link;                    /* as of a rule */
};

struct rule_row {
	const char *chain;              /* as iptables calls it, or nft where only nft has it */
	unsigned    when;
	const char *nft, *iptables;     /* NULL: the other back end has it alone */
	/*
	 * of the way to the queue, or to the verdict, and so in rule_links.c: without it packets
	 * pass unseen
	 */
	bool        is_link;
};

extern const struct rule_chain rule_chains[];
extern const struct rule_jump  rule_jumps[];
extern const struct rule_row       rule_table[];
extern const size_t            num_rule_chains, num_rule_jumps, num_rule_rows;

/* A chain of iptables that an older filterd made, and that is removed with the others. */
#define RULE_CHAIN_BEFORE_TABLE "mangle"
#define RULE_CHAIN_BEFORE       "filterd-pass"

/* The name by which a rule knows its chain. */
const char *rule_chain_key(const struct rule_chain *c);

#endif
