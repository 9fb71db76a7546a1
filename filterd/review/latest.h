/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_LATEST_H
#define FILTERD_REVIEW_LATEST_H

/*
 * Latest: the last few records of attempts on prohibited hosts for each device, so that a report
 * can show some without reading the log again. 250 bytes per device, at most 16 MiB.
 */

#include <stddef.h>
#include <stdint.h>

#define LATEST_KEPT 10          /* records of a device */

struct latest_attempt {
	int64_t  time_us;
	uint32_t host;                  /* number of its row */
	uint32_t count;                 /* attempts in the record; saturates */
	uint8_t  layer, result;         /* enum layer, enum result */
};

struct latest {
	uint8_t               num, next;
	struct latest_attempt ring[LATEST_KEPT];
};

void latest_add(struct latest *l, const struct latest_attempt *a);

/* The record `back` places before the last one, which is 0; NULL: not kept, or l is NULL. */
const struct latest_attempt *latest_at(const struct latest *l, size_t back);

#endif
