/* SPDX-License-Identifier: MIT */

#include "kernel/rule_text.h"

#include "inspect/quic_keys.h"
#include "kernel/rules.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A source may fill this part of a queue at once, and at least BURST_LEAST packets, a web page. */
#define BURSTS_A_QUEUE 4
#define BURST_LEAST    64
#define SOURCES_A_LINK 2        /* a MAC address has the rate of that many sources */
/* bytes; the longest is the list of devices */
#define WORD_MAX (OFFLOADING_DEVICES * (IF_NAMESIZE + 4))

static bool rule_text_is_auto(const struct settings *s)
{
	return strcmp(s->protect, "auto") == 0;
}

bool rule_holds(const struct rule_text *t, unsigned when)
{
	const struct settings *s = t->settings;

	return !((when & IF_HOLD && !t->offloading->hold) ||
	         (when & IF_OWN && !t->offloading->own) ||
	         (when & IF_REJECT && s->on_block != ON_BLOCK_REJECT) ||
	         (when & IF_AUTO && !rule_text_is_auto(s)) ||
	         (when & (EACH_NAMED | IF_NAMED) && rule_text_is_auto(s)));
}

/* TCP has the first queues, UDP the same number after them. */
static void put_queue(const struct rule_text *t, bool is_udp, char out[WORD_MAX])
{
	const struct settings *s     = t->settings;
	uint32_t               first = settings_queue(s, is_udp), last = first + s->workers - 1;
	bool                   open  = s->on_failure == ON_FAILURE_OPEN;
	char                   numbers[32];

	snprintf(numbers, sizeof(numbers), s->workers > 1 ? "%u%c%u" : "%u", first,
	         t->family == 0 ? '-' : ':', last);
	if (t->family == 0)
		snprintf(out, WORD_MAX, "queue%s to %s", open ? " flags bypass" : "", numbers);
	else
		snprintf(out, WORD_MAX, "NFQUEUE %s %s%s",
		         s->workers > 1 ? "--queue-balance" : "--queue-num", numbers,
		         open ? " --queue-bypass" : "");
}

static void put_devices(const struct rule_text *t, char out[WORD_MAX])
{
	struct writer w = writer_over(out, WORD_MAX - 1);

	for (size_t i = 0; i < t->offloading->num_devices; i++)
		write_format(&w, "%s\"%s\"", i == 0 ? "" : ", ", t->offloading->devices[i]);
	out[w.len] = '\0';
}

static void put_quic_versions(char out[WORD_MAX])
{
	struct writer              w = writer_over(out, WORD_MAX - 1);
	const struct quic_version *v;

	for (size_t i = 0; (v = quic_version_at(i)) != NULL; i++)
		write_format(&w, "%s%#x", i == 0 ? "" : ", ", v->number);
	out[w.len] = '\0';
}

/* One of the words listed in rule_table.h. */
static void put_word(const struct rule_text *t, struct bytes name, const char *interface,
                     char out[WORD_MAX])
{
	const struct marks m      = settings_marks(t->settings);
	const uint32_t     queued = m.injected | m.seen, verdict = m.decided | m.blocked,
			   mask   = queued | verdict,
			   quarter = t->settings->length / BURSTS_A_QUEUE,
			   burst   = quarter > BURST_LEAST ? quarter : BURST_LEAST;
	const struct { const char *name; uint32_t bits; } masks[] = {
		{ "decided", m.decided },
		{ "blocked", m.blocked },
		{ "seen", m.seen },
		{ "injected", m.injected },
		{ "verdict", verdict },
		{ "not_verdict", ~verdict },
		{ "passing", verdict | m.seen },
		{ "through", m.decided | m.seen },
		{ "unblocked", m.blocked | m.seen },
		{ "queued", queued },
		{ "passed", m.injected | m.decided },
		{ "refused", m.injected | m.blocked },
		{ "accepted", m.injected | verdict },
		{ "known", queued | m.decided },
		{ "reply", queued | m.blocked },
		{ "held", mask },
		{ "mask", mask },
		{ "not_mask", ~mask },
	};

	const struct { const char *name; uint32_t number; } numbers[] = {
		{ "source_rate", t->settings->source_rate },
		{ "source_burst", burst },
		{ "link_rate", SOURCES_A_LINK * t->settings->source_rate },
		{ "link_burst", SOURCES_A_LINK * burst },
		/* a flood from an unknown client leaves half of it to others */
		{ "new_rate", 2 * SOURCES_A_LINK * t->settings->source_rate },
		{ "new_burst", 2 * SOURCES_A_LINK * burst },
	};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (bytes_equal(name, bytes_text(numbers[i].name))) {
			snprintf(out, WORD_MAX, "%u", numbers[i].number);
			return;
		}
	}
	for (size_t i = 0; i < COUNT(masks); i++) {
		if (bytes_equal(name, bytes_text(masks[i].name))) {
			snprintf(out, WORD_MAX, "%#x", masks[i].bits);
			return;
		}
	}
	if (bytes_equal(name, BYTES("queue_tcp")))
		put_queue(t, false, out);
	else if (bytes_equal(name, BYTES("queue_udp")))
		put_queue(t, true, out);
	else if (bytes_equal(name, BYTES("refusal")))
		snprintf(out, WORD_MAX, "%s",
		         t->family == 4 ? "icmp-port-unreachable" : "icmp6-port-unreachable");
	else if (bytes_equal(name, BYTES("devices")))
		put_devices(t, out);
	else if (bytes_equal(name, BYTES("quic_versions")))
		put_quic_versions(out);
	else if (bytes_equal(name, BYTES("interface")))
		snprintf(out, WORD_MAX, "%s", interface);
	else
		assert(!"a word of rule_table.h");
}

void rule_expand(const struct rule_text *t, const char *text, const char *interface)
{
	char   word[WORD_MAX];
	size_t len;

	while (*text != '\0') {
		len = strcspn(text, "$");
		write_bytes(t->to, bytes_of(text, len));
		text += len;
		if (*text == '\0')
			return;
		len = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_");
		put_word(t, bytes_of(text + 1, len), interface, word);
		write_text(t->to, word);
		text += 1 + len;
	}
}

static void write_line(const struct rule_text *t, const struct rule_row *r, const char *before,
                       const char *interface)
{
	write_text(t->to, before);
	rule_expand(t, t->family == 0 ? r->nft : r->iptables, interface);
	write_text(t->to, "\n");
}

void rule_write_row(const struct rule_text *t, const struct rule_row *r, const char *before)
{
	const char  *rest = t->settings->protect;
	struct bytes name;
	char         interface[IF_NAMESIZE];

	if ((t->family == 0 ? r->nft : r->iptables) == NULL || !rule_holds(t, r->when))
		return;
	if (r->when & EACH_WAY_OUT) {
		for (size_t i = 0; i < t->uplinks->num; i++)
			write_line(t, r, before, t->uplinks->names[i]);
	} else if (r->when & EACH_NAMED) {
		while (rule_next_word(&rest, &name)) {
			snprintf(interface, sizeof(interface), "%.*s", (int)name.len,
			         (const char *)name.at);
			write_line(t, r, before, interface);
		}
	} else {
		write_line(t, r, before, "");
	}
}

void rule_write_part(const struct rule_text *t, const struct rule_part *p)
{
	char before[128];

	write_text(t->to, "table inet " RULES_UNSEEN_TABLE " {\n");
	for (const char *const *c = p->counters; *c != NULL; c++)
		write_format(t->to, "\tcounter %s { }\n", *c);
	for (const struct rule_set *s = p->sets; s->name != NULL; s++)
		write_format(t->to, "\tset %s { %s }\n", s->name, s->is);
	for (const struct rule_head *c = p->chains; c->name != NULL; c++)
		write_format(t->to, "\tchain %s { %s}\n", c->name, c->head);
	write_text(t->to, "}\n");
	for (const struct rule_set *s = p->sets; s->name != NULL; s++) {
		if (s->is_emptied)
			write_format(t->to, "flush set inet " RULES_UNSEEN_TABLE " %s\n", s->name);
	}
	for (const struct rule_head *c = p->chains; c->name != NULL; c++)
		write_format(t->to, "flush chain inet " RULES_UNSEEN_TABLE " %s\n", c->name);
	for (const struct rule_row *r = p->rows; r->chain != NULL; r++) {
		snprintf(before, sizeof(before), "add rule inet " RULES_UNSEEN_TABLE " %s ",
		         r->chain);
		rule_write_row(t, r, before);
	}
}

bool rule_next_word(const char **rest, struct bytes *word_out)
{
	size_t len;

	*rest += strspn(*rest, " \t");
	len = strcspn(*rest, " \t");
	*word_out = bytes_of(*rest, len);
	*rest += len;
	return len > 0;
}

bool rule_names(const char *list, const char *name)
{
	struct bytes word;

	while (rule_next_word(&list, &word)) {
		if (bytes_equal(word, bytes_text(name)))
			return true;
	}
	return false;
}
