/* SPDX-License-Identifier: MIT */

/*
 * A name that a connection shows proves little: programs that hide their traffic show names of
 * others to servers that have nothing to do with them. Whoever means a host asks a resolver for it
 * first. So of each name of the policy that is shown the record says whether its client asked.
 *
 * Yes: it asked in the open within a day, answered or not, blocked or not; or the answer to its
 * question leads there by an alias.
 *
 * No: it did not, and would have been seen to. It has asked in the open for something within the
 * day, and filterd has seen all questions for so long; it speaks to no resolver by DNS over TLS,
 * QUIC or HTTPS, as far as that shows: by the port, or by "dns" or "doh" in the name of the server;
 * and nothing of what it asked was given up for want of room.
 *
 * Unknown: all else. So it is of the gateway itself, which asks its own resolver unseen; of what is
 * said through a proxy, which asks in the client's place; and of a client that came just now.
 *
 * A client is its address, and its link address where it asks by IPv4 for what it connects to by
 * IPv6: behind a router all link addresses are that router's, and one IPv4 client is not the other.
 * That another one there asked makes a "no" unknown.
 */

#include "engine/askers.h"

#include "base/instant.h"
#include "engine/seen.h"
#include "engine/state.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define DNS_TLS_PORT  853               /* and of DNS over QUIC: RFC 7858, RFC 9250 */
#define LATELY_BITS   30                /* of microseconds: 18 minutes */
#define ALWAYS        host_literal("")  /* what is no name's */

/* What is said by a hash. */
enum asks { ASKS_IN_THE_OPEN, ASKS_IN_SECRET, ASKS_FOR };

struct askers {
	struct seen     *seen;
	uint64_t         seed;
	_Atomic uint32_t since_s;       /* since 1970 */
};

struct askers *askers_new(size_t num, uint64_t seed, int64_t now_us)
{
	struct askers *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->seed = seed;
	a->seen = seen_new(num, ASKERS_LIFE_S, seed);
	if (a->seen == NULL) {
		free(a);
		return NULL;
	}
	askers_begin(a, now_us);
	return a;
}

void askers_free(struct askers *a)
{
	if (a == NULL)
		return;
	seen_free(a->seen);
	free(a);
}

void askers_begin(struct askers *a, int64_t now_us)
{
	atomic_store(&a->since_s, (uint32_t)instant_seconds(now_us));
}

static uint64_t askers_key(const struct askers *a, enum asks what, const struct address *who,
                           struct host name)
{
	return table_hash(table_hash(a->seed + what, who, sizeof(*who)), name.text, name.len);
}

/* Of its link address, what it said by IPv4 or by IPv6. */
static struct address askers_link(const struct passage *at, uint8_t family)
{
	struct address link = link_of(at->flow);

	link.at[sizeof(link.at) - 1] = family;
	return link;
}

static void askers_put(struct passage *at, enum asks what, struct host name)
{
	struct askers        *a      = at->engine->limits.askers;
	const struct address *client = client_of(at);
	struct address        link   = askers_link(at, client->family);

	uint32_t              now_s  = (uint32_t)instant_seconds(at->in->now_us);

	if (a == NULL)
		return;
	seen_note(a->seen, seen_share(a->seen, client), askers_key(a, what, client, name), now_s);
	if (at->flow->has_mac)
		seen_note(a->seen, seen_share(a->seen, &link), askers_key(a, what, &link, name),
		          now_s);
}

/* Asked for each question, so an engine knows by itself of whom it was noted lately. */
void askers_note(struct passage *at)
{
	const uint8_t *client = client_of(at)->at;
	uint32_t      *lately, mark;
	uint64_t       hash;

	memcpy(&hash, client + 8, sizeof(hash));        /* of IPv6, who it is within its share */
	hash   = (hash ^ at->flow->share) * SEEN_MIX;
	lately = &at->engine->asked[(hash >> 32) % COUNT(at->engine->asked)];
	mark   = (uint32_t)hash ^ (uint32_t)(at->in->now_us >> LATELY_BITS) ^ at->flow->has_mac;
	if (*lately == mark)
		return;
	*lately = mark;
	askers_put(at, ASKS_IN_THE_OPEN, ALWAYS);
}

void askers_note_name(struct passage *at, struct host name)
{
	askers_put(at, ASKS_FOR, name);
}

/* Names of resolvers have one of these in them, with few exceptions; others' names may, too. */
static bool askers_is_resolver(struct host host)
{
	const char *at = host.text, *end = host.text + host.len;

	while ((at = memchr(at, 'd', (size_t)(end - at))) != NULL) {
		at++;
		if (end - at >= 2 && (memcmp(at, "ns", 2) == 0 || memcmp(at, "oh", 2) == 0))
			return true;
	}
	return false;
}

void askers_note_hello(struct passage *at, struct host shown)
{
	const struct packet *p    = at->packet;
	uint16_t             port = client_of(at) == &p->src ? p->dst_port : p->src_port;

	if (port == DNS_TLS_PORT || askers_is_resolver(shown))
		askers_put(at, ASKS_IN_SECRET, ALWAYS);
}

/* *lost: it may have been noted, and given up. */
static bool askers_said(const struct passage *at, enum asks what, const struct address *who,
                        struct host name, bool *lost)
{
	const struct askers *a   = at->engine->limits.askers;
	uint64_t             key = askers_key(a, what, who, name);
	uint32_t             now_s = (uint32_t)instant_seconds(at->in->now_us);

	*lost |= seen_lost(a->seen, seen_share(a->seen, who), key, now_s);
	return seen_has(a->seen, key, now_s);
}

/* *is_perhaps: somebody said it by the same link address, if not this client. */
static bool askers_has(const struct passage *at, enum asks what, struct host name,
                       bool *is_perhaps)
{
	const struct address *client = client_of(at);
	struct address        link4  = askers_link(at, 4), link6 = askers_link(at, 6);
	bool                  by4, by6;

	if (askers_said(at, what, client, name, is_perhaps))
		return true;
	if (!at->flow->has_mac)
		return false;
	by4 = askers_said(at, what, &link4, name, is_perhaps);
	by6 = askers_said(at, what, &link6, name, is_perhaps);
	*is_perhaps |= by4 || by6;
	return by6 || (by4 && client->family != 4);
}

enum asked_for askers_find(const struct passage *at, const struct event *e)
{
	const struct askers *a     = at->engine->limits.askers;
	int64_t              since_us;
	bool                 perhaps = false, ignored = false;

	if (a == NULL || !e->decision.has_rule || e->decision.rule.kind > PATTERN_BELOW ||
	    (!e->is_named && !e->by_address))
		return ASKED_LEFT_OUT;
	if (e->by_address || askers_has(at, ASKS_FOR, host_of(&e->host), &perhaps))
		return ASKED_YES;
	since_us = (int64_t)atomic_load(&a->since_s) * 1000000;
	if (at->in->is_own || at->flow->is_proxied || !e->is_known ||
	    at->in->now_us - since_us < INT64_C(1000000) * ASKERS_LIFE_S ||
	    askers_has(at, ASKS_IN_SECRET, ALWAYS, &perhaps) ||
	    !askers_has(at, ASKS_IN_THE_OPEN, ALWAYS, &ignored))
		return ASKED_UNKNOWN;
	return perhaps ? ASKED_UNKNOWN : ASKED_NO;
}
