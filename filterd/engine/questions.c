/* SPDX-License-Identifier: MIT */

/*
 * A name is its hash: the low half chooses a bucket, the high half tells names of a bucket apart. A
 * bucket is one line of the processor's cache, with eight places; a client may take two of them,
 * which are chosen by its address, and of these it gives up the older one. So one client can push
 * out at most those that share its two places, a quarter of all.
 *
 * Workers write at the same time. A place is two words, the tag and then the time; a reader takes
 * them in the other order, so it never sees a new time beside a name that is older. Words of 32
 * bits are written at once on every processor that we know, and 64 bits are not.
 */

#include "engine/questions.h"

#include "base/instant.h"
#include "base/table.h"

#include <stdatomic.h>
#include <stdlib.h>

#define LINE         64         /* bytes the processor fetches at once */
#define PLACES       8          /* of a bucket */
#define SHARE        2          /* of them, those of one client */
/* of a domain noted with a name: RFC 9156, section 2.3, has resolvers ask for 10 parts at most */
#define LABELS_MOST  10
#define MIX          UINT64_C(0xd6e8feb86659fd93)       /* odd, with bits all over; as in table.c */

struct bucket {
	_Atomic uint32_t tags[PLACES];
	_Atomic uint32_t times_s[PLACES];       /* since 1970; 0: empty */
};

struct questions {
	void          *memory;
	struct bucket *buckets;         /* begin with a line */
	uint32_t       mask;            /* buckets, less one */
	uint64_t       seed;
};

struct questions *questions_new(size_t num, uint64_t seed)
{
	struct questions *q           = calloc(1, sizeof(*q));
	size_t            num_buckets = 1;

	if (q == NULL)
		return NULL;
	while (num_buckets * PLACES < num)
		num_buckets *= 2;
	q->mask   = (uint32_t)(num_buckets - 1);
	q->seed   = seed;
	q->memory = calloc(num_buckets + 1, sizeof(struct bucket));
	if (q->memory == NULL) {
		free(q);
		return NULL;
	}
	q->buckets = (struct bucket *)(((uintptr_t)q->memory + LINE - 1) / LINE * LINE);
	return q;
}

void questions_free(struct questions *q)
{
	if (q == NULL)
		return;
	free(q->memory);
	free(q);
}

/*
 * Byte by byte from the end, so the hash of each domain of a name is one on the way to that of the
 * name. The seed makes it unguessable; the last step brings all of it to the low bits.
 */
static inline uint64_t questions_add(uint64_t hash, char c)
{
	return (hash ^ (uint8_t)c) * MIX;
}

static inline uint64_t questions_end(uint64_t hash)
{
	hash = (hash ^ hash >> 29) * MIX;       /* not 32: table_hash() would be undone */
	return hash ^ hash >> 32;
}

/* Of IPv6 the network: within it a client has as many addresses as it likes. */
static size_t questions_share_of(const struct questions *q, const struct address *client)
{
	size_t   len  = client->family == 4 ? 4 : 8;
	uint64_t hash = table_hash(q->seed, client->at, len);

	return questions_end(hash) % (PLACES / SHARE) * SHARE;
}

static void questions_put(struct questions *q, size_t share, uint64_t hash, uint32_t now_s)
{
	struct bucket *b      = &q->buckets[hash & q->mask];
	uint32_t       tag    = (uint32_t)(hash >> 32);
	uint32_t       oldest = UINT32_MAX;
	size_t         at     = share;

	for (size_t i = share; i < share + SHARE; i++) {
		uint32_t time_s = atomic_load_explicit(&b->times_s[i], memory_order_relaxed);
		bool     same   = atomic_load_explicit(&b->tags[i], memory_order_relaxed) == tag;

		if (same && time_s == now_s)
			return;         /* as most domains are: the line stays clean for others */
		if (same)
			time_s = 0;
		if (time_s < oldest) {
			oldest = time_s;
			at     = i;
		}
	}
	atomic_store_explicit(&b->tags[at], tag, memory_order_relaxed);
	atomic_store_explicit(&b->times_s[at], now_s, memory_order_release);
}

void questions_note(struct questions *q, const struct address *client, struct host name,
                    int64_t now_us)
{
	size_t      share  = questions_share_of(q, client);
	uint32_t    now_s  = (uint32_t)instant_seconds(now_us);
	uint64_t    hash   = q->seed;
	unsigned    labels = 0;
	const char *at     = name.text + name.len;

	while (at > name.text) {
		char c = *--at;

		if (c == '.' && ++labels > 1 && labels <= LABELS_MOST)
			questions_put(q, share, questions_end(hash), now_s);
		hash = questions_add(hash, c);
	}
	questions_put(q, share, questions_end(hash), now_s);
}

bool questions_has(const struct questions *q, struct host name, int64_t now_us)
{
	uint64_t hash = q->seed;

	for (size_t at = name.len; at > 0; at--)
		hash = questions_add(hash, name.text[at - 1]);
	hash = questions_end(hash);

	const struct bucket *b     = &q->buckets[hash & q->mask];
	uint32_t             now_s = (uint32_t)instant_seconds(now_us);

	for (size_t i = 0; i < PLACES; i++) {
		uint32_t time_s = atomic_load_explicit(&b->times_s[i], memory_order_acquire);
		/* workers read the clock by themselves: it may be the other's that is ahead */
		int32_t  age_s  = (int32_t)(now_s - time_s);

		if (time_s != 0 && age_s <= QUESTIONS_LIFE_S && age_s >= -QUESTIONS_LIFE_S &&
		    atomic_load_explicit(&b->tags[i], memory_order_relaxed) ==
		            (uint32_t)(hash >> 32))
			return true;
	}
	return false;
}
