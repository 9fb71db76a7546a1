/* SPDX-License-Identifier: MIT */

/* One table for both families. */

#include "kernel/rule_text.h"
#include "kernel/rules.h"

#include <string.h>

static void rules_nft_write_chain(const struct rule_text *t, const struct rule_chain *c)
{
	if (strcmp(c->nft, "offloading") == 0)
		rule_expand(t, "\tflowtable offloaded {\n\t\thook ingress priority filter; "
		            "devices = { $devices };\n\t}\n", "");
	write_format(t->to, "\tchain %s {\n", c->nft);
	if (c->nft_head != NULL)
		write_format(t->to, "\t\t%s\n", c->nft_head);
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

	/* Created so that deleting it cannot fail, deleted, created again: one transaction. */
	write_text(w, "table inet " RULES_TABLE "\ndelete table inet " RULES_TABLE
	              "\ntable inet " RULES_TABLE " {\n");
	for (size_t i = 0; i < num_rule_chains; i++) {
		if (rule_chains[i].nft != NULL && rule_holds(&t, rule_chains[i].when))
			rules_nft_write_chain(&t, &rule_chains[i]);
	}
	write_text(w, "}\n");
}

#define COUNTS                                                                                     \
	"meta mark & $queued == $queued meta mark & $verdict != $verdict "                         \
	"counter name " RULES_UNSEEN_COUNTER " meta mark set meta mark & $not_mask"
#define CLEARS                                                                                     \
	"meta mark & $injected == 0 meta mark & $mask != 0 meta mark set meta mark & $not_mask"

/* Another program overwrote the connection's whole mark: restore our bits from the packet. */
#define GIVES_BACK(had)                                                                            \
	"meta mark & $injected == 0 meta mark & $passing == " had                                  \
	" ct mark & $passing == 0 ct mark set ct mark | " had

/* One direction of a flow, as an element of a set. */
#define MEMBER4 "ip saddr . ip daddr . meta l4proto . th sport . th dport"
#define MEMBER6 "ip6 saddr . ip6 daddr . meta l4proto . th sport . th dport"
/* The packet passed, but the kernel has no connection to store that in. */
#define KEEPS(set, member)                                                                         \
	"meta mark & $mask == $passed update @" set " { " member " } counter name "                \
	RULES_ONE_WAY_COUNTER " meta mark set meta mark & $not_mask"
#define TRACKED "ct state & (invalid | untracked) == 0 "
#define FINDS(set, member)                                                                         \
	"meta l4proto { tcp, udp } " member " @" set                                               \
	" meta mark set meta mark & $not_mask | $accepted"

/*
 * A long header of a version that filterd reads: it may begin another QUIC connection between the
 * same endpoints, which needs its own verdict, like a SYN. Established connections use short
 * headers. RFC 8999, section 5.1.
 */
#define MAY_BEGIN "meta l4proto udp @th,64,1 1 @th,72,32 { $quic_versions } "
#define BEGINS                                                                                     \
	MAY_BEGIN "ct direction original ct mark & $verdict == $decided "                          \
	"ct mark set ct mark & $not_verdict"

#define HOOKED(hook, priority) \
	"type filter hook " hook " priority " priority "; policy accept; "
#define RULE(chain, text) { chain, 0, text, NULL, false }

/* After other programs could save the mark: clears the bits that mirror set. */
#define GIVEN_BACK(chain) \
	RULE(chain, "meta mark & $mask == 0 accept"), RULE(chain, GIVES_BACK("$seen")), \
	RULE(chain, GIVES_BACK("$through")), RULE(chain, CLEARS)

#define FLOWS(address) \
	"type " address " . " address " . inet_proto . inet_service . inet_service; " \
	"flags dynamic, timeout; timeout 10m; size 65536;"

static const char *const counters[] = { RULES_UNSEEN_COUNTER, RULES_ONE_WAY_COUNTER, NULL };

static const struct rule_set sets[] = {
	{ "passed4", FLOWS("ipv4_addr"), false },
	{ "passed6", FLOWS("ipv6_addr"), false },
	{ 0 },
};

/*
 * In order. A chain costs more per packet than a rule, and nearly all packets need nothing from
 * here: so there are few chains, and the first rule of each accepts most packets.
 */
static const struct rule_head chains[] = {
	{ "sources",           "" },
	{ "begins_out",        HOOKED("output", "-152") },
	{ "one_way_in",        HOOKED("prerouting", "-152") },
	{ "prerouting",        HOOKED("prerouting", "-144") },
	{ "input",             HOOKED("input", "-144") },
	{ "forward",           HOOKED("forward", "-144") },
	{ "output",            HOOKED("output", "-144") },
	{ "clear_postrouting", HOOKED("postrouting", "-149") },
	{ 0 },
};

static const struct rule_row rows[] = {
	RULE("begins_out", BEGINS),
	RULE("one_way_in", BEGINS),
	RULE("one_way_in", MAY_BEGIN "goto sources"),
	RULE("one_way_in", TRACKED "ct mark & $verdict == $decided accept"),
	RULE("one_way_in", TRACKED "goto sources"),
	RULE("one_way_in", FINDS("passed4", MEMBER4)),
	RULE("one_way_in", FINDS("passed6", MEMBER6)),
	RULE("one_way_in", "meta mark & $mask != $accepted goto sources"),
	RULE("prerouting", "meta mark & $mask == 0 accept"),
	RULE("prerouting", KEEPS("passed4", MEMBER4)),
	RULE("prerouting", KEEPS("passed6", MEMBER6)),
	RULE("prerouting", COUNTS),
	GIVEN_BACK("input"),
	RULE("input", COUNTS),
	GIVEN_BACK("forward"),
	RULE("forward", COUNTS),
	RULE("output", COUNTS),
	GIVEN_BACK("clear_postrouting"),
	{ 0 },
};

/*
 * A separate table, also used beside the rules of iptables.
 *
 * If replies take another route, a client's packets are invalid for the kernel, and no connection
 * can store the verdict; the same is true after a notrack rule. Then sets store it as long as the
 * flow has packets. A possible new QUIC connection is not looked up.
 *
 * Packets that still have our queue bits directly after the queue got no verdict: the rules count
 * them and clear the bits. Held packets were judged before, and do not count. The rules also clear
 * the bits that mirror copied from the connection, after other programs could save them.
 *
 * Packets for the queue pass the limits of their source first (rules_sources.c), if any.
 */
void rules_write_unseen(struct writer *w, const struct settings *s)
{
	const struct rule_text t    = { .to = w, .settings = s };
	const struct rule_part part = { counters, sets, chains, rows };

	rule_write_part(&t, &part);
}
