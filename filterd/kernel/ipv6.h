/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_IPV6_H
#define FILTERD_KERNEL_IPV6_H

/*
 * IPv6: has this host any? The kernel takes no packet of it in on an interface without an address,
 * and where it was told at boot to do without (ipv6.disable=1) there is no list of addresses.
 */

#include <stdbool.h>

/* ipv6_open - the kernel's list: a descriptor, -ENOENT if there is none, or -errno. */
int ipv6_open(void);

/*
 * ipv6_is_used - Takes: what ipv6_open() gave. Gives: true if an interface has an address, loopback
 *                apart, and if that cannot be known.
 * ipv6_is_used_now - opened, asked and closed.
 */
bool ipv6_is_used(int fd);
bool ipv6_is_used_now(void);

#endif
