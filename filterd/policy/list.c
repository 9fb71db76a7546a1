/* SPDX-License-Identifier: MIT */

/*
 * Splits lines into words. A word is one pattern, or several in the formats of ad blockers and
 * dnsmasq. Columns count from 1, in bytes.
 */

#include "policy/list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct list_walking {
	const char      *file;
	list_rule       *rule;
	void            *context;
	struct problem  *problem;
	struct list_lines *lines;
	bool             is_told;       /* the first mistake */
	uint32_t         line;
	struct bytes     text;          /* of the line */
	struct host_text host;
};

static const char expected[] = "expected a host name, .name for all below it, or a pattern in the "
                               "first label such as ksn-*.example.com";

static int policy_list_expects(struct list_walking *w, struct bytes word, const char *what,
                               const char *expects)
{
	if (!w->is_told)
		snprintf(w->problem->text, PROBLEM_MAX,
		         "%.160s: line %u, column %zu: '%.*s' %.60s; %s", w->file, w->line,
		         (size_t)(word.at - w->text.at) + 1,
		         (int)(word.len < 80 ? word.len : 80), (const char *)word.at, what,
		         expects);
	w->is_told = true;
	return -EINVAL;
}

static int policy_list_wrong(struct list_walking *w, struct bytes word, const char *what)
{
	return policy_list_expects(w, word, what, expected);
}

/* The next word of *rest; empty at the end of the line or where a comment begins. */
static struct bytes policy_list_next_word(struct bytes *rest)
{
	size_t skip = 0, len = 0;

	while (skip < rest->len && bytes_is_blank(rest->at[skip]))
		skip++;
	*rest = bytes_from(*rest, skip);
	if (rest->len == 0 || rest->at[0] == '#' || rest->at[0] == ';' || rest->at[0] == '!')
		return (struct bytes){ 0 };
	while (len < rest->len && !bytes_is_blank(rest->at[len]))
		len++;

	struct bytes word = bytes_first(*rest, len);

	*rest = bytes_from(*rest, len);
	return word;
}

static bool is_name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

/* The part before the first byte that cannot be in a name. */
static size_t num_name_bytes(struct bytes text)
{
	size_t num = 0;

	while (num < text.len && is_name_byte(text.at[num]))
		num++;
	return num;
}

static size_t first_label_len(struct bytes name)
{
	const uint8_t *dot = name.len > 0 ? memchr(name.at, '.', name.len) : NULL;

	return dot == NULL ? name.len : (size_t)(dot - name.at);
}

/* Are brackets closed, not empty, and only name bytes inside? */
static bool is_label_pattern(struct bytes label)
{
	bool   inside = false;
	size_t since  = 0;

	for (size_t i = 0; i < label.len; i++) {
		uint8_t c = label.at[i];

		if (c == '[' && !inside) {
			inside = true;
			since  = 0;
		} else if (c == ']' && inside && since > 0) {
			inside = false;
		} else if (!is_name_byte(c) && (c != '*' || inside)) {
			return false;
		} else {
			since++;
		}
	}
	return !inside;
}

/* kind: the meaning of a name without a prefix, exact or a suffix. */
static int policy_list_take_name(struct list_walking *w, struct bytes word, enum pattern_kind kind)
{
	struct bytes name = word;
	size_t       good;

	if (word.len > 0 && word.at[0] == '.') {
		kind = PATTERN_SUFFIX;
		name = bytes_from(word, 1);
	} else if (word.len >= 2 && word.at[0] == '*' && word.at[1] == '.') {
		kind = PATTERN_BELOW;
		name = bytes_from(word, 2);
	}
	good = num_name_bytes(name);
	if (good < name.len && (name.at[good] == '*' || name.at[good] == '[')) {
		size_t label = first_label_len(name);

		if (kind != PATTERN_EXACT || label == name.len ||
		    !is_label_pattern(bytes_first(name, label)))
			return policy_list_wrong(w, word, "is not a pattern");
		kind = PATTERN_LABEL;
		good = label + num_name_bytes(bytes_from(name, label));
	}
	if (good < name.len)
		return policy_list_wrong(w, word,
		                         name.at[good] < 0x80
		                                 ? "has a character no host name has"
		                                 : "is not ASCII (write it as an A-label, "
		                                   "xn--...)");
	if (host_from_text(name, &w->host) != PARSE_OK)
		return policy_list_wrong(w, word, "is not a host name");
	if (host_is_address(host_of(&w->host)))
		return policy_list_wrong(w, word, "is an address");
	if (kind == PATTERN_BELOW && w->lines->num_below++ == 0)
		w->lines->first_below = w->line;
	return w->rule(w->context, kind, host_of(&w->host), w->line) ? 0 : -ENOMEM;
}

/* ||name^ */
static int policy_list_take_adblock(struct list_walking *w, struct bytes word)
{
	if (word.len < 4 || word.at[1] != '|' || word.at[word.len - 1] != '^')
		return policy_list_expects(w, word, "is a rule of an ad blocker that names more",
		                           "expected ||name^ without options");
	return policy_list_take_name(w, bytes_of(word.at + 2, word.len - 3), PATTERN_SUFFIX);
}

/* Is this no address, or the unspecified one, or loopback? */
static bool is_no_address(struct bytes word)
{
	static const char *const none[] = { "", "#", "0.0.0.0", "::", "127.0.0.1", "::1" };

	for (size_t i = 0; i < COUNT(none); i++) {
		if (bytes_is(word, none[i]))
			return true;
	}
	return false;
}

/* "/name/name/address" from "address=/name/name/address"; empty for other words. */
static struct bytes policy_list_of_dnsmasq(struct bytes word)
{
	const struct bytes keys[] = { BYTES("address="), BYTES("local="), BYTES("server=") };

	for (size_t i = 0; i < COUNT(keys); i++) {
		struct bytes rest = bytes_from(word, keys[i].len);

		if (bytes_equal(bytes_first(word, keys[i].len), keys[i]) && rest.len > 0 &&
		    rest.at[0] == '/')
			return rest;
	}
	return (struct bytes){ 0 };
}

static int policy_list_take_dnsmasq(struct list_walking *w, struct bytes word, struct bytes names)
{
	size_t len   = names.len;
	int    error = 0;

	while (names.at[len - 1] != '/')
		len--;
	if (len < 3 || !is_no_address(bytes_from(names, len)))
		return policy_list_expects(w, word, "is a line of dnsmasq that prohibits nothing",
		                           "expected address=/name/, or with the address 0.0.0.0");
	names = bytes_of(names.at + 1, len - 1);
	while (error != -ENOMEM && names.len > 0) {
		size_t of_name = 0;
		int    came;

		while (names.at[of_name] != '/')
			of_name++;
		came  = policy_list_take_name(w, bytes_first(names, of_name), PATTERN_SUFFIX);
		error = came != 0 ? came : error;
		names = bytes_from(names, of_name + 1);
	}
	return error;
}

static int policy_list_take_word(struct list_walking *w, struct bytes word)
{
	struct bytes names;

	switch (word.at[0]) {
	case '|':
		return policy_list_take_adblock(w, word);
	case '@':
		return policy_list_expects(w, word, "is an exception",
		                           "expected its name in the list of a category with "
		                           "action = allow");
	case 'a':
	case 'l':
	case 's':
		names = policy_list_of_dnsmasq(word);
		if (names.len > 0)
			return policy_list_take_dnsmasq(w, word, names);
	}
	return policy_list_take_name(w, word, PATTERN_EXACT);
}

/* Names of the host itself in a hosts file. */
static bool is_local(struct bytes name)
{
	return memchr(name.at, '.', name.len) == NULL ||
	       bytes_equal(name, BYTES("localhost.localdomain")) ||
	       bytes_equal(name, BYTES("0.0.0.0"));
}

static bool is_address_word(struct bytes word)
{
	return host_is_address((struct host){ .text = (const char *)word.at, .len = word.len });
}

/* "[Adblock Plus 2.0]": a header that looks like a pattern. */
static bool is_title(struct bytes first)
{
	return first.at[0] == '[' && bytes_equal(bytes_first(first, 8), BYTES("[Adblock"));
}

/* 1: a line with names; 0: without. */
static int policy_list_take_line(struct list_walking *w)
{
	struct bytes rest  = w->text;
	struct bytes first = policy_list_next_word(&rest);
	struct bytes word;
	int          error = 0, num = 0;

	if (first.len == 0 || is_title(first))
		return 0;
	word = policy_list_next_word(&rest);
	if (word.len == 0) {
		error = policy_list_take_word(w, first);
		return error == 0 ? 1 : error;
	}
	if (!is_address_word(first))
		return policy_list_wrong(w, word, "comes after another word");
	for (; word.len > 0 && error != -ENOMEM; word = policy_list_next_word(&rest)) {
		int of_word = is_local(word) ? 0 : policy_list_take_word(w, word);

		num += !is_local(word);
		error = of_word != 0 ? of_word : error;
	}
	return error == 0 ? num > 0 : error;
}

int list_walk(struct bytes content, const char *file, list_rule *rule, void *context,
              struct list_lines *lines_out, struct problem *problem_out)
{
	struct list_walking w = { .file = file, .rule = rule, .context = context,
	                          .lines = lines_out, .problem = problem_out };

	*lines_out = (struct list_lines){ .num_good = 0 };
	if (content.len >= 3 && memcmp(content.at, "\xef\xbb\xbf", 3) == 0)
		content = bytes_from(content, 3);
	while (content.len > 0) {
		int came;

		w.line++;
		w.text = bytes_cut_line(&content);
		came   = policy_list_take_line(&w);
		if (came == -ENOMEM)
			return came;
		lines_out->num_good += came > 0;
		lines_out->num_wrong += came < 0;
	}
	return 0;
}
