/* SPDX-License-Identifier: MIT */

#include "review/latest.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

static bool latest_make_room(struct latest *l, size_t device)
{
	size_t                room = l->room > 0 ? l->room : ROOM_FIRST;
	struct latest_device *more;

	while (room <= device)
		room *= 2;
	if (room == l->room)
		return true;
	more = reallocarray(l->devices, room, sizeof(*more));
	if (more == NULL) {
		l->failed = true;
		return false;
	}
	memset(more + l->room, 0, (room - l->room) * sizeof(*more));
	l->devices = more;
	l->room    = room;
	return true;
}

void latest_add(struct latest *l, size_t device, const struct latest_attempt *a)
{
	struct latest_device *d;

	if (!latest_make_room(l, device))
		return;
	d                = &l->devices[device];
	d->ring[d->next] = *a;
	d->next          = (uint8_t)((d->next + 1) % LATEST_KEPT);
	d->num          += d->num < LATEST_KEPT;
}

const struct latest_attempt *latest_at(const struct latest *l, size_t device, size_t back)
{
	const struct latest_device *d = device < l->room ? &l->devices[device] : NULL;

	if (d == NULL || back >= d->num)
		return NULL;
	return &d->ring[(d->next + 2 * LATEST_KEPT - 1 - back) % LATEST_KEPT];
}

void latest_free(struct latest *l)
{
	free(l->devices);
	*l = (struct latest){ 0 };
}
