/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_STATUS_OTHERS_H
#define FILTERD_STATUS_OTHERS_H

/*
 * Others: what rules of other programs do that a filter must know of, as nft, iptables and ip list them; and which of ours stand among
 * them.
 *
 * Text and not JSON is read: small routers have an nft that cannot write any. Nothing in it is trusted, and all of it is bounded: a rule is
 * a line, a line has RULE_WORDS words (rule_line.h), and of a kind the first OTHERS_OF_KIND rules are kept.
 */

#include "policy/settings.h"

#define OTHERS_OF_KIND 4
#define OTHERS_RULE    160      /* bytes kept of a rule */

enum other_kind {
	OTHER_OFFLOAD,          /* gives flows to a fast path before we have decided them */
	OTHER_OFFLOAD_DECIDED,  /* gives it those alone that we have decided */
	OTHER_MARK_WRITTEN,     /* changes bits of the mark that are ours */
	OTHER_MARK_READ,        /* decides by bits that are ours */
	OTHER_UNTRACKED,        /* keeps packets from connection tracking */
	OTHER_BEFORE_QUEUE,     /* lets packets pass before our rules see them */
	OTHER_BEFORE_VERDICT,   /* comes before our rules that stop what is blocked */
	OTHER_DOCKER,           /* a chain of docker's */
	OTHER_KINDS,
};

struct other {
	char where[96];                         /* "ip filter FORWARD" */
	char rule[OTHERS_RULE];
};

struct others {
	unsigned     num[OTHER_KINDS];          /* all there are */
	struct other first[OTHER_KINDS][OTHERS_OF_KIND];
	/* of ours */
	bool         has_nft, has_iptables4, has_iptables6;
	bool         has_queue, bypass;         /* bypass: without filterd packets pass */
	uint32_t     queue_first, queue_last;
	bool         has_iptables_nft;          /* any rules that the newer iptables made */
};

/* What `nft list ruleset`, iptables-save (family 4) or ip6tables-save (6) and `ip rule` print; each adds to *out, which is zeroed first. */
void others_read_nft(struct bytes text, const struct settings *s, struct others *out);
void others_read_iptables(struct bytes text, int family, const struct settings *s, struct others *out);
void others_read_routing(struct bytes text, const struct settings *s, struct others *out);

#endif
