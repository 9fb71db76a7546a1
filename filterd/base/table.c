/* SPDX-License-Identifier: MIT */

/*
 * Open addressing: a slot has an item's number and the full hash of its key, so a missing key is
 * recognised from the slots alone, without reading an item. Items are large and rarely in the
 * processor's cache; for the same reason the order of last use is kept in a separate array. At
 * least half of the slots are empty, so probe sequences are short.
 *
 * Each item is in two LRU lists: that of all items, and that of its share. There is a fixed number
 * of shares, and owners are distributed among them. An owner that fills the table evicts its own.
 *
 * Unused items follow the used ones, so their pages are never resident.
 */

#include "base/table.h"

#include <stdlib.h>
#include <string.h>

/* bytes the processor fetches at once; an item begins with one */
#define LINE 64
/* evictions until the largest share is determined again */
#define SHARES_EVERY 64

struct table_slot {
	uint32_t hash, number;          /* number 0: empty */
};

/*
 * For the item with the same number. Number 0 is not an item: its older is the newest of all, its
 * newer the oldest.
 */
struct use {
	uint32_t older, newer;          /* by last use; newer links free items, too */
	uint32_t share_older, share_newer;      /* the same within its share; 0: none */
	uint32_t hash;
	uint32_t share;
};

struct share {
	uint32_t oldest, newest, num;
};

struct table {
	void              *memory;      /* of the three that follow */
	uint8_t           *items;
	struct table_slot *slots;
	struct use        *uses;
	struct share       shares[TABLE_SHARES];
	uint32_t           largest;     /* share, when last determined */
	size_t             num_items, num_touched, used;
	size_t             stride, item_bytes, key_bytes;
	uint32_t           mask;        /* slots, less one */
	uint32_t           free;
	uint64_t           seed, evicted;
	table_leave       *leave;
	void              *owner;
};

static void *item_of(const struct table *t, uint32_t number)
{
	return t->items + (number - 1) * t->stride;
}

static uint32_t base_table_number_of(const struct table *t, const void *item)
{
	return (uint32_t)((size_t)((const uint8_t *)item - t->items) / t->stride) + 1;
}

static size_t lines(size_t bytes)
{
	return (bytes + LINE - 1) / LINE * LINE;
}

/*
 * One allocation, large enough that the system maps separate pages for it, which become resident
 * only when touched.
 */
static bool take_memory(struct table *t)
{
	size_t items = t->num_items * t->stride, slots = (t->mask + (size_t)1) * sizeof(*t->slots);
	size_t uses  = (t->num_items + 1) * sizeof(*t->uses), skip;

	t->memory = calloc(1, LINE + items + slots + uses);
	if (t->memory == NULL)
		return false;
	skip     = lines((uintptr_t)t->memory) - (uintptr_t)t->memory;
	t->items = (uint8_t *)t->memory + skip;
	t->slots = (struct table_slot *)(void *)(t->items + items);
	t->uses  = (struct use *)(void *)(t->items + items + slots);
	return true;
}

struct table *table_new(size_t num_items, size_t item_bytes, size_t key_bytes, uint64_t seed,
                        table_leave *leave, void *owner)
{
	struct table *t         = calloc(1, sizeof(*t));
	size_t        num_slots = 2;

	if (t == NULL)
		return NULL;
	t->num_items = num_items > 0 ? num_items : 1;
	while (num_slots < 2 * t->num_items)
		num_slots *= 2;
	t->stride     = lines(item_bytes);
	t->item_bytes = item_bytes;
	t->key_bytes  = key_bytes;
	t->mask       = (uint32_t)(num_slots - 1);
	t->seed       = seed;
	t->leave      = leave;
	t->owner      = owner;
	if (!take_memory(t)) {
		free(t);
		return NULL;
	}
	return t;
}

void table_free(struct table *t)
{
	if (t == NULL)
		return;
	free(t->memory);
	free(t);
}

static uint64_t fold(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0xd6e8feb86659fd93;
	return hash ^ hash >> 32;
}

/*
 * Eight bytes at a time, multiplied and folded (the mixing step known from wyhash). The seed makes
 * the choice of slot unguessable from outside; a long probe sequence would cost time, never memory.
 */
uint64_t table_hash(uint64_t seed, const void *key, size_t key_bytes)
{
	const uint8_t *at   = key;
	uint64_t       hash = seed ^ 0x9e3779b97f4a7c15;

	for (; key_bytes >= sizeof(uint64_t);
	     key_bytes -= sizeof(uint64_t), at += sizeof(uint64_t)) {
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

static void unlink_use(struct table *t, uint32_t number)
{
	const struct use *u = &t->uses[number];

	t->uses[u->older].newer = u->newer;
	t->uses[u->newer].older = u->older;
}

static void base_table_link_newest(struct table *t, uint32_t number)
{
	uint32_t newest = t->uses[0].older;

	t->uses[number].older = newest;
	t->uses[number].newer = 0;
	t->uses[newest].newer = number;
	t->uses[0].older      = number;
}

static void leave_share(struct table *t, uint32_t number)
{
	const struct use *u = &t->uses[number];
	struct share     *s = &t->shares[u->share];

	if (u->share_older != 0)
		t->uses[u->share_older].share_newer = u->share_newer;
	else
		s->oldest = u->share_newer;
	if (u->share_newer != 0)
		t->uses[u->share_newer].share_older = u->share_older;
	else
		s->newest = u->share_older;
	s->num--;
}

static void join_share(struct table *t, uint32_t number)
{
	struct use   *u = &t->uses[number];
	struct share *s = &t->shares[u->share];

	u->share_older = s->newest;
	u->share_newer = 0;
	if (s->newest != 0)
		t->uses[s->newest].share_newer = number;
	else
		s->oldest = number;
	s->newest = number;
	s->num++;
	if (s->num > t->shares[t->largest].num)
		t->largest = u->share;
}

static void base_table_touch(struct table *t, uint32_t number)
{
	if (t->uses[0].older == number)
		return;
	unlink_use(t, number);
	base_table_link_newest(t, number);
	leave_share(t, number);
	join_share(t, number);
}

/* Makes room for an item of this share: evicts none of a smaller share. */
static const struct share *largest_share(struct table *t, uint32_t share)
{
	if (t->shares[share].num >= t->shares[t->largest].num)
		t->largest = share;
	for (uint32_t i = 0; i < TABLE_SHARES && (t->evicted % SHARES_EVERY == 0 ||
	                                          t->shares[t->largest].num == 0); i++) {
		if (t->shares[i].num > t->shares[t->largest].num)
			t->largest = i;
	}
	return &t->shares[t->largest];
}

uint32_t table_expect(const struct table *t, const void *key)
{
	uint32_t hash = hash_key(t, key);

	__builtin_prefetch(&t->slots[hash & t->mask], 1);
	return hash;
}

void table_fetch(const struct table *t, uint32_t hash)
{
	const struct table_slot *s;

	for (uint32_t at = hash & t->mask; (s = &t->slots[at])->number != 0;
	     at          = (at + 1) & t->mask) {
		if (s->hash != hash)
			continue;
		__builtin_prefetch(item_of(t, s->number), 1);
		__builtin_prefetch((const uint8_t *)item_of(t, s->number) + LINE, 1);
		__builtin_prefetch(&t->uses[s->number], 1);
		break;
	}
}

void *table_find(struct table *t, const void *key)
{
	uint32_t                 hash = hash_key(t, key);
	const struct table_slot *s;

	for (uint32_t at = hash & t->mask; (s = &t->slots[at])->number != 0;
	     at          = (at + 1) & t->mask) {
		if (s->hash != hash || memcmp(item_of(t, s->number), key, t->key_bytes) != 0)
			continue;
		base_table_touch(t, s->number);
		return item_of(t, s->number);
	}
	return NULL;
}

void table_touch(struct table *t, void *item)
{
	base_table_touch(t, base_table_number_of(t, item));
}

size_t table_place(const struct table *t, const void *item)
{
	return base_table_number_of(t, item) - 1;
}

void *table_at(const struct table *t, size_t place)
{
	return item_of(t, (uint32_t)place + 1);
}

/*
 * Empties a slot. No later probe sequence may cross an empty slot: an item that is farther from its
 * hash's slot than from the empty one moves into it, and its own slot becomes the empty one.
 */
static void empty_slot(struct table *t, uint32_t empty)
{
	for (uint32_t at = (empty + 1) & t->mask; t->slots[at].number != 0;
	     at          = (at + 1) & t->mask) {
		uint32_t way = (at - t->slots[at].hash) & t->mask;

		if (way < ((at - empty) & t->mask))
			continue;
		t->slots[empty] = t->slots[at];
		empty           = at;
	}
	t->slots[empty].number = 0;
}

static void give_up(struct table *t, uint32_t number)
{
	uint32_t at = t->uses[number].hash & t->mask;

	if (t->leave != NULL)
		t->leave(t->owner, item_of(t, number));
	while (t->slots[at].number != number)
		at = (at + 1) & t->mask;
	empty_slot(t, at);
	unlink_use(t, number);
	leave_share(t, number);
	t->uses[number].newer = t->free;
	t->free               = number;
	t->used--;
}

void table_remove(struct table *t, void *item)
{
	give_up(t, base_table_number_of(t, item));
}

/*
 * In a full table each new item replaces an old one, mostly of the same share, so prefetch the next
 * one there and its slot now. (Not in a separate function: gcc 12 treats a function that only
 * prefetches as one without effect.)
 */
static void give_up_one(struct table *t, uint32_t share)
{
	const struct share *s = largest_share(t, share);
	uint32_t            next;
	const uint8_t      *item;

	give_up(t, s->oldest);
	t->evicted++;
	next = s->oldest;
	if (next == 0)
		return;
	item = item_of(t, next);
	for (size_t at = 0; at < t->item_bytes; at += LINE)
		__builtin_prefetch(item + at, 1);
	__builtin_prefetch(&t->slots[t->uses[next].hash & t->mask], 1);
}

static uint32_t take_number(struct table *t, uint32_t share)
{
	uint32_t number;

	if (t->free == 0 && t->num_touched < t->num_items)
		return (uint32_t)++t->num_touched;
	if (t->free == 0)
		give_up_one(t, share);
	number  = t->free;
	t->free = t->uses[number].newer;
	return number;
}

void *table_add_of(struct table *t, const void *key, uint64_t share)
{
	uint32_t number = take_number(t, share % TABLE_SHARES), hash = hash_key(t, key),
		 at     = hash & t->mask;
	void    *item   = item_of(t, number);

	memset(item, 0, t->item_bytes);
	memcpy(item, key, t->key_bytes);
	while (t->slots[at].number != 0)
		at = (at + 1) & t->mask;
	t->slots[at]         = (struct table_slot){ .hash = hash, .number = number };
	t->uses[number].hash  = hash;
	t->uses[number].share = share % TABLE_SHARES;
	base_table_link_newest(t, number);
	join_share(t, number);
	t->used++;
	return item;
}

void *table_add(struct table *t, const void *key)
{
	return table_add_of(t, key, 0);
}

void *table_oldest(struct table *t)
{
	return t->used == 0 ? NULL : item_of(t, t->uses[0].newer);
}

size_t table_used(const struct table *t)
{
	return t->used;
}

uint64_t table_evicted(const struct table *t)
{
	return t->evicted;
}
