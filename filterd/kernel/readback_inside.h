/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_READBACK_INSIDE_H
#define FILTERD_KERNEL_READBACK_INSIDE_H

/*
 * What readback.c (which rules there have to be), readback_changed.c (which need not be ours),
 * readback_interfaces.c (which interfaces they
 * name), readback_nft.c (nft and iptables-nft) and readback_older.c (the older iptables) share.
 */

#include "kernel/netlink.h"
#include "kernel/readback.h"
#include "kernel/rule_links.h"

struct readback {
	struct netlink *nft;
	/* names of the tables of the older iptables; -1: there are none */
	int         older_fd;
	int         older4_fd, older6_fd;       /* sockets to ask for them with, or -errno */
	bool        has_generation;
	uint32_t    generation;                 /* of the rules, when they were last read */
	enum hooks  hooks;                      /* what was found then */
	/* the one that is missing would hold what another program offloads */
	bool        is_offloaded;
	char        changed[READBACK_CHAIN_MAX];
	/* those of IPv4 are whole, and those of IPv6 are not: enough on a host without IPv6 */
	bool        is_ipv4_alone;
	int         ipv6_fd;                    /* ipv6.h */
};

/*
 * Told of each interface that a rule asks for and that leads where the link says: "return" and
 * "RETURN" are the verdict.
 */
typedef void readback_name(void *owner, const char *name);

/*
 * Told of each rule of a table, chain by chain in order: its handle, a number that grows with each
 * rule and each set that is made in the table; and how many nameless sets it looks into.
 */
typedef void readback_rule(void *owner, const char *chain, uint64_t handle, unsigned num_sets);

/*
 * readback_find_changed - looks at the tables that have chains of ours; *changed_out is "mangle
 *                         filterd-in", or empty. 0 or -errno.
 * readback_is_changed   - the same of what counts, alone: 1, 0 or -errno.
 */
int readback_find_changed(struct netlink *n, char changed_out[READBACK_CHAIN_MAX]);
int readback_is_changed(struct netlink *n);

/* Told of each element of a set that counts. */
typedef void readback_count(void *owner, struct bytes key, uint64_t packets);

/*
 * The kernel's nf_tables, to be asked. Whatever is asked, -errno is what the kernel says.
 *
 * readback_nft            - are these links there? Takes: the family of their tables, NFPROTO_INET
 *                           for instance. 1, 0, or -errno.
 * readback_nft_rules      - all of a table; none if it is not there. 0; -EINTR if rules changed
 *                           meanwhile; -errno.
 * readback_nft_interfaces - those of one link; 0, -ENOENT if there is no such chain, or -errno.
 * readback_nft_generation - the number of the rules as they are, of all tables: as long as it
 *                           stays, so do they. 0 or -errno.
 * readback_nft_flowtables - as readback_flowtables().
 * readback_nft_table      - the number of a table of family inet, which no other has until the
 *                           machine starts anew; -ENOENT if it is not there, -EOPNOTSUPP if tables
 *                           have none.
 * readback_nft_counter    - what a named counter of such a table has counted. 0 or -errno.
 * readback_nft_counts     - `take` is told what a set in such a table has counted for each
 *                           element. 0; -EINTR if rules changed meanwhile, and some may be missing
 *                           or told twice; -errno.
 */
int readback_nft(struct netlink *n, int family, struct rule_links links);
int readback_nft_rules(struct netlink *n, int family, const char *table, readback_rule *take,
                       void *owner);
int readback_nft_interfaces(struct netlink *n, int family, const struct rule_link *link,
                            readback_name *take, void *owner);
int readback_nft_generation(struct netlink *n, uint32_t *out);
int readback_nft_flowtables(struct netlink *n, struct flowtables *out);
int readback_nft_table(struct netlink *n, const char *table, uint64_t *number_out);
int readback_nft_counter(struct netlink *n, const char *table, const char *name,
                         uint64_t *packets_out);
int readback_nft_counts(struct netlink *n, const char *table, const char *set, readback_count *take,
                        void *owner);

/*
 * readback_older_open - a socket to ask for tables of the older iptables with: a descriptor or
 *                       -errno. Takes: AF_INET or AF_INET6.
 * readback_older      - are these links in them? Takes: such a socket, or the -errno it was not to
 *                       be had for. 1, 0, or -errno.
 */
int readback_older_open(int family);
int readback_older(int family, int fd, struct rule_links links);

/* readback_older_interfaces - as readback_nft_interfaces(), of IPv4. */
int readback_older_interfaces(int fd, const struct rule_link *link, readback_name *take,
                              void *owner);

#endif
