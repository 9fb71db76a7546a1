/* SPDX-License-Identifier: MIT */

/* Lines, then words, then one pattern a word. Columns count from 1, in bytes. */

#include "policy/list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct list_walking {
	const char      *file;
	list_rule       *rule;
	void            *context;
	struct problem  *problem;
	uint32_t         line;
	struct bytes     text;          /* of the line */
	struct host_text host;
};

static const char expected[] = "expected a host name, .name for all below it, or a pattern in the "
                               "first label such as ksn-*.example.com";

static int policy_list_wrong(const struct list_walking *w, struct bytes word, const char *what)
{
	snprintf(w->problem->text, PROBLEM_MAX, "%.160s: line %u, column %zu: '%.*s' %.60s; %s",
	         w->file, w->line, (size_t)(word.at - w->text.at) + 1,
	         (int)(word.len < 80 ? word.len : 80), (const char *)word.at, what, expected);
	return -EINVAL;
}

static bool policy_list_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of *rest; empty at the end of the line or where a comment begins. */
static struct bytes policy_list_next_word(struct bytes *rest)
{
	size_t skip = 0, len = 0;

	while (skip < rest->len && policy_list_is_blank(rest->at[skip]))
		skip++;
	*rest = bytes_from(*rest, skip);
	if (rest->len == 0 || rest->at[0] == '#' || rest->at[0] == ';')
		return (struct bytes){ 0 };
	while (len < rest->len && !policy_list_is_blank(rest->at[len]))
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

static size_t first_label_len(struct bytes name)
{
	const uint8_t *dot = name.len > 0 ? memchr(name.at, '.', name.len) : NULL;

	return dot == NULL ? name.len : (size_t)(dot - name.at);
}

/* Brackets closed, nothing but name bytes in them, not empty. */
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

static int policy_list_take_word(struct list_walking *w, struct bytes word)
{
	enum pattern_kind kind = PATTERN_EXACT;
	struct bytes      name = word;
	size_t            label;

	if (word.at[0] == '.') {
		kind = PATTERN_SUFFIX;
		name = bytes_from(word, 1);
	}
	label = first_label_len(name);
	if (memchr(word.at, '*', word.len) != NULL || memchr(word.at, '[', word.len) != NULL) {
		if (kind == PATTERN_SUFFIX || label == name.len ||
		    !is_label_pattern(bytes_first(name, label)))
			return policy_list_wrong(w, word, "is no pattern");
		kind = PATTERN_LABEL;
	}
	for (size_t i = kind == PATTERN_LABEL ? label : 0; i < name.len; i++) {
		if (name.at[i] >= 0x80)
			return policy_list_wrong(w, word,
			                         "is not ASCII (write it as an A-label, xn--...)");
		if (!is_name_byte(name.at[i]))
			return policy_list_wrong(w, word, "has a character no host name has");
	}
	if (host_from_text(name, &w->host) != PARSE_OK)
		return policy_list_wrong(w, word, "is no host name");
	if (host_is_address(host_of(&w->host)))
		return policy_list_wrong(w, word, "is an address");
	return w->rule(w->context, kind, host_of(&w->host), w->line) ? 0 : -ENOMEM;
}

/* Names that a hosts file has for the host's own sake. */
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

static int policy_list_take_line(struct list_walking *w)
{
	struct bytes rest  = w->text;
	struct bytes first = policy_list_next_word(&rest);
	struct bytes word;
	int          error = 0;

	if (first.len == 0)
		return 0;
	word = policy_list_next_word(&rest);
	if (word.len == 0)
		return policy_list_take_word(w, first);
	if (!is_address_word(first))
		return policy_list_wrong(w, word, "stands behind another word");
	for (; word.len > 0 && error == 0; word = policy_list_next_word(&rest)) {
		if (!is_local(word))
			error = policy_list_take_word(w, word);
	}
	return error;
}

int list_walk(struct bytes content, const char *file, list_rule *rule, void *context,
              struct problem *problem_out)
{
	struct list_walking w = { .file = file, .rule = rule, .context = context,
	                          .problem = problem_out };

	while (content.len > 0) {
		int error;

		w.line++;
		w.text = bytes_cut_line(&content);
		error  = policy_list_take_line(&w);
		if (error != 0)
			return error;
	}
	return 0;
}
