/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_ROWS_H
#define FILTERD_BASE_ROWS_H

/*
 * Rows: counts by name, up to a limit. Beyond it all further names share one row, so that
 * everything is counted and memory is bounded. For programs that review a log; the packet path uses
 * table.h.
 */

#include "base/bytes.h"

/* Every item begins with this. The name is a copy, NUL-terminated, and may contain any byte. */
struct row {
	struct bytes name;
};

struct rows {
	uint8_t  *items;                /* `num` of them, in order of appearance */
	size_t    item_bytes, num, room, limit;
	uint32_t *slots;                /* number of the item + 1 */
	size_t    num_slots;
	uint64_t  seed;
	/* memory ran out: some names went to the shared row before the limit */
	bool      failed;
	void     *others; /* the shared row; its name is "(others)"; NULL until it is needed */
};

#define ROWS_OTHERS "(others)"

/*
 * Allocates nothing yet. Items have item_bytes and begin with struct row; seed makes the choice of
 * slots unguessable.
 */
struct rows rows_new(size_t item_bytes, size_t limit, uint64_t seed);
void        rows_free(struct rows *r);

/*
 * rows_get  - the item with this name; a new one is zeroed except for the name. The pointer is
 *             valid until the next call.
 * rows_find - the same, NULL if there is none.
 * Gives:  rows_get() NULL only if there is no memory even for the shared row.
 */
void *rows_get(struct rows *r, struct bytes name);
void *rows_find(const struct rows *r, struct bytes name);

/* Items by number, the shared one last: 0 to rows_num() - 1. */
size_t rows_num(const struct rows *r);
void  *rows_at(const struct rows *r, size_t number);

/*
 * rows_sorted - Gives: an array of rows_num() pointers to items in the order of `compare` (of two
 *               items; the shared one is always last), to be freed; NULL without memory or rows. It
 *               is valid until the next rows_get().
 */
void **rows_sorted(const struct rows *r, int (*compare)(const void *a, const void *b));

#endif
