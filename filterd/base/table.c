/* SPDX-License-Identifier: MIT */

/*
 * Chained hashing over one array of items. Two lists run through them: the chain of a bucket and the order of last use.
 * Items that were never used stand behind the touched ones, so their pages are never resident.
 */

#include "base/table.h"

#include <stdlib.h>
#include <string.h>

struct link {
	struct link *next;              /* in the bucket; also links free items */
	struct link *older, *newer;     /* by last use */
	uint32_t     hash;
	uint32_t     pad;
	/* the item follows */
};

struct table {
	uint8_t      *items;
	struct link **buckets;
	size_t        num_items, num_touched, used;
	size_t        stride, item_bytes, key_bytes;
	uint32_t      bucket_mask;
	uint64_t      seed, evicted;
	struct link  *free, *oldest, *newest;
	table_leave  *leave;
	void         *owner;
};

static void *item_of(struct link *l)
{
	return l + 1;
}

static struct link *link_of(void *item)
{
	return (struct link *)item - 1;
}

struct table *table_new(size_t num_items, size_t item_bytes, size_t key_bytes, uint64_t seed,
                        table_leave *leave, void *owner)
{
	struct table *t           = calloc(1, sizeof(*t));
	size_t        num_buckets = 1;

	if (t == NULL)
		return NULL;
	t->num_items = num_items > 0 ? num_items : 1;
	while (num_buckets < t->num_items)
		num_buckets *= 2;
	t->stride      = (sizeof(struct link) + item_bytes + 15) / 16 * 16;
	t->item_bytes  = item_bytes;
	t->key_bytes   = key_bytes;
	t->bucket_mask = (uint32_t)(num_buckets - 1);
	t->seed        = seed;
	t->leave       = leave;
	t->owner       = owner;
	t->items       = calloc(t->num_items, t->stride);
	t->buckets     = calloc(num_buckets, sizeof(struct link *));
	if (t->items == NULL || t->buckets == NULL) {
		free(t->items);
		free(t->buckets);
		free(t);
		return NULL;
	}
	return t;
}

void table_free(struct table *t)
{
	if (t == NULL)
		return;
	free(t->items);
	free(t->buckets);
	free(t);
}

static uint64_t fold(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0xd6e8feb86659fd93;
	return hash ^ hash >> 32;
}

/*
 * Eight bytes at a time, multiplied and folded (the mixing step known from wyhash). The seed makes the choice of
 * bucket unguessable from outside; a chain that grows long all the same costs time, never memory.
 */
uint64_t table_hash(uint64_t seed, const void *key, size_t key_bytes)
{
	const uint8_t *at   = key;
	uint64_t       hash = seed ^ 0x9e3779b97f4a7c15;

	for (; key_bytes >= sizeof(uint64_t); key_bytes -= sizeof(uint64_t), at += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, at, sizeof(word));
		hash = fold(hash, word);
	}
	if (key_bytes > 0) {
		uint64_t word = 0;

		memcpy(&word, at, key_bytes);
		hash = fold(hash, word);
	}
	return hash;
}

static uint32_t hash_key(const struct table *t, const void *key)
{
	return (uint32_t)table_hash(t->seed, key, t->key_bytes);
}

static void unlink_use(struct table *t, struct link *l)
{
	if (l->older != NULL)
		l->older->newer = l->newer;
	else
		t->oldest = l->newer;
	if (l->newer != NULL)
		l->newer->older = l->older;
	else
		t->newest = l->older;
}

static void link_newest(struct table *t, struct link *l)
{
	l->older = t->newest;
	l->newer = NULL;
	if (t->newest != NULL)
		t->newest->newer = l;
	else
		t->oldest = l;
	t->newest = l;
}

void *table_find(struct table *t, const void *key)
{
	uint32_t hash = hash_key(t, key);

	for (struct link *l = t->buckets[hash & t->bucket_mask]; l != NULL; l = l->next) {
		if (l->hash != hash || memcmp(item_of(l), key, t->key_bytes) != 0)
			continue;
		if (t->newest != l) {
			unlink_use(t, l);
			link_newest(t, l);
		}
		return item_of(l);
	}
	return NULL;
}

void table_remove(struct table *t, void *item)
{
	struct link  *l  = link_of(item);
	struct link **at = &t->buckets[l->hash & t->bucket_mask];

	if (t->leave != NULL)
		t->leave(t->owner, item);
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	unlink_use(t, l);
	l->next = t->free;
	t->free = l;
	t->used--;
}

static struct link *take_link(struct table *t)
{
	struct link *l;

	if (t->free == NULL && t->num_touched < t->num_items)
		return (struct link *)(void *)(t->items + t->stride * t->num_touched++);
	if (t->free == NULL) {
		table_remove(t, item_of(t->oldest));
		t->evicted++;
	}
	l = t->free;
	t->free = l->next;
	return l;
}

void *table_add(struct table *t, const void *key)
{
	struct link *l = take_link(t), **bucket;

	memset(item_of(l), 0, t->item_bytes);
	memcpy(item_of(l), key, t->key_bytes);
	l->hash = hash_key(t, key);
	bucket  = &t->buckets[l->hash & t->bucket_mask];
	l->next = *bucket;
	*bucket = l;
	link_newest(t, l);
	t->used++;
	return item_of(l);
}

void *table_oldest(struct table *t)
{
	return t->oldest == NULL ? NULL : item_of(t->oldest);
}

size_t table_used(const struct table *t)
{
	return t->used;
}

uint64_t table_evicted(const struct table *t)
{
	return t->evicted;
}
