/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_READBACK_H
#define FILTERD_KERNEL_READBACK_H

/*
 * Readback: are the rules in the kernel those that bring packets to the filter? A process without
 * rights but CAP_NET_ADMIN may ask; no program is run.
 *
 * What nft and iptables-nft made is read by netlink, tables of the older iptables as iptables reads
 * them.
 */

#include "audit/connections.h"
#include "audit/control.h"
#include "audit/sources.h"

#include <net/if.h>

#define FLOWTABLE_NAME_MAX 512  /* bytes; a name of nft's has 256 at most */

struct readback;

/* readback_open - while still root. 0, or -errno: nothing can be known. */
int  readback_open(struct readback **out);
void readback_close(struct readback *r);

/*
 * readback_hooks - Gives: HOOKS_OK if every rule on the way of a packet is there, of one back end,
 *                  and of both families unless this host has no IPv6 (ipv6.h); HOOKS_MISSING if
 *                  one is not, be it that which holds undecided flows where another program
 *                  offloads; HOOKS_CHANGED if none is missing, but our chains are not as they were
 *                  made; HOOKS_UNKNOWN if the kernel does not say. Costs one question while
 *                  nobody changes any rules.
 * readback_is_offloaded - was it only that one that was missing?
 * readback_changed      - the table that was changed, and the chain if that is known; "": none was.
 */
#define READBACK_CHAIN_MAX 48   /* bytes; our names are short */
enum hooks  readback_hooks(struct readback *r);
bool        readback_is_offloaded(const struct readback *r);
const char *readback_changed(const struct readback *r);

/* The interfaces that the rules name: with `protect = auto` those that they leave out. */
#define READBACK_INTERFACES 128 /* more than a line of the configuration can name */
struct rule_interfaces {
	bool   is_auto;
	size_t num;
	char   names[READBACK_INTERFACES][IF_NAMESIZE];
};

/* readback_interfaces - 0; -ENOENT if rules are missing; -errno. */
int readback_interfaces(struct readback *r, struct rule_interfaces *out);

/* Flowtables of other programs that some rule gives flows to. */
struct flowtables {
	size_t num;
	char   name[FLOWTABLE_NAME_MAX];        /* of one of them: its table, a slash, its own */
	bool   is_hardware;                     /* one asks the network card to forward */
};

/* readback_flowtables - 0 or -errno. A kernel that knows none has none. */
int readback_flowtables(struct readback *r, struct flowtables *out);

/*
 * readback_holds - 1 if rules of ours keep undecided flows from being offloaded (offloading.h), 0
 * if not, -errno.
 */
int readback_holds(struct readback *r);

/*
 * readback_unseen - Gives: 0, how many packets were counted that passed unseen, and the number of
 *                   the table that counted them, which no other has until the machine starts anew;
 *                   -ENOENT if nothing counts them; -errno.
 */
int readback_unseen(struct readback *r, uint64_t *table_out, uint64_t *packets_out);

/*
 * readback_one_way - Gives: 0 and how often a flow passed whose replies do not come by here, since
 *                    the table is there; -ENOENT if nothing counts them; -errno.
 */
int readback_one_way(struct readback *r, uint64_t *times_out);

/* readback_connections - 0; -ENOENT if nothing counts them; -errno. */
int readback_connections(struct readback *r, struct connections *out);

/*
 * readback_sources   - 0; -ENOENT if nothing limits sources; -errno.
 * readback_over_rate - the same of the sum alone, which costs less.
 */
int readback_sources(struct readback *r, struct sources *out);
int readback_over_rate(struct readback *r, uint64_t *table_out, uint64_t *packets_out);

#endif
