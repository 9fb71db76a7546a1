/* SPDX-License-Identifier: MIT */

/*
 * One table from key to flow, one pool of gatherings that flows borrow from. A flow that leaves the
 * table returns its gatherings.
 */

#include "flow/flow.h"

#include "base/instant.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* one entry for this many flows: who opened which flow last; replies come soon */
#define FLOWS_AN_OPENING 4
/* the same for who asked which server what; an answer usually comes within a second */
#define FLOWS_A_QUESTION 16
/* servers that one client asks the same question; musl and glibc use as many */
#define ASKED_AT_ONCE 3
/* flows checked for expiry with each packet: more than one packet can add */
#define EXPIRE_AT_ONCE 2

/* The end that opened a flow; the other end is the server. */
struct client_end {
	uint8_t  at[16];
	uint16_t port;
	uint8_t  family, ip_proto;
	uint8_t  pad[4];                /* always 0: the key is compared as bytes */
};

struct opened {
	struct client_end end;          /* first: the table's key */
	struct flow_key   key;
};

struct asked_of {
	uint8_t  client[16];
	uint32_t question;
	uint8_t  family;
	uint8_t  pad[3];                /* always 0 */
};

struct asked {
	struct asked_of of;             /* first: the table's key */
	uint8_t         next;
	struct flow_key keys[ASKED_AT_ONCE];
};

struct flows {
	struct table       *table;
	struct table       *opened;
	struct table       *asked;
	struct gather_pool *gathers;
	int64_t             idle_us;
	uint64_t            seed;
	flow_leave         *leave;
	void               *owner;
};

static void drop_gathers(struct flows *f, struct flow *flow)
{
	gather_put(f->gathers, &flow->sides[FLOW_LOW].gather);
	gather_put(f->gathers, &flow->sides[FLOW_HIGH].gather);
}

static void leave_table(void *owner, void *item)
{
	struct flows *f = owner;

	if (f->leave != NULL)
		f->leave(f->owner, item);
	drop_gathers(f, item);
}

struct flows *flows_new(size_t num_flows, size_t num_gathers, int64_t idle_us, uint64_t seed,
                        flow_leave *leave, void *owner)
{
	struct flows *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->idle_us = idle_us;
	f->seed    = seed;
	f->leave   = leave;
	f->owner   = owner;
	f->gathers = gather_pool_new(num_gathers);
	f->table   = table_new(num_flows, sizeof(struct flow), sizeof(struct flow_key), seed,
	                       leave_table, f);
	f->opened  = table_new(num_flows / FLOWS_AN_OPENING + 1, sizeof(struct opened),
	                       sizeof(struct client_end), seed, NULL, NULL);
	f->asked   = table_new(num_flows / FLOWS_A_QUESTION + 1, sizeof(struct asked),
	                       sizeof(struct asked_of), seed, NULL, NULL);
	if (f->gathers == NULL || f->table == NULL || f->opened == NULL || f->asked == NULL) {
		flows_free(f);
		return NULL;
	}
	return f;
}

void flows_free(struct flows *f)
{
	if (f == NULL)
		return;
	table_free(f->table);
	table_free(f->opened);
	table_free(f->asked);
	gather_pool_free(f->gathers);
	free(f);
}

/* memcmp() of two addresses, without the call. */
static int flow_compare(const struct address *a, const struct address *b)
{
	for (size_t at = 0; at < sizeof(a->at); at += sizeof(uint64_t)) {
		uint64_t of_a, of_b;

		memcpy(&of_a, a->at + at, sizeof(of_a));
		memcpy(&of_b, b->at + at, sizeof(of_b));
		if (of_a != of_b)
			return be64toh(of_a) < be64toh(of_b) ? -1 : 1;
	}
	return 0;
}

struct flow_key flow_key_of(const struct packet *p, enum flow_end *sender_out)
{
	int  order      = flow_compare(&p->src, &p->dst);
	bool src_is_low = order < 0 || (order == 0 && p->src_port <= p->dst_port);

	const struct address *low  = src_is_low ? &p->src : &p->dst;
	const struct address *high = src_is_low ? &p->dst : &p->src;
	struct flow_key       key  = {
		.low_port  = src_is_low ? p->src_port : p->dst_port,
		.high_port = src_is_low ? p->dst_port : p->src_port,
		.family    = p->src.family,
		.ip_proto  = p->ip_proto,
	};

	memcpy(key.low, low->at, sizeof(key.low));
	memcpy(key.high, high->at, sizeof(key.high));
	*sender_out = src_is_low ? FLOW_LOW : FLOW_HIGH;
	return key;
}

void flow_end_of(const struct flow_key *key, enum flow_end which, struct address *address_out,
                 uint16_t *port_out)
{
	address_out->family = key->family;
	memcpy(address_out->at, which == FLOW_LOW ? key->low : key->high, sizeof(key->low));
	*port_out = which == FLOW_LOW ? key->low_port : key->high_port;
}

static struct client_end client_end_of(const struct address *a, uint16_t port, uint8_t ip_proto)
{
	struct client_end end = { .port = port, .family = a->family, .ip_proto = ip_proto };

	memcpy(end.at, a->at, sizeof(end.at));
	return end;
}

void flow_note_client(struct flows *f, const struct flow *flow, const struct packet *p)
{
	struct client_end end    = client_end_of(&p->src, p->src_port, p->ip_proto);
	struct opened    *opened = table_find(f->opened, &end);

	if (opened == NULL)
		opened = table_add_of(f->opened, &end, flow->share);
	opened->key = flow->key;
}

struct flow *flow_of_client(struct flows *f, const struct packet *p)
{
	struct client_end end    = client_end_of(&p->dst, p->dst_port, p->ip_proto);
	struct opened    *opened = table_find(f->opened, &end);

	return opened != NULL ? table_find(f->table, &opened->key) : NULL;
}

static void expire(struct flows *f, int64_t now_us)
{
	for (int i = 0; i < EXPIRE_AT_ONCE; i++) {
		struct flow *oldest = table_oldest(f->table);

		if (oldest == NULL || now_us - oldest->last_us <= f->idle_us)
			return;
		table_remove(f->table, oldest);
	}
}

struct flow *flow_find(struct flows *f, const struct flow_key *key, int64_t now_us)
{
	struct flow *flow;

	expire(f, now_us);
	flow = table_find(f->table, key);
	if (flow != NULL)
		flow->last_us = now_us;
	return flow;
}

uint32_t flow_expect(const struct flows *f, const struct flow_key *key)
{
	return table_expect(f->table, key);
}

void flow_fetch(const struct flows *f, uint32_t hash)
{
	table_fetch(f->table, hash);
}

struct flow *flow_add(struct flows *f, const struct flow_key *key, const struct address *client,
                      int64_t now_us)
{
	uint32_t     share = (uint32_t)table_hash(f->seed, client->at, client->family == 4 ? 4 : 8);
	struct flow *flow  = table_add_of(f->table, key, share);

	flow->last_us = now_us;
	flow->share   = share;
	return flow;
}

void flow_restart(struct flows *f, struct flow *flow)
{
	drop_gathers(f, flow);
	memset(flow->sides, 0, sizeof(flow->sides));
	memset(flow->recent, 0, sizeof(flow->recent));
	memset(flow->asked, 0, sizeof(flow->asked));
	flow->blocked       = false;
	flow->port_judged   = false;
	flow->client_known  = false;
	flow->query_seen    = false;
	flow->has_initials  = false;
	flow->num_datagrams = 0;
	flow->told_unread   = false;
	flow->is_answered   = false;
	flow->began_before  = false;
	flow->is_proxied    = false;
	flow->is_lost       = false;
	flow->num_unanswered = 0;
}

struct gather_pool *flows_gathers(struct flows *f)
{
	return f->gathers;
}

size_t flows_used(const struct flows *f)
{
	return table_used(f->table);
}

uint64_t flows_evicted(const struct flows *f)
{
	return table_evicted(f->table);
}

static bool is_recent(const struct recent_attempt *a, uint16_t id, int64_t now_us)
{
	return a->used && a->id == id &&
	       (uint32_t)instant_seconds(now_us) - a->first_s < REPEAT_S;
}

bool flow_has_attempt(const struct flow *flow, uint16_t id, int64_t now_us)
{
	for (size_t i = 0; i < COUNT(flow->recent); i++) {
		if (is_recent(&flow->recent[i], id, now_us))
			return true;
	}
	return false;
}

bool flow_repeats_attempt(struct flow *flow, uint16_t id, uint64_t name_hash, int64_t now_us)
{
	for (size_t i = 0; i < COUNT(flow->recent); i++) {
		const struct recent_attempt *a = &flow->recent[i];

		if (is_recent(a, id, now_us) && a->name_hash == name_hash)
			return true;
	}
	flow->recent[flow->next_recent] = (struct recent_attempt){
		.name_hash = name_hash, .first_s = (uint32_t)instant_seconds(now_us), .id = id,
		.used = true };
	flow->next_recent = (uint8_t)((flow->next_recent + 1) % FLOW_RECENT);
	return false;
}

void flow_note_answered(struct flow *flow, uint16_t id)
{
	for (size_t i = 0; i < COUNT(flow->recent); i++)
		flow->recent[i].is_answered |= flow->recent[i].id == id;
}

void flow_ask_anew(struct flow *flow, uint16_t id)
{
	for (size_t i = 0; i < COUNT(flow->recent); i++) {
		struct recent_attempt *a = &flow->recent[i];

		a->used &= a->id != id || !a->is_answered;
	}
}

/* Never 0. */
static uint32_t flow_question_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32 ^ hash) | 1;
}

static bool waits_for(const struct flow *flow, uint32_t question)
{
	for (size_t i = 0; i < COUNT(flow->asked); i++) {
		if (flow->asked[i] == question)
			return true;
	}
	return false;
}

static struct asked_of asked_of(const struct address *client, uint32_t question)
{
	struct asked_of of = { .question = question, .family = client->family };

	memcpy(of.client, client->at, sizeof(of.client));
	return of;
}

void flow_note_question(struct flows *f, struct flow *flow, uint64_t hash)
{
	uint32_t        question = flow_question_of(hash);
	struct address  client;
	uint16_t        port;
	struct asked_of of;
	struct asked   *asked;

	if (waits_for(flow, question))
		return;
	flow->asked[flow->next_asked] = question;
	flow->next_asked = (uint8_t)((flow->next_asked + 1) % FLOW_ASKED);
	flow_end_of(&flow->key, flow->client, &client, &port);
	of    = asked_of(&client, question);
	asked = table_find(f->asked, &of);
	if (asked == NULL)
		asked = table_add_of(f->asked, &of, flow->share);
	asked->keys[asked->next] = flow->key;
	asked->next              = (uint8_t)((asked->next + 1) % ASKED_AT_ONCE);
}

struct flow *flow_of_question(struct flows *f, const struct flow *flow,
                              const struct address *client, uint64_t hash)
{
	uint32_t        question = flow_question_of(hash);
	struct asked_of of       = asked_of(client, question);
	struct asked   *asked;

	if (flow != NULL && waits_for(flow, question))
		return NULL;
	asked = table_find(f->asked, &of);
	for (size_t i = 0; asked != NULL && i < ASKED_AT_ONCE; i++) {
		struct flow *other = table_find(f->table, &asked->keys[i]);

		if (other != NULL && waits_for(other, question))
			return other;
	}
	return NULL;
}

bool flow_take_answer(struct flow *flow, uint64_t hash)
{
	uint32_t question = flow_question_of(hash);

	for (size_t i = 0; i < COUNT(flow->asked); i++) {
		if (flow->asked[i] == question) {
			flow->asked[i] = 0;
			return true;
		}
	}
	return false;
}
