/* SPDX-License-Identifier: MIT */

/*
 * Parentheses join lines into one record; inside them, and in quotes, a newline does not end it.
 * Columns count in bytes.
 */

#include "policy/zone_text.h"

#include <ctype.h>
#include <string.h>

#define LABEL_MAX 63

struct zone_text zone_text_over(struct bytes content)
{
	if (bytes_equal(bytes_first(content, 3), BYTES("\xef\xbb\xbf")))
		content = bytes_from(content, 3);
	return (struct zone_text){ .len = content.len, .left = content, .line = 1 };
}

static uint8_t here(const struct zone_text *t)
{
	return t->left.len > 0 ? t->left.at[0] : 0;
}

static void skip(struct zone_text *t, size_t len)
{
	t->left = bytes_from(t->left, len);
}

static size_t zone_text_at(const struct zone_text *t)
{
	return t->len - t->left.len;
}

static size_t column(const struct zone_text *t)
{
	return zone_text_at(t) - t->line_at + 1;
}

static enum parse bad(struct zone_text *t, const char *problem)
{
	t->problem = problem;
	t->column  = column(t);
	return PARSE_BAD;
}

static bool ends_word(uint8_t c)
{
	return bytes_is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')' || c == '"';
}

static void skip_comment(struct zone_text *t)
{
	while (t->left.len > 0 && here(t) != '\n')
		skip(t, 1);
}

static void skip_newline(struct zone_text *t)
{
	skip(t, 1);
	t->line++;
	t->line_at = zone_text_at(t);
}

/* Up to a delimiter; a backslash escapes the byte after it. */
static enum parse zone_text_take_word(struct zone_text *t, struct zone_word *out)
{
	bool         quoted = here(t) == '"';
	struct bytes all;
	size_t       len = 0;

	skip(t, quoted);
	*out = (struct zone_word){ .line = t->line, .column = column(t) };
	all  = t->left;
	while (len < all.len && (quoted ? all.at[len] != '"' : !ends_word(all.at[len]))) {
		len += all.at[len] == '\\';
		if (len >= all.len || all.at[len] == '\n')
			return bad(t, quoted ? "begins a quotation that the line does not end"
			                     : "has nothing after its backslash");
		if (all.at[len] != '\t' && (all.at[len] < ' ' || all.at[len] > '~'))
			return bad(t, "has a byte that is not text");
		len++;
	}
	if (len == all.len)
		return bad(t, "is where the file ends, within a line; is it whole?");
	out->text = bytes_first(all, len);
	skip(t, len + quoted);
	return PARSE_OK;
}

static void zone_text_begin(const struct zone_text *t, struct zone_record *out)
{
	out->line      = t->line;
	out->has_owner = t->left.len > 0 && !bytes_is_blank(here(t));
}

enum parse zone_text_next(struct zone_text *t, struct zone_record *out)
{
	unsigned depth = 0;

	*out = (struct zone_record){ .num = 0 };
	zone_text_begin(t, out);
	while (t->left.len > 0) {
		struct zone_word word;
		enum parse       status = PARSE_OK;

		switch (here(t)) {
		case ' ': case '\t': case '\r':
			skip(t, 1);
			break;
		case ';':
			skip_comment(t);
			break;
		case '(':
			depth++;
			skip(t, 1);
			break;
		case ')':
			if (depth == 0)
				return bad(t, "closes a parenthesis that nothing opened");
			depth--;
			skip(t, 1);
			break;
		case '\n':
			skip_newline(t);
			if (depth == 0 && out->num > 0)
				return PARSE_OK;
			if (depth == 0)
				zone_text_begin(t, out);
			break;
		default:
			status = zone_text_take_word(t, &word);
			if (status == PARSE_OK && out->num < ZONE_WORDS)
				out->words[out->num++] = word;
		}
		if (status != PARSE_OK)
			return status;
	}
	if (depth > 0)
		return bad(t, "is the end of the file, with a parenthesis open");
	return out->num > 0 ? bad(t, "is where the file ends, within a line; is it whole?")
	                    : PARSE_MORE;
}

/* The byte after a backslash, or its number in three digits. */
static bool zone_text_unescape(struct bytes word, size_t *at, uint8_t *out)
{
	unsigned value = 0;
	size_t   end   = *at + 3;

	if (*at < word.len && !isdigit(word.at[*at])) {
		*out = word.at[(*at)++];
		return true;
	}
	for (; *at < end; (*at)++) {
		if (*at >= word.len || !isdigit(word.at[*at]))
			return false;
		value = value * 10 + (word.at[*at] - '0');
	}
	*out = (uint8_t)value;
	return value <= 255;
}

/* The labels of a word; after a trailing dot there is an empty one. */
static bool zone_text_read_labels(struct bytes word, struct zone_name *out, bool *absolute_out)
{
	size_t label = 0, len = 1;      /* offsets of a label's length, and of its next byte */

	for (size_t at = 0; at < word.len;) {
		uint8_t c   = word.at[at++];
		size_t  num = len - label - 1;

		if (c == '.' && num > 0) {
			out->wire[label] = (uint8_t)num;
			label            = len++;
			continue;
		}
		if (c == '.' || num == LABEL_MAX || len >= ZONE_NAME_MAX ||
		    (c == '\\' && !zone_text_unescape(word, &at, &c)))
			return false;
		out->wire[len++] = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	}
	out->wire[label] = (uint8_t)(len - label - 1);
	*absolute_out    = out->wire[label] == 0;
	out->len         = (uint8_t)(*absolute_out ? label : len);
	return true;
}

enum parse zone_name_read(struct bytes word, const struct zone_name *origin, struct zone_name *out)
{
	struct zone_name name     = { .len = 0 };
	bool             absolute = bytes_equal(word, BYTES("."));

	if (word.len == 0)
		return PARSE_BAD;
	if (!absolute && !bytes_equal(word, BYTES("@")) &&
	    !zone_text_read_labels(word, &name, &absolute))
		return PARSE_BAD;
	if (!absolute) {
		if (name.len + origin->len > ZONE_NAME_MAX)
			return PARSE_BAD;
		memcpy(name.wire + name.len, origin->wire, origin->len);
		name.len     = (uint8_t)(name.len + origin->len);
		name.is_open = origin->is_open;
	}
	*out = name;
	return PARSE_OK;
}

bool zone_name_in_front(const struct zone_name *name, const struct zone_name *apex,
                        struct bytes *front_out)
{
	size_t at = 0;

	if (name->is_open != apex->is_open)
		return false;
	while (name->len - at > apex->len)
		at += 1 + (size_t)name->wire[at];
	if (name->len - at != apex->len || memcmp(name->wire + at, apex->wire, apex->len) != 0)
		return false;
	*front_out = bytes_of(name->wire, at);
	return true;
}
