/* SPDX-License-Identifier: MIT */

/*
 * Packets of one client beyond its rate are dropped before the queue: a full queue would let all
 * clients' packets pass unseen. The rules are in the table for unseen packets, for both back ends,
 * so that the counts survive new rules; one_way_in of rules_nft.c jumps here with all packets
 * except those of decided flows.
 *
 * A client is an IP address, on Ethernet together with the MAC address, so that nobody can use up
 * another client's rate in its name. A device that forges addresses has one MAC address, which has
 * twice the rate, so that one of many clients behind another router cannot use it all. Clients that
 * never finished a TCP connection have four times the rate together, whatever their addresses.
 * Answers come from outside: those to a connection are caused by its client, maybe in another's
 * name, so they have no limit; those without a connection share one rate.
 *
 * A full set imposes no limit: for IP addresses the limit of the MAC address remains.
 */

#include "kernel/rule_text.h"
#include "kernel/rules.h"

/* Senders; and those with dropped packets, for an hour. */
#define RATED   "; flags dynamic, timeout; timeout 30s; size 8192;"
/* Senders that acknowledged an answer: a forged address gets none. */
#define KNOWN   "; flags dynamic, timeout; timeout 1h; size 8192;"
#define COUNTED "; flags dynamic, timeout; timeout 1h; size 128;"       /* SOURCES_A_SET */

static const char *const counters[] = { RULES_OVER_RATE, NULL };

/* The set of senders is emptied, because each element contains its limit. */
static const struct rule_set sets[] = {
	{ "clients4",         "type ipv4_addr . ether_addr" RATED, true },
	{ "clients6",         "type ipv6_addr . ether_addr" RATED, true },
	{ "clients_mac",      "type ether_addr" RATED, true },
	{ "known4",           "type ipv4_addr . ether_addr" KNOWN, false },
	{ "known6",           "type ipv6_addr . ether_addr" KNOWN, false },
	{ "resets",           "type ether_addr" RATED, true },
	{ "plain4",           "type ipv4_addr" RATED, true },
	{ "plain6",           "type ipv6_addr" RATED, true },
	{ RULES_OVER_OF4,     "type ipv4_addr . ether_addr" COUNTED, false },
	{ RULES_OVER_OF6,     "type ipv6_addr . ether_addr" COUNTED, false },
	{ RULES_OVER_MAC,     "type ether_addr" COUNTED, false },
	{ RULES_OVER_PLAIN4,  "type ipv4_addr" COUNTED, false },
	{ RULES_OVER_PLAIN6,  "type ipv6_addr" COUNTED, false },
	{ 0 },
};

static const struct rule_head chains[] = {
	{ "over_rate", "" }, { "over_of", "" },  { "over_plain", "" },
	{ "over_new", "" },  { "of_plain", "" }, { "resets", "" },
	{ "of_client", "" }, { "outside", "" },  { "sources", "" },
	{ 0 },
};

#define LIMIT "limit rate over $source_rate/second burst $source_burst packets"
#define LIMITS(chain, set, key, then) \
	{ chain, 0, "update @" set " { " key " " LIMIT " } goto " then, NULL, false }
#define COUNTS(chain, set, key) \
	{ chain, 0, "add @" set " { " key " counter }", NULL, false }
#define KNOWS(set, key) \
	{ "of_client", 0, "ct state established ct direction original tcp flags & ack == ack " \
	  "update @" set " { " key " }", NULL, false }
#define ENDS(chain, how) { chain, 0, how, NULL, false }

static const struct rule_row rows[] = {
	ENDS("over_rate", "counter name " RULES_OVER_RATE),
	ENDS("over_rate", "drop"),
	COUNTS("over_of", RULES_OVER_OF4, "ip saddr . ether saddr"),
	COUNTS("over_of", RULES_OVER_OF6, "ip6 saddr . ether saddr"),
	COUNTS("over_of", RULES_OVER_MAC, "ether saddr"),
	ENDS("over_of", "goto over_rate"),
	COUNTS("over_plain", RULES_OVER_PLAIN4, "ip saddr"),
	COUNTS("over_plain", RULES_OVER_PLAIN6, "ip6 saddr"),
	ENDS("over_plain", "goto over_rate"),

	COUNTS("over_new", RULES_OVER_MAC, "ether saddr"),
	ENDS("over_new", "goto over_rate"),

	LIMITS("of_plain", "plain4", "ip saddr", "over_plain"),
	LIMITS("of_plain", "plain6", "ip6 saddr", "over_plain"),
	/*
	 * A client resets connections that somebody began in its name; it is not recorded for that.
	 */
	LIMITS("resets", "resets", "ether saddr", "over_rate"),
	{ "of_client", 0, "meta iiftype != ether goto of_plain", NULL, false },
	{ "of_client", 0, "tcp flags & rst == rst goto resets", NULL, false },
	LIMITS("of_client", "clients4", "ip saddr . ether saddr", "over_of"),
	LIMITS("of_client", "clients6", "ip6 saddr . ether saddr", "over_of"),
	{ "of_client", 0, "update @clients_mac { ether saddr limit rate over $link_rate/second "
	  "burst $link_burst packets } goto over_of", NULL, false },
	/* All made-up addresses share one rate. */
	KNOWS("known4", "ip saddr . ether saddr"),
	KNOWS("known6", "ip6 saddr . ether saddr"),
	{ "of_client", 0, "ip saddr . ether saddr @known4 return", NULL, false },
	{ "of_client", 0, "ip6 saddr . ether saddr @known6 return", NULL, false },
	{ "of_client", 0, "limit rate over $new_rate/second burst $new_burst packets goto over_new",
	  NULL, false },

	{ "outside", 0, "ct state invalid tcp flags & (syn | ack | rst) == (syn | ack) " LIMIT
	  " goto over_plain", NULL, false },

	{ "sources", 0, "meta l4proto != { tcp, udp } return", NULL, false },
	{ "sources", 0, "iifname \"lo\" return", NULL, false },
	{ "sources", 0, "ct mark & $blocked == $blocked return", NULL, false },
	{ "sources", 0, "ct direction reply ct mark & $passing == $seen return", NULL, false },
	{ "sources", EACH_UPLINK, "iifname \"$interface\" goto outside", NULL, false },
	{ "sources", IF_AUTO, "goto of_client", NULL, false },
	{ "sources", EACH_NAMED, "iifname \"$interface\" goto of_client", NULL, false },
	{ "sources", IF_NAMED, "goto outside", NULL, false },
	{ 0 },
};

void rules_write_sources(struct writer *w, const struct settings *s, const struct uplinks *uplinks)
{
	const struct rule_text t    = { .to = w, .settings = s, .uplinks = uplinks };
	const struct rule_part part = { counters, sets, chains, rows };

	if (s->source_rate > 0)
		rule_write_part(&t, &part);
}
