/* SPDX-License-Identifier: MIT */

/*
 * Called for the first packets of a connection, and for a reply that came in by its client's
 * interface, so a lock is cheap enough. The host's routes are asked only if its networks do not
 * decide. Their answers are kept for a while, because clients behind another router come again and
 * again, and so do forgers.
 */

#include "engine/links.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ASKED     1024

#define SECOND_US INT64_C(1000000)

/* by 0: not asked */
struct link_asked {
	struct address address;
	unsigned       by;
	/* an address to which no route leads by this interface */
	bool           is_outside;
	int64_t        asked_us;
};

struct links {
	pthread_mutex_t    lock;
	struct link_known *known;
	size_t             num;
	links_ask         *ask;
	void              *owner;
	struct link_asked  with[ASKED], without[ASKED];        /* a route by this interface */
	int64_t            second_us;
	unsigned           num_asked;           /* when this was learnt */
};

struct links *links_new(links_ask *ask, void *owner)
{
	struct links *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	l->ask   = ask;
	l->owner = owner;
	return l;
}

void links_free(struct links *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l->known);
	free(l);
}

bool links_set(struct links *l, const struct link_known *known, size_t num)
{
	struct link_known *copy = calloc(num > 0 ? num : 1, sizeof(*copy)), *old;

	if (copy == NULL)
		return false;
	if (num > 0)
		memcpy(copy, known, num * sizeof(*copy));
	pthread_mutex_lock(&l->lock);
	old      = l->known;
	l->known = copy;
	l->num   = num;
	/* 80 KiB that take no memory until they are written to */
	if (l->num_asked > 0) {
		memset(l->with, 0, sizeof(l->with));
		memset(l->without, 0, sizeof(l->without));
	}
	pthread_mutex_unlock(&l->lock);
	free(old);
	return true;
}

static bool is_in(const struct link_network *n, const struct address *a)
{
	size_t  whole = n->bits / 8;
	uint8_t rest  = (uint8_t)(0xff00 >> n->bits % 8);

	return n->address.family == a->family && memcmp(n->address.at, a->at, whole) == 0 &&
	       (whole == sizeof(a->at) || ((n->address.at[whole] ^ a->at[whole]) & rest) == 0);
}

/* An interface without a network, such as a bridge: anybody may be behind it. */
static bool may_send(const struct link_known *known, const struct address *a)
{
	bool has_network = false;

	if (known->is_way_out)
		return true;
	for (size_t i = 0; i < known->num_networks; i++) {
		has_network |= known->networks[i].address.family == a->family;
		if (is_in(&known->networks[i], a))
			return true;
	}
	return !has_network;
}

/* No route leads to it: nobody's address yet (RFC 1122, section 3.2.1.3), or link-local. */
static bool is_of_any_link(const struct address *a)
{
	static const uint8_t none[16];

	return memcmp(a->at, none, a->family == 4 ? 4 : 16) == 0 ||
	       (a->family == 4 ? a->at[0] == 169 && a->at[1] == 254
	                       : a->at[0] == 0xfe && (a->at[1] & 0xc0) == 0x80);
}

/* Addresses without a route do not evict those with one. */
static struct link_asked *asked_before(struct link_asked *asked, const struct address *a,
                                       unsigned by)
{
	uint32_t hash = (2166136261U ^ by) * 16777619U;

	for (size_t i = 0; i < sizeof(a->at); i++)
		hash = (hash ^ a->at[i]) * 16777619U;
	return &asked[hash % ASKED];
}

static bool is_asked(const struct link_asked *before, const struct address *a, unsigned by)
{
	return before->by == by && before->address.family == a->family &&
	       memcmp(before->address.at, a->at, sizeof(a->at)) == 0;
}

/* A new second begins with its first lookup, or when the clock goes back. */
static bool may_ask(struct links *l, int64_t now_us)
{
	if (now_us - l->second_us >= SECOND_US || now_us < l->second_us) {
		l->second_us = now_us;
		l->num_asked = 0;
	}
	return l->num_asked++ < LINKS_ASKED_MAX;
}

/*
 * A route that has gone is believed until the links are set anew; a missing route, for a second.
 * *is_outside_out: is the address behind a way out? Yes, if no more lookups are allowed.
 */
static bool ask(struct links *l, const struct address *a, unsigned by, int64_t now_us,
                bool *is_outside_out)
{
	struct link_asked *with    = asked_before(l->with, a, by);
	struct link_asked *without = asked_before(l->without, a, by);
	unsigned           other   = 0;

	if (is_asked(with, a, by))
		return true;
	if (is_asked(without, a, by) && now_us >= without->asked_us &&
	    now_us - without->asked_us < SECOND_US) {
		*is_outside_out = without->is_outside;
		return false;
	}
	*is_outside_out = l->ask != NULL;
	if (l->ask == NULL || !may_ask(l, now_us))
		return false;
	if (l->ask(l->owner, a, by, &other)) {
		*with = (struct link_asked){ .address = *a, .by = by };
		return true;
	}
	*is_outside_out = false;
	for (size_t i = 0; i < l->num; i++)
		*is_outside_out |= l->known[i].index == other && l->known[i].is_way_out;
	*without = (struct link_asked){ .address = *a, .by = by, .asked_us = now_us,
		                        .is_outside = *is_outside_out };
	return false;
}

static bool is_behind(struct links *l, const char *name, const struct address *a, int64_t now_us,
                      bool *is_outside_out)
{
	const struct link_known *known = NULL;
	bool                     is;

	*is_outside_out = false;
	if (l == NULL)
		return true;
	pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < l->num && known == NULL; i++) {
		if (strncmp(l->known[i].name, name, LINK_NAME) == 0)
			known = &l->known[i];
	}
	is = known == NULL || is_of_any_link(a) || may_send(known, a) ||
	     ask(l, a, known->index, now_us, is_outside_out);
	pthread_mutex_unlock(&l->lock);
	return is;
}

bool links_can_be_behind(struct links *l, const char *name, const struct address *a, int64_t now_us)
{
	bool is_outside;

	return is_behind(l, name, a, now_us, &is_outside);
}

bool links_is_outside(struct links *l, const char *name, const struct address *a, int64_t now_us)
{
	bool is_outside;

	return !is_behind(l, name, a, now_us, &is_outside) && is_outside;
}
