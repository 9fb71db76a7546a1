/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_READBACK_INSIDE_H
#define FILTERD_KERNEL_READBACK_INSIDE_H

/*
 * What readback.c (which rules there have to be), readback_nft.c (nft and iptables-nft) and
 * readback_older.c (the older iptables) share.
 */

#include "kernel/readback.h"
#include "kernel/rule_table.h"

/* The kernel's nf_tables, to be asked. Whatever is asked, -errno is what the kernel says. */
struct nft;

int  readback_nft_open(struct nft **out);
void readback_nft_close(struct nft *n);

/*
 * readback_nft            - are these links there? Takes: the family of their tables, NFPROTO_INET
 *                           for instance. 1, 0, or -errno.
 * readback_nft_generation - the number of the rules as they are, of all tables: as long as it
 *                           stays, so do they. 0 or -errno.
 * readback_nft_flowtables - as readback_flowtables().
 * readback_nft_table      - the number of a table of family inet, which no other has until the
 *                           machine starts anew; -ENOENT if it is not there, -EOPNOTSUPP if tables
 *                           have none.
 * readback_nft_counter    - what a named counter of such a table has counted. 0 or -errno.
 */
int readback_nft(struct nft *n, int family, const struct rule_link *links, size_t num);
int readback_nft_generation(struct nft *n, uint32_t *out);
int readback_nft_flowtables(struct nft *n, struct flowtables *out);
int readback_nft_table(struct nft *n, const char *table, uint64_t *number_out);
int readback_nft_counter(struct nft *n, const char *table, const char *name, uint64_t *packets_out);

/*
 * readback_older_open - a socket to ask for tables of the older iptables with: a descriptor or
 *                       -errno. Takes: AF_INET or AF_INET6.
 * readback_older      - are these links in them? Takes: such a socket, or the -errno it was not to
 *                       be had for. 1, 0, or -errno.
 */
int readback_older_open(int family);
int readback_older(int family, int fd, const struct rule_link *links, size_t num);

#endif
