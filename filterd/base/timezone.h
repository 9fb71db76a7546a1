/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_TIMEZONE_H
#define FILTERD_BASE_TIMEZONE_H

/*
 * Timezone: the zone in which the reader of this program reads and writes times, one for the whole
 * program. UTC until another one is chosen, once, at the start, before there are threads.
 *
 * A wall time is the local clock's reading, counted like a moment in UTC: 1970-01-01 00:00 is 0. A
 * day is a number, 1970-01-01 is 0; it has 23, 24 or 25 hours.
 */

#include <stdbool.h>
#include <stdint.h>

#define TIMEZONE_NAME_MAX 63    /* bytes */

/*
 * timezone_choose - Takes: rule, in the form of TZ: a file, or "EST5EDT,M3.2.0,M11.1.0"; NULL: the
 *                   machine's own. The C library treats an unknown rule as UTC, so the caller
 *                   checks the rule first (ctl/timezone.h). name: for people, truncated to fit;
 *                   NULL: its abbreviations, "CET/CEST".
 * timezone_is_utc - true also for any other zone that never differs from UTC.
 * timezone_name   - "America/New_York"; "UTC".
 */
void        timezone_choose(const char *rule, const char *name);
bool        timezone_is_utc(void);
const char *timezone_name(void);

/*
 * timezone_offset_s - seconds east of UTC at that moment.
 * timezone_wall     - the wall time at that moment.
 * timezone_moment   - the first at which the clock shows that wall time or a later one: the first
 *                     of two where it is set back, the change itself where it is set forward.
 * timezone_is_twice - does the clock show the same at another moment, too?
 */
int32_t timezone_offset_s(int64_t us);
int64_t timezone_wall(int64_t us);
int64_t timezone_moment(int64_t wall_us);
bool    timezone_is_twice(int64_t us);

/* The day in which a moment lies; the first moment of a day. */
int64_t timezone_day(int64_t us);
int64_t timezone_day_begins(int64_t day);

#endif
