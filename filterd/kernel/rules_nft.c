/* SPDX-License-Identifier: MIT */

/*
 * One table for both families. A verdict of the queue lets a packet go on in the next base chain, so saving the mark and
 * rejecting stand in chains of a later priority than the queue.
 */

#include "kernel/rules.h"

#include <stdio.h>

#define LINE_MAX_BYTES 512

/* Marked on its way: the verdict takes the mark off, so whoever still carries it behind the queue had none. */
static void target(char out[LINE_MAX_BYTES], const struct settings *s, const struct marks *m)
{
	const char *bypass = s->on_failure == ON_FAILURE_OPEN ? " flags bypass" : "";
	int         len    = snprintf(out, LINE_MAX_BYTES, "meta mark set meta mark | %#x queue%s to %u", m->seen, bypass,
	                              s->first);

	if (s->workers > 1)
		snprintf(out + len, LINE_MAX_BYTES - (size_t)len, "-%u", s->first + s->workers - 1);
}

/* Final: the far side has answered. Strict, the answers are judged as well, and a decision is final at once. */
static void rules_nft_match_final(char out[LINE_MAX_BYTES], const struct settings *s, const struct marks *m)
{
	snprintf(out, LINE_MAX_BYTES, "ct mark & %#x == %#x%s", m->decided | m->blocked, m->decided,
	         s->strict ? "" : " ct reply packets >= 2");
}

static void rules_nft_write_sides(struct writer *w, const struct settings *s, const struct uplinks *uplinks)
{
	const char  *rest = s->protect;
	struct bytes name;

	if (bytes_equal(bytes_text(s->protect), BYTES("auto"))) {
		for (size_t i = 0; i < uplinks->num; i++)
			rules_line(w, "\t\tiifname \"%s\" return", uplinks->names[i]);
		rules_line(w, "\t\tgoto queueing");
		return;
	}
	while (rules_next_word(&rest, &name))
		rules_line(w, "\t\tiifname \"%.*s\" goto queueing", (int)name.len, (const char *)name.at);
}

static void write_entry(struct writer *w, const char *name, const char *direction, const struct settings *s,
                        const struct marks *m)
{
	char queue[LINE_MAX_BYTES], final[LINE_MAX_BYTES];

	target(queue, s, m);
	rules_nft_match_final(final, s, m);
	rules_line(w, "\tchain %s {", name);
	rules_line(w, "\t\ttype filter hook %s priority mangle; policy accept;", name);
	/*
	 * First of all, as most packets are such: both directions of what is finally decided pass, and nothing is to be marked. The rest
	 * of the chain would let them pass as well, but for answers of DNS servers: each of those is a new name.
	 */
	rules_line(w, "\t\t%s%s return", final, s->strict ? "" : " th sport != 53");
	rules_line(w, "\t\tmeta mark & %#x == %#x return", m->injected, m->injected);
	rules_line(w, "\t\t%s \"lo\" return", direction);
	rules_line(w, "\t\t%sct mark & %#x == %#x meta mark set meta mark | %#x return",
	     name[0] == 'o' ? "ct direction original " : "", m->blocked, m->blocked, m->blocked);
	/* Strict: and any reply, until the flow is decided. */
	rules_line(w, "\t\tct direction reply ct mark & %#x == %#x meta l4proto { tcp, udp }%s %s",
	           m->seen | m->blocked | (s->strict ? m->decided : 0), m->seen, s->strict ? "" : " th sport 53", queue);
	rules_line(w, "\t\tct direction reply return");
}

static void write_queueing(struct writer *w, const struct settings *s, const struct marks *m)
{
	char queue[LINE_MAX_BYTES], final[LINE_MAX_BYTES];

	target(queue, s, m);
	rules_nft_match_final(final, s, m);
	rules_line(w, "\tchain queueing {");
	rules_line(w, "\t\tmeta l4proto != { tcp, udp } return");
	/* What is left of the decided: flows that come from port 53 themselves, and those that nobody answers. */
	if (!s->strict) {
		rules_line(w, "\t\t%s return", final);
		rules_line(w, "\t\tmeta l4proto udp ct mark & %#x == %#x ct original packets >= %u return", m->decided, m->decided,
		           s->udp_packets);
	}
	rules_line(w, "\t\tct mark set ct mark | %#x", m->seen);
	rules_line(w, "\t\t%s\n\t}", queue);
}

static void write_verdict(struct writer *w, const struct settings *s, const struct marks *m)
{
	static const char *const hooks[] = { "input", "forward", "output" };
	uint32_t                 both    = m->decided | m->blocked;

	for (size_t i = 0; i < COUNT(hooks); i++) {
		rules_line(w, "\tchain verdict_%s {", hooks[i]);
		rules_line(w, "\t\ttype filter hook %s priority -140; policy accept;", hooks[i]);
		/* As most packets had no verdict, that is asked first. */
		rules_line(w, "\t\tmeta mark & %#x != 0 meta mark & %#x == 0 jump verdict\n\t}", both, m->injected);
	}
	rules_line(w, "\tchain verdict {");
	rules_line(w, "\t\tmeta mark & %#x == %#x ct mark set ct mark & %#x | %#x", both, m->decided, ~both, m->decided);
	rules_line(w, "\t\tmeta mark & %#x == 0 return", m->blocked);
	rules_line(w, "\t\tct mark set ct mark & %#x | %#x", ~both, m->blocked);
	if (s->on_block == ON_BLOCK_REJECT) {
		rules_line(w, "\t\tmeta l4proto tcp reject with tcp reset");
		rules_line(w, "\t\treject with icmpx type port-unreachable");
	}
	rules_line(w, "\t\tdrop\n\t}");
}

/*
 * Packets of flows that a rule of another program could offload, as long as ours are not through with them, in both directions.
 * Whoever is confirmed has had a packet accepted by the firewall; before that no rule can offload the flow, and filterd's verdict
 * here would be in the firewall's place. Nobody listening, it goes on without the mark.
 */
static void rules_nft_write_hold(struct writer *w, const struct settings *s, const struct marks *m)
{
	char queue[LINE_MAX_BYTES], final[LINE_MAX_BYTES];

	target(queue, s, m);
	rules_nft_match_final(final, s, m);
	rules_line(w, "\tchain hold {");
	rules_line(w, "\t\ttype filter hook forward priority -139; policy accept;");
	rules_line(w, "\t\t%s return", final);
	rules_line(w, "\t\tct mark & %#x != %#x return", m->seen | m->blocked, m->seen);
	rules_line(w, "\t\tct status & confirmed == 0 return");
	rules_line(w, "\t\tmeta l4proto udp ct mark & %#x == %#x ct original packets >= %u return", m->decided, m->decided,
	     s->udp_packets);
	rules_line(w, "\t\t%s\n\t}", queue);
	rules_line(w, "\tchain unheld {");
	rules_line(w, "\t\ttype filter hook forward priority -138; policy accept;");
	rules_line(w, "\t\tmeta mark & %#x == %#x meta mark set meta mark & %#x\n\t}", m->seen, m->seen, ~m->seen);
}

/* Behind the firewall's chains: what comes here has been let through by all of them. */
static void write_offload(struct writer *w, const struct settings *s, const struct offloading *o, const struct marks *m)
{
	write_text(w, "\tflowtable offloaded {\n\t\thook ingress priority filter; devices = { ");
	for (size_t i = 0; i < o->num_devices; i++) {
		write_text(w, i == 0 ? "\"" : ", \"");
		write_text(w, o->devices[i]);
		write_text(w, "\"");
	}
	rules_line(w, " };\n\t}");
	rules_line(w, "\tchain offloading {");
	rules_line(w, "\t\ttype filter hook forward priority 10; policy accept;");
	rules_line(w, "\t\tmeta l4proto { tcp, udp } ct mark & %#x == %#x ct state established%s flow add @offloaded\n\t}",
	     m->decided | m->blocked, m->decided, s->strict ? "" : " ct reply packets >= 2");
}

void rules_write_nft(struct writer *w, const struct settings *s, const struct uplinks *uplinks, const struct offloading *o)
{
	struct marks m = settings_marks(s);

	/* Made, so that deleting it cannot fail, deleted, and made anew: one transaction. */
	rules_line(w, "table inet " RULES_TABLE "\ndelete table inet " RULES_TABLE "\ntable inet " RULES_TABLE " {");
	rules_line(w, "\tchain untracked {");
	rules_line(w, "\t\ttype filter hook output priority raw; policy accept;");
	rules_line(w, "\t\tmeta l4proto udp meta mark & %#x == %#x notrack\n\t}", m.injected, m.injected);
	write_queueing(w, s, &m);
	write_entry(w, "prerouting", "iifname", s, &m);
	rules_nft_write_sides(w, s, uplinks);
	rules_line(w, "\t}");
	write_entry(w, "output", "oifname", s, &m);
	rules_line(w, "\t\tgoto queueing\n\t}");
	write_verdict(w, s, &m);
	if (o->hold)
		rules_nft_write_hold(w, s, &m);
	if (o->own)
		write_offload(w, s, o, &m);
	rules_line(w, "}");
}

/*
 * A table of its own: what it has counted survives rules that are made anew. Its chains are emptied and filled; adding a
 * counter that is there leaves it as it stands. It comes right behind the queue, and leaves the packet's mark as others
 * made it.
 */
void rules_write_unseen(struct writer *w, const struct settings *s)
{
	static const char *const hooks[] = { "prerouting", "output" };
	uint32_t                 seen    = settings_marks(s).seen;

	rules_line(w, "table inet " RULES_UNSEEN_TABLE " {\n\tcounter " RULES_UNSEEN_COUNTER " { }");
	for (size_t i = 0; i < COUNT(hooks); i++)
		rules_line(w, "\tchain %s { type filter hook %s priority -149; policy accept; }", hooks[i], hooks[i]);
	rules_line(w, "}\nflush table inet " RULES_UNSEEN_TABLE);
	for (size_t i = 0; i < COUNT(hooks); i++)
		rules_line(w, "add rule inet " RULES_UNSEEN_TABLE " %s meta mark & %#x == %#x counter name " RULES_UNSEEN_COUNTER
		           " meta mark set meta mark & %#x", hooks[i], seen, seen, ~seen);
}
