/* SPDX-License-Identifier: MIT */

/*
 * Repeats a part of rule_table.c; tests/unit/test_rules.c derives the links from there and compares
 * them with these, in this order.
 */

#include "kernel/rule_links.h"

#include "kernel/rules.h"

static const struct rule_link nft_new[] = {
	{ RULES_TABLE, "prerouting",      "judged" },
	{ RULES_TABLE, "prerouting",      "queueing" },
	{ RULES_TABLE, "output",          "judged" },
	{ RULES_TABLE, "output",          "replies" },
	{ RULES_TABLE, "output",          "queueing" },
	{ RULES_TABLE, "forward",         "judged" },
	{ RULES_TABLE, "forward",         "replies" },
	{ RULES_TABLE, "input",           "judged" },
	{ RULES_TABLE, "input",           "replies" },
	{ RULES_TABLE, "queueing",        "queue" },
	{ RULES_TABLE, "turned",          "queue" },
	{ RULES_TABLE, "replies",         "queue" },
	{ RULES_TABLE, "verdict_input",   "refuse" },
	{ RULES_TABLE, "verdict_forward", "refuse" },
	{ RULES_TABLE, "verdict_output",  "refuse" },
};

static const struct rule_link nft_held[]    = { { RULES_TABLE, "hold",       "queue" } };
static const struct rule_link nft_uplinks[] = { { RULES_TABLE, "prerouting", "return" } };
static const struct rule_link nft_named[]   = { { RULES_TABLE, "prerouting", "queueing" } };

static const struct rule_link iptables_new[] = {
	{ "filter", "INPUT",           "filterd-verdict" },
	{ "filter", "FORWARD",         "filterd-verdict" },
	{ "filter", "OUTPUT",          "filterd-own" },
	{ "mangle", "FORWARD",         "filterd-back" },
	{ "mangle", "INPUT",           "filterd-back" },
	{ "mangle", "OUTPUT",          "filterd-out" },
	{ "mangle", "PREROUTING",      "filterd-in" },
	{ "mangle", "filterd-in",      "filterd-judged" },
	{ "mangle", "filterd-in",      "filterd-queue" },
	{ "mangle", "filterd-out",     "filterd-judged" },
	{ "mangle", "filterd-out",     "filterd-replies" },
	{ "mangle", "filterd-out",     "filterd-queue" },
	{ "mangle", "filterd-back",    "filterd-judged" },
	{ "mangle", "filterd-back",    "filterd-replies" },
	{ "mangle", "filterd-queue",   "filterd-enter" },
	{ "mangle", "filterd-enter",   "filterd-send" },
	{ "mangle", "filterd-turned",  "filterd-send" },
	{ "mangle", "filterd-replies", "filterd-send" },
	{ "mangle", "filterd-send",    "NFQUEUE" },
	{ "filter", "filterd-verdict", "filterd-refuse" },
	{ "filter", "filterd-own",     "filterd-refuse" },
};

static const struct rule_link iptables_held[] = {
	{ "mangle", "FORWARD",      "filterd-hold" },
	{ "mangle", "filterd-hold", "filterd-send" },
};

static const struct rule_link iptables_uplinks[] = { { "mangle", "filterd-in", "RETURN" } };
static const struct rule_link iptables_named[]   = { { "mangle", "filterd-in", "filterd-queue" } };

#define LINKS(table) { (table), COUNT(table) }

static const struct rule_links links_of_nft[NUM_RULE_WAYS] = {
	[RULE_WAY_NEW]     = LINKS(nft_new),
	[RULE_WAY_HELD]    = LINKS(nft_held),
	[RULE_WAY_UPLINKS] = LINKS(nft_uplinks),
	[RULE_WAY_NAMED]   = LINKS(nft_named),
};

static const struct rule_links links_of_iptables[NUM_RULE_WAYS] = {
	[RULE_WAY_NEW]     = LINKS(iptables_new),
	[RULE_WAY_HELD]    = LINKS(iptables_held),
	[RULE_WAY_UPLINKS] = LINKS(iptables_uplinks),
	[RULE_WAY_NAMED]   = LINKS(iptables_named),
};

struct rule_links rule_links(bool is_nft, enum rule_way way)
{
	return is_nft ? links_of_nft[way] : links_of_iptables[way];
}
