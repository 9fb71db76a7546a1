/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_DEVICES_H
#define FILTERD_BOARD_DEVICES_H

/*
 * Devices: those that asked in the last 24 hours, and whether they had asked before. For devices
 * that asked only before that, just the time is kept.
 */

#include "base/rows.h"
#include "board/attempts.h"
#include "review/acks.h"

#define BOARD_DAY_US  INT64_C(86400000000)
#define BOARD_HOUR_US INT64_C(3600000000)

/* rows of 80 bytes, and 600 more for recent ones; further devices share one */
#define BOARD_DEVICES 16384

/* An active waiver; its texts are borrowed. */
struct board_waiver {
	const char *id, *reason;
	int64_t     until_us;
};

struct board_device {
	struct row                 row;         /* the device's raw key in the records */
	int64_t                    first_us;
	uint64_t                   attempts, blocked;   /* in the 24 hours */
	struct attempt            *last;        /* NULL: none of them */
	/* the caller fills in the rest: borrowed */
	const struct ack          *note;
	const struct board_waiver *waiver;
	const char                *vendor;
	bool                       is_new, is_still, has_returned;
};

struct board_devices {
	struct rows           rows;
	int64_t               now_us;
	/* those that asked in the 24 hours, sorted for people */
	struct board_device **order;
	size_t                num;
	bool                  has_more;         /* more than BOARD_DEVICES: the number is unknown */
	bool                  failed;           /* out of memory: something is left out */
	/* older records than 24 hours existed but are missing: new ones are unknown */
	bool                  is_short;
};

void board_devices_begin(struct board_devices *d, int64_t now_us, uint64_t seed);
void board_devices_free(struct board_devices *d);

/* board_devices_count - Takes: a record that is an attempt. */
void board_devices_count(struct board_devices *d, const struct entry *e);

/*
 * board_devices_sort - after the last record: new ones first, then those that still ask, tried
 *                      again after a note or blocked and tried within the hour, then the others,
 *                      each by their last time. Keeps: notes, borrowed.
 */
void board_devices_sort(struct board_devices *d, const struct acks *notes);

#endif
