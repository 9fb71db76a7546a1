/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULES_H
#define FILTERD_KERNEL_RULES_H

/*
 * Rules: make the kernel send the necessary packets to the filter, and no others. Generated from
 * the settings, for nft or iptables, IPv4 and IPv6 together, in our own table or chains: those of
 * rule_table.h. A packet that leaves the queue without a verdict is counted directly after it,
 * always by nft.
 */

#include "kernel/offloading.h"
#include "policy/settings.h"

#define RULES_TEXT_MAX 32768    /* bytes; about 4,000 are needed, and 100 per interface */

#define RULES_TABLE          "filterd"  /* of nft */
#define RULES_UNSEEN_TABLE   "filterd-unseen"
#define RULES_UNSEEN_COUNTER "unseen"
/* passed flows whose replies take another route, counted at each verdict */
#define RULES_ONE_WAY_COUNTER "one_way"

/* In the same table, for new connections: counters, and sets with a counter per interface. */
#define RULES_MET        "met"
#define RULES_MET_OWN    "met_own"
#define RULES_AROUND_OWN "around_own"
#define RULES_AROUND     "around"
#define RULES_LEFT_OUT   "left_out"
#define RULES_OUTWARD    "outward"
#define RULES_CLIENTS    "clients"

/*
 * Also there, for packets beyond their source's rate: their number, and sets with the number for
 * each IP address at a MAC address, each MAC address, and each IP address without one.
 */
#define RULES_OVER_RATE   "over_rate"
#define RULES_OVER_OF4    "over_of4"
#define RULES_OVER_OF6    "over_of6"
#define RULES_OVER_MAC    "over_mac"
#define RULES_OVER_PLAIN4 "over_plain4"
#define RULES_OVER_PLAIN6 "over_plain6"

/*
 * rules_write_nft - a script for nft -f; rules_write_unseen - the part that counts packets, for
 *                   both back ends; rules_write_connections - the part that counts connections;
 *                   rules_write_sources - the part that limits each source's packets, nothing if
 *                   the settings have no limit.
 * rules_write_iptables - input for iptables-restore --noflush (family 4) or ip6tables-restore
 *                   (family 6).
 */
void rules_write_nft(struct writer *w, const struct settings *s, const struct uplinks *uplinks,
                     const struct offloading *o);
void rules_write_unseen(struct writer *w, const struct settings *s);
void rules_write_connections(struct writer *w, const struct settings *s,
                             const struct uplinks *uplinks);
void rules_write_sources(struct writer *w, const struct settings *s, const struct uplinks *uplinks);
void rules_write_iptables(struct writer *w, const struct settings *s, const struct uplinks *uplinks,
                          const struct offloading *o, int family);

/*
 * The back end for the setting "auto": nft if this kernel has its queue expression, else iptables.
 */
enum rules_backend rules_backend_here(const struct settings *s);

/*
 * rules_install, rules_remove - idempotent; each table in one transaction; IPv4 and IPv6 both or
 *                               neither, but only IPv4 on a host without IPv6 (ipv6.h).
 *                               rules_remove leaves no trace. Installing again keeps the counters.
 *                               0 or -errno with *problem_out: the program and its message; after 0
 *                               it lists, one per line, the parts missing on this host: interfaces,
 *                               IPv6, counting of unseen packets and of connections around filterd,
 *                               or limits for sources.
 */
int rules_install(const struct settings *s, enum rules_backend backend,
                  struct problem *problem_out);
int rules_remove(enum rules_backend backend, struct problem *problem_out);

/* rules_print - to standard output, as rules_install() would load them. */
int rules_print(const struct settings *s, enum rules_backend backend, struct problem *problem_out);

#endif
