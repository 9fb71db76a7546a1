/* SPDX-License-Identifier: MIT */

/*
 * One table for both families. A verdict of the queue lets a packet go on in the next base chain, so saving the mark and
 * rejecting stand in chains of a later priority than the queue.
 */

#include "os/rules.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_BYTES 512

static void line(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(struct writer *w, const char *format, ...)
{
	char    text[LINE_MAX_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_text(w, text);
	write_text(w, "\n");
}

static void target(char out[LINE_MAX_BYTES], const struct settings *s)
{
	const char *bypass = s->on_failure == ON_FAILURE_OPEN ? " flags bypass" : "";

	if (s->workers == 1)
		snprintf(out, LINE_MAX_BYTES, "queue%s to %u", bypass, s->first);
	else
		snprintf(out, LINE_MAX_BYTES, "queue%s to %u-%u", bypass, s->first, s->first + s->workers - 1);
}

static void write_sides(struct writer *w, const struct settings *s, const struct uplinks *uplinks)
{
	const char  *rest = s->protect;
	struct bytes name;

	if (bytes_equal(bytes_text(s->protect), BYTES("auto"))) {
		for (size_t i = 0; i < uplinks->num; i++)
			line(w, "\t\tiifname \"%s\" return", uplinks->names[i]);
		line(w, "\t\tgoto queueing");
		return;
	}
	while (rules_next_word(&rest, &name))
		line(w, "\t\tiifname \"%.*s\" goto queueing", (int)name.len, (const char *)name.at);
}

static void write_entry(struct writer *w, const char *name, const char *direction, const struct settings *s,
                        const struct marks *m)
{
	char queue[LINE_MAX_BYTES];

	target(queue, s);
	line(w, "\tchain %s {", name);
	line(w, "\t\ttype filter hook %s priority mangle; policy accept;", name);
	line(w, "\t\tmeta mark & %#x == %#x return", m->injected, m->injected);
	line(w, "\t\t%s \"lo\" return", direction);
	line(w, "\t\t%sct mark & %#x == %#x meta mark set meta mark | %#x return",
	     name[0] == 'o' ? "ct direction original " : "", m->blocked, m->blocked, m->blocked);
	line(w, "\t\tct direction reply ct mark & %#x == %#x meta l4proto { tcp, udp } th sport 53 %s",
	     m->seen | m->blocked, m->seen, queue);
	line(w, "\t\tct direction reply return");
}

static void write_queueing(struct writer *w, const struct settings *s, const struct marks *m)
{
	char queue[LINE_MAX_BYTES];

	target(queue, s);
	line(w, "\tchain queueing {");
	line(w, "\t\tmeta l4proto != { tcp, udp } return");
	line(w, "\t\tct mark & %#x == %#x jump decided", m->decided, m->decided);
	line(w, "\t\tmeta mark & %#x == %#x return", m->decided, m->decided);
	line(w, "\t\tct mark set ct mark | %#x", m->seen);
	line(w, "\t\t%s\n\t}", queue);
	/* Marked on their way, so that what passed without a decision can be told from them. */
	line(w, "\tchain decided {");
	line(w, "\t\tmeta l4proto tcp ct reply packets >= 2 meta mark set meta mark | %#x", m->decided);
	line(w, "\t\tmeta l4proto udp ct reply packets >= 1 meta mark set meta mark | %#x", m->decided);
	line(w, "\t\tmeta l4proto udp ct original packets >= %u meta mark set meta mark | %#x\n\t}", s->udp_packets,
	     m->decided);
}

static void write_verdict(struct writer *w, const struct settings *s, const struct marks *m)
{
	static const char *const hooks[] = { "input", "forward", "output" };
	uint32_t                 both    = m->decided | m->blocked;

	for (size_t i = 0; i < COUNT(hooks); i++) {
		line(w, "\tchain verdict_%s {", hooks[i]);
		line(w, "\t\ttype filter hook %s priority -140; policy accept;", hooks[i]);
		line(w, "\t\tmeta mark & %#x == 0 meta mark & %#x != 0 jump verdict\n\t}", m->injected, both);
	}
	line(w, "\tchain verdict {");
	line(w, "\t\tmeta mark & %#x == %#x ct mark set ct mark & %#x | %#x", both, m->decided, ~both, m->decided);
	line(w, "\t\tmeta mark & %#x == 0 return", m->blocked);
	line(w, "\t\tct mark set ct mark & %#x | %#x", ~both, m->blocked);
	if (s->on_block == ON_BLOCK_REJECT) {
		line(w, "\t\tmeta l4proto tcp reject with tcp reset");
		line(w, "\t\treject with icmpx type port-unreachable");
	}
	line(w, "\t\tdrop\n\t}");
}

void rules_write_nft(struct writer *w, const struct settings *s, const struct uplinks *uplinks)
{
	struct marks m = settings_marks(s);

	/* Made, so that deleting it cannot fail, deleted, and made anew: one transaction. */
	line(w, "table inet filterd\ndelete table inet filterd\ntable inet filterd {");
	line(w, "\tchain untracked {");
	line(w, "\t\ttype filter hook output priority raw; policy accept;");
	line(w, "\t\tmeta l4proto udp meta mark & %#x == %#x notrack\n\t}", m.injected, m.injected);
	write_queueing(w, s, &m);
	write_entry(w, "prerouting", "iifname", s, &m);
	write_sides(w, s, uplinks);
	line(w, "\t}");
	write_entry(w, "output", "oifname", s, &m);
	line(w, "\t\tgoto queueing\n\t}");
	write_verdict(w, s, &m);
	line(w, "}");
}
