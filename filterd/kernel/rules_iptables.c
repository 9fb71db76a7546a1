/* SPDX-License-Identifier: MIT */

/*
 * One text serves both families but for the word of the ICMP reject. Chains are declared, which empties them, so the
 * same text installs and renews; the jumps into them are made by rules.c, once.
 */

#include "kernel/rules.h"

#include <stdio.h>

#define LINE_MAX_BYTES 512

/* Marked on its way: the verdict takes the mark off, so whoever still carries it behind the queue had none. */
static void write_send(struct writer *w, const struct settings *s, const struct marks *m)
{
	const char *bypass = s->on_failure == ON_FAILURE_OPEN ? " --queue-bypass" : "";

	rules_line(w, "-A filterd-send -j MARK --set-xmark %#x/%#x", m->seen, m->seen);
	if (s->workers == 1)
		rules_line(w, "-A filterd-send -j NFQUEUE --queue-num %u%s", s->first, bypass);
	else
		rules_line(w, "-A filterd-send -j NFQUEUE --queue-balance %u:%u%s", s->first, s->first + s->workers - 1, bypass);
}

/* Final: the far side has answered. Strict, the answers are judged as well, and a decision is final at once. */
static void rules_iptables_match_final(char out[LINE_MAX_BYTES], const struct settings *s, const struct marks *m)
{
	snprintf(out, LINE_MAX_BYTES, "-m connmark --mark %#x/%#x%s", m->decided, m->decided | m->blocked,
	         s->strict ? "" : " -m connbytes --connbytes 2: --connbytes-dir reply --connbytes-mode packets");
}

/*
 * First of all, as most packets are such: both directions of what is finally decided pass, and nothing is to be marked. The rest of
 * these chains would let them pass as well, but for answers of DNS servers: each of those is a new name.
 */
static void write_final(struct writer *w, const char *chain, const struct settings *s, const struct marks *m)
{
	char final[LINE_MAX_BYTES];

	rules_iptables_match_final(final, s, m);
	if (s->strict) {
		rules_line(w, "-A %s %s -j RETURN", chain, final);
		return;
	}
	rules_line(w, "-A %s -p tcp ! --sport 53 %s -j RETURN", chain, final);
	rules_line(w, "-A %s -p udp ! --sport 53 %s -j RETURN", chain, final);
}

/* Answers of DNS servers, in flows that went through here and are not blocked: the reset of such a one must leave. */
static void write_replies(struct writer *w, const struct settings *s, const struct marks *m)
{
	/* Strict: and any reply, until the flow is decided. */
	for (int tcp = 0; tcp < 2; tcp++)
		rules_line(w, "-A filterd-replies -p %s%s -m connmark --mark %#x/%#x -j filterd-send", tcp ? "tcp" : "udp",
		           s->strict ? "" : " --sport 53", m->seen, m->seen | m->blocked | (s->strict ? m->decided : 0));
}

static void rules_iptables_write_sides(struct writer *w, const struct settings *s, const struct uplinks *uplinks)
{
	const char  *rest = s->protect;
	struct bytes name;

	if (bytes_equal(bytes_text(s->protect), BYTES("auto"))) {
		for (size_t i = 0; i < uplinks->num; i++)
			rules_line(w, "-A filterd-in -i %s -j RETURN", uplinks->names[i]);
		rules_line(w, "-A filterd-in -j filterd-queue");
		return;
	}
	while (rules_next_word(&rest, &name))
		rules_line(w, "-A filterd-in -i %.*s -j filterd-queue", (int)name.len, (const char *)name.at);
}

/* What write_final() leaves: flows that come from port 53 themselves, and those that nobody answers. Strict, it leaves none. */
static void write_decided(struct writer *w, const struct settings *s, const struct marks *m)
{
	char final[LINE_MAX_BYTES];

	if (s->strict)
		return;
	rules_iptables_match_final(final, s, m);
	rules_line(w, "-A filterd-queue %s -j RETURN", final);
	rules_line(w, "-A filterd-queue -p udp -m connmark --mark %#x/%#x -m connbytes --connbytes %u: --connbytes-dir original"
	           " --connbytes-mode packets -j RETURN", m->decided, m->decided, s->udp_packets);
}

/*
 * As in rules_nft.c. This stands before the chain that saves marks, and what is held skips that one: the mark is saved here, and
 * what is blocked goes on to be rejected.
 */
static void rules_iptables_write_hold(struct writer *w, const struct settings *s, const struct marks *m)
{
	char final[LINE_MAX_BYTES];

	rules_iptables_match_final(final, s, m);
	rules_line(w, "-A filterd-hold %s -j RETURN", final);
	rules_line(w, "-A filterd-hold -m mark --mark %#x/%#x -j RETURN", m->blocked, m->blocked);
	rules_line(w, "-A filterd-hold -m mark --mark %#x/%#x -j CONNMARK --save-mark --nfmask %#x --ctmask %#x", m->decided,
	     m->decided, m->decided, m->decided);
	rules_line(w, "-A filterd-hold -m connmark ! --mark %#x/%#x -j RETURN", m->seen, m->seen | m->blocked);
	rules_line(w, "-A filterd-hold -m conntrack ! --ctstatus CONFIRMED -j RETURN");
	/* Again, as the decision may be this packet's, saved just now. */
	rules_line(w, "-A filterd-hold %s -j RETURN", final);
	rules_line(w, "-A filterd-hold -p udp -m connmark --mark %#x/%#x -m connbytes --connbytes %u: --connbytes-dir original"
	     " --connbytes-mode packets -j RETURN", m->decided, m->decided, s->udp_packets);
	rules_line(w, "-A filterd-hold -j filterd-send");
}

static void write_mangle(struct writer *w, const struct settings *s, const struct uplinks *uplinks,
                         const struct offloading *o, const struct marks *m)
{
	static const char *const chains[] = { "filterd-in", "filterd-out" };

	rules_line(w, "*mangle\n:filterd-in - [0:0]\n:filterd-out - [0:0]\n:filterd-queue - [0:0]\n"
	        ":filterd-send - [0:0]\n:filterd-replies - [0:0]\n:filterd-net - [0:0]\n:filterd-hold - [0:0]");
	for (size_t i = 0; i < COUNT(chains); i++) {
		write_final(w, chains[i], s, m);
		rules_line(w, "-A %s -m mark --mark %#x/%#x -j RETURN", chains[i], m->injected, m->injected);
		rules_line(w, "-A %s %s lo -j RETURN", chains[i], i == 0 ? "-i" : "-o");
		/* A reset that the kernel makes for a blocked flow goes out as a reply: it must leave. */
		rules_line(w, "-A %s %s-m connmark --mark %#x/%#x -j MARK --set-xmark %#x/%#x", chains[i],
		     i == 0 ? "" : "-m conntrack --ctdir ORIGINAL ", m->blocked, m->blocked, m->blocked, m->blocked);
		rules_line(w, "-A %s -m mark --mark %#x/%#x -j RETURN", chains[i], m->blocked, m->blocked);
		rules_line(w, "-A %s -m conntrack --ctdir REPLY -g filterd-replies", chains[i]);
	}
	rules_iptables_write_sides(w, s, uplinks);
	rules_line(w, "-A filterd-out -j filterd-queue");
	write_replies(w, s, m);
	write_decided(w, s, m);
	for (int tcp = 0; tcp < 2; tcp++) {
		const char *proto = tcp ? "tcp" : "udp";

		rules_line(w, "-A filterd-queue -p %s -j CONNMARK --set-xmark %#x/%#x", proto, m->seen, m->seen);
		rules_line(w, "-A filterd-queue -p %s -j filterd-send", proto);
	}
	write_send(w, s, m);
	if (o->hold)
		rules_iptables_write_hold(w, s, m);
	/* Should a rule of somebody else have accepted it before ours could stop it. */
	rules_line(w, "-A filterd-net -m mark --mark %#x/%#x -j DROP", m->blocked, m->blocked);
	/* Nobody listened where it was to be held. */
	if (o->hold)
		rules_line(w, "-A filterd-net -j MARK --set-xmark 0/%#x", m->seen);
	rules_line(w, "COMMIT");
}

static void write_filter(struct writer *w, const struct settings *s, const struct marks *m, int family)
{
	uint32_t both = m->decided | m->blocked;

	rules_line(w, "*filter\n:filterd-verdict - [0:0]\n:filterd-save - [0:0]");
	/* Only the few that had a verdict go further; what we inject has none, whatever its mark says. */
	rules_line(w, "-A filterd-verdict -m mark ! --mark 0/%#x -j filterd-save", both);
	rules_line(w, "-A filterd-save -m mark --mark %#x/%#x -j RETURN", m->injected, m->injected);
	rules_line(w, "-A filterd-save -j CONNMARK --save-mark --nfmask %#x --ctmask %#x", both, both);
	rules_line(w, "-A filterd-save -m mark --mark 0/%#x -j RETURN", m->blocked);
	if (s->on_block == ON_BLOCK_REJECT) {
		rules_line(w, "-A filterd-save -p tcp -j REJECT --reject-with tcp-reset");
		rules_line(w, "-A filterd-save -j REJECT --reject-with %s",
		     family == 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable");
	}
	rules_line(w, "-A filterd-save -j DROP");
	rules_line(w, "COMMIT");
}

void rules_write_iptables(struct writer *w, const struct settings *s, const struct uplinks *uplinks, const struct offloading *o,
                          int family)
{
	struct marks m = settings_marks(s);

	rules_line(w, "*raw\n:filterd-raw - [0:0]");
	/* A DNS answer of ours comes from an address that is not ours: conntrack would take it for another flow's. */
	rules_line(w, "-A filterd-raw -p udp -m mark --mark %#x/%#x -j CT --notrack", m.injected, m.injected);
	rules_line(w, "COMMIT");
	write_mangle(w, s, uplinks, o, &m);
	write_filter(w, s, &m, family);
}
