/* SPDX-License-Identifier: MIT */

/*
 * One table for both families. A verdict of the queue lets a packet go on in the next base chain, so saving the mark and
 * rejecting stand in chains of a later priority than the queue.
 */

#include "os/rules.h"

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

static void write_sides(struct writer *w, const struct settings *s, const struct uplinks *uplinks)
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
	char queue[LINE_MAX_BYTES];

	target(queue, s, m);
	rules_line(w, "\tchain %s {", name);
	rules_line(w, "\t\ttype filter hook %s priority mangle; policy accept;", name);
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
	char queue[LINE_MAX_BYTES];

	target(queue, s, m);
	rules_line(w, "\tchain queueing {");
	rules_line(w, "\t\tmeta l4proto != { tcp, udp } return");
	rules_line(w, "\t\tct mark & %#x == %#x jump decided", m->decided, m->decided);
	rules_line(w, "\t\tmeta mark & %#x == %#x return", m->decided, m->decided);
	rules_line(w, "\t\tct mark set ct mark | %#x", m->seen);
	rules_line(w, "\t\t%s\n\t}", queue);
	rules_line(w, "\tchain decided {");
	if (s->strict)
		rules_line(w, "\t\tmeta mark set meta mark | %#x return", m->decided);
	else
		rules_line(w, "\t\tct reply packets >= 2 meta mark set meta mark | %#x", m->decided);
	rules_line(w, "\t\tmeta l4proto udp ct original packets >= %u meta mark set meta mark | %#x\n\t}", s->udp_packets,
	     m->decided);
}

static void write_verdict(struct writer *w, const struct settings *s, const struct marks *m)
{
	static const char *const hooks[] = { "input", "forward", "output" };
	uint32_t                 both    = m->decided | m->blocked;

	for (size_t i = 0; i < COUNT(hooks); i++) {
		rules_line(w, "\tchain verdict_%s {", hooks[i]);
		rules_line(w, "\t\ttype filter hook %s priority -140; policy accept;", hooks[i]);
		rules_line(w, "\t\tmeta mark & %#x == 0 meta mark & %#x != 0 jump verdict\n\t}", m->injected, both);
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

void rules_write_nft(struct writer *w, const struct settings *s, const struct uplinks *uplinks)
{
	struct marks m = settings_marks(s);

	/* Made, so that deleting it cannot fail, deleted, and made anew: one transaction. */
	rules_line(w, "table inet filterd\ndelete table inet filterd\ntable inet filterd {");
	rules_line(w, "\tchain untracked {");
	rules_line(w, "\t\ttype filter hook output priority raw; policy accept;");
	rules_line(w, "\t\tmeta l4proto udp meta mark & %#x == %#x notrack\n\t}", m.injected, m.injected);
	write_queueing(w, s, &m);
	write_entry(w, "prerouting", "iifname", s, &m);
	write_sides(w, s, uplinks);
	rules_line(w, "\t}");
	write_entry(w, "output", "oifname", s, &m);
	rules_line(w, "\t\tgoto queueing\n\t}");
	write_verdict(w, s, &m);
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
