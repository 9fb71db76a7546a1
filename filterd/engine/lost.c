/* SPDX-License-Identifier: MIT */

#include "engine/lost.h"

#include <stdlib.h>

/* longer than a server keeps its client waiting */
#define FORGOTTEN_US INT64_C(3600000000)

struct lost_stream {
	struct flow_key key;            /* first: the table's key */
	uint32_t        share;
};

struct lost {
	struct table *table;
	/* by share: when the table last evicted one of its entries; 0: never */
	int64_t       forgot_us[TABLE_SHARES];
	int64_t       now_us;
	bool          is_taking;
};

static void leave(void *owner, void *item)
{
	struct lost              *l = owner;
	const struct lost_stream *s = item;

	if (!l->is_taking)
		l->forgot_us[s->share % TABLE_SHARES] = l->now_us;
}

struct lost *lost_new(size_t num, uint64_t seed)
{
	struct lost *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->table = table_new(num, sizeof(struct lost_stream), sizeof(struct flow_key), seed, leave,
	                     l);
	if (l->table == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

void lost_free(struct lost *l)
{
	if (l == NULL)
		return;
	table_free(l->table);
	free(l);
}

void lost_note(struct lost *l, const struct flow *flow)
{
	struct lost_stream *s = table_find(l->table, &flow->key);

	l->now_us = flow->last_us;
	if (s == NULL)
		s = table_add_of(l->table, &flow->key, flow->share);
	s->share = flow->share;
}

bool lost_has(struct lost *l, const struct flow_key *key)
{
	return table_used(l->table) > 0 && table_find(l->table, key) != NULL;
}

bool lost_take(struct lost *l, const struct flow *flow, bool goes_on)
{
	int64_t             forgot_us = l->forgot_us[flow->share % TABLE_SHARES];
	struct lost_stream *s;

	if (table_used(l->table) > 0 && (s = table_find(l->table, &flow->key)) != NULL) {
		l->is_taking = true;
		table_remove(l->table, s);
		l->is_taking = false;
		return true;
	}
	return goes_on && forgot_us != 0 && flow->last_us - forgot_us < FORGOTTEN_US;
}
