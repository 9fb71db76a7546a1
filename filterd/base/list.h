/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_LIST_H
#define FILTERD_BASE_LIST_H

/* List: an array on the heap that doubles when it is full. */

#include <stdbool.h>
#include <stddef.h>

/*
 * list_has_room - is there room for one more?
 *
 * Takes:  list, the address of the pointer to the array; its number of items, and its capacity.
 * Gives:  true, and the array may have moved; false without memory, and nothing has changed.
 */
bool list_has_room(void *list, size_t num, size_t *room, size_t item_bytes);

#endif
