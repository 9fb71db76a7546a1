/* SPDX-License-Identifier: MIT */

/*
 * A name that a connection shows proves little: programs that hide their traffic show the names of
 * unrelated hosts. A client that wants a host first asks a resolver for it. So for each name of the
 * policy that a connection shows, the record says whether its client asked.
 *
 * Yes: it asked in the open within a day, answered or not, blocked or not; or the answer to its
 * question leads to the name by an alias.
 *
 * No: it did not ask, and filterd would have seen it ask. That takes all of these: the client has
 * asked in the open for something within the day; filterd has seen all questions for that long; the
 * client uses no resolver over TLS, QUIC or HTTPS, judged by the port, or by "dns" or "doh" in the
 * server's name; and none of its questions was evicted.
 *
 * Unknown: everything else. Examples: the gateway itself, which asks its own resolver unseen; names
 * inside a proxy's tunnel, because the proxy asks for its client; a client that has just arrived.
 *
 * A client is its address, and also its link address if it asks over IPv4 and connects over IPv6:
 * behind a router all clients have that router's link address, and IPv4 clients must not be mixed
 * up. If another client with that link address asked, "no" becomes "unknown".
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
#define ALWAYS        host_literal("")  /* not the hash of a name */

/* What a hash stands for. */
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

/* The client's link address as a key: one for its questions over IPv4, one for those over IPv6. */
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

/* Called for each question, so an engine remembers which clients it noted lately. */
void askers_note(struct passage *at)
{
	const uint8_t *client = client_of(at)->at;
	uint32_t      *lately, mark;
	uint64_t       hash;

	memcpy(&hash, client + 8, sizeof(hash));        /* the IPv6 host part */
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

/* Most names of resolvers contain one of these; other names may, too. */
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

/* *lost: an entry may have been noted and then evicted. */
static bool askers_said(const struct passage *at, enum asks what, const struct address *who,
                        struct host name, bool *lost)
{
	const struct askers *a   = at->engine->limits.askers;
	uint64_t             key = askers_key(a, what, who, name);
	uint32_t             now_s = (uint32_t)instant_seconds(at->in->now_us);

	*lost |= seen_lost(a->seen, seen_share(a->seen, who), key, now_s);
	return seen_has(a->seen, key, now_s);
}

/* *is_perhaps: a client with the same link address asked, if this one did not. */
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
