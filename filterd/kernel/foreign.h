/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_FOREIGN_H
#define FILTERD_KERNEL_FOREIGN_H

/*
 * Foreign rules: what rules of other programs do that a filter must know of, as nft, iptables and
 * ip list them; and which of ours stand among them.
 *
 * Text and not JSON is read: small routers have an nft that cannot write any. Nothing in it is
 * trusted, and all of it is bounded: a rule is a line, a line has RULE_WORDS words (rule_line.h),
 * and of a kind the first FOREIGN_OF_KIND rules are kept.
 */

#include "policy/settings.h"

#define FOREIGN_OF_KIND 4
#define FOREIGN_RULE    160      /* bytes kept of a rule */

enum foreign_kind {
	FOREIGN_OFFLOAD,          /* gives flows to a fast path before we have decided them */
	FOREIGN_OFFLOAD_DECIDED,  /* gives it those alone that we have decided */
	FOREIGN_MARK_WRITTEN,     /* changes bits of the mark that are ours */
	FOREIGN_MARK_READ,        /* decides by bits that are ours */
	FOREIGN_UNTRACKED,        /* keeps packets from connection tracking */
	FOREIGN_BEFORE_QUEUE,     /* lets packets pass before our rules see them, or leads there */
	FOREIGN_BEFORE_VERDICT,   /* comes before our rules that stop what is blocked */
	FOREIGN_DOCKER,           /* a chain of docker's */
	FOREIGN_KINDS,
};

struct foreign_rule {
	char where[96];                         /* "ip filter FORWARD" */
	char rule[FOREIGN_RULE];
};

struct foreign_rules {
	unsigned            num[FOREIGN_KINDS];   /* all there are */
	struct foreign_rule first[FOREIGN_KINDS][FOREIGN_OF_KIND];
	/* of ours */
	bool                has_nft, has_iptables4, has_iptables6;
	bool                has_queue, bypass;  /* bypass: without filterd packets pass */
	uint32_t            queue_first, queue_last;
	bool                has_iptables_nft;   /* any rules that the newer iptables made */
	bool                is_unknown;         /* a program that lists rules was not allowed to */
};

/*
 * What `nft list ruleset`, iptables-save (family 4) or ip6tables-save (6) and `ip rule` print; each
 * adds to *out, which is zeroed first.
 */
void foreign_read_nft(struct bytes text, const struct settings *s, struct foreign_rules *out);
void foreign_read_iptables(struct bytes text, int family, const struct settings *s,
                           struct foreign_rules *out);
void foreign_read_routing(struct bytes text, const struct settings *s, struct foreign_rules *out);

/*
 * foreign_now - all of them, as they are at this moment. A program that is not there lists nothing;
 * of one that fails for a user nothing is known: is_unknown. 0 or -ENOMEM.
 */
int foreign_now(const struct settings *s, struct foreign_rules *out);

#endif
