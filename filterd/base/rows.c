/* SPDX-License-Identifier: MIT */

/* Items in one array, found through a slot table that is at most half full; both double. */

#include "base/rows.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

struct rows rows_new(size_t item_bytes, size_t limit, uint64_t seed)
{
	return (struct rows){ .item_bytes = item_bytes,
	                      .limit = limit < UINT32_MAX / 4 ? limit : UINT32_MAX / 4,
	                      .seed = seed };
}

static struct row *item_at(const struct rows *r, size_t number)
{
	return (struct row *)(void *)(r->items + number * r->item_bytes);
}

void rows_free(struct rows *r)
{
	for (size_t i = 0; i < r->num; i++)
		free((void *)(uintptr_t)item_at(r, i)->name.at);
	free(r->items);
	free(r->slots);
	free(r->others);
	*r = (struct rows){ 0 };
}

static size_t rows_slot_of(const struct rows *r, struct bytes name)
{
	uint64_t hash = r->seed ^ 0x9e3779b97f4a7c15 ^ name.len;

	for (size_t i = 0; i < name.len; i += 8) {
		struct bytes part = bytes_first(bytes_from(name, i), 8);
		uint64_t     word = 0;

		memcpy(&word, part.at, part.len);
		hash = (hash ^ word) * 0xd6e8feb86659fd93;
		hash ^= hash >> 32;
	}
	for (size_t slot = hash & (r->num_slots - 1);; slot = (slot + 1) & (r->num_slots - 1)) {
		if (r->slots[slot] == 0 || bytes_equal(item_at(r, r->slots[slot] - 1)->name, name))
			return slot;
	}
}

static bool rows_grow(struct rows *r)
{
	size_t    room  = r->room > 0 ? 2 * r->room : FIRST_ROOM;
	uint8_t  *items = reallocarray(r->items, room, r->item_bytes);
	uint32_t *slots = items != NULL ? calloc(2 * room, sizeof(*slots)) : NULL;

	if (items != NULL)
		r->items = items;
	if (slots == NULL)
		return false;
	free(r->slots);
	r->slots     = slots;
	r->num_slots = 2 * room;
	r->room      = room;
	for (size_t i = 0; i < r->num; i++)
		r->slots[rows_slot_of(r, item_at(r, i)->name)] = (uint32_t)i + 1;
	return true;
}

static void *others(struct rows *r)
{
	if (r->others == NULL) {
		r->others = calloc(1, r->item_bytes);
		if (r->others != NULL)
			((struct row *)r->others)->name = BYTES(ROWS_OTHERS);
	}
	return r->others;
}

void *rows_find(const struct rows *r, struct bytes name)
{
	uint32_t number = r->num_slots > 0 ? r->slots[rows_slot_of(r, name)] : 0;

	return number > 0 ? item_at(r, number - 1) : NULL;
}

void *rows_get(struct rows *r, struct bytes name)
{
	struct row *item = rows_find(r, name);
	uint8_t    *copy;

	if (item != NULL)
		return item;
	if (r->num >= r->limit)
		return others(r);
	copy = (r->num < r->room || rows_grow(r)) ? malloc(name.len + 1) : NULL;
	if (copy == NULL) {
		r->failed = true;
		return others(r);
	}
	if (name.len > 0)
		memcpy(copy, name.at, name.len);
	copy[name.len] = '\0';
	r->slots[rows_slot_of(r, name)] = (uint32_t)r->num + 1;
	item = item_at(r, r->num++);
	memset(item, 0, r->item_bytes);
	item->name = bytes_of(copy, name.len);
	return item;
}

size_t rows_num(const struct rows *r)
{
	return r->num + (r->others != NULL);
}

void *rows_at(const struct rows *r, size_t number)
{
	return number < r->num ? item_at(r, number) : r->others;
}

/* For qsort_r(): compare() takes items, not pointers to them. */
static int compare_items(const void *a, const void *b, void *compare)
{
	int (*of_items)(const void *, const void *) =
		*(int (**)(const void *, const void *))compare;

	return of_items(*(void *const *)a, *(void *const *)b);
}

void **rows_sorted(const struct rows *r, int (*compare)(const void *a, const void *b))
{
	size_t num  = rows_num(r);
	void **list = num > 0 ? calloc(num, sizeof(*list)) : NULL;

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < num; i++)
		list[i] = rows_at(r, i);
	qsort_r(list, r->num, sizeof(*list), compare_items, &compare);
	return list;
}
