/* SPDX-License-Identifier: MIT */

/*
 * The low half of a hash chooses a bucket, the high half identifies an entry in it. A bucket is one
 * cache line with eight places; a client may use two of them, chosen by its address, and evicts the
 * older one. So one client can evict only entries of clients with the same two places, a quarter of
 * all, and the bucket remembers when that happened.
 *
 * Workers write at the same time. A place is two words, written tag first, then time; a reader
 * reads them in the other order, so it never sees a new time beside an old tag. Words of 32 bits
 * are written atomically on every processor that we know, 64 bits are not.
 */

#include "engine/seen.h"

#include "base/table.h"

#include <stdatomic.h>
#include <stdlib.h>

#define LINE   64               /* bytes the processor fetches at once */
#define PLACES 8                /* of a bucket */
#define SHARE  2                /* of those, for one client */
#define SHARES (PLACES / SHARE)

struct bucket {
	_Atomic uint32_t tags[PLACES];
	_Atomic uint32_t times_s[PLACES];       /* since 1970; 0: empty */
};

/* When each share of a bucket last evicted an entry before its time; 0: never. */
struct bucket_losses {
	_Atomic uint32_t times_s[SHARES];
};

struct seen {
	void                 *memory;   /* of the two that follow */
	struct bucket        *buckets;  /* aligned to a cache line */
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

/* Mixes all bits into the low ones; not by 32: table_hash() would be undone. */
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

/* Each worker reads the clock itself: the other's may be ahead. */
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
			return;         /* as most are: the cache line stays clean for others */
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
