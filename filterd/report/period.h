/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_PERIOD_H
#define FILTERD_REPORT_PERIOD_H

/*
 * Period: the time that a report is about, and the one before it for comparison. Its days and
 * months are those of the reader's zone (base/timezone.h).
 */

#include "base/bytes.h"

/*
 * From the first moment to before the second; the period before it begins at before_us and ends at
 * from_us.
 */
struct period {
	int64_t before_us, from_us, to_us;
};

/*
 * period_month   - the month that contains that moment, with the month before it.
 * period_between - with an equally long time before it; if it is a month, with the month before it.
 */
struct period period_month(int64_t in_us);
struct period period_between(int64_t from_us, int64_t to_us);

/* "November 2026", "2026-10-26 to 2026-11-24"; "the month before", "the 30 days before". */
void period_write(struct writer *w, const struct period *p);
void period_write_before(struct writer *w, const struct period *p);

#endif
