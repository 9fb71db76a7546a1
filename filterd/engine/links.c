/* SPDX-License-Identifier: MIT */

/* Asked for a reply that came in by its client's interface, which is rare: a lock will do. */

#include "engine/links.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct links {
	pthread_mutex_t    lock;
	struct link_known *known;
	size_t             num;
};

struct links *links_new(void)
{
	struct links *l = calloc(1, sizeof(*l));

	if (l != NULL)
		pthread_mutex_init(&l->lock, NULL);
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

static bool may_send(const struct link_known *known, const struct address *a)
{
	if (known->is_way_out)
		return true;
	for (size_t i = 0; i < known->num_networks; i++) {
		if (is_in(&known->networks[i], a))
			return true;
	}
	return false;
}

bool links_can_be_behind(struct links *l, const char *name, const struct address *a)
{
	bool can = true;

	if (l == NULL)
		return true;
	pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < l->num; i++) {
		if (strncmp(l->known[i].name, name, sizeof(l->known[i].name)) == 0)
			can = may_send(&l->known[i], a);
	}
	pthread_mutex_unlock(&l->lock);
	return can;
}
