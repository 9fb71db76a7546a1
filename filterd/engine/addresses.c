/* SPDX-License-Identifier: MIT */

/*
 * Addresses from DNS answers for names in categories with by-address. They decide about connections
 * that show no name, but only while the answer lives and no other host shares the address. An
 * address is shared, and never decides, if it was also the answer for another name, or if an alias
 * of another category leads to it. Beside them stand the names that encrypted hellos show: those
 * for which answers have handed out keys.
 *
 * An answer counts for the client that got it. A client has several addresses, and asks over IPv4
 * for what it then connects to over IPv6. So each entry is noted under the client's address and, if
 * known, under its link address. The link address is used only if one of the two is an IPv6
 * address: behind a router all clients have that router's link address, and IPv4 clients must not
 * be mixed up. When the table is full, the client with the most entries loses one.
 */

#include "engine/state.h"

#include <string.h>

/* one address for this many flows in the flow table; 200 bytes each, once used */
#define FLOWS_AN_ADDRESS 4
#define NAME_MAX_KEPT 128       /* bytes; longer names are not learnt */
/* clients use an address for a while after its answer has expired */
#define LIFE_LEAST_S  60
#define LIFE_MOST_S   3600
/* instead of an address family: a link address, and the hash of a name */
enum { FAMILY_LINK = 1, FAMILY_ECH = 2 };

struct learnt_key {
	struct address who, what;
};

struct learnt {
	struct learnt_key key;          /* first: the table's key */
	struct address    client;
	bool              is_shared;
	uint8_t           len;          /* 0: the name is in no category */
	char              name[NAME_MAX_KEPT];
	int64_t           until_us;
};

struct table *addresses_new(size_t num_flows, uint64_t seed)
{
	return table_new(num_flows / FLOWS_AN_ADDRESS + 1, sizeof(struct learnt),
	                 sizeof(struct learnt_key), seed, NULL, NULL);
}

static struct address address_of(uint8_t family, const void *at, size_t len)
{
	struct address a = { .family = family };

	memcpy(a.at, at, len);
	return a;
}

struct address link_of(const struct flow *flow)
{
	return address_of(FAMILY_LINK, flow->mac, sizeof(flow->mac));
}

static struct address engine_ech_of(const struct passage *at, struct host name)
{
	uint64_t hash = table_hash(at->engine->limits.seed, name.text, name.len);

	return address_of(FAMILY_ECH, &hash, sizeof(hash));
}

static void engine_addresses_note(struct passage *at, const struct address *who,
                                  const struct address *what, uint32_t ttl_s, struct host name,
                                  bool is_shared)
{
	struct table     *addresses = at->engine->addresses;
	struct learnt_key key       = { .who = *who, .what = *what };
	uint32_t          life_s    = ttl_s < LIFE_LEAST_S ? LIFE_LEAST_S
	                            : ttl_s > LIFE_MOST_S ? LIFE_MOST_S : ttl_s;
	struct learnt    *l         = table_find(addresses, &key);

	if (l != NULL && l->until_us < at->in->now_us) {
		table_remove(addresses, l);
		l = NULL;
	}
	if (l == NULL) {
		l            = table_add_of(addresses, &key, at->flow->share);
		l->is_shared = is_shared;
		l->len       = (uint8_t)name.len;
		memcpy(l->name, name.text, name.len);
	} else if (is_shared || l->len != name.len || memcmp(l->name, name.text, name.len) != 0) {
		l->is_shared = true;
	}
	l->client   = *client_of(at);
	l->until_us = at->in->now_us + (int64_t)life_s * 1000000;
}

static void engine_addresses_note_all(struct passage *at, const struct address *what,
                                      uint32_t ttl_s, struct host name, bool is_shared)
{
	struct address link = link_of(at->flow);

	engine_addresses_note(at, client_of(at), what, ttl_s, name, is_shared);
	if (at->flow->has_mac)
		engine_addresses_note(at, &link, what, ttl_s, name, is_shared);
}

static const struct learnt *engine_addresses_find(const struct passage *at,
                                                  const struct address *what)
{
	struct learnt_key    key    = { .who = *client_of(at), .what = *what };
	const struct learnt *l;

	if (table_used(at->engine->addresses) == 0)
		return NULL;
	l = table_find(at->engine->addresses, &key);
	if (l == NULL && at->flow->has_mac) {
		key.who = link_of(at->flow);
		l       = table_find(at->engine->addresses, &key);
		if (l != NULL && l->client.family == 4 && client_of(at)->family == 4)
			return NULL;
	}
	return l != NULL && l->until_us >= at->in->now_us ? l : NULL;
}

void addresses_learn(struct passage *at, struct bytes address, uint32_t ttl_s,
                     struct host question, bool is_shared)
{
	struct address what = address_of(address.len == 4 ? 4 : 6, address.at, address.len);

	if (question.len > NAME_MAX_KEPT - 1)
		question.len = 0;
	engine_addresses_note_all(at, &what, ttl_s, question, is_shared);
}

bool address_name(const struct passage *at, const struct address *address, struct host *name_out)
{
	const struct learnt *l = engine_addresses_find(at, address);

	if (l == NULL || l->is_shared || l->len == 0)
		return false;
	*name_out = (struct host){ .text = l->name, .len = l->len };
	return true;
}

void addresses_learn_ech(struct passage *at, struct host name, uint32_t ttl_s)
{
	struct address what = engine_ech_of(at, name);

	engine_addresses_note_all(at, &what, ttl_s, host_literal(""), false);
}

bool addresses_has_ech(const struct passage *at, struct host name)
{
	struct address what = engine_ech_of(at, name);

	return engine_addresses_find(at, &what) != NULL;
}
