/* SPDX-License-Identifier: MIT */

/*
 * A packet of the protected side meets, in this order:
 *   in / out   (prerouting, output; after conntrack): decided for good? then on. Ours? blocked
 *   already? a reply? which side? queue      decided, and nobody answers for long? then on; else to
 *   filterd, marked as on its way verdict    (input, forward, output; later than the queue): saves
 *   our bits in the conntrack mark, stops what is blocked hold       (forward, if need be): not
 *   decided for good? then to filterd once more, which lets it skip what others do there offload
 *   (forward, last, if asked for): decided for good? then the kernel forwards the flow by itself
 *
 * A verdict of the queue lets a packet go on in the next base chain, or table, so saving the mark
 * and rejecting stand in chains of a later priority than the queue.
 */

#include "kernel/rule_table.h"

#include <assert.h>
#include <string.h>

#define HEAD(hook, priority) "type filter hook " hook " priority " priority "; policy accept;"

/* In the order in which nft declares them; those of iptables by table. */
const struct rule_chain rule_chains[] = {
	{ "untracked",       HEAD("output", "raw"),           "raw",    "filterd-raw",     0 },
	{ "queueing",        NULL,                            "mangle", "filterd-queue",   0 },
	{ "prerouting",      HEAD("prerouting", "mangle"),    "mangle", "filterd-in",      0 },
	{ "output",          HEAD("output", "mangle"),        "mangle", "filterd-out",     0 },
	{ NULL,              NULL,                            "mangle", "filterd-replies", 0 },
	{ NULL,              NULL,                            "mangle", "filterd-send",    0 },
	{ NULL,              NULL,                            "mangle", "filterd-net",     0 },
	{ NULL,              NULL,                            "filter", "filterd-verdict", 0 },
	{ "verdict_input",   HEAD("input", "-140"),           NULL,     NULL,              0 },
	{ "verdict_forward", HEAD("forward", "-140"),         NULL,     NULL,              0 },
	{ "verdict_output",  HEAD("output", "-140"),          NULL,     NULL,              0 },
	{ "verdict",         NULL,                            "filter", "filterd-save",    0 },
	{ "hold", HEAD("forward", "-139"),
	  "mangle",
	  "filterd-hold", IF_HOLD },
	{ "unheld", HEAD("forward", "-138"),
	  NULL,
	  NULL, IF_HOLD },
	/* Behind the firewall's chains: what comes here has been let through by all of them. */
	{ "offloading",      HEAD("forward", "10"),           NULL,     NULL,              IF_OWN },
};

/*
 * The reset that REJECT makes is a reply and must not be caught. What is held skips the rules that
 * follow, so those of others in that table come before: they may set the MSS.
 */
const struct rule_jump rule_jumps[] = {
	{ "raw",    "-I", "OUTPUT",      "filterd-raw",     0, false },
	{ "filter", "-I", "INPUT",       "filterd-verdict", 0, true },
	{ "filter", "-I", "FORWARD",     "filterd-verdict", 0, true },
	{ "filter", "-I", "OUTPUT",      "filterd-verdict", 0, true },
	{ "mangle", "-A", "FORWARD",     "filterd-hold",    IF_HOLD, true },
	{ "mangle", "-I", "POSTROUTING", "filterd-net",     0, false },
	{ "mangle", "-I", "OUTPUT",      "filterd-out",     0, true },
	{ "mangle", "-I", "PREROUTING",  "filterd-in",      0, true },
};

/*
 * What most packets meet: both directions of what is finally decided pass, but for answers of DNS
 * servers, each a new name.
 */
#define FINAL_BUT_DNS(chain, protocol) \
	{ chain, IF_NOT_STRICT, NULL, "-p " protocol " ! --sport 53 $final -j RETURN", false }

/* The first packets of a UDP flow that nobody answers, and no more. */
#define LONG_ONE_WAY \
	"meta l4proto udp ct mark & $decided == $decided ct original packets >= $packets return", \
	"-p udp -m connmark --mark $decided/$decided -m connbytes --connbytes $packets: " \
	"--connbytes-dir original --connbytes-mode packets -j RETURN"

/*
 * As most packets had no verdict, that is asked first; what we inject has none, whatever its mark
 * says.
 */
#define HAS_VERDICT "meta mark & $verdict != 0 meta mark & $injected == 0 jump verdict"

/* In: what comes in. Out: what this host sends. */
#define ENTRY(chain, interface, ct_interface, original, ct_original) \
	{ chain, IF_NOT_STRICT, "$final th sport != 53 return", NULL, false }, \
	FINAL_BUT_DNS(chain, "tcp"), \
	FINAL_BUT_DNS(chain, "udp"), \
	{ chain, IF_STRICT, "$final return", "$final -j RETURN", false }, \
	{ chain, 0, \
	  "meta mark & $injected == $injected return", \
	  "-m mark --mark $injected/$injected -j RETURN", false }, \
	{ chain, 0, interface " \"lo\" return", ct_interface " lo -j RETURN", false }, \
	/* A reset that the kernel makes for a blocked flow goes out as a reply: it must leave. */ \
	{ chain, 0, \
	  original "ct mark & $blocked == $blocked meta mark set meta mark | $blocked return", \
	  ct_original "-m connmark --mark $blocked/$blocked -j MARK " \
	  "--set-xmark $blocked/$blocked", false }, \
	{ chain, 0, NULL, "-m mark --mark $blocked/$blocked -j RETURN", false }, \
	/* Answers of DNS servers, in flows that went through here and are not blocked. */ \
	/* Strict: and any reply, until the flow is decided. */ \
	{ chain, IF_NOT_STRICT, \
	  "ct direction reply ct mark & $passing == $seen meta l4proto { tcp, udp } th sport 53 " \
	  "$queue", NULL, false }, \
	{ chain, IF_STRICT, \
	  "ct direction reply ct mark & $passing == $seen meta l4proto { tcp, udp } $queue", \
	  NULL, false }, \
	{ chain, 0, "ct direction reply return", \
	  "-m conntrack --ctdir REPLY -g filterd-replies", false }

const struct rule_row rule_table[] = {
	/*
	 * A DNS answer of ours comes from an address that is not ours: conntrack would take it for
	 * another flow's.
	 */
	{ "filterd-raw", 0, "meta l4proto udp meta mark & $injected == $injected notrack",
	  "-p udp -m mark --mark $injected/$injected -j CT --notrack", false },

	ENTRY("filterd-in", "iifname", "-i", "", ""),
	{ "filterd-in", EACH_UPLINK,
	  "iifname \"$interface\" return",
	  "-i $interface -j RETURN", false },
	{ "filterd-in", IF_AUTO, "goto queueing", "-j filterd-queue", true },
	{ "filterd-in", EACH_NAMED,
	  "iifname \"$interface\" goto queueing",
	  "-i $interface -j filterd-queue", true },

	ENTRY("filterd-out", "oifname", "-o", "ct direction original ",
	      "-m conntrack --ctdir ORIGINAL "),
	{ "filterd-out", 0, "goto queueing", "-j filterd-queue", true },

	{ "filterd-replies", IF_NOT_STRICT,
	  NULL,
	  "-p udp --sport 53 -m connmark --mark $seen/$passing -j filterd-send", false },
	{ "filterd-replies", IF_NOT_STRICT,
	  NULL,
	  "-p tcp --sport 53 -m connmark --mark $seen/$passing -j filterd-send", false },
	{ "filterd-replies", IF_STRICT,
	  NULL,
	  "-p udp -m connmark --mark $seen/$passing -j filterd-send", false },
	{ "filterd-replies", IF_STRICT,
	  NULL,
	  "-p tcp -m connmark --mark $seen/$passing -j filterd-send", false },

	{ "filterd-queue", 0, "meta l4proto != { tcp, udp } return", NULL, false },
	/*
	 * What is left of the decided: flows that come from port 53 themselves, and those that
	 * nobody answers.
	 */
	{ "filterd-queue", IF_NOT_STRICT, "$final return", "$final -j RETURN", false },
	{ "filterd-queue", IF_NOT_STRICT, LONG_ONE_WAY, false },
	{ "filterd-queue", 0, "ct mark set ct mark | $seen", NULL, false },
	{ "filterd-queue", 0, "$queue", NULL, true },
	{ "filterd-queue", 0, NULL, "-p udp -j CONNMARK --set-xmark $seen/$seen", false },
	{ "filterd-queue", 0, NULL, "-p udp -j filterd-send", true },
	{ "filterd-queue", 0, NULL, "-p tcp -j CONNMARK --set-xmark $seen/$seen", false },
	{ "filterd-queue", 0, NULL, "-p tcp -j filterd-send", true },

	/*
	 * Marked on its way: the verdict takes the mark off, so whoever still carries it behind the
	 * queue had none.
	 */
	{ "filterd-send", 0, NULL, "-j MARK --set-xmark $seen/$seen", false },
	{ "filterd-send", 0, NULL, "-j $queue", true },

	/* Should a rule of somebody else have accepted it before ours could stop it. */
	{ "filterd-net", 0, NULL, "-m mark --mark $blocked/$blocked -j DROP", false },
	/* Nobody listened where it was to be held. */
	{ "filterd-net", IF_HOLD, NULL, "-j MARK --set-xmark 0/$seen", false },

	{ "filterd-verdict", 0, NULL, "-m mark ! --mark 0/$verdict -j filterd-save", true },
	{ "verdict_input", 0, HAS_VERDICT, NULL, true },
	{ "verdict_forward", 0, HAS_VERDICT, NULL, true },
	{ "verdict_output", 0, HAS_VERDICT, NULL, true },

	{ "filterd-save", 0,
	  "meta mark & $verdict == $decided ct mark set ct mark & $not_verdict | $decided",
	  NULL, false },
	{ "filterd-save", 0, NULL, "-m mark --mark $injected/$injected -j RETURN", false },
	{ "filterd-save", 0,
	  NULL,
	  "-j CONNMARK --save-mark --nfmask $verdict --ctmask $verdict", false },
	{ "filterd-save", 0,
	  "meta mark & $blocked == 0 return",
	  "-m mark --mark 0/$blocked -j RETURN", false },
	{ "filterd-save", 0, "ct mark set ct mark & $not_verdict | $blocked", NULL, false },
	{ "filterd-save", IF_REJECT,
	  "meta l4proto tcp reject with tcp reset",
	  "-p tcp -j REJECT --reject-with tcp-reset", false },
	{ "filterd-save", IF_REJECT,
	  "reject with icmpx type port-unreachable",
	  "-j REJECT --reject-with $refusal", false },
	{ "filterd-save", 0, "drop", "-j DROP", false },

	/*
	 * Packets of flows that a rule of another program could offload, as long as ours are not
	 * through with them, in both directions. Whoever is confirmed has had a packet accepted by
	 * the firewall; before that no rule can offload the flow, and filterd's verdict here would
	 * be in the firewall's place. Nobody listening, it goes on without the mark.
	 *
	 * With iptables this stands before the chain that saves marks, and what is held skips that
	 * one: the mark is saved here, and what is blocked goes on to be rejected.
	 */
	{ "filterd-hold", IF_HOLD, "$final return", "$final -j RETURN", false },
	{ "filterd-hold", IF_HOLD, NULL, "-m mark --mark $blocked/$blocked -j RETURN", false },
	{ "filterd-hold", IF_HOLD,
	  NULL,
	  "-m mark --mark $decided/$decided -j CONNMARK --save-mark --nfmask $decided "
	  "--ctmask $decided", false },
	{ "filterd-hold", IF_HOLD,
	  "ct mark & $held != $seen return",
	  "-m connmark ! --mark $seen/$held -j RETURN", false },
	{ "filterd-hold", IF_HOLD,
	  "ct status & confirmed == 0 return",
	  "-m conntrack ! --ctstatus CONFIRMED -j RETURN", false },
	/* Again, as the decision may be this packet's, saved just now. */
	{ "filterd-hold", IF_HOLD, NULL, "$final -j RETURN", false },
	{ "filterd-hold", IF_HOLD, LONG_ONE_WAY, false },
	{ "filterd-hold", IF_HOLD, "$queue", "-j filterd-send", true },
	{ "unheld", IF_HOLD,
	  "meta mark & $seen == $seen meta mark set meta mark & $not_seen",
	  NULL, false },

	{ "offloading", IF_OWN | IF_NOT_STRICT,
	  "meta l4proto { tcp, udp } ct mark & $verdict == $decided ct state established "
	  "ct reply packets >= 2 flow add @offloaded",
	  NULL, false },
	{ "offloading", IF_OWN | IF_STRICT,
	  "meta l4proto { tcp, udp } ct mark & $verdict == $decided ct state established "
	  "flow add @offloaded",
	  NULL, false },
};

const size_t num_rule_chains = COUNT(rule_chains);
const size_t num_rule_jumps  = COUNT(rule_jumps);
const size_t num_rule_rows   = COUNT(rule_table);

const char *rule_chain_key(const struct rule_chain *c)
{
	return c->name != NULL ? c->name : c->nft;
}

static const struct rule_chain *rule_table_chain(const char *key)
{
	for (size_t i = 0; i < num_rule_chains; i++) {
		if (strcmp(rule_chain_key(&rule_chains[i]), key) == 0)
			return &rule_chains[i];
	}
	return NULL;
}

static size_t rule_table_add(struct rule_link *links, size_t num, struct rule_link one)
{
	for (size_t i = 0; i < num; i++) {
		if (strcmp(links[i].table, one.table) == 0 &&
		    strcmp(links[i].chain, one.chain) == 0 && strcmp(links[i].to, one.to) == 0)
			return num;
	}
	assert(num < RULE_LINKS_MAX);
	links[num] = one;
	return num + 1;
}

size_t rule_links(bool is_nft, bool of_hold, struct rule_link links_out[RULE_LINKS_MAX])
{
	size_t num = 0;

	for (size_t i = 0; i < num_rule_jumps && !is_nft; i++) {
		const struct rule_jump *j = &rule_jumps[i];

		if (j->is_link && (j->when == IF_HOLD) == of_hold)
			num = rule_table_add(links_out, num,
			                     (struct rule_link){ j->table, j->from, j->to });
	}
	for (size_t i = 0; i < num_rule_rows; i++) {
		const struct rule_row   *r    = &rule_table[i];
		const struct rule_chain *c    = rule_table_chain(r->chain);
		const char              *text = is_nft ? r->nft : r->iptables, *to;

		if (!r->is_link || text == NULL || (r->when == IF_HOLD) != of_hold)
			continue;
		to = strrchr(text, ' ') != NULL ? strrchr(text, ' ') + 1 : text;
		if (strcmp(to, "$queue") == 0)
			to = is_nft ? "queue" : "NFQUEUE";
		num = rule_table_add(links_out, num,
		                     is_nft ? (struct rule_link){ RULES_TABLE, c->nft, to }
		                            : (struct rule_link){ c->table, c->name, to });
	}
	return num;
}
