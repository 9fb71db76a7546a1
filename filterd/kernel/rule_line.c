/* SPDX-License-Identifier: MIT */

#include "kernel/rule_line.h"

#include <stdlib.h>
#include <string.h>

static size_t word_length(struct bytes text)
{
	size_t len = 1;

	if (text.at[0] == '"') {
		while (len < text.len && text.at[len] != '"')
			len++;
		return len < text.len ? len + 1 : len;
	}
	while (len < text.len && !bytes_is_blank(text.at[len]))
		len++;
	return len;
}

static struct bytes without_blanks(struct bytes text)
{
	while (text.len > 0 && bytes_is_blank(text.at[0]))
		text = bytes_from(text, 1);
	return text;
}

void rule_cut(struct bytes text, struct rule_line *out)
{
	out->num  = 0;
	out->text = text = without_blanks(text);
	while (text.len > 0 && out->num < RULE_WORDS) {
		size_t len = word_length(text);

		out->words[out->num++] = bytes_first(text, len);
		text = without_blanks(bytes_from(text, len));
	}
}

bool rule_is(const struct rule_line *l, size_t i, const char *word)
{
	return i < l->num && bytes_equal(l->words[i], bytes_text(word));
}

bool rule_has(const struct rule_line *l, const char *word)
{
	for (size_t i = 0; i < l->num; i++) {
		if (rule_is(l, i, word))
			return true;
	}
	return false;
}

struct bytes rule_behind(const struct rule_line *l, const char *option)
{
	for (size_t i = 0; i + 1 < l->num; i++) {
		if (rule_is(l, i, option))
			return l->words[i + 1];
	}
	return (struct bytes){ 0 };
}

bool rule_numbers(struct bytes word, char parts, uint32_t *first, uint32_t *second,
                  bool *has_second)
{
	char          text[32], *end;
	unsigned long value;

	if (word.len == 0 || word.len >= sizeof(text) || word.at[0] < '0' || word.at[0] > '9')
		return false;
	memcpy(text, word.at, word.len);
	text[word.len] = '\0';
	value  = strtoul(text, &end, 0);
	*first = (uint32_t)value;
	*has_second = parts != '\0' && *end == parts && end[1] >= '0' && end[1] <= '9';
	if (*has_second)
		*second = (uint32_t)strtoul(end + 1, &end, 0);
	return *end == '\0' || *end == ';' || *end == ',';
}

bool rule_number(struct bytes word, uint32_t *out)
{
	uint32_t ignored;
	bool     has_second;

	return rule_numbers(word, '\0', out, &ignored, &has_second);
}
