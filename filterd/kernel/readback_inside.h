/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_READBACK_INSIDE_H
#define FILTERD_KERNEL_READBACK_INSIDE_H

/*
 * Shared by readback.c (the rules that must exist), readback_changed.c (rules that are not ours),
 * readback_interfaces.c (the interfaces that rules name), readback_nft.c (nft and iptables-nft) and
 * readback_older.c (the older iptables).
 */

#include "kernel/netlink.h"
#include "kernel/readback.h"
#include "kernel/rule_links.h"

struct readback {
	struct netlink *nft;
	/* list of the tables of the older iptables; -1: none */
	int         older_fd;
	int         older4_fd, older6_fd;       /* sockets to read them, or -errno */
	bool        has_generation;
	uint32_t    generation;                 /* of the rules, when they were last read */
	enum hooks  hooks;                      /* the result then */
	/* the missing one would hold flows that another program offloads */
	bool        is_offloaded;
	char        changed[READBACK_CHAIN_MAX];
	/* complete for IPv4 but not for IPv6: enough on a host without IPv6 */
	bool        is_ipv4_alone;
	int         ipv6_fd;                    /* ipv6.h */
};

/*
 * Called for each interface matched by a rule with the link's target: "return" and "RETURN" are the
 * verdict.
 */
typedef void readback_name(void *owner, const char *name);

/*
 * Called for each rule of a table, chain by chain in order: its handle, a number that grows with
 * each rule and set created in the table; and the number of anonymous sets that it uses.
 */
typedef void readback_rule(void *owner, const char *chain, uint64_t handle, unsigned num_sets);

/*
 * readback_find_changed - looks at the tables that have chains of ours; *changed_out is "mangle
 *                         filterd-in", or empty. 0 or -errno.
 * readback_is_changed   - the same for the counting table only: 1, 0 or -errno.
 */
int readback_find_changed(struct netlink *n, char changed_out[READBACK_CHAIN_MAX]);
int readback_is_changed(struct netlink *n);

/* Called for each element of a counting set. */
typedef void readback_count(void *owner, struct bytes key, uint64_t packets);

/*
 * Requests to the kernel's nf_tables. -errno is always the kernel's error.
 *
 * readback_nft            - do these links exist? Takes: the family of their tables, for example
 *                           NFPROTO_INET. 1, 0, or -errno.
 * readback_nft_rules      - all of a table; none if it does not exist. 0; -EINTR if rules changed
 *                           meanwhile; -errno.
 * readback_nft_interfaces - those of one link; 0, -ENOENT if there is no such chain, or -errno.
 * readback_nft_generation - the generation number of the rules in all tables: it changes with
 *                           them. 0 or -errno.
 * readback_nft_flowtables - like readback_flowtables().
 * readback_nft_table      - the number of a table of family inet, unique until reboot; -ENOENT if
 *                           it does not exist, -EOPNOTSUPP if tables have no numbers.
 * readback_nft_counter    - the value of a named counter in such a table. 0 or -errno.
 * readback_nft_counts     - calls `take` with the count of each element of a set in such a table.
 *                           0; -EINTR if rules changed meanwhile, and some may be missing or
 *                           reported twice; -errno.
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
 * readback_older_open - a socket to read tables of the older iptables: a descriptor or -errno.
 *                       Takes: AF_INET or AF_INET6.
 * readback_older      - do these links exist in them? Takes: such a socket, or the -errno from
 *                       opening it. 1, 0, or -errno.
 */
int readback_older_open(int family);
int readback_older(int family, int fd, struct rule_links links);

/* readback_older_interfaces - like readback_nft_interfaces(), for IPv4. */
int readback_older_interfaces(int fd, const struct rule_link *link, readback_name *take,
                              void *owner);

#endif
