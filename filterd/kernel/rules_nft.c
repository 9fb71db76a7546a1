/* SPDX-License-Identifier: MIT */

/* One table for both families. */

#include "kernel/rule_text.h"
#include "kernel/rules.h"

#include <stdio.h>
#include <string.h>

static void rules_nft_write_chain(const struct rule_text *t, const struct rule_chain *c)
{
	char line[128];

	if (strcmp(c->nft, "offloading") == 0)
		rule_expand(t, "\tflowtable offloaded {\n\t\thook ingress priority filter; "
		            "devices = { $devices };\n\t}\n", "");
	snprintf(line, sizeof(line), "\tchain %s {\n", c->nft);
	write_text(t->to, line);
	if (c->nft_head != NULL) {
		snprintf(line, sizeof(line), "\t\t%s\n", c->nft_head);
		write_text(t->to, line);
	}
	for (size_t i = 0; i < num_rule_rows; i++) {
		if (strcmp(rule_table[i].chain, rule_chain_key(c)) == 0)
			rule_write_row(t, &rule_table[i], "\t\t");
	}
	write_text(t->to, "\t}\n");
}

void rules_write_nft(struct writer *w, const struct settings *s, const struct uplinks *uplinks,
                     const struct offloading *o)
{
	const struct rule_text t = { .to = w, .settings = s, .uplinks = uplinks, .offloading = o };

	/* Made, so that deleting it cannot fail, deleted, and made anew: one transaction. */
	write_text(w, "table inet " RULES_TABLE "\ndelete table inet " RULES_TABLE
	              "\ntable inet " RULES_TABLE " {\n");
	for (size_t i = 0; i < num_rule_chains; i++) {
		if (rule_chains[i].nft != NULL && rule_holds(&t, rule_chains[i].when))
			rules_nft_write_chain(&t, &rule_chains[i]);
	}
	write_text(w, "}\n");
}

/*
 * A table of its own: what it has counted survives rules that are made anew. Its chains are emptied
 * and filled; adding a counter that is there leaves it as it stands. They come right behind the
 * queue, and take its bits off: who has them still has no verdict. What was only to be held was
 * judged before.
 */
void rules_write_unseen(struct writer *w, const struct settings *s)
{
	static const char *const hooks[] = { "prerouting", "input", "forward", "output" };
	const struct rule_text   t       = { .to = w, .settings = s };
	char                     line[128];

	write_text(w,
	           "table inet " RULES_UNSEEN_TABLE " {\n\tcounter " RULES_UNSEEN_COUNTER " { }\n");
	for (size_t i = 0; i < COUNT(hooks); i++) {
		snprintf(line, sizeof(line),
		         "\tchain %s { type filter hook %s priority -144; policy accept; }\n",
		         hooks[i], hooks[i]);
		write_text(w, line);
	}
	write_text(w, "}\nflush table inet " RULES_UNSEEN_TABLE "\n");
	for (size_t i = 0; i < COUNT(hooks); i++) {
		write_text(w, "add rule inet " RULES_UNSEEN_TABLE " ");
		write_text(w, hooks[i]);
		rule_expand(&t,
		            " meta mark & $queued == $queued meta mark & $verdict != $verdict "
		            "counter name " RULES_UNSEEN_COUNTER
		            " meta mark set meta mark & $not_mask\n",
		            "");
	}
}
