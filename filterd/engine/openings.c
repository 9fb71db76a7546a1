/* SPDX-License-Identifier: MIT */

/*
 * Servers tell connections apart by their ids alone, so a piece of a hello may come from another
 * port than the one before. An id leads to the flow in which its connection began: both the id that
 * the client chose for its first Initial, and the one that the server chose in its answer.
 *
 * Anybody can make up ids whose keys have to be derived. So each client has an allowance, which
 * refills with time; a client that is not remembered has all of it. Anybody can make up clients,
 * too: all new ones share one more allowance, and evict only each other.
 */

#include "engine/openings.h"

#include <stdlib.h>
#include <string.h>

/*
 * For each hello that can be gathered at once, the connections of this many flows are remembered. A
 * client's allowance is so small that it needs seconds to evict those of others, and a hello is
 * complete sooner than that.
 */
#define FLOWS_A_HELLO  8
#define IDS_AN_OPENING 2
#define CLIENTS        1024     /* clients whose allowances are remembered */
/*
 * Keys derived for a client: at once, and per second. A browser that restores its pages opens a
 * hundred connections; 256 a second are 0.4 % of a processor of 3 GHz.
 */
#define KEYS_AT_ONCE   512
#define KEYS_A_SECOND  256
#define ALLOWANCE      (KEYS_AT_ONCE * OPENINGS_KEYS)
#define TRY_US         (1000000 / (KEYS_A_SECOND * OPENINGS_KEYS))
#define NEW_CLIENTS    8        /* allowances that all new clients share */

struct known_id {
	struct quic_id  id;             /* first: the table's key */
	struct flow_key flow;
};

struct client_key {
	uint8_t at[16];
	uint8_t family;
	uint8_t pad[7];                 /* always 0: the key is compared as bytes */
};

struct client {
	struct client_key key;          /* first: the table's key */
	int64_t           full_us;      /* when the whole allowance is back */
	bool              is_new;
};

struct openings {
	struct table       *by_flow, *ids, *clients;
	int64_t             new_full_us;        /* the same for all new clients together */
	struct gather_pool *gathers;
};

static void openings_leave(void *owner, void *item)
{
	struct openings *o       = owner;
	struct opening  *opening = item;

	for (size_t n = 0; n < COUNT(opening->connections); n++)
		gather_put(o->gathers, &opening->connections[n].gather);
}

struct openings *openings_new(size_t num, uint64_t seed, struct gather_pool *gathers)
{
	struct openings *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->gathers = gathers;
	num *= FLOWS_A_HELLO;
	o->by_flow = table_new(num, sizeof(struct opening), sizeof(struct flow_key), seed,
	                       openings_leave, o);
	o->ids     = table_new(num * IDS_AN_OPENING, sizeof(struct known_id),
	                       sizeof(struct quic_id), seed, NULL, NULL);
	o->clients = table_new(CLIENTS, sizeof(struct client), sizeof(struct client_key), seed,
	                       NULL, NULL);
	if (o->by_flow == NULL || o->ids == NULL || o->clients == NULL) {
		openings_free(o);
		return NULL;
	}
	return o;
}

void openings_free(struct openings *o)
{
	if (o == NULL)
		return;
	table_free(o->by_flow);
	table_free(o->ids);
	table_free(o->clients);
	free(o);
}

struct opening *openings_find(struct openings *o, const struct flow_key *flow)
{
	return table_find(o->by_flow, flow);
}

struct opening *openings_add(struct openings *o, const struct flow *flow)
{
	return table_add_of(o->by_flow, &flow->key, flow->share);
}

struct quic_id openings_id(struct bytes id, const struct address *client)
{
	struct quic_id out = { .len = (uint8_t)id.len };

	if (id.len > 0)
		memcpy(out.at, id.at, id.len);
	else
		memcpy(out.at, client->at, sizeof(client->at));
	return out;
}

struct opening *openings_of_id(struct openings *o, const struct quic_id *id)
{
	const struct known_id *known = table_find(o->ids, id);

	return known != NULL ? table_find(o->by_flow, &known->flow) : NULL;
}

void openings_name(struct openings *o, const struct quic_id *id, const struct opening *opening,
                   uint32_t share)
{
	struct known_id *known = table_find(o->ids, id);

	if (known == NULL)
		known = table_add_of(o->ids, id, share);
	known->flow = opening->flow;
}

uint32_t openings_place(const struct openings *o, const struct connection *c)
{
	return (uint32_t)table_place(o->by_flow, c);
}

struct opening *openings_at(const struct openings *o, uint32_t place)
{
	return table_at(o->by_flow, place);
}

/* The allowance is full at *full_us. A clock that was set back delays nobody. */
static bool openings_take(int64_t *full_us, int64_t cost_us, int64_t now_us)
{
	const int64_t all_us = ALLOWANCE * TRY_US;
	int64_t       from   = *full_us < now_us || *full_us > now_us + all_us ? now_us : *full_us;

	if (from + cost_us > now_us + all_us)
		return false;
	*full_us = from + cost_us;
	return true;
}

struct client *openings_client(struct openings *o, const struct address *address, bool is_new)
{
	struct client_key key = { .family = address->family };
	struct client    *client;

	memcpy(key.at, address->at, sizeof(key.at));
	client = table_find(o->clients, &key);
	if (client == NULL)
		client = table_add_of(o->clients, &key, is_new);
	client->is_new = is_new;
	return client;
}

bool openings_spend(struct openings *o, struct client *client, uint32_t cost, int64_t now_us)
{
	return openings_take(&client->full_us, cost * TRY_US, now_us) &&
	       (!client->is_new ||
	        openings_take(&o->new_full_us, cost * TRY_US / NEW_CLIENTS, now_us));
}
