/* SPDX-License-Identifier: MIT */

#include "board/days.h"

#include "base/timezone.h"
#include "review/sum.h"

#include <string.h>

/* A running filterd writes a heartbeat at least every hour, [audit] heartbeat. */
#define SILENT_US INT64_C(7200000000)

void days_begin(struct days *d, int64_t now_us)
{
	memset(d, 0, sizeof(*d));
	d->today     = timezone_day(now_us);
	d->now_us    = now_us;
	d->oldest_us = INT64_MAX;
	d->newest_us = INT64_MIN;
}

int64_t days_from(const struct days *d)
{
	return timezone_day_begins(d->today - (DAYS_NUM - 1));
}

static struct day *days_of(struct days *d, int64_t us)
{
	int64_t number = timezone_day(us) - d->today + DAYS_NUM - 1;

	return number >= 0 && number < DAYS_NUM ? &d->list[number] : NULL;
}

void days_record(struct days *d, int64_t us)
{
	struct day *day = days_of(d, us);

	if (day != NULL)
		day->has_record = true;
	if (us < d->oldest_us)
		d->oldest_us = us;
	if (us > d->newest_us)
		d->newest_us = us;
}

void days_count(struct days *d, int64_t us, uint64_t attempts, bool is_blocked)
{
	struct day *day = days_of(d, us);

	if (day == NULL)
		return;
	sum_add(&day->attempts, attempts);
	if (is_blocked)
		sum_add(&day->blocked, attempts);
}

/* If the clock was set back, the later record may come first. */
void days_hole(struct days *d, int64_t from_us, int64_t to_us)
{
	int64_t from = timezone_day(from_us < to_us ? from_us : to_us),
		to   = timezone_day(from_us < to_us ? to_us : from_us);

	for (size_t i = 0; i < DAYS_NUM; i++) {
		int64_t day = d->today - (DAYS_NUM - 1) + (int64_t)i;

		d->list[i].has_hole |= day >= from && day <= to;
	}
}

static const char *days_why_before(const struct days *d, int64_t day, enum days_end end)
{
	bool    has_any  = d->oldest_us != INT64_MAX;
	int64_t began    = has_any ? timezone_day(d->oldest_us) : INT64_MAX;
	bool    is_known = has_any && day > began;

	switch (end) {
	case DAYS_PAST:      return NULL;
	case DAYS_LOG_BEGAN: return is_known || day == began ? NULL : "before the log began";
	case DAYS_NOT_HERE:  return is_known ? NULL : "not in the log here";
	case DAYS_TOO_LONG:  return is_known ? NULL : "the log is too long to be read so far";
	case DAYS_NO_LOG:    return is_known ? NULL : "there is no log";
	case DAYS_UNREAD:    break;
	}
	return is_known ? NULL : "the log cannot be read";
}

/* A day without any record, after the newest one or between two. */
static bool days_is_silent(const struct days *d, size_t number)
{
	if (d->list[number].has_record)
		return false;
	return number + 1 < DAYS_NUM || d->newest_us < d->now_us - SILENT_US;
}

const char *days_why(const struct days *d, size_t number, enum days_end end)
{
	int64_t     day = d->today - (DAYS_NUM - 1) + (int64_t)number;
	const char *why = days_why_before(d, day, end);

	if (why != NULL)
		return why;
	if (d->list[number].has_hole)
		return "records are missing";
	return days_is_silent(d, number) ? "filterd wrote no record" : NULL;
}
