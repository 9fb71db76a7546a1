/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_FOREIGN_H
#define FILTERD_KERNEL_FOREIGN_H

/*
 * Foreign rules: other programs' rules that affect the filter, as listed by nft, iptables and ip;
 * and our own rules among them.
 *
 * Reads text, not JSON: on small routers nft cannot write JSON. Nothing in it is trusted, and all
 * is bounded: a rule is a line, a line has RULE_WORDS words (rule_line.h), and the first
 * FOREIGN_OF_KIND rules of each kind are kept.
 */

#include "policy/settings.h"

#define FOREIGN_OF_KIND 4
#define FOREIGN_RULE    160      /* bytes kept of a rule */

enum foreign_kind {
	FOREIGN_OFFLOAD,          /* offloads flows before we have decided them */
	FOREIGN_OFFLOAD_DECIDED,  /* offloads only flows that we have decided */
	FOREIGN_MARK_WRITTEN,     /* changes our bits of the mark */
	FOREIGN_MARK_READ,        /* matches our bits of the mark */
	FOREIGN_UNTRACKED,        /* keeps packets from connection tracking */
	FOREIGN_BEFORE_QUEUE,     /* accepts packets before our rules, or jumps to such a rule */
	FOREIGN_BEFORE_VERDICT,   /* precedes our rules that stop blocked packets */
	FOREIGN_DOCKER,           /* a chain of docker's */
	FOREIGN_KINDS,
};

struct foreign_rule {
	char where[96];                         /* "ip filter FORWARD" */
	char rule[FOREIGN_RULE];
};

struct foreign_rules {
	unsigned            num[FOREIGN_KINDS];   /* total */
	struct foreign_rule first[FOREIGN_KINDS][FOREIGN_OF_KIND];
	/* of ours */
	bool                has_nft, has_iptables4, has_iptables6;
	bool                has_queue, bypass;  /* bypass: packets pass without filterd */
	uint32_t            queue_first, queue_last;
	bool                has_iptables_nft;   /* any rules of iptables-nft */
	bool                is_unknown;         /* a program had no permission to list the rules */
};

/*
 * Read the output of `nft list ruleset`, iptables-save (family 4) or ip6tables-save (6) and `ip
 * rule`; each adds to *out, which must be zeroed first.
 */
void foreign_read_nft(struct bytes text, const struct settings *s, struct foreign_rules *out);
void foreign_read_iptables(struct bytes text, int family, const struct settings *s,
                           struct foreign_rules *out);
void foreign_read_routing(struct bytes text, const struct settings *s, struct foreign_rules *out);

/*
 * foreign_now - reads all present rules. A missing program lists nothing; if one fails without
 * root, the rules are unknown: is_unknown. 0 or -ENOMEM.
 */
int foreign_now(const struct settings *s, struct foreign_rules *out);

#endif
