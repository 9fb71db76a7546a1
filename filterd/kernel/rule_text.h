/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULE_TEXT_H
#define FILTERD_KERNEL_RULE_TEXT_H

/* Rule text: a row of rule_table.h under the settings, as lines for nft or iptables. */

#include "kernel/offloading.h"
#include "kernel/routes.h"
#include "kernel/rule_table.h"
#include "policy/settings.h"

/* What the rules are made for; all borrowed. */
struct rule_text {
	struct writer           *to;
	const struct settings   *settings;
	const struct uplinks    *uplinks;
	const struct offloading *offloading;
	int                      family;        /* 4 or 6: iptables; 0: nft */
};

/* Does this hold? */
bool rule_holds(const struct rule_text *t, unsigned when);

/*
 * rule_write_row - a line: `before`, and the row's text for this family with its words filled in;
 *               one for each interface that the row is for. Nothing if it has no text there, or
 *               does not hold.
 * rule_expand    - any text with such words.
 */
void rule_write_row(const struct rule_text *t, const struct rule_row *r, const char *before);
void rule_expand(const struct rule_text *t, const char *text, const char *interface);

/* The next word of a list separated by blanks; false at its end. */
bool rule_next_word(const char **rest, struct bytes *word_out);

#endif
