/* SPDX-License-Identifier: MIT */

#include "base/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

bool list_has_room(void *list, size_t num, size_t *room, size_t item_bytes)
{
	size_t more = *room > 0 ? 2 * *room : FIRST_ROOM;
	void  *items;

	if (num < *room)
		return true;
	if (more > SIZE_MAX / 2 / item_bytes)
		return false;
	/* All pointers have the same size; the pointer is copied, not read as a pointer to void. */
	memcpy(&items, list, sizeof(items));
	items = reallocarray(items, more, item_bytes);
	if (items == NULL)
		return false;
	memcpy(list, &items, sizeof(items));
	*room = more;
	return true;
}
