/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULE_LINE_H
#define FILTERD_KERNEL_RULE_LINE_H

/* Rule line: a line of output of nft, iptables or ip, split into words; a quoted text is one. */

#include "base/bytes.h"

#define RULE_WORDS 128          /* words of a line; further ones are ignored */

struct rule_line {
	struct bytes text;
	size_t       num;
	struct bytes words[RULE_WORDS];
};

/* The words of a line without its newline. */
void         rule_cut(struct bytes text, struct rule_line *out);

/* is this word i? false beyond the last */
bool         rule_is(const struct rule_line *l, size_t i, const char *word);
bool         rule_has(const struct rule_line *l, const char *word);
/* the word after this one; or empty */
struct bytes rule_behind(const struct rule_line *l, const char *option);

/* "0x10/0xff", "16", "7100-7103": a number, and a second one after `parts`. False: not a number. */
bool rule_numbers(struct bytes word, char parts, uint32_t *first, uint32_t *second,
                  bool *has_second);
bool rule_number(struct bytes word, uint32_t *out);

#endif
