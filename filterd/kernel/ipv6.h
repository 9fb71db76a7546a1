/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_IPV6_H
#define FILTERD_KERNEL_IPV6_H

/*
 * IPv6: does this host use it? The kernel accepts no IPv6 packet on an interface without an
 * address, and with ipv6.disable=1 on its command line there is no list of addresses.
 */

#include <stdbool.h>

/* ipv6_open - the kernel's list: a descriptor, -ENOENT if there is none, or -errno. */
int ipv6_open(void);

/*
 * ipv6_is_used - Takes: the result of ipv6_open(). Gives: true if an interface other than loopback
 *                has an address, or if that is unknown.
 * ipv6_is_used_now - opens, checks and closes.
 */
bool ipv6_is_used(int fd);
bool ipv6_is_used_now(void);

#endif
