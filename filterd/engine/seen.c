/* SPDX-License-Identifier: MIT */

/*
 * The low half of a hash chooses a bucket, the high half tells those of a bucket apart. A bucket is
 * one line of the processor's cache, with eight places; a client may take two of them, which are
 * chosen by its address, and of these it gives up the older one. So one client can push out at most
 * those that share its two places, a quarter of all, and it shows that something of them is gone.
 *
 * Workers write at the same time. A place is two words, the tag and then the time; a reader takes
 * them in the other order, so it never sees a new time beside a tag that is older. Words of 32 bits
 * are written at once on every processor that we know, and 64 bits are not.
 */

#include "engine/seen.h"

#include "base/table.h"

#include <stdatomic.h>
#include <stdlib.h>

#define LINE   64               /* bytes the processor fetches at once */
#define PLACES 8                /* of a bucket */
#define SHARE  2                /* of them, those of one client */
#define SHARES (PLACES / SHARE)

struct bucket {
	_Atomic uint32_t tags[PLACES];
	_Atomic uint32_t times_s[PLACES];       /* since 1970; 0: empty */
};

/* When each share of a bucket last gave up what was still to live; 0: never. */
struct bucket_losses {
	_Atomic uint32_t times_s[SHARES];
};

struct seen {
	void                 *memory;   /* of the two that follow */
	struct bucket        *buckets;  /* begin with a line */
	struct bucket_losses *losses;
	uint32_t              mask;     /* buckets, less one */
	uint32_t              life_s;
	uint64_t              seed;
};

struct seen *seen_new(size_t num, uint32_t life_s, uint64_t seed)
{
	struct seen *s           = calloc(1, sizeof(*s));
	size_t       num_buckets = 1;

	if (s == NULL)
		return NULL;
	while (num_buckets * PLACES < num)
		num_buckets *= 2;
	s->mask   = (uint32_t)(num_buckets - 1);
	s->life_s = life_s;
	s->seed   = seed;
	s->memory = calloc(num_buckets + 1, sizeof(struct bucket) + sizeof(struct bucket_losses));
	if (s->memory == NULL) {
		free(s);
		return NULL;
	}
	s->buckets = (struct bucket *)(((uintptr_t)s->memory + LINE - 1) / LINE * LINE);
	s->losses  = (struct bucket_losses *)(void *)(s->buckets + num_buckets);
	return s;
}

void seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	free(s->memory);
	free(s);
}

/* Brings all of it to the low bits; not by 32: table_hash() would be undone. */
static inline uint64_t seen_end(uint64_t hash)
{
	hash = (hash ^ hash >> 29) * SEEN_MIX;
	return hash ^ hash >> 32;
}

size_t seen_share(const struct seen *s, const struct address *client)
{
	size_t len = client->family == 4 ? 4 : 8;

	return seen_end(table_hash(s->seed, client->at, len)) % SHARES;
}

/* Workers read the clock by themselves: it may be the other's that is ahead. */
static bool seen_lives(const struct seen *s, uint32_t time_s, uint32_t now_s)
{
	int32_t age_s = (int32_t)(now_s - time_s);

	return time_s != 0 && age_s <= (int32_t)s->life_s && age_s >= -(int32_t)s->life_s;
}

void seen_note(struct seen *s, size_t share, uint64_t hash, uint32_t now_s)
{
	uint32_t oldest = UINT32_MAX;
	size_t   at     = share * SHARE;
	bool     same   = false;

	hash = seen_end(hash);

	struct bucket *b   = &s->buckets[hash & s->mask];
	uint32_t       tag = (uint32_t)(hash >> 32);

	for (size_t i = at; i < (share + 1) * SHARE && !same; i++) {
		uint32_t time_s = atomic_load_explicit(&b->times_s[i], memory_order_relaxed);

		same = time_s != 0 &&
		       atomic_load_explicit(&b->tags[i], memory_order_relaxed) == tag;
		if (same && time_s == now_s)
			return;         /* as most are: the line stays clean for others */
		if (same || time_s < oldest) {
			oldest = time_s;
			at     = i;
		}
	}
	if (!same && seen_lives(s, oldest, now_s))
		atomic_store_explicit(&s->losses[hash & s->mask].times_s[share], now_s,
		                      memory_order_relaxed);
	atomic_store_explicit(&b->tags[at], tag, memory_order_relaxed);
	atomic_store_explicit(&b->times_s[at], now_s, memory_order_release);
}

bool seen_has(const struct seen *s, uint64_t hash, uint32_t now_s)
{
	hash = seen_end(hash);

	const struct bucket *b = &s->buckets[hash & s->mask];

	for (size_t i = 0; i < PLACES; i++) {
		uint32_t time_s = atomic_load_explicit(&b->times_s[i], memory_order_acquire);

		if (seen_lives(s, time_s, now_s) &&
		    atomic_load_explicit(&b->tags[i], memory_order_relaxed) ==
		            (uint32_t)(hash >> 32))
			return true;
	}
	return false;
}

bool seen_lost(const struct seen *s, size_t share, uint64_t hash, uint32_t now_s)
{
	const struct bucket_losses *l = &s->losses[seen_end(hash) & s->mask];

	return seen_lives(s, atomic_load_explicit(&l->times_s[share], memory_order_relaxed),
	                  now_s);
}
