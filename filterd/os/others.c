/* SPDX-License-Identifier: MIT */

/*
 * A line is cut into words, a quoted text being one. Which bits of a mark a rule touches follows from the words behind "mark" (nft) or
 * behind the options of MARK and CONNMARK (iptables). A mark that is written without a mask is written whole.
 */

#include "os/others.h"

#include "os/rules.h"
#include "os/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_MAX (4 << 20)            /* bytes of what a program lists; a host with 10,000 rules has 1 MB */
#define ALL_BITS   UINT32_MAX

struct line {
	struct bytes text;
	size_t       num;
	struct bytes words[OTHERS_WORDS];
};

/* Of the mark: what a rule changes, and what it decides by. */
struct touched { uint32_t written, read; };

static struct bytes next_line(struct bytes *rest)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;
	size_t         len = end != NULL ? (size_t)(end - rest->at) : rest->len;
	struct bytes   line = bytes_first(*rest, len);

	*rest = bytes_from(*rest, end != NULL ? len + 1 : len);
	return line;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static size_t word_length(struct bytes text)
{
	size_t len = 1;

	if (text.at[0] == '"') {
		while (len < text.len && text.at[len] != '"')
			len++;
		return len < text.len ? len + 1 : len;
	}
	while (len < text.len && !is_blank(text.at[len]))
		len++;
	return len;
}

static struct bytes without_blanks(struct bytes text)
{
	while (text.len > 0 && is_blank(text.at[0]))
		text = bytes_from(text, 1);
	return text;
}

static void cut(struct bytes text, struct line *out)
{
	out->num  = 0;
	out->text = text = without_blanks(text);
	while (text.len > 0 && out->num < OTHERS_WORDS) {
		size_t len = word_length(text);

		out->words[out->num++] = bytes_first(text, len);
		text = without_blanks(bytes_from(text, len));
	}
}

static bool is(const struct line *l, size_t i, const char *word)
{
	return i < l->num && bytes_equal(l->words[i], bytes_text(word));
}

static bool begins(struct bytes text, const char *with)
{
	return bytes_equal(bytes_first(text, strlen(with)), bytes_text(with));
}

static bool has_word(const struct line *l, const char *word)
{
	for (size_t i = 0; i < l->num; i++) {
		if (is(l, i, word))
			return true;
	}
	return false;
}

/* What stands behind this option; empty if it is not there. */
static struct bytes behind(const struct line *l, const char *option)
{
	for (size_t i = 0; i + 1 < l->num; i++) {
		if (is(l, i, option))
			return l->words[i + 1];
	}
	return (struct bytes){ 0 };
}

/* "0x10/0xff", "16", "7100-7103": a number and what stands behind `parts`. */
static bool read_numbers(struct bytes word, char parts, uint32_t *first, uint32_t *second, bool *has_second)
{
	char          text[32], *end;
	unsigned long value;

	if (word.len == 0 || word.len >= sizeof(text) || word.at[0] < '0' || word.at[0] > '9')
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	value  = strtoul(text, &end, 0);
	*first = (uint32_t)value;
	*has_second = *end == parts && end[1] >= '0' && end[1] <= '9';
	if (*has_second)
		*second = (uint32_t)strtoul(end + 1, &end, 0);
	return *end == '\0' || *end == ';' || *end == ',';
}

static bool read_number(struct bytes word, uint32_t *out)
{
	uint32_t ignored;
	bool     has_second;

	return read_numbers(word, '\0', out, &ignored, &has_second);
}

/* The bits of "0x10/0xff": those of the mask, or all. */
static uint32_t mask_of(struct bytes word)
{
	uint32_t value, mask = ALL_BITS;
	bool     has_mask;

	return read_numbers(word, '/', &value, &mask, &has_mask) && has_mask ? mask : ALL_BITS;
}

static void note(struct others *o, enum other_kind kind, const char *where, struct bytes rule)
{
	unsigned num = o->num[kind]++;

	if (num >= OTHERS_OF_KIND)
		return;
	snprintf(o->first[kind][num].where, sizeof(o->first[kind][num].where), "%s", where);
	snprintf(o->first[kind][num].rule, OTHERS_RULE, "%.*s", (int)(rule.len < OTHERS_RULE ? rule.len : OTHERS_RULE - 1),
	         (const char *)rule.at);
}

static void note_marks(struct others *o, const struct settings *s, struct touched t, const char *where, struct bytes rule)
{
	if (t.written & s->mark_mask)
		note(o, OTHER_MARK_WRITTEN, where, rule);
	else if (t.read & s->mark_mask)
		note(o, OTHER_MARK_READ, where, rule);
}

/* nft: the bits that `meta mark set ...` changes; the words from i on are those behind "set", l->words[i - 3] is whose mark. */
static uint32_t nft_written(const struct line *l, size_t i)
{
	bool     of_itself = i >= 3 && i + 1 < l->num && bytes_equal(l->words[i], l->words[i - 3]) && is(l, i + 1, "mark");
	uint32_t written = 0, bits;

	if (!of_itself)
		return ALL_BITS;
	for (i += 2; i + 1 < l->num && read_number(l->words[i + 1], &bits); i += 2) {
		if (is(l, i, "&") || is(l, i, "and"))
			written |= ~bits;
		else if (is(l, i, "|") || is(l, i, "or") || is(l, i, "^") || is(l, i, "xor"))
			written |= bits;
		else
			break;
	}
	return written;
}

static struct touched nft_marks(const struct line *l)
{
	struct touched t = { 0 };
	uint32_t       bits;

	for (size_t i = 0; i < l->num; i++) {
		if (!is(l, i, "mark"))
			continue;
		if (is(l, i + 1, "set")) {
			t.written |= nft_written(l, i + 2);
			return t;
		}
		if ((is(l, i + 1, "&") || is(l, i + 1, "and")) && i + 2 < l->num && read_number(l->words[i + 2], &bits))
			t.read |= bits;
		else if (i + 1 < l->num && (is(l, i + 1, "==") || is(l, i + 1, "!=") || is(l, i + 1, "{") || is(l, i + 1, "vmap") ||
		                            read_number(l->words[i + 1], &bits)))
			t.read |= ALL_BITS;
	}
	return t;
}

/* Does the rule hold only for flows that carry our mark of a decision? */
static bool is_for_decided(const struct line *l, const struct settings *s)
{
	uint32_t decided = settings_marks(s).decided, mask, value;

	for (size_t i = 0; i + 5 < l->num; i++) {
		if (is(l, i, "ct") && is(l, i + 1, "mark") && is(l, i + 2, "&") && is(l, i + 4, "==") &&
		    read_number(l->words[i + 3], &mask) && read_number(l->words[i + 5], &value) && (mask & value & decided) == decided)
			return true;
	}
	return false;
}

/* "queue flags bypass to 7100-7103" */
static void nft_own(const struct line *l, struct others *o)
{
	bool     has_second = false;
	uint32_t first = 0, last = 0;

	o->has_nft = true;
	if (!has_word(l, "queue"))
		return;
	if (!read_numbers(l->words[l->num - 1], '-', &first, &last, &has_second))
		return;
	o->has_queue   = true;
	o->bypass      = has_word(l, "bypass");
	o->queue_first = first;
	o->queue_last  = has_second ? last : first;
}

static void nft_rule(const struct line *l, const char *where, const struct settings *s, struct others *o)
{
	note_marks(o, s, nft_marks(l), where, l->text);
	if (has_word(l, "notrack"))
		note(o, OTHER_UNTRACKED, where, l->text);
	for (size_t i = 0; i + 1 < l->num; i++) {
		if (is(l, i, "flow") && (is(l, i + 1, "add") || is(l, i + 1, "offload")))
			note(o, is_for_decided(l, s) ? OTHER_OFFLOAD_DECIDED : OTHER_OFFLOAD, where, l->text);
	}
}

/* Tables that the newer iptables made: iptables-save lists them better. */
static bool is_of_iptables(const struct line *l)
{
	static const char *const names[] = { "raw", "mangle", "nat", "filter", "security" };

	if (!is(l, 1, "ip") && !is(l, 1, "ip6"))
		return false;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (is(l, 2, names[i]))
			return true;
	}
	return false;
}

void others_read_nft(struct bytes text, const struct settings *s, struct others *out)
{
	enum { NONE, OTHER, OURS, IPTABLES } table = NONE;
	char        where[96] = "", table_name[64] = "";
	bool        in_chain = false;
	struct line l;

	while (text.len > 0) {
		cut(next_line(&text), &l);
		if (l.num == 0 || l.words[0].at[0] == '#')
			continue;
		if (is(&l, 0, "table") && l.num >= 4) {
			table = is(&l, 2, "filterd") ? OURS : is(&l, 2, RULES_UNSEEN_TABLE) ? NONE : is_of_iptables(&l) ? IPTABLES : OTHER;
			out->has_iptables_nft = out->has_iptables_nft || table == IPTABLES;
			snprintf(table_name, sizeof(table_name), "%.*s %.*s", (int)bytes_first(l.words[1], 8).len,
			         (const char *)l.words[1].at, (int)bytes_first(l.words[2], 48).len, (const char *)l.words[2].at);
			in_chain = false;
		} else if (l.num >= 2 && is(&l, l.num - 1, "{") && !is(&l, 1, "mark")) {
			in_chain = is(&l, 0, "chain");
			snprintf(where, sizeof(where), "%s %.*s", table_name, (int)bytes_first(l.words[1], 28).len,
			         (const char *)l.words[1].at);
		} else if (in_chain && table == OURS) {
			nft_own(&l, out);
		} else if (in_chain && table == OTHER) {
			nft_rule(&l, where, s, out);
		}
	}
}

static struct touched iptables_marks(const struct line *l)
{
	struct touched t = { 0 };
	bool           copies = has_word(l, "--save-mark") || has_word(l, "--restore-mark");
	uint32_t       bits;

	for (size_t i = 0; i + 1 < l->num; i++) {
		if (is(l, i, "--mark"))
			t.read |= mask_of(l->words[i + 1]);
		if (is(l, i, "--set-xmark") || is(l, i, "--set-mark"))
			t.written |= mask_of(l->words[i + 1]);
		if (copies && (is(l, i, "--nfmask") || is(l, i, "--ctmask") || is(l, i, "--mask")) &&
		    read_number(l->words[i + 1], &bits))
			t.written |= bits;
	}
	if (copies && t.written == 0)
		t.written = ALL_BITS;
	return t;
}

/* "-j NFQUEUE --queue-balance 7100:7103 --queue-bypass" in a chain of ours. */
static void iptables_own(const struct line *l, struct others *o)
{
	struct bytes numbers = behind(l, "--queue-balance");
	uint32_t     first = 0, last = 0;
	bool         has_second = false;

	if (numbers.len == 0)
		numbers = behind(l, "--queue-num");
	if (!read_numbers(numbers, ':', &first, &last, &has_second))
		return;
	o->has_queue   = true;
	o->bypass      = has_word(l, "--queue-bypass");
	o->queue_first = first;
	o->queue_last  = has_second ? last : first;
}

static bool is_ours(struct bytes chain)
{
	return begins(chain, "filterd-");
}

/* Does a jump into our chains come later in this chain? */
static bool we_come_later(struct bytes rest, struct bytes chain)
{
	struct line l;

	while (rest.len > 0) {
		cut(next_line(&rest), &l);
		if (is(&l, 0, "COMMIT"))
			return false;
		if (is(&l, 0, "-A") && l.num > 1 && bytes_equal(l.words[1], chain) && is_ours(behind(&l, "-j")))
			return true;
	}
	return false;
}

static void iptables_order(const struct line *l, const char *table, struct bytes rest, const char *where, struct others *o)
{
	struct bytes target = behind(l, "-j");
	bool         stops  = bytes_equal(target, BYTES("DROP")) || bytes_equal(target, BYTES("REJECT"));
	bool         passes = bytes_equal(target, BYTES("ACCEPT")) || bytes_equal(target, BYTES("RETURN"));
	bool         is_mangle = strcmp(table, "mangle") == 0 && (is(l, 1, "PREROUTING") || is(l, 1, "OUTPUT"));
	bool         is_filter = strcmp(table, "filter") == 0 && (is(l, 1, "FORWARD") || is(l, 1, "INPUT") || is(l, 1, "OUTPUT"));

	if (stops || !((is_mangle && passes) || is_filter) || !we_come_later(rest, l->words[1]))
		return;
	note(o, is_mangle ? OTHER_BEFORE_QUEUE : OTHER_BEFORE_VERDICT, where, l->text);
}

static void iptables_rule(const struct line *l, const char *table, int family, struct bytes rest, const struct settings *s,
                          struct others *o)
{
	struct bytes target = behind(l, "-j");
	char         where[96];

	snprintf(where, sizeof(where), "%s %s %.*s", family == 4 ? "ip" : "ip6", table, (int)bytes_first(l->words[1], 30).len,
	         (const char *)l->words[1].at);
	if (is_ours(l->words[1])) {
		if (bytes_equal(l->words[1], BYTES("filterd-send")))
			iptables_own(l, o);
		return;
	}
	if (is_ours(target))
		return;
	note_marks(o, s, iptables_marks(l), where, l->text);
	iptables_order(l, table, rest, where, o);
	if (bytes_equal(target, BYTES("NOTRACK")) || has_word(l, "--notrack"))
		note(o, OTHER_UNTRACKED, where, l->text);
	if (bytes_equal(target, BYTES("FLOWOFFLOAD")))
		note(o, OTHER_OFFLOAD, where, l->text);
}

void others_read_iptables(struct bytes text, int family, const struct settings *s, struct others *out)
{
	char        table[16] = "", where[96];
	struct line l;

	while (text.len > 0) {
		cut(next_line(&text), &l);
		if (l.num == 0 || l.words[0].at[0] == '#')
			continue;
		if (l.words[0].at[0] == '*') {
			struct bytes name = bytes_first(bytes_from(l.words[0], 1), sizeof(table) - 1);

			snprintf(table, sizeof(table), "%.*s", (int)name.len, (const char *)name.at);
		} else if (begins(l.words[0], ":filterd-in")) {
			*(family == 4 ? &out->has_iptables4 : &out->has_iptables6) = true;
		} else if (begins(l.words[0], ":DOCKER")) {
			snprintf(where, sizeof(where), "%s %s", family == 4 ? "ip" : "ip6", table);
			note(out, OTHER_DOCKER, where, bytes_from(l.words[0], 1));
		} else if (is(&l, 0, "-A") && l.num > 1) {
			iptables_rule(&l, table, family, text, s, out);
		}
	}
}

void others_read_routing(struct bytes text, const struct settings *s, struct others *out)
{
	struct line l;

	while (text.len > 0) {
		struct touched t = { 0 };
		struct bytes   mark;

		cut(next_line(&text), &l);
		mark = behind(&l, "fwmark");
		if (mark.len == 0)
			continue;
		t.read = mask_of(mark);
		note_marks(out, s, t, "ip rule", l.text);
	}
}

/* What a program prints, read by one of the above; nothing if it cannot be run. */
static void list(const char *const *argv, char *room, struct bytes *out)
{
	int status = run_program_into(argv, (struct bytes){ 0 }, room, LISTED_MAX);

	*out = status == 0 ? bytes_text(room) : (struct bytes){ 0 };
}

int others_now(const struct settings *s, struct others *out)
{
	static const char *const nft[]    = { "nft", "list", "ruleset", NULL };
	static const char *const save4[]  = { "iptables-save", NULL };
	static const char *const save6[]  = { "ip6tables-save", NULL };
	static const char *const routes4[] = { "ip", "rule", "show", NULL };
	static const char *const routes6[] = { "ip", "-6", "rule", "show", NULL };
	char                    *room = malloc(LISTED_MAX);
	struct bytes             text;

	memset(out, 0, sizeof(*out));
	if (room == NULL)
		return -ENOMEM;
	list(nft, room, &text);
	others_read_nft(text, s, out);
	list(save4, room, &text);
	others_read_iptables(text, 4, s, out);
	list(save6, room, &text);
	others_read_iptables(text, 6, s, out);
	list(routes4, room, &text);
	others_read_routing(text, s, out);
	list(routes6, room, &text);
	others_read_routing(text, s, out);
	free(room);
	return 0;
}
