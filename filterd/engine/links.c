/* SPDX-License-Identifier: MIT */

/*
 * Asked for the first packets of a connection, and for a reply that came in by its client's
 * interface: a lock will do. The host's routes are asked where its networks do not say it; what
 * they answered is kept for a while, as clients behind another router come again and again.
 */

#include "engine/links.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ASKED 256

/* There is a route to it by there. family 0: not asked. */
struct link_asked {
	struct address address;
	unsigned       by;
};

struct links {
	pthread_mutex_t    lock;
	struct link_known *known;
	size_t             num;
	links_ask         *ask;
	void              *owner;
	struct link_asked  asked[ASKED];
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
	memset(l->asked, 0, sizeof(l->asked));
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

/* Of an interface without a network, as a bridge's may be, nobody knows who is behind it. */
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

/* No route leads to it: nobody's yet (RFC 1122, section 3.2.1.3), or of a link alone. */
static bool is_of_any_link(const struct address *a)
{
	static const uint8_t none[16];

	return memcmp(a->at, none, a->family == 4 ? 4 : 16) == 0 ||
	       (a->family == 4 ? a->at[0] == 169 && a->at[1] == 254
	                       : a->at[0] == 0xfe && (a->at[1] & 0xc0) == 0x80);
}

static struct link_asked *asked_before(struct links *l, const struct address *a, unsigned by)
{
	uint32_t hash = (2166136261U ^ by) * 16777619U;

	for (size_t i = 0; i < sizeof(a->at); i++)
		hash = (hash ^ a->at[i]) * 16777619U;
	return &l->asked[hash % ASKED];
}

/* A route that has gone is believed until the links are set anew; that there is none, never. */
static bool ask(struct links *l, const struct address *a, unsigned by, unsigned *other_out)
{
	struct link_asked *before = asked_before(l, a, by);

	if (before->by == by && before->address.family == a->family &&
	    memcmp(before->address.at, a->at, sizeof(a->at)) == 0)
		return true;
	if (l->ask == NULL || !l->ask(l->owner, a, by, other_out))
		return false;
	*before = (struct link_asked){ .address = *a, .by = by };
	return true;
}

/* *other_out: the index of the interface it is behind, 0 if that is not known. */
static bool is_behind(struct links *l, const char *name, const struct address *a,
                      unsigned *other_out)
{
	const struct link_known *known = NULL;

	*other_out = 0;
	for (size_t i = 0; i < l->num && known == NULL; i++) {
		if (strncmp(l->known[i].name, name, LINK_NAME) == 0)
			known = &l->known[i];
	}
	return known == NULL || is_of_any_link(a) || may_send(known, a) ||
	       ask(l, a, known->index, other_out);
}

bool links_can_be_behind(struct links *l, const char *name, const struct address *a)
{
	unsigned other;
	bool     can;

	if (l == NULL)
		return true;
	pthread_mutex_lock(&l->lock);
	can = is_behind(l, name, a, &other);
	pthread_mutex_unlock(&l->lock);
	return can;
}

bool links_is_outside(struct links *l, const char *name, const struct address *a)
{
	unsigned other;
	bool     is = false;

	if (l == NULL)
		return false;
	pthread_mutex_lock(&l->lock);
	if (!is_behind(l, name, a, &other)) {
		for (size_t i = 0; i < l->num; i++)
			is = is || (l->known[i].index == other && l->known[i].is_way_out);
	}
	pthread_mutex_unlock(&l->lock);
	return is;
}
