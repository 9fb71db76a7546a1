/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_NETLINK_H
#define FILTERD_KERNEL_NETLINK_H

/*
 * Netlink: questions to the kernel and its answers, one after the other. What one is about is
 * appended to the message by who asks (libmnl).
 */

#include <libmnl/libmnl.h>

#define NETLINK_TRIES 3         /* a list that changed while it was read is read again */

struct netlink;

/*
 * netlink_open  - Takes: bus, NETLINK_ROUTE for instance. 0 or -errno.
 * netlink_begin - a question that has its head. Takes: the length of what follows that, *extra_out.
 * netlink_ask   - gives each message of the answer to `see`: 0; -EINTR if the list changed
 *                 meanwhile; -errno.
 */
int  netlink_open(struct netlink **out, int bus);
void netlink_close(struct netlink *n);

struct nlmsghdr *netlink_begin(struct netlink *n, int type, int flags, size_t extra_len,
                               void *extra_out);
int netlink_ask(struct netlink *n, const struct nlmsghdr *m, mnl_cb_t see, void *data);

#endif
