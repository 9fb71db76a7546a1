/* SPDX-License-Identifier: MIT */

/*
 * The words after "mark" show the bits that a rule uses. Setting a mark without a mask sets all
 * bits, except when copying between packet and connection: that copies our bits, too
 * (rule_table.c).
 */

#include "kernel/foreign_inside.h"

#include <stdio.h>

/*
 * nft: the bits that `meta mark set ...` changes; the words from i on are those after "set".
 */
static uint32_t nft_written(const struct rule_line *l, size_t i)
{
	bool of_a_mark = i >= 3 && i + 1 < l->num &&
	                 (rule_is(l, i, "meta") || rule_is(l, i, "ct")) &&
	                 rule_is(l, i + 1, "mark");
	uint32_t written = 0, bits;

	if (!of_a_mark)
		return UINT32_MAX;
	for (i += 2; i + 1 < l->num && rule_number(l->words[i + 1], &bits); i += 2) {
		if (rule_is(l, i, "&") || rule_is(l, i, "and"))
			written |= ~bits;
		else if (rule_is(l, i, "|") || rule_is(l, i, "or") || rule_is(l, i, "^") ||
		         rule_is(l, i, "xor"))
			written |= bits;
		else
			break;
	}
	return written;
}

static struct touched nft_marks(const struct rule_line *l)
{
	struct touched t = { 0 };
	uint32_t       bits;

	for (size_t i = 0; i < l->num; i++) {
		if (!rule_is(l, i, "mark"))
			continue;
		if (rule_is(l, i + 1, "set")) {
			t.written |= nft_written(l, i + 2);
			return t;
		}
		if ((rule_is(l, i + 1, "&") || rule_is(l, i + 1, "and")) && i + 2 < l->num &&
		    rule_number(l->words[i + 2], &bits))
			t.read |= bits;
		else if (i + 1 < l->num && (rule_is(l, i + 1, "==") || rule_is(l, i + 1, "!=") ||
		                            rule_is(l, i + 1, "{") || rule_is(l, i + 1, "vmap") ||
		                            rule_number(l->words[i + 1], &bits)))
			t.read |= UINT32_MAX;
	}
	return t;
}

/* Does the rule match only flows with our mark of a decision? */
static bool is_for_decided(const struct rule_line *l, const struct settings *s)
{
	uint32_t decided = settings_marks(s).decided, mask, value;

	for (size_t i = 0; i + 5 < l->num; i++) {
		if (rule_is(l, i, "ct") && rule_is(l, i + 1, "mark") && rule_is(l, i + 2, "&") &&
		    rule_is(l, i + 4, "==") && rule_number(l->words[i + 3], &mask) &&
		    rule_number(l->words[i + 5], &value) && (mask & value & decided) == decided)
			return true;
	}
	return false;
}

/* "queue flags bypass to 7100-7103" */
static void nft_own(const struct rule_line *l, struct foreign_rules *o)
{
	bool     has_second = false;
	uint32_t first = 0, last = 0;

	o->has_nft = true;
	if (!rule_has(l, "queue"))
		return;
	if (!rule_numbers(l->words[l->num - 1], '-', &first, &last, &has_second))
		return;
	foreign_note_queues(o, first, has_second ? last : first, rule_has(l, "bypass"));
}

static void nft_rule(const struct rule_line *l, const char *where, const struct settings *s,
                     struct foreign_rules *o)
{
	foreign_note_marks(o, s, nft_marks(l), where, l->text);
	if (rule_has(l, "notrack"))
		foreign_note(o, FOREIGN_UNTRACKED, where, l->text);
	for (size_t i = 0; i + 1 < l->num; i++) {
		if (rule_is(l, i, "flow") &&
		    (rule_is(l, i + 1, "add") || rule_is(l, i + 1, "offload")))
			foreign_note(
				o, is_for_decided(l, s) ? FOREIGN_OFFLOAD_DECIDED : FOREIGN_OFFLOAD,
				where, l->text);
	}
}

/* Tables of iptables-nft: iptables-save lists them better. */
static bool is_of_iptables(const struct rule_line *l)
{
	static const char *const names[] = { "raw", "mangle", "nat", "filter", "security" };

	if (!rule_is(l, 1, "ip") && !rule_is(l, 1, "ip6"))
		return false;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (rule_is(l, 2, names[i]))
			return true;
	}
	return false;
}

void foreign_read_nft(struct bytes text, const struct settings *s, struct foreign_rules *out)
{
	enum { NONE, OTHER, OURS, IPTABLES } table = NONE;
	char        where[96] = "", table_name[64] = "";
	bool        in_chain = false;
	struct rule_line l;

	while (text.len > 0) {
		rule_cut(bytes_cut_line(&text), &l);
		if (l.num == 0 || l.words[0].at[0] == '#')
			continue;
		if (rule_is(&l, 0, "table") && l.num >= 4) {
			table                 = rule_is(&l, 2, "filterd")             ? OURS
			                        : bytes_begin(l.words[2], "filterd-") ? NONE
			                        : is_of_iptables(&l)                  ? IPTABLES
			                                                              : OTHER;
			out->has_iptables_nft = out->has_iptables_nft || table == IPTABLES;
			snprintf(table_name, sizeof(table_name), "%.*s %.*s",
			         (int)bytes_first(l.words[1], 8).len, (const char *)l.words[1].at,
			         (int)bytes_first(l.words[2], 48).len, (const char *)l.words[2].at);
			in_chain = false;
		} else if (l.num >= 2 && rule_is(&l, l.num - 1, "{") && !rule_is(&l, 1, "mark")) {
			in_chain = rule_is(&l, 0, "chain");
			snprintf(where, sizeof(where), "%s %.*s", table_name,
			         (int)bytes_first(l.words[1], 28).len, (const char *)l.words[1].at);
		} else if (in_chain && table == OURS) {
			nft_own(&l, out);
		} else if (in_chain && table == OTHER) {
			nft_rule(&l, where, s, out);
		}
	}
}
