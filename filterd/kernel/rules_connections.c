/* SPDX-License-Identifier: MIT */

/*
 * New connections are counted after all other rules, in the table for unseen packets, for both back
 * ends. Packets of existing connections cost one comparison. Conntrack confirms a connection when
 * its first packet has passed postrouting, or input, at the very last priority: until then it is
 * new for all rules.
 *
 * Connections through the queue have $seen in their mark. Untracked packets (NOTRACK) begin no
 * connection, and are not counted.
 *
 * A set has a counter for each interface. Packets fill it, in a form that also works before Linux
 * 5.7: the counter is in the rule.
 */

#include "kernel/rule_text.h"
#include "kernel/rules.h"

/* After all other chains; the very last priority is 2147483647. */
#define LAST "2147483000"

#define BY_INTERFACE "type ifname; size 256; flags dynamic;"

static const char *const counters[] = { RULES_MET, RULES_MET_OWN, RULES_AROUND_OWN, NULL };

static const struct rule_set sets[] = {
	{ RULES_AROUND,   BY_INTERFACE, false },
	{ RULES_LEFT_OUT, BY_INTERFACE, false },
	{ RULES_OUTWARD,  BY_INTERFACE, false },
	{ RULES_CLIENTS,  BY_INTERFACE, false },
	{ 0 },
};

static const struct rule_head chains[] = {
	{ "clients",        "" },
	{ "outward",        "" },
	{ "left_out",       "" },
	{ "around",         "" },
	{ "by_interface",   "" },
	{ "forwarded",      "" },
	{ "received",       "" },
	{ "sent",           "" },
	{ "passed_forward", "type filter hook forward priority " LAST "; policy accept; " },
	{ "passed_input",   "type filter hook input priority " LAST "; policy accept; " },
	{ "passed_output",  "type filter hook output priority " LAST "; policy accept; " },
	{ 0 },
};

#define COUNTS(set) "add @" set " { iifname counter }"
#define CAME_BY(counter) "ct mark & $seen == $seen counter name " counter " return"

/* The kernel's reset for a refused connection is a reply, and not counted. */
#define CONNECTIONS_ALONE(chain) \
	{ chain, 0, "ct direction reply return", NULL, false }, \
	{ chain, 0, "meta l4proto != { tcp, udp } return", NULL, false }

static const struct rule_row rows[] = {
	{ "passed_forward", 0, "ct status & confirmed == 0 goto forwarded", NULL, false },
	{ "passed_input",   0, "ct status & confirmed == 0 goto received", NULL, false },
	{ "passed_output",  0, "ct status & confirmed == 0 goto sent", NULL, false },

	CONNECTIONS_ALONE("forwarded"),
	{ "forwarded", 0, CAME_BY(RULES_MET), NULL, false },
	{ "forwarded", 0, "goto by_interface", NULL, false },

	CONNECTIONS_ALONE("received"),
	{ "received", 0, "iifname \"lo\" return", NULL, false },
	{ "received", 0, CAME_BY(RULES_MET_OWN), NULL, false },
	{ "received", 0, "goto by_interface", NULL, false },

	CONNECTIONS_ALONE("sent"),
	{ "sent", 0, "oifname \"lo\" return", NULL, false },
	{ "sent", 0, "meta mark & $injected == $injected return", NULL, false },
	{ "sent", 0, CAME_BY(RULES_MET_OWN), NULL, false },
	{ "sent", 0, "counter name " RULES_AROUND_OWN, NULL, false },

	{ "by_interface", EACH_UPLINK, "iifname \"$interface\" goto left_out", NULL, false },
	{ "by_interface", IF_AUTO, "goto around", NULL, false },
	{ "by_interface", EACH_NAMED, "iifname \"$interface\" goto around", NULL, false },
	{ "by_interface", IF_NAMED, "goto left_out", NULL, false },

	{ "around", 0, COUNTS(RULES_AROUND), NULL, false },

	/* On other interfaces the connection comes from outside to a server of ours. */
	{ "left_out", 0, COUNTS(RULES_LEFT_OUT), NULL, false },
	{ "left_out", EACH_WAY_OUT, "oifname \"$interface\" goto outward", NULL, false },

	{ "outward", 0, COUNTS(RULES_OUTWARD), NULL, false },
	{ "outward", 0, "ip saddr 10.0.0.0/8 goto clients", NULL, false },
	{ "outward", 0, "ip saddr 172.16.0.0/12 goto clients", NULL, false },
	{ "outward", 0, "ip saddr 192.168.0.0/16 goto clients", NULL, false },
	{ "outward", 0, "ip6 saddr fc00::/7 goto clients", NULL, false },

	{ "clients", 0, COUNTS(RULES_CLIENTS), NULL, false },
	{ 0 },
};

void rules_write_connections(struct writer *w, const struct settings *s,
                             const struct uplinks *uplinks)
{
	const struct rule_text t    = { .to = w, .settings = s, .uplinks = uplinks };
	const struct rule_part part = { counters, sets, chains, rows };

	rule_write_part(&t, &part);
}
