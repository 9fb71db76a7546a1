/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_READBACK_INSIDE_H
#define FILTERD_OS_READBACK_INSIDE_H

/* What readback.c (nft and iptables-nft) and readback_older.c (the older iptables) share. */

#include "base/bytes.h"

/* In a chain of a table, a rule that leads to a chain, or that has this expression or target. */
struct link {
	const char *table, *chain, *to;
};

/* Are these links in tables of the older iptables? Takes: AF_INET or AF_INET6. 1, 0, or -errno. */
int readback_older(int family, const struct link *links, size_t num);

#endif
