/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULE_TABLE_H
#define FILTERD_KERNEL_RULE_TABLE_H

/*
 * Rule table: our chains and rules as data, in the forms of nft and iptables. Loading, printing and
 * removing all use it; rules_nft.c and rules_iptables.c write it. For reading back, rule_links.h
 * has its own table.
 *
 * Words in a rule's text that are replaced according to the settings:
 *   $decided $blocked $seen $injected  bits of the mark
 *   $verdict   decided and blocked                            $passing   those and seen
 *   $unblocked seen and blocked, to test for seen alone       $through   seen and decided
 *   $queued    injected and seen: in the queue; without seen: back from it
 *   $passed $refused $accepted   back from the queue: decided, blocked, neither
 *   $known $reply $held   the kinds of packets in the queue (queue/nfqueue.h)
 *   $mask      all four                                       $not_mask $not_verdict
 *   $queue_tcp $queue_udp the queueing target                 $interface an interface of the row
 *   $refusal   the ICMP answer of the family                  $devices   of offloaded flows
 *   $quic_versions the versions that filterd reads
 *   $source_rate $source_burst  packets of an IP address
 *   $link_rate $link_burst      packets of a MAC address
 */

#include "base/bytes.h"

/* Conditions of a chain or rule. If there are several, all must be true. */
enum rule_if {
	IF_HOLD     = 1 << 0,           /* offloading.h */
	IF_OWN      = 1 << 1,
	IF_REJECT   = 1 << 2,           /* on-block */
	IF_AUTO     = 1 << 3,           /* protect = auto */
	EACH_WAY_OUT = 1 << 4,          /* one for each interface to the Internet */
	EACH_UPLINK = EACH_WAY_OUT | IF_AUTO,
	EACH_NAMED  = 1 << 5,           /* one for each interface named in protect */
	IF_NAMED    = 1 << 6,           /* protect names interfaces */
};

/*
 * In iptables the chain is one of ours in `table`, and built-in chains jump into it; in nft it may
 * be a base chain.
 */
struct rule_chain {
	/* its name, and the text before its rules; NULL: none in nft */
	const char *nft, *nft_head;
	const char *table, *name;       /* of iptables; NULL: none */
	/* enum rule_if; iptables always declares it, but then nothing jumps there */
	unsigned    when;
};

struct rule_jump {
	const char *table, *how, *from, *to;    /* how: -I, first, or -A, last */
	unsigned    when;
	bool        is_link;                    /* as in rule_row */
};

struct rule_row {
	const char *chain;              /* its name in iptables, or in nft if only nft has it */
	unsigned    when;
	const char *nft, *iptables;     /* NULL: only for the other back end */
	/*
	 * on a packet's path to the queue or to the verdict, and so in rule_links.c: without it,
	 * packets pass unseen
	 */
	bool        is_link;
};

extern const struct rule_chain rule_chains[];
extern const struct rule_jump  rule_jumps[];
extern const struct rule_row       rule_table[];
extern const size_t            num_rule_chains, num_rule_jumps, num_rule_rows;

/* An iptables chain of older versions, removed with the others. */
#define RULE_CHAIN_BEFORE_TABLE "mangle"
#define RULE_CHAIN_BEFORE       "filterd-pass"

/* The chain's name in rule_row. */
const char *rule_chain_key(const struct rule_chain *c);

#endif
