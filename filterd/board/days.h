/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_DAYS_H
#define FILTERD_BOARD_DAYS_H

/*
 * Days: the attempts of the last 30 days in the reader's zone (base/timezone.h), or why they are
 * unknown. A day is known only if the log has no hole in it.
 */

#include "base/bytes.h"

#define DAYS_NUM 30

/* Why reading backwards stopped. */
enum days_end {
	DAYS_PAST,              /* it reached records before the days */
	DAYS_LOG_BEGAN,
	DAYS_NOT_HERE,          /* older ones were deleted, or are elsewhere */
	DAYS_TOO_LONG,          /* the reader's limit */
	DAYS_NO_LOG,
	DAYS_UNREAD,            /* it cannot be read */
};

struct day {
	uint64_t attempts, blocked;
	bool     has_record, has_hole;
};

struct days {
	int64_t     today;              /* timezone_day() */
	int64_t     now_us;
	int64_t     oldest_us, newest_us;       /* of all records; INT64_MAX, INT64_MIN: none */
	struct day  list[DAYS_NUM];     /* oldest first */
};

void days_begin(struct days *d, int64_t now_us);

/* The first moment of the oldest. */
int64_t days_from(const struct days *d);

/*
 * days_record - there is a record with this time.
 * days_count  - and it has that many attempts.
 * days_hole   - some are missing between these two moments, inclusive.
 */
void days_record(struct days *d, int64_t us);
void days_count(struct days *d, int64_t us, uint64_t attempts, bool is_blocked);
void days_hole(struct days *d, int64_t from_us, int64_t to_us);

/* days_why - NULL: the attempts of this day are known. */
const char *days_why(const struct days *d, size_t number, enum days_end end);

#endif
