/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_TABLE_H
#define FILTERD_BASE_TABLE_H

/*
 * Table: a fixed number of items found by key, evicted in LRU order.
 *
 * table_new() allocates all memory; untouched items cost no resident page. A full table evicts, and
 * counts, the least recently used item of the share with the most items. Not safe for threads: one
 * owner.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_SHARES 256

struct table;

/* Called before an item is evicted or expires; may be NULL. */
typedef void table_leave(void *owner, void *item);

/*
 * table_new - room for num_items items of item_bytes each, the first key_bytes of which are the
 *             key.
 *
 * Takes:  num_items, up to 2^30, which is far beyond any setting; seed, which makes the choice of
 *         slots unguessable.
 * Gives:  the table, or NULL without memory. Items are 64-byte aligned.
 */
struct table *table_new(size_t num_items, size_t item_bytes, size_t key_bytes, uint64_t seed,
                        table_leave *leave, void *owner);
void          table_free(struct table *t);

/* The item with this key, now the most recently used; NULL if there is none. */
void *table_find(struct table *t, const void *key);

/*
 * Prefetch hints for a key that will be looked up after some others: a large table is not in the
 * processor's caches, and two memory latencies can overlap with other work.
 *
 * table_expect prefetches the key's slot, and gives its hash. table_fetch, later, prefetches its
 * item, if there is one.
 */
uint32_t table_expect(const struct table *t, const void *key);
void     table_fetch(const struct table *t, uint32_t hash);

/*
 * table_add - a new item with this key, otherwise zeroed, most recently used. The key must not be
 * in the table. May evict another item first. Never NULL.
 * table_add_of - the same, in a share: any hash of the item's owner. table_add: all in one share.
 */
void *table_add(struct table *t, const void *key);
void *table_add_of(struct table *t, const void *key, uint64_t share);

void table_remove(struct table *t, void *item);

/* table_touch - makes it the most recently used, like table_find(). */
void table_touch(struct table *t, void *item);

/*
 * table_place - an item's index among the items, from 0: for data about it that is stored
 *               elsewhere.
 *               Takes: a pointer to it, or into it.
 * table_at    - the item in a place. Once that item is evicted or removed, this is another one, or
 *               a leftover.
 */
size_t table_place(const struct table *t, const void *item);
void  *table_at(const struct table *t, size_t place);

/* Least recently used item, or NULL; for expiry. */
void *table_oldest(struct table *t);

/*
 * The hash that selects slots, for other kinds of tables: use its low bits.
 */
uint64_t table_hash(uint64_t seed, const void *key, size_t key_bytes);

size_t   table_used(const struct table *t);
uint64_t table_evicted(const struct table *t);          /* items evicted because it was full */

#endif
