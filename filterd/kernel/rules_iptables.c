/* SPDX-License-Identifier: MIT */

/*
 * The text is the same for both families except for the ICMP type of the reject. Declaring a chain
 * flushes it, so one text installs and updates; rules.c adds the jumps into the chains, once.
 */

#include "kernel/rule_text.h"
#include "kernel/rules.h"

#include <stdio.h>
#include <string.h>

static void rules_iptables_write_rules(const struct rule_text *t, const char *chain)
{
	char before[64];

	snprintf(before, sizeof(before), "-A %s ", chain);
	for (size_t i = 0; i < num_rule_rows; i++) {
		if (strcmp(rule_table[i].chain, chain) == 0)
			rule_write_row(t, &rule_table[i], before);
	}
}

static bool is_of(const struct rule_chain *c, const char *table)
{
	return c->name != NULL && strcmp(c->table, table) == 0;
}

static void write_table(const struct rule_text *t, const char *table)
{
	write_format(t->to, "*%s\n", table);
	for (size_t i = 0; i < num_rule_chains; i++) {
		if (is_of(&rule_chains[i], table))
			write_format(t->to, ":%s - [0:0]\n", rule_chains[i].name);
	}
	for (size_t i = 0; i < num_rule_chains; i++) {
		if (is_of(&rule_chains[i], table))
			rules_iptables_write_rules(t, rule_chains[i].name);
	}
	write_text(t->to, "COMMIT\n");
}

void rules_write_iptables(struct writer *w, const struct settings *s, const struct uplinks *uplinks,
                          const struct offloading *o, int family)
{
	static const char *const tables[] = { "raw", "mangle", "filter" };
	const struct rule_text   t        = { .to = w, .settings = s, .uplinks = uplinks,
	                                      .offloading = o, .family = family };

	for (size_t i = 0; i < COUNT(tables); i++)
		write_table(&t, tables[i]);
}
