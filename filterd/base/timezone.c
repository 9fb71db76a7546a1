/* SPDX-License-Identifier: MIT */

/*
 * The C library knows the zones, and converts a moment to wall time. In the other direction
 * mktime() is ambiguous where the clock is set back, and guesses where it is set forward, so that
 * direction uses the offsets a day before and a day after: no zone changes twice within two days.
 */

#include "base/timezone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_US INT64_C(1000000)
#define HOUR_US   (3600 * SECOND_US)
#define DAY_US    (24 * HOUR_US)

/* Beyond this no offset is applied, because microseconds would overflow. */
#define LAST_US  (INT64_MAX - 4 * DAY_US)
#define FIRST_US (INT64_MIN + 4 * DAY_US)

/* A zone that is UTC in these years is UTC. */
#define TRIED_FROM_US INT64_C(1577836800000000)        /* 2020-01-01 */
#define TRIED_TO_US   INT64_C(2145916800000000)        /* 2038-01-01 */

/* Cached offsets of hours: the times on a page span few days. */
#define HOURS_KEPT 64

struct kept_hour {
	int64_t hour;           /* since 1970 */
	int32_t offset_s;
	bool    is_known;
};

static struct {
	bool             is_other;              /* than UTC */
	char             name[TIMEZONE_NAME_MAX + 1];
	struct kept_hour hours[HOURS_KEPT];
} zone = { .name = "UTC" };

static int64_t timezone_floor(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int32_t timezone_ask(int64_t us)
{
	time_t    seconds = (time_t)timezone_floor(us, SECOND_US);
	struct tm local;

	return localtime_r(&seconds, &local) != NULL ? (int32_t)local.tm_gmtoff : 0;
}

static bool timezone_differs(void)
{
	for (int64_t us = TRIED_FROM_US; us < TRIED_TO_US; us += 14 * DAY_US) {
		if (timezone_ask(us) != 0)
			return true;
	}
	return false;
}

void timezone_choose(const char *rule, const char *name)
{
	if (rule != NULL)
		setenv("TZ", rule, 1);
	tzset();
	memset(&zone, 0, sizeof(zone));
	zone.is_other = timezone_differs();
	if (!zone.is_other)
		snprintf(zone.name, sizeof(zone.name), "UTC");
	else if (name != NULL)
		snprintf(zone.name, sizeof(zone.name), "%s", name);
	else if (strcmp(tzname[0], tzname[1]) == 0)
		snprintf(zone.name, sizeof(zone.name), "%s", tzname[0]);
	else
		snprintf(zone.name, sizeof(zone.name), "%s/%s", tzname[0], tzname[1]);
}

bool timezone_is_utc(void)
{
	return !zone.is_other;
}

const char *timezone_name(void)
{
	return zone.name;
}

/* An hour that begins and ends with the same offset keeps it throughout. */
int32_t timezone_offset_s(int64_t us)
{
	int64_t           hour;
	struct kept_hour *kept;
	int32_t           begin_s;

	if (!zone.is_other || us < FIRST_US || us > LAST_US)
		return 0;
	hour = timezone_floor(us, HOUR_US);
	kept = &zone.hours[(uint64_t)hour % HOURS_KEPT];
	if (kept->is_known && kept->hour == hour)
		return kept->offset_s;
	begin_s = timezone_ask(hour * HOUR_US);
	if (timezone_ask((hour + 1) * HOUR_US - 1) != begin_s)
		return timezone_ask(us);
	*kept = (struct kept_hour){ .hour = hour, .offset_s = begin_s, .is_known = true };
	return begin_s;
}

int64_t timezone_wall(int64_t us)
{
	return us + timezone_offset_s(us) * SECOND_US;
}

/* The offset changes between two moments: the first moment with the new offset. */
static int64_t timezone_change(int64_t before_us, int64_t after_us)
{
	int32_t after_s = timezone_offset_s(after_us);

	while (after_us - before_us > 1) {
		int64_t middle_us = before_us + (after_us - before_us) / 2;

		if (timezone_offset_s(middle_us) == after_s)
			after_us = middle_us;
		else
			before_us = middle_us;
	}
	return after_us;
}

int64_t timezone_moment(int64_t wall_us)
{
	int64_t before_us, after_us;

	if (!zone.is_other || wall_us < FIRST_US || wall_us > LAST_US)
		return wall_us;
	before_us = wall_us - timezone_offset_s(wall_us - DAY_US) * SECOND_US;
	after_us  = wall_us - timezone_offset_s(wall_us + DAY_US) * SECOND_US;
	if (timezone_wall(before_us) == wall_us)
		return before_us;
	if (timezone_wall(after_us) == wall_us)
		return after_us;
	return timezone_change(after_us, before_us);
}

bool timezone_is_twice(int64_t us)
{
	int64_t wall_us = timezone_wall(us);
	int64_t before_us, after_us;

	if (!zone.is_other || us < FIRST_US || us > LAST_US)
		return false;
	before_us = wall_us - timezone_offset_s(us - DAY_US) * SECOND_US;
	after_us  = wall_us - timezone_offset_s(us + DAY_US) * SECOND_US;
	return before_us != after_us && timezone_wall(before_us) == wall_us &&
	       timezone_wall(after_us) == wall_us;
}

int64_t timezone_day(int64_t us)
{
	return timezone_floor(timezone_wall(us), DAY_US);
}

int64_t timezone_day_begins(int64_t day)
{
	return timezone_moment(day * DAY_US);
}
