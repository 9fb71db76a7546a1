/* SPDX-License-Identifier: MIT */

#include "review/latest.h"

void latest_add(struct latest *l, const struct latest_attempt *a)
{
	l->ring[l->next] = *a;
	l->next          = (uint8_t)((l->next + 1) % LATEST_KEPT);
	l->num          += l->num < LATEST_KEPT;
}

const struct latest_attempt *latest_at(const struct latest *l, size_t back)
{
	if (l == NULL || back >= l->num)
		return NULL;
	return &l->ring[(l->next + 2 * LATEST_KEPT - 1 - back) % LATEST_KEPT];
}
