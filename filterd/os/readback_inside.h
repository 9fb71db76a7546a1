/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_READBACK_INSIDE_H
#define FILTERD_OS_READBACK_INSIDE_H

/* What readback.c (nft and iptables-nft) and readback_older.c (the older iptables) share. */

#include "base/bytes.h"

/* In a chain of a table, a rule that leads to a chain, or that has this expression or target. */
struct link {
	const char *table, *chain, *to;
};

/*
 * readback_older_open - a socket to ask for tables of the older iptables with: a descriptor or -errno. Takes: AF_INET or AF_INET6.
 * readback_older      - are these links in them? Takes: such a socket, or the -errno it was not to be had for. 1, 0, or -errno.
 */
int readback_older_open(int family);
int readback_older(int family, int fd, const struct link *links, size_t num);

#endif
