/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_RULE_TEXT_H
#define FILTERD_KERNEL_RULE_TEXT_H

/* Rule text: a row of rule_table.h with the settings, as lines for nft or iptables. */

#include "kernel/offloading.h"
#include "kernel/routes.h"
#include "kernel/rule_table.h"
#include "policy/settings.h"

/* The input for making the rules; all of it is borrowed. */
struct rule_text {
	struct writer           *to;
	const struct settings   *settings;
	const struct uplinks    *uplinks;
	const struct offloading *offloading;
	int                      family;        /* 4 or 6: iptables; 0: nft */
};

/* Is this condition true? */
bool rule_holds(const struct rule_text *t, unsigned when);

/*
 * rule_write_row - a line: `before`, and the row's text for this family with its words filled in;
 *               one for each interface of the row. Nothing if it has no text for this family, or
 *               its condition is false.
 * rule_expand    - any text with such words.
 */
void rule_write_row(const struct rule_text *t, const struct rule_row *r, const char *before);
void rule_expand(const struct rule_text *t, const char *text, const char *interface);

/*
 * A part of the counting table, RULES_UNSEEN_TABLE, which is nft's for both back ends. Adding an
 * existing object leaves it unchanged, so the counts survive new rules. Chains are flushed and
 * filled. Each list ends with NULL.
 */
struct rule_part {
	const char *const *counters;
	const struct rule_set { const char *name, *is; bool is_emptied; } *sets;
	const struct rule_head { const char *name, *head; } *chains;    /* head: "" if no hook */
	const struct rule_row *rows;
};

void rule_write_part(const struct rule_text *t, const struct rule_part *p);

/*
 * rule_next_word - from a list separated by blanks; false at its end.
 * rule_names     - does such a list contain this name?
 */
bool rule_next_word(const char **rest, struct bytes *word_out);
bool rule_names(const char *list, const char *name);

#endif
