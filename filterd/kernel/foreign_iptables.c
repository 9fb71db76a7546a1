/* SPDX-License-Identifier: MIT */

/*
 * The options of MARK and CONNMARK show the bits that a rule uses. Setting a mark without a mask
 * sets all bits. Saving or restoring a mark copies our bits with it, which is harmless
 * (rule_table.c). `ip rule` has the same notation.
 */

#include "kernel/foreign_inside.h"

#include <stdio.h>
#include <string.h>

/* The bits of "0x10/0xff": those of the mask, or all. */
static uint32_t mask_of(struct bytes word)
{
	uint32_t value, mask = UINT32_MAX;
	bool     has_mask;

	return rule_numbers(word, '/', &value, &mask, &has_mask) && has_mask ? mask : UINT32_MAX;
}

static struct touched iptables_marks(const struct rule_line *l)
{
	struct touched t = { 0 };

	for (size_t i = 0; i + 1 < l->num; i++) {
		if (rule_is(l, i, "--mark"))
			t.read |= mask_of(l->words[i + 1]);
		if (rule_is(l, i, "--set-xmark") || rule_is(l, i, "--set-mark"))
			t.written |= mask_of(l->words[i + 1]);
	}
	return t;
}

/* "-j NFQUEUE --queue-balance 7100:7103 --queue-bypass" in a chain of ours. */
static void iptables_own(const struct rule_line *l, struct foreign_rules *o)
{
	struct bytes numbers = rule_behind(l, "--queue-balance");
	uint32_t     first = 0, last = 0;
	bool         has_second = false;

	if (numbers.len == 0)
		numbers = rule_behind(l, "--queue-num");
	if (!rule_numbers(numbers, ':', &first, &last, &has_second))
		return;
	foreign_note_queues(o, first, has_second ? last : first, rule_has(l, "--queue-bypass"));
}

static bool is_ours(struct bytes chain)
{
	return bytes_begin(chain, "filterd-");
}

/* Is there a jump into our chains later in this chain? */
static bool we_come_later(struct bytes rest, struct bytes chain)
{
	struct rule_line l;

	while (rest.len > 0) {
		rule_cut(bytes_cut_line(&rest), &l);
		if (rule_is(&l, 0, "COMMIT"))
			return false;
		if (rule_is(&l, 0, "-A") && l.num > 1 && bytes_equal(l.words[1], chain) &&
		    is_ours(rule_behind(&l, "-j")))
			return true;
	}
	return false;
}

/*
 * A table while it is read. Nested chains are followed to a practical depth; the kernel counts
 * connections around ours even if a rule is not found.
 */
#define CHAINS_FOLLOWED 64
#define CHAINS_DEEP     8
struct iptables_table {
	char         name[16];
	struct bytes rules;             /* from its first line on */
	unsigned     num_followed;
};

/* After another program's queue the packet continues behind the whole table. */
static bool ends_table(struct bytes target)
{
	return bytes_equal(target, BYTES("ACCEPT")) || bytes_equal(target, BYTES("TPROXY")) ||
	       bytes_equal(target, BYTES("NFQUEUE")) || bytes_equal(target, BYTES("QUEUE"));
}

/* Does a rule of this chain, or of one that it jumps to, accept packets and end the table? */
static bool chain_ends_table(struct iptables_table *t, struct bytes chain, unsigned depth)
{
	struct bytes     rest = t->rules;
	struct rule_line l;

	if (depth == 0 || chain.len == 0 || t->num_followed++ >= CHAINS_FOLLOWED)
		return false;
	while (rest.len > 0) {
		rule_cut(bytes_cut_line(&rest), &l);
		if (rule_is(&l, 0, "COMMIT"))
			return false;
		if (!rule_is(&l, 0, "-A") || l.num < 2 || !bytes_equal(l.words[1], chain))
			continue;
		if (ends_table(rule_behind(&l, "-j")) ||
		    chain_ends_table(t, rule_behind(&l, "-j"), depth - 1) ||
		    chain_ends_table(t, rule_behind(&l, "-g"), depth - 1))
			return true;
	}
	return false;
}

/* For a rule in a built-in chain: -g does not return. */
static bool passes_ours(const struct rule_line *l, struct iptables_table *t)
{
	struct bytes target = rule_behind(l, "-j");

	return rule_has(l, "-g") || ends_table(target) || bytes_equal(target, BYTES("RETURN")) ||
	       chain_ends_table(t, target, CHAINS_DEEP);
}

static void iptables_order(const struct rule_line *l, struct iptables_table *t, struct bytes rest,
                           const char *where, struct foreign_rules *o)
{
	struct bytes target = rule_behind(l, "-j");
	bool stops = bytes_equal(target, BYTES("DROP")) || bytes_equal(target, BYTES("REJECT"));
	bool is_mangle = strcmp(t->name, "mangle") == 0 &&
	                 (rule_is(l, 1, "PREROUTING") || rule_is(l, 1, "OUTPUT") ||
	                  rule_is(l, 1, "FORWARD") || rule_is(l, 1, "INPUT"));
	bool is_filter =
		strcmp(t->name, "filter") == 0 &&
		(rule_is(l, 1, "FORWARD") || rule_is(l, 1, "INPUT") || rule_is(l, 1, "OUTPUT"));

	if (stops || !(is_mangle || is_filter) || !we_come_later(rest, l->words[1]) ||
	    (is_mangle && !passes_ours(l, t)))
		return;
	foreign_note(o, is_mangle ? FOREIGN_BEFORE_QUEUE : FOREIGN_BEFORE_VERDICT, where, l->text);
}

static void iptables_rule(const struct rule_line *l, struct iptables_table *table, int family,
                          struct bytes rest, const struct settings *s, struct foreign_rules *o)
{
	struct bytes target = rule_behind(l, "-j");
	char         where[96];

	snprintf(where, sizeof(where), "%s %s %.*s", family == 4 ? "ip" : "ip6", table->name,
	         (int)bytes_first(l->words[1], 30).len, (const char *)l->words[1].at);
	if (is_ours(l->words[1])) {
		if (bytes_equal(l->words[1], BYTES("filterd-send")))
			iptables_own(l, o);
		return;
	}
	if (is_ours(target))
		return;
	foreign_note_marks(o, s, iptables_marks(l), where, l->text);
	iptables_order(l, table, rest, where, o);
	if (bytes_equal(target, BYTES("NOTRACK")) || rule_has(l, "--notrack"))
		foreign_note(o, FOREIGN_UNTRACKED, where, l->text);
	if (bytes_equal(target, BYTES("FLOWOFFLOAD")))
		foreign_note(o, FOREIGN_OFFLOAD, where, l->text);
}

void foreign_read_iptables(struct bytes text, int family, const struct settings *s,
                           struct foreign_rules *out)
{
	struct iptables_table table = { .name = "" };
	char             where[96];
	struct rule_line l;

	while (text.len > 0) {
		rule_cut(bytes_cut_line(&text), &l);
		if (l.num == 0 || l.words[0].at[0] == '#')
			continue;
		if (l.words[0].at[0] == '*') {
			struct bytes name =
				bytes_first(bytes_from(l.words[0], 1), sizeof(table.name) - 1);

			table = (struct iptables_table){ .rules = text };
			snprintf(table.name, sizeof(table.name), "%.*s", (int)name.len,
			         (const char *)name.at);
		} else if (bytes_begin(l.words[0], ":filterd-in")) {
			*(family == 4 ? &out->has_iptables4 : &out->has_iptables6) = true;
		} else if (bytes_begin(l.words[0], ":DOCKER")) {
			snprintf(where, sizeof(where), "%s %s", family == 4 ? "ip" : "ip6",
			         table.name);
			foreign_note(out, FOREIGN_DOCKER, where, bytes_from(l.words[0], 1));
		} else if (rule_is(&l, 0, "-A") && l.num > 1) {
			iptables_rule(&l, &table, family, text, s, out);
		}
	}
}

void foreign_read_routing(struct bytes text, const struct settings *s, struct foreign_rules *out)
{
	struct rule_line l;

	while (text.len > 0) {
		struct touched t = { 0 };
		struct bytes   mark;

		rule_cut(bytes_cut_line(&text), &l);
		mark = rule_behind(&l, "fwmark");
		if (mark.len == 0)
			continue;
		t.read = mask_of(mark);
		foreign_note_marks(out, s, t, "ip rule", l.text);
	}
}
