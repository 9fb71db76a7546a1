/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_READBACK_H
#define FILTERD_OS_READBACK_H

/*
 * Readback: are the rules in the kernel those that bring packets to the filter? A process without rights
 * but CAP_NET_ADMIN may ask; no program is run.
 *
 * What nft and iptables-nft made is read by netlink, tables of the older iptables as iptables reads them.
 */

#include "audit/control.h"

struct readback;

/* readback_open - while still root. 0, or -errno: nothing can be known. */
int  readback_open(struct readback **out);
void readback_close(struct readback *r);

/*
 * readback_hooks - Gives: HOOKS_OK if every rule on the way of a packet is there, of one back end; HOOKS_MISSING if one is
 *                  not; HOOKS_UNKNOWN if the kernel does not say. Costs one question while nobody changes any rules.
 */
enum hooks readback_hooks(struct readback *r);

/* readback_holds - 1 if rules of ours keep undecided flows from being offloaded (offloading.h), 0 if not, -errno. */
int readback_holds(struct readback *r);

/*
 * readback_unseen - Gives: 0, how many packets were counted that passed unseen, and the number of the table that counted
 *                   them, which no other has until the machine starts anew; -ENOENT if nothing counts them; -errno.
 */
int readback_unseen(struct readback *r, uint64_t *table_out, uint64_t *packets_out);

#endif
