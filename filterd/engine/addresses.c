/* SPDX-License-Identifier: MIT */

/*
 * Addresses that DNS answers gave for names of categories that say by-address. They decide about
 * connections that show no name, and only while the answer lives and nothing speaks for another
 * host there: an address that was an answer for any other name as well, or that was reached through
 * an alias of another category, is shared, and never decides.
 */

#include "engine/state.h"

#include <string.h>

/* of the flows remembered, for how many there is an address; 200 bytes each, once used */
#define FLOWS_AN_ADDRESS 4
#define NAME_MAX_KEPT 128       /* bytes; longer names are not learnt */
/* clients go on with an address for a while after its answer has expired */
#define LIFE_LEAST_S  60
#define LIFE_MOST_S   3600

struct learnt {
	struct address key;             /* first: the table's key */
	bool           is_shared;
	uint8_t        len;             /* 0: of a name that no category is about */
	char           name[NAME_MAX_KEPT];
	int64_t        until_us;
};

struct table *addresses_new(size_t num_flows, uint64_t seed)
{
	return table_new(num_flows / FLOWS_AN_ADDRESS + 1, sizeof(struct learnt),
	                 sizeof(struct address), seed, NULL, NULL);
}

static struct address address_of(struct bytes at)
{
	struct address a = { .family = at.len == 4 ? 4 : 6 };

	memcpy(a.at, at.at, at.len);
	return a;
}

static void engine_addresses_learn(struct passage *at, const struct dns_address *answer,
                                   struct host name, bool is_shared)
{
	struct table  *addresses = at->engine->addresses;
	struct address key       = address_of(answer->at);
	uint32_t       life_s    = answer->ttl_s < LIFE_LEAST_S ? LIFE_LEAST_S
	                         : answer->ttl_s > LIFE_MOST_S ? LIFE_MOST_S : answer->ttl_s;
	struct learnt *l         = table_find(addresses, &key);

	if (l != NULL && l->until_us < at->in->now_us) {
		table_remove(addresses, l);
		l = NULL;
	}
	if (l == NULL) {
		l            = table_add(addresses, &key);
		l->is_shared = is_shared;
		l->len       = (uint8_t)name.len;
		memcpy(l->name, name.text, name.len);
	} else if (is_shared || l->len != name.len || memcmp(l->name, name.text, name.len) != 0) {
		l->is_shared = true;
	}
	l->until_us = at->in->now_us + (int64_t)life_s * 1000000;
}

void addresses_learn(struct passage *at, struct bytes message, struct host question, bool is_shared)
{
	struct dns_reader  r;
	struct dns_address answer;

	if (question.len > NAME_MAX_KEPT - 1)
		question.len = 0;
	if (dns_open(message, &r) != PARSE_OK)
		return;
	while (dns_next_address(&r, &answer) == PARSE_OK)
		engine_addresses_learn(at, &answer, question, is_shared);
}

bool address_name(const struct passage *at, const struct address *address, struct host *name_out)
{
	struct learnt *l;

	if (table_used(at->engine->addresses) == 0)
		return false;
	l = table_find(at->engine->addresses, address);
	if (l == NULL || l->is_shared || l->len == 0 || l->until_us < at->in->now_us)
		return false;
	*name_out = (struct host){ .text = l->name, .len = l->len };
	return true;
}
