/* SPDX-License-Identifier: MIT */

/* One table for both families. */

#include "kernel/rule_text.h"
#include "kernel/rules.h"

#include <stdio.h>
#include <string.h>

static void rules_nft_write_chain(const struct rule_text *t, const struct rule_chain *c)
{
	char line[128];

	if (strcmp(c->nft, "offloading") == 0)
		rule_expand(t, "\tflowtable offloaded {\n\t\thook ingress priority filter; "
		            "devices = { $devices };\n\t}\n", "");
	snprintf(line, sizeof(line), "\tchain %s {\n", c->nft);
	write_text(t->to, line);
	if (c->nft_head != NULL) {
		snprintf(line, sizeof(line), "\t\t%s\n", c->nft_head);
		write_text(t->to, line);
	}
	for (size_t i = 0; i < num_rule_rows; i++) {
		if (strcmp(rule_table[i].chain, rule_chain_key(c)) == 0)
			rule_write_row(t, &rule_table[i], "\t\t");
	}
	write_text(t->to, "\t}\n");
}

void rules_write_nft(struct writer *w, const struct settings *s, const struct uplinks *uplinks,
                     const struct offloading *o)
{
	const struct rule_text t = { .to = w, .settings = s, .uplinks = uplinks, .offloading = o };

	/* Made, so that deleting it cannot fail, deleted, and made anew: one transaction. */
	write_text(w, "table inet " RULES_TABLE "\ndelete table inet " RULES_TABLE
	              "\ntable inet " RULES_TABLE " {\n");
	for (size_t i = 0; i < num_rule_chains; i++) {
		if (rule_chains[i].nft != NULL && rule_holds(&t, rule_chains[i].when))
			rules_nft_write_chain(&t, &rule_chains[i]);
	}
	write_text(w, "}\n");
}

/* A chain of the table beside ours, and the rule in it. */
struct beside {
	const char *chain, *hook, *priority, *rule;
};

#define COUNTS                                                                                     \
	"meta mark & $queued == $queued meta mark & $verdict != $verdict "                         \
	"counter name " RULES_UNSEEN_COUNTER " meta mark set meta mark & $not_mask"
#define CLEARS                                                                                     \
	"meta mark & $injected == 0 meta mark & $mask != 0 meta mark set meta mark & $not_mask"

/* The connection's mark was set to another value, whole, behind the mirror: the packet has it. */
#define GIVES_BACK(had)                                                                            \
	"meta mark & $injected == 0 meta mark & $passing == " had                                  \
	" ct mark & $passing == 0 ct mark set ct mark | " had

/* The packets of one direction of a flow: members of a set, and whose. */
#define MEMBER4 "ip saddr . ip daddr . meta l4proto . th sport . th dport"
#define MEMBER6 "ip6 saddr . ip6 daddr . meta l4proto . th sport . th dport"
/* Passed, and the kernel has no connection that could keep it. */
#define KEEPS(set, member)                                                                         \
	"meta mark & $mask == $passed update @" set " { " member " } counter name "                \
	RULES_ONE_WAY_COUNTER " meta mark set meta mark & $not_mask"
#define TRACKED "ct state & (invalid | untracked) == 0 "
#define FINDS(set, member)                                                                         \
	"meta l4proto { tcp, udp } " member " @" set                                               \
	" meta mark set meta mark & $not_mask | $accepted"

/*
 * A long header of a version that filterd reads: it may begin another QUIC connection between the
 * same ends, which is judged anew, as with a SYN. Packets of a connection that goes on have short
 * ones. RFC 8999, section 5.1.
 */
#define MAY_BEGIN "meta l4proto udp @th,64,1 1 @th,72,32 { $quic_versions } "
#define BEGINS                                                                                     \
	MAY_BEGIN "ct direction original ct mark & $verdict == $decided "                          \
	"ct mark set ct mark & $not_verdict"

/* The bits of the connection have been where others may save them, and leave. */
#define GIVEN_BACK(chain, hook, priority)                                                          \
	{ chain, hook, priority, "meta mark & $mask == 0 accept" },                                \
	{ chain, hook, priority, GIVES_BACK("$seen") },                                            \
	{ chain, hook, priority, GIVES_BACK("$through") },                                         \
	{ chain, hook, priority, CLEARS }

/*
 * In order. A chain costs a packet more than a rule does, and nearly all packets have nothing to be
 * found, kept or counted: there are few chains, and the first rule of one lets them go.
 */
static const struct beside beside[] = {
	{ "begins_out",        "output",      "-152", BEGINS },
	{ "one_way_in",        "prerouting",  "-152", BEGINS },
	{ "one_way_in",        "prerouting",  "-152", MAY_BEGIN "goto sources" },
	{ "one_way_in",        "prerouting",  "-152",
	  TRACKED "ct mark & $verdict == $decided accept" },
	{ "one_way_in",        "prerouting",  "-152", TRACKED "goto sources" },
	{ "one_way_in",        "prerouting",  "-152", FINDS("passed4", MEMBER4) },
	{ "one_way_in",        "prerouting",  "-152", FINDS("passed6", MEMBER6) },
	{ "one_way_in",        "prerouting",  "-152",
	  "meta mark & $mask != $accepted goto sources" },
	{ "prerouting",        "prerouting",  "-144", "meta mark & $mask == 0 accept" },
	{ "prerouting",        "prerouting",  "-144", KEEPS("passed4", MEMBER4) },
	{ "prerouting",        "prerouting",  "-144", KEEPS("passed6", MEMBER6) },
	{ "prerouting",        "prerouting",  "-144", COUNTS },
	GIVEN_BACK("input", "input", "-144"),
	{ "input",             "input",       "-144", COUNTS },
	GIVEN_BACK("forward", "forward", "-144"),
	{ "forward",           "forward",     "-144", COUNTS },
	{ "output",            "output",      "-144", COUNTS },
	GIVEN_BACK("clear_postrouting", "postrouting", "-149"),
};

static void write_set(struct writer *w, const char *family)
{
	write_text(w, "\tset passed");
	write_text(w, family);
	write_text(w, " { type ipv");
	write_text(w, family);
	write_text(w, "_addr . ipv");
	write_text(w, family);
	write_text(w, "_addr . inet_proto . inet_service . inet_service; flags dynamic, timeout; "
	              "timeout 10m; size 65536; }\n");
}

/*
 * A table of its own, of rules of iptables, too: what it has counted survives rules that are made
 * anew. Its chains are emptied and filled; adding a counter that is there leaves it as it stands.
 *
 * Where replies come another way the kernel takes a client's packets for invalid, and has no
 * connection whose mark could say that it passed; nor has it where somebody's rules say notrack.
 * Sets say it, for as long as the flow goes on. A QUIC connection that may begin is not looked up.
 *
 * It counts right behind the queue, and takes its bits off: who has them still has no verdict. What
 * was only to be held was judged before. And it takes the bits of the connection off the packet,
 * once those who could save them had their turn.
 *
 * What may be queued goes by the limits of its source (rules_sources.c), if there are any.
 */
void rules_write_unseen(struct writer *w, const struct settings *s)
{
	const struct rule_text t = { .to = w, .settings = s };
	char                   line[128];

	write_text(w,
	           "table inet " RULES_UNSEEN_TABLE " {\n\tcounter " RULES_UNSEEN_COUNTER " { }\n"
	           "\tcounter " RULES_ONE_WAY_COUNTER " { }\n");
	write_set(w, "4");
	write_set(w, "6");
	write_text(w, "\tchain sources { }\n");
	for (size_t i = 0; i < COUNT(beside); i++) {
		if (i > 0 && strcmp(beside[i].chain, beside[i - 1].chain) == 0)
			continue;
		snprintf(line, sizeof(line),
		         "\tchain %s { type filter hook %s priority %s; policy accept; }\n",
		         beside[i].chain, beside[i].hook, beside[i].priority);
		write_text(w, line);
	}
	write_text(w, "}\nflush chain inet " RULES_UNSEEN_TABLE " sources\n");
	for (size_t i = 0; i < COUNT(beside); i++) {
		if (i > 0 && strcmp(beside[i].chain, beside[i - 1].chain) == 0)
			continue;
		snprintf(line, sizeof(line), "flush chain inet " RULES_UNSEEN_TABLE " %s\n",
		         beside[i].chain);
		write_text(w, line);
	}
	for (size_t i = 0; i < COUNT(beside); i++) {
		write_text(w, "add rule inet " RULES_UNSEEN_TABLE " ");
		write_text(w, beside[i].chain);
		write_text(w, " ");
		rule_expand(&t, beside[i].rule, "");
		write_text(w, "\n");
	}
}
