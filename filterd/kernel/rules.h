/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULES_H
#define FILTERD_KERNEL_RULES_H

/*
 * Rules: what the kernel must do so that the filter sees what it must see, and nothing else.
 * Generated from the settings, for nft or iptables, IPv4 and IPv6 together, in a table or chains of
 * our own: those of rule_table.h. A packet that comes out of the queue without a verdict is counted
 * right behind it, always by nft.
 */

#include "kernel/offloading.h"
#include "policy/settings.h"

#define RULES_TEXT_MAX 32768    /* bytes; some 4,000 are needed, and 100 an interface */

#define RULES_TABLE          "filterd"  /* of nft */
#define RULES_UNSEEN_TABLE   "filterd-unseen"
#define RULES_UNSEEN_COUNTER "unseen"
/* flows that passed and whose replies come another way: each time they were told apart anew */
#define RULES_ONE_WAY_COUNTER "one_way"

/* In the same table, of new connections: counters, and sets of interfaces with one each. */
#define RULES_MET        "met"
#define RULES_MET_OWN    "met_own"
#define RULES_AROUND_OWN "around_own"
#define RULES_AROUND     "around"
#define RULES_LEFT_OUT   "left_out"
#define RULES_OUTWARD    "outward"
#define RULES_CLIENTS    "clients"

/*
 * There too, of packets of sources beyond their rate: their number, and sets with that of each IP
 * address at a MAC address, of each MAC address, and of each IP address without one.
 */
#define RULES_OVER_RATE   "over_rate"
#define RULES_OVER_OF4    "over_of4"
#define RULES_OVER_OF6    "over_of6"
#define RULES_OVER_MAC    "over_mac"
#define RULES_OVER_PLAIN4 "over_plain4"
#define RULES_OVER_PLAIN6 "over_plain6"

/*
 * rules_write_nft - a script for nft -f; rules_write_unseen - the part that counts packets, for
 *                   both back ends; rules_write_connections - what counts connections, behind that;
 *                   rules_write_sources - what limits each source's packets, there too, nothing if
 *                   the settings have no limit.
 * rules_write_iptables -
 * input for iptables-restore --noflush (family 4) or ip6tables-restore (family 6).
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
 * Which back end to use where the settings say "auto": nft if this kernel has its queue expression,
 * else iptables.
 */
enum rules_backend rules_backend_here(const struct settings *s);

/*
 * rules_install, rules_remove - idempotent; each table in one transaction; IPv4 and IPv6 both or
 *                               neither, but IPv4 alone on a host without IPv6 (ipv6.h). After
 * rules_remove the host is as it was. Installing anew keeps what has been counted. 0 or -errno with
 * *problem_out: which program said what; after 0 it says, if anything, a line each, what is missing
 * on this host: interfaces, IPv6, what counts packets that pass unseen and connections that go
 * around filterd, or what limits sources.
 */
int rules_install(const struct settings *s, enum rules_backend backend,
                  struct problem *problem_out);
int rules_remove(enum rules_backend backend, struct problem *problem_out);

/* rules_print - to standard output, as rules_install() would load them. */
int rules_print(const struct settings *s, enum rules_backend backend, struct problem *problem_out);

#endif
