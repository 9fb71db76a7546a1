/* SPDX-License-Identifier: MIT */

/*
 * Our rules by hook and priority (conntrack is at -200, mangle at -150, destination NAT at -100,
 * filter at 0):
 *
 *   prerouting, output   -145  the client's packets, before NAT: to filterd, unless the flow has a
 *                              final verdict
 *   forward, input       -145  replies, after the NAT of prerouting: to filterd until the flow is
 *                              decided; the gateway's own replies are in output
 *   prerouting, output   -152  resets the verdict for a possible new QUIC connection (rules_nft.c)
 *   all four             -144  counts packets that left the queue without a verdict (rules_nft.c)
 *   forward, input, postrouting -151  copies our bits of the connection's mark to the packet; they
 *                              are cleared at -144, in postrouting at -149 (rules_nft.c)
 *   forward, input, output -140  stops blocked packets
 *   forward              -139  hold, if necessary: undecided flows go to filterd once more, and
 *                              skip other programs' later rules
 *   forward                10  offload, if configured: the kernel forwards flows with a final
 *                              verdict by itself
 *
 * filterd answers the queue with NF_REPEAT: the packet passes the same chain again, now with the
 * verdict in its mark. The chain stores the verdict in the connection and clears our bits of the
 * packet; then other programs' rules see the packet as if there were no queue.
 *
 * A connection can have the bits decided, blocked and seen. The bit injected is only for packets in
 * the queue or with a verdict. So if another program copies whole marks between packets and
 * connections, no packet looks judged or queued by mistake. We clear our bits of each incoming
 * packet before routing. Where other programs may save a packet's mark, it has the bits of its
 * connection, so that saving does not erase them.
 */

#include "kernel/rule_table.h"

#define HEAD(hook, priority) "type filter hook " hook " priority " priority "; policy accept;"

/* In the order of nft's declarations; those of iptables by table. */
const struct rule_chain rule_chains[] = {
	{ "untracked",  HEAD("output", "raw"), "raw",    "filterd-raw",     0 },
	{ "judged",     NULL,                  "mangle", "filterd-judged",  0 },
	{ "turned",     NULL,                  "mangle", "filterd-turned",  0 },
	{ "queueing",   NULL,                  "mangle", "filterd-queue",   0 },
	{ "final",      NULL,                  "mangle", "filterd-final",   0 },
	{ "replies",    NULL,                  "mangle", "filterd-replies", 0 },
	{ NULL,         NULL,                  "mangle", "filterd-anew",    0 },
	{ NULL,         NULL,                  "mangle", "filterd-enter",   0 },
	{ NULL,         NULL,                  "mangle", "filterd-send",    0 },
	{ "prerouting", HEAD("prerouting", "-145"), "mangle", "filterd-in",  0 },
	/* type route: after we clear our bits of a mark restored by others, it is routed again */
	{ "clean", "type route hook output priority -146; policy accept;", NULL, NULL, 0 },
	{ "output",     HEAD("output", "-145"),  "mangle", "filterd-out",    0 },
	{ "forward",    HEAD("forward", "-145"), "mangle", "filterd-back",   0 },
	{ "input",      HEAD("input", "-145"),   NULL,     NULL,             0 },
	{ "mirror",     NULL,                    "mangle", "filterd-mirror", 0 },
	{ "mirror_forward",  HEAD("forward", "-151"),     NULL, NULL, 0 },
	{ "mirror_input",    HEAD("input", "-151"),       NULL, NULL, 0 },
	{ "mirror_out",      HEAD("postrouting", "-151"), "mangle", "filterd-net", 0 },
	{ "refuse",          NULL,                    "filter", "filterd-refuse",  0 },
	{ "verdict_input",   HEAD("input", "-140"),   "filter", "filterd-verdict", 0 },
	{ "verdict_forward", HEAD("forward", "-140"), NULL,     NULL,              0 },
	{ "verdict_output",  HEAD("output", "-140"),  "filter", "filterd-own",     0 },
	{ "hold",            HEAD("forward", "-139"), "mangle", "filterd-hold",    IF_HOLD },
	{ "unheld",          HEAD("forward", "-138"), NULL,     NULL,              IF_HOLD },
	/* After the firewall's chains: only packets that all of them accepted arrive here. */
	{ "offloading",      HEAD("forward", "10"),   NULL,     NULL,              IF_OWN },
};

/*
 * The reset made by REJECT is a reply and must not be caught. Each -I inserts its jump before the
 * earlier ones. Held packets skip all later rules of the table, so the hold is appended after other
 * programs' rules, which may set the MSS.
 */
const struct rule_jump rule_jumps[] = {
	{ "raw",    "-I", "OUTPUT",      "filterd-raw",     0, false },
	{ "filter", "-I", "INPUT",       "filterd-verdict", 0, true },
	{ "filter", "-I", "FORWARD",     "filterd-verdict", 0, true },
	{ "filter", "-I", "OUTPUT",      "filterd-own",     0, true },
	{ "mangle", "-I", "FORWARD",     "filterd-mirror",  0, false },
	{ "mangle", "-I", "INPUT",       "filterd-mirror",  0, false },
	{ "mangle", "-I", "FORWARD",     "filterd-back",    0, true },
	{ "mangle", "-I", "INPUT",       "filterd-back",    0, true },
	{ "mangle", "-A", "FORWARD",     "filterd-hold",    IF_HOLD, true },
	{ "mangle", "-I", "POSTROUTING", "filterd-net",     0, false },
	{ "mangle", "-I", "OUTPUT",      "filterd-out",     0, true },
	{ "mangle", "-I", "PREROUTING",  "filterd-in",      0, true },
};

/* Packets back from the queue, with a verdict. */
#define JUDGED(chain) \
	{ chain, 0, \
	  "meta mark & $queued == $injected meta mark & $verdict != 0 goto judged", \
	  "-m mark --mark $injected/$queued -m mark ! --mark 0/$verdict -g filterd-judged", true }

/* Blocked, but the kernel has no connection for it. */
#define REFUSED_NFT "meta mark & $mask == $refused goto refuse"
#define REFUSED     REFUSED_NFT, "-m mark --mark $refused/$mask -j filterd-refuse"

/* A final verdict: the server has acknowledged the judged bytes, or answers by another route. */
#define DECIDED(nft_then, iptables_then) \
	"ct mark & $verdict == $decided " nft_then, "-m connmark --mark $decided/$verdict " \
	iptables_then

/* To the queue for its protocol. */
#define QUEUES(chain) \
	{ chain, 0, "meta l4proto tcp $queue_tcp", NULL, true }, \
	{ chain, 0, "$queue_udp", NULL, true }

/*
 * For the kernel, a SYN-ACK is invalid if it has forgotten the SYN, or if the SYN took another
 * route. It still shows which connection the server has accepted.
 */
#define ANSWERS(chain) \
	{ chain, 0, "ct state invalid tcp flags & (syn | ack | rst) == (syn | ack) " \
	  "meta mark set meta mark | $known", \
	  "-p tcp --tcp-flags SYN,ACK,RST SYN,ACK -m conntrack --ctstate INVALID " \
	  "-j MARK --set-xmark $known/$mask", false }, \
	{ chain, 0, "meta mark & $mask == $known meta l4proto tcp $queue_tcp", \
	  "-m mark --mark $known/$mask -g filterd-send", false }

const struct rule_row rule_table[] = {
	/*
	 * Our DNS answers have another host's source address: conntrack would assign them to
	 * another flow.
	 */
	{ "filterd-raw", 0, "meta l4proto udp meta mark & $mask == $injected notrack",
	  "-p udp -m mark --mark $injected/$mask -j CT --notrack", false },

	{ "filterd-judged", 0,
	  "meta mark & $verdict == $decided ct mark set ct mark & $not_verdict | $decided",
	  "-m mark --mark $decided/$verdict -j CONNMARK --set-xmark $decided/$verdict", false },
	{ "filterd-judged", 0,
	  "meta mark & $verdict == $blocked ct mark set ct mark & $not_verdict | $blocked",
	  "-m mark --mark $blocked/$verdict -j CONNMARK --set-xmark $blocked/$verdict", false },
	/*
	 * Without a connection to store the verdict, for example if replies take another route, the
	 * packet keeps it for the chains that stop blocked packets, and for the sets of passed
	 * flows (rules_nft.c).
	 */
	{ "filterd-judged", 0,
	  "ct state { invalid, untracked } meta mark & $verdict != $verdict return",
	  "-m conntrack --ctstate INVALID,UNTRACKED -m mark ! --mark $verdict/$verdict "
	  "-j RETURN",
	  false },
	{ "filterd-judged", 0,
	  "meta mark set meta mark & $not_mask", "-j MARK --set-xmark 0/$mask", false },

	JUDGED("filterd-in"),
	/* Another program may have restored the connection's mark. */
	{ "filterd-in", 0,
	  "meta mark & $mask != 0 meta mark set meta mark & $not_mask",
	  "-m mark ! --mark 0/$mask -j MARK --set-xmark 0/$mask", false },
	{ "filterd-in", 0, DECIDED("goto final", "-g filterd-final"), false },
	{ "filterd-in", 0, "iifname \"lo\" return", "-i lo -j RETURN", false },
	{ "filterd-in", EACH_UPLINK,
	  "iifname \"$interface\" return",
	  "-i $interface -j RETURN", false },
	{ "filterd-in", IF_AUTO, "goto queueing", "-j filterd-queue", true },
	{ "filterd-in", EACH_NAMED,
	  "iifname \"$interface\" goto queueing",
	  "-i $interface -j filterd-queue", true },

	/*
	 * Our own packets have only the bit injected; one that also has a verdict is back from the
	 * queue.
	 */
	{ "clean", 0,
	  "meta mark & $queued != $injected meta mark & $mask != 0 "
	  "meta mark set meta mark & $not_mask", NULL, false },
	JUDGED("filterd-out"),
	{ "filterd-out", 0,
	  "meta mark & $injected == $injected return",
	  "-m mark --mark $injected/$mask -j RETURN", false },
	{ "filterd-out", 0, NULL,
	  "-m mark ! --mark 0/$mask -j MARK --set-xmark 0/$mask", false },
	{ "filterd-out", 0, DECIDED("goto final", "-g filterd-final"), false },
	{ "filterd-out", 0, "oifname \"lo\" return", "-o lo -j RETURN", false },
	{ "filterd-out", 0, "ct direction reply goto replies",
	  "-m conntrack --ctdir REPLY -g filterd-replies", true },
	{ "filterd-out", 0, "goto queueing", "-j filterd-queue", true },

	JUDGED("filterd-back"),
	{ "filterd-back", 0, "ct direction reply ct mark & $passing == $seen goto replies",
	  "-m conntrack --ctdir REPLY -m connmark --mark $seen/$passing -g filterd-replies", true },
	ANSWERS("filterd-back"),
	{ "input", 0,
	  "meta mark & $queued == $injected meta mark & $verdict != 0 goto judged", NULL, true },
	{ "input", 0, "ct direction reply ct mark & $passing == $seen goto replies", NULL, true },
	ANSWERS("input"),

	/* A SYN may begin another connection between the same endpoints: judge that, too. */
	{ "filterd-final", 0,
	  "ct direction original tcp flags & (syn | ack | rst) == syn "
	  "ct mark set ct mark & $not_verdict goto queueing", NULL, false },
	{ "filterd-final", 0, NULL,
	  "-p tcp --tcp-flags SYN,ACK,RST SYN -m conntrack --ctdir ORIGINAL -g filterd-anew",
	  false },
	{ "filterd-anew", 0, NULL, "-j CONNMARK --set-xmark 0/$verdict", false },
	{ "filterd-anew", 0, NULL, "-g filterd-queue", false },

	/*
	 * A client's SYN opens a connection. If the kernel considers it invalid, or a reply, it
	 * belongs to an older connection, or to one that somebody opened in the server's name; the
	 * client would become the server of a new one.
	 */
	{ "filterd-queue", 0, "ct state invalid tcp flags & (syn | ack | rst) == syn drop",
	  "-p tcp --tcp-flags SYN,ACK,RST SYN -m conntrack --ctstate INVALID -j DROP", false },
	{ "filterd-queue", 0, "ct direction reply tcp flags & (syn | ack | rst) == syn drop",
	  "-p tcp --tcp-flags SYN,ACK,RST SYN -m conntrack --ctdir REPLY -j DROP", false },
	{ "filterd-queue", 0, "ct direction reply goto turned",
	  "-m conntrack --ctdir REPLY -g filterd-turned", false },
	{ "filterd-queue", 0, "meta l4proto != { tcp, udp } return", NULL, false },
	/* Already blocked: a later chain stops it, without a second verdict. */
	{ "filterd-queue", 0, "ct mark & $blocked == $blocked return",
	  "-m connmark --mark $blocked/$blocked -j RETURN", false },
	/*
	 * A rule stops at an expression that needs a connection if there is none (an invalid or
	 * untracked packet), so it sets the packet's own mark first. An unconfirmed connection
	 * begins with this packet, and vanishes with it if filterd drops it.
	 */
	{ "filterd-queue", 0, "meta mark set meta mark | $queued ct status & confirmed == 0 "
	  "ct mark set ct mark | $seen", NULL, false },
	{ "filterd-queue", 0, "ct state != new meta mark set meta mark | $decided", NULL, false },
	QUEUES("filterd-queue"),
	{ "filterd-queue", 0, NULL, "-p tcp -j filterd-enter", true },
	{ "filterd-queue", 0, NULL, "-p udp -j filterd-enter", true },
	{ "filterd-enter", 0, NULL,
	  "-m conntrack ! --ctstatus CONFIRMED -j CONNMARK --set-xmark $seen/$seen", false },
	{ "filterd-enter", 0, NULL, "-j MARK --set-xmark $queued/$mask", false },
	{ "filterd-enter", 0, NULL,
	  "-m conntrack ! --ctstate NEW -j MARK --set-xmark $known/$mask", false },
	{ "filterd-enter", 0, NULL, "-j filterd-send", true },

	/*
	 * If the kernel has forgotten a connection, it assumes that the next sender opened it, and
	 * a client's packets may become replies. But if its first packet passed the queue, these
	 * are a server's replies.
	 */
	{ "filterd-turned", 0, "meta l4proto != { tcp, udp } return", NULL, false },
	{ "filterd-turned", 0, "ct mark & $passing != 0 return",
	  "-m connmark ! --mark 0/$passing -j RETURN", false },
	{ "filterd-turned", 0, "tcp flags & syn == syn return",
	  "-p tcp --tcp-flags SYN SYN -j RETURN", false },
	{ "filterd-turned", 0, "meta mark set meta mark | $reply",
	  "-j MARK --set-xmark $reply/$mask", false },
	QUEUES("filterd-turned"),
	{ "filterd-turned", 0, NULL, "-j filterd-send", true },

	{ "filterd-replies", 0, "meta l4proto != { tcp, udp } return", NULL, false },
	{ "filterd-replies", 0, "ct mark & $passing != $seen return",
	  "-m connmark ! --mark $seen/$passing -j RETURN", false },
	{ "filterd-replies", 0, "meta mark set meta mark | $reply",
	  "-j MARK --set-xmark $reply/$mask", false },
	QUEUES("filterd-replies"),
	{ "filterd-replies", 0, NULL, "-j filterd-send", true },

	{ "filterd-send", 0, NULL, "-p tcp -j $queue_tcp", true },
	{ "filterd-send", 0, NULL, "-p udp -j $queue_udp", true },
	{ "filterd-send", 0, NULL, "-j MARK --set-xmark 0/$mask", false },

	/* Most packets here belong to decided flows. */
	{ "filterd-mirror", 0,
	  "ct mark & $passing == $through meta mark set meta mark | $through return",
	  "-m connmark ! --mark 0/$passing -j CONNMARK --restore-mark --nfmask $passing "
	  "--ctmask $passing", false },
	{ "filterd-mirror", 0,
	  "ct mark & $seen == $seen meta mark set meta mark | $seen", NULL, false },
	{ "filterd-mirror", 0,
	  "ct mark & $blocked == $blocked meta mark set meta mark | $blocked", NULL, false },
	{ "mirror_forward", 0, "jump mirror", NULL, false },
	{ "mirror_input", 0, "jump mirror", NULL, false },
	/*
	 * For the host's own packets whose socket set a mark, as WireGuard does, that mark must
	 * stay unchanged. Whether an address is local needs a route lookup, so it comes last.
	 */
	{ "filterd-net", 0, "meta iif 0 meta mark & $not_mask != 0 return", NULL, false },
	{ "filterd-net", 0, "meta mark & $injected == 0 jump mirror", NULL, false },
	/* In case another program's rule accepted it before ours could stop it. */
	{ "filterd-net", 0, NULL,
	  "-m connmark --mark $blocked/$blocked -m conntrack --ctdir ORIGINAL "
	  "-m mark ! --mark $injected/$injected -j DROP", false },
	{ "filterd-net", 0, NULL,
	  "-m mark ! --mark 0/$not_mask -m addrtype --src-type LOCAL -j RETURN", false },
	{ "filterd-net", 0, NULL,
	  "-m mark ! --mark $injected/$injected -j filterd-mirror", false },

	/* The kernel's reset or ICMP error for the host itself arrives by lo. */
	{ "filterd-verdict", 0, NULL, "-i lo -j RETURN", false },
	{ "filterd-verdict", 0, "ct mark & $blocked == $blocked iifname != \"lo\" goto refuse",
	  "-m connmark --mark $blocked/$blocked -j filterd-refuse", true },
	{ "filterd-verdict", 0, REFUSED, false },
	{ "verdict_forward", 0, "ct mark & $blocked == $blocked goto refuse", NULL, true },
	{ "verdict_forward", 0, REFUSED_NFT, NULL, false },
	/* The kernel's reset for a blocked flow is a reply; ours has the bit injected. */
	{ "filterd-own", 0,
	  "ct mark & $blocked == $blocked ct direction original "
	  "meta mark & $injected == 0 goto refuse",
	  "-m connmark --mark $blocked/$blocked -m conntrack --ctdir ORIGINAL "
	  "-m mark --mark 0/$injected -j filterd-refuse", true },
	{ "filterd-own", 0, REFUSED, false },
	{ "filterd-refuse", IF_REJECT,
	  "meta l4proto tcp reject with tcp reset",
	  "-p tcp -j REJECT --reject-with tcp-reset", false },
	{ "filterd-refuse", IF_REJECT,
	  "reject with icmpx type port-unreachable",
	  "-j REJECT --reject-with $refusal", false },
	{ "filterd-refuse", 0, "drop", "-j DROP", false },

	/*
	 * Undecided flows that another program's rule could offload, in both directions. Only
	 * confirmed connections: the firewall has accepted a packet of them. Before that no rule
	 * can offload the flow, and filterd's verdict here would override the firewall. If nobody
	 * listens on the queue, the packet continues without the mark.
	 */
	{ "filterd-hold", IF_HOLD, DECIDED("return", "-j RETURN"), false },
	{ "filterd-hold", IF_HOLD,
	  "ct mark & $unblocked != $seen return",
	  "-m connmark ! --mark $seen/$unblocked -j RETURN", false },
	{ "filterd-hold", IF_HOLD,
	  "ct status & confirmed == 0 return",
	  "-m conntrack ! --ctstatus CONFIRMED -j RETURN", false },
	{ "filterd-hold", IF_HOLD, "meta mark set meta mark | $held",
	  "-j MARK --set-xmark $held/$mask", false },
	{ "filterd-hold", IF_HOLD, "meta l4proto tcp $queue_tcp", "-j filterd-send", true },
	{ "filterd-hold", IF_HOLD, "meta l4proto udp $queue_udp", NULL, true },
	{ "unheld", IF_HOLD, "meta mark set meta mark & $not_mask", NULL, false },

	{ "offloading", IF_OWN,
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
