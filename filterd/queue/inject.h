/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_INJECT_H
#define FILTERD_QUEUE_INJECT_H

/*
 * Inject: sends IP packets that we built, from addresses that are not ours. The sockets are opened
 * once, before privileges are dropped; their mark keeps their packets out of the queue.
 */

#include "base/bytes.h"

struct inject {
	int fd4, fd6;                   /* -1: not available on this host */
};

/* inject_open - 0, or -errno if not even IPv4 works. Without IPv6 fd6 is -1. */
int  inject_open(uint32_t mark, struct inject *out);
void inject_close(struct inject *i);

/*
 * inject_send - Takes: a whole IPv4 or IPv6 packet; iface, the interface index for a link-local
 *               receiver.
 * Gives: 0 or -errno.
 */
int inject_send(const struct inject *i, struct bytes ip, uint32_t iface);

#endif
