/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_TABLE_H
#define FILTERD_BASE_TABLE_H

/*
 * Table: a fixed number of items found by key, forgotten in the order of last use.
 *
 * All memory is taken at table_new(); untouched items cost no resident page. A full table gives up
 * an item, counts that, and goes on: of the share that has most items, the least recently used one.
 * Not safe for threads: one owner.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_SHARES 256

struct table;

/* Called before an item is given up or expires; may be NULL. */
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
 * Hints that change nothing, for a key that will be looked for after some others: a large table
 * lies in memory that is far from the processor, and two waits for it can pass while others are
 * served.
 *
 * table_expect asks for where the key is looked up, and gives its hash. table_fetch, later, for its
 * item, if there is one.
 */
uint32_t table_expect(const struct table *t, const void *key);
void     table_fetch(const struct table *t, uint32_t hash);

/*
 * table_add - a new item with this key, zeroed but for the key, most recently used. The key must
 * not be in the table. May give up another item first. Never NULL.
 * table_add_of - the same, of a share: any hash of whom the item belongs to. table_add: all of one.
 */
void *table_add(struct table *t, const void *key);
void *table_add_of(struct table *t, const void *key, uint64_t share);

void table_remove(struct table *t, void *item);

/* table_touch - makes it the most recently used, as table_find() does. */
void table_touch(struct table *t, void *item);

/* Its place among the items, from 0 on: for what belongs to an item and lies elsewhere. */
size_t table_place(const struct table *t, const void *item);

/* Least recently used item, or NULL; for expiry. */
void *table_oldest(struct table *t);

/*
 * What the choice of slots rests upon, for others that keep tables of another kind: take its low
 * bits.
 */
uint64_t table_hash(uint64_t seed, const void *key, size_t key_bytes);

size_t   table_used(const struct table *t);
uint64_t table_evicted(const struct table *t);          /* items given up because it was full */

#endif
