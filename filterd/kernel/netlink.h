/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_NETLINK_H
#define FILTERD_KERNEL_NETLINK_H

/*
 * Netlink: requests to the kernel and its answers, one at a time. The caller appends the attributes
 * of a request with libmnl.
 */

#include <libmnl/libmnl.h>

#define NETLINK_TRIES 3         /* reads of a list that changes meanwhile */

struct netlink;

/*
 * netlink_open  - Takes: bus, NETLINK_ROUTE for instance. 0 or -errno.
 * netlink_begin - a request with its header. Takes: the length of the part after it, *extra_out.
 * netlink_ask   - passes each message of the answer to `see`: 0; -EINTR if the list changed
 *                 meanwhile; -errno.
 */
int  netlink_open(struct netlink **out, int bus);
void netlink_close(struct netlink *n);

struct nlmsghdr *netlink_begin(struct netlink *n, int type, int flags, size_t extra_len,
                               void *extra_out);
int netlink_ask(struct netlink *n, const struct nlmsghdr *m, mnl_cb_t see, void *data);

#endif
