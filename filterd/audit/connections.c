/* SPDX-License-Identifier: MIT */

#include "audit/connections.h"

#include <string.h>

void connections_add(struct connections_by *by, struct bytes interface, uint64_t count)
{
	char   name[CONNECTIONS_NAME_MAX] = "";
	size_t i                          = 0;

	for (size_t n = 0; n < interface.len && n + 1 < sizeof(name) && interface.at[n] != 0; n++)
		name[n] = (char)interface.at[n];
	while (i < by->num && strcmp(by->rows[i].interface, name) != 0)
		i++;
	if (i == CONNECTIONS_INTERFACES) {
		by->others += count;
		return;
	}
	if (i == by->num) {
		memcpy(by->rows[i].interface, name, sizeof(name));
		by->num++;
	}
	by->rows[i].count += count;
}

uint64_t connections_sum(const struct connections_by *by)
{
	uint64_t sum = by->others;

	for (size_t i = 0; i < by->num; i++)
		sum += by->rows[i].count;
	return sum;
}

struct connections_sums connections_sums(const struct connections *c)
{
	return (struct connections_sums){
		.table    = c->table,
		.met      = c->met + c->met_own,
		.around   = connections_sum(&c->around),
		.left_out = connections_sum(&c->left_out),
	};
}

bool connections_since(const struct connections_sums *before, const struct connections_sums *now,
                       struct connections_sums *out)
{
	if (before->table != now->table || before->met > now->met ||
	    before->around > now->around || before->left_out > now->left_out)
		return false;
	*out = (struct connections_sums){
		.table    = now->table,
		.met      = now->met - before->met,
		.around   = now->around - before->around,
		.left_out = now->left_out - before->left_out,
	};
	return true;
}
