/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_QUEUE_INJECT_H
#define FILTERD_QUEUE_INJECT_H

/*
 * Inject: IP packets of our own making, from addresses that are not ours. The sockets are opened
 * once, before rights are given up; they carry the mark that keeps their packets out of the queue.
 */

#include "base/bytes.h"

struct inject {
	int fd4, fd6;                   /* -1: not to be had on this host */
};

/* inject_open - 0, or -errno if not even IPv4 works. Without IPv6 fd6 is -1. */
int  inject_open(uint32_t mark, struct inject *out);
void inject_close(struct inject *i);

/*
 * inject_send - Takes: a whole IPv4 or IPv6 packet; iface, the index that a link-local receiver is
 *               reached by.
 * Gives: 0 or -errno.
 */
int inject_send(const struct inject *i, struct bytes ip, uint32_t iface);

#endif
