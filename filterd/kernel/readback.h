/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_READBACK_H
#define FILTERD_KERNEL_READBACK_H

/*
 * Readback: do the rules in the kernel bring packets to the filter? It needs only CAP_NET_ADMIN and
 * runs no program.
 *
 * Rules of nft and iptables-nft are read by netlink, tables of the older iptables with its own
 * socket options.
 */

#include "audit/connections.h"
#include "audit/control.h"
#include "audit/sources.h"

#include <net/if.h>

#define FLOWTABLE_NAME_MAX 512  /* bytes; a name of nft's has 256 at most */

struct readback;

/* readback_open - while still root. 0, or -errno: then all is unknown. */
int  readback_open(struct readback **out);
void readback_close(struct readback *r);

/*
 * readback_hooks - Gives: HOOKS_OK if every rule on a packet's path exists, of one back end, and
 *                  for both families unless this host has no IPv6 (ipv6.h); HOOKS_MISSING if one is
 *                  missing, including the one that holds undecided flows if another program
 *                  offloads; HOOKS_CHANGED if no rule is missing, but our chains were changed;
 *                  HOOKS_UNKNOWN if the kernel does not say. Costs one request while nobody changes
 *                  any rules.
 * readback_is_offloaded - was only the holding rule missing?
 * readback_changed      - the changed table, and its chain if known; "": none was changed.
 */
#define READBACK_CHAIN_MAX 48   /* bytes; our names are short */
enum hooks  readback_hooks(struct readback *r);
bool        readback_is_offloaded(const struct readback *r);
const char *readback_changed(const struct readback *r);

/* The interfaces named by the rules; with `protect = auto`, the ones left out. */
#define READBACK_INTERFACES 128 /* more than fit into a line of the configuration */
struct rule_interfaces {
	bool   is_auto;
	size_t num;
	char   names[READBACK_INTERFACES][IF_NAMESIZE];
};

/* readback_interfaces - 0; -ENOENT if rules are missing; -errno. */
int readback_interfaces(struct readback *r, struct rule_interfaces *out);

/* Other programs' flowtables that are used by some rule. */
struct flowtables {
	size_t num;
	char   name[FLOWTABLE_NAME_MAX];        /* of one of them: table, slash, name */
	bool   is_hardware;                     /* one has hardware offload */
};

/* readback_flowtables - 0 or -errno. A kernel without flowtables has none. */
int readback_flowtables(struct readback *r, struct flowtables *out);

/*
 * readback_holds - 1 if rules of ours keep undecided flows from being offloaded (offloading.h), 0
 * if not, -errno.
 */
int readback_holds(struct readback *r);

/*
 * readback_unseen - Gives: 0, the number of packets that passed unseen, and the number of the
 *                   counting table, which is unique until reboot; -ENOENT if nothing counts them;
 *                   -errno.
 */
int readback_unseen(struct readback *r, uint64_t *table_out, uint64_t *packets_out);

/*
 * readback_one_way - Gives: 0 and the number of passed flows whose replies do not come through
 *                    here, since the table was made; -ENOENT if nothing counts them; -errno.
 */
int readback_one_way(struct readback *r, uint64_t *times_out);

/* readback_connections - 0; -ENOENT if nothing counts them; -errno. */
int readback_connections(struct readback *r, struct connections *out);

/*
 * readback_sources   - 0; -ENOENT if nothing limits sources; -errno.
 * readback_over_rate - only the sum, which costs less.
 */
int readback_sources(struct readback *r, struct sources *out);
int readback_over_rate(struct readback *r, uint64_t *table_out, uint64_t *packets_out);

#endif
