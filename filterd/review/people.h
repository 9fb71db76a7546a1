/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_PEOPLE_H
#define FILTERD_REVIEW_PEOPLE_H

/*
 * People: times, spans and numbers in forms for people. Times are in the reader's zone
 * (base/timezone.h), which is UTC unless another one was chosen.
 */

#include "base/bytes.h"

/*
 * people_read_time - Takes: now_us, and one of
 *      "2026-11-23", "2026-11", "2026-11-23 14", "2026-11-23 14:05", "2026-11-23 14:05:09": of the
 *      reader's zone; for a repeated time the first, for a skipped one the moment of the change. In
 *      another zone with " UTC", "Z", "+01:00" or "+0100" appended. 'T' may replace the blank
 *      "@1795442709", seconds since 1970: all that filterd itself prints is among them
 *      "now", "today", "yesterday", "this month", "last month", "this week" (from Monday)
 *      "2 days ago", "90min", "-3h": that long before now; s, min, h, d, w, month, y (30 and 365
 *      days), in full or short
 * Gives:  PARSE_OK and the instant: for a day, an hour or a month, its beginning. PARSE_BAD for
 *         anything else.
 */
enum parse people_read_time(struct bytes text, int64_t now_us, int64_t *us_out);

/* "90 days", "30d", "36h": a length of time, in microseconds, more than 0. */
enum parse people_read_span(struct bytes text, int64_t *us_out);

/* The first moment of the month, in the reader's zone. */
int64_t people_month_begin(int64_t us);

/* The text of --help for both. */
extern const char people_time_help[];

/*
 * people_write_time, people_write_minute - "2026-11-23 14:05:09", "2026-11-23 14:05"; of a
 *      time that is repeated in the zone, with the offset: "2026-11-01 01:30:00-04:00". For a
 *      place that names the zone.
 * people_write_moment - the same with the offset, but in UTC: for a sentence in any context.
 * people_write_rfc3339 - "2026-11-23T14:05:09-05:00", in UTC "2026-11-23T14:05:09Z": one word, for
 *      command output that people paste into other commands.
 * people_write_utc, people_write_utc_minute - "2026-11-23 14:05:09 UTC", "2026-11-23 14:05 UTC", in
 *      any zone.
 * people_write_day    - only the date.
 * people_write_zone   - "America/New_York; UTC is 5 h ahead": with the offsets of that time. "UTC".
 * people_write_span   - "8 m 48 s", "29 d 23 h", "0 s": the two largest units.
 * people_read_time() reads all but the zone back, as the same second, minute or day.
 */
void people_write_time(struct writer *w, int64_t us);
void people_write_minute(struct writer *w, int64_t us);
void people_write_moment(struct writer *w, int64_t us);
void people_write_rfc3339(struct writer *w, int64_t us);
void people_write_utc(struct writer *w, int64_t us);
void people_write_utc_minute(struct writer *w, int64_t us);
void people_write_day(struct writer *w, int64_t us);
void people_write_zone(struct writer *w, int64_t from_us, int64_t to_us);
void people_write_span(struct writer *w, int64_t us);

/* "2 188 412", "2.1 GB", "99.98 %" (from parts per million; 100 % only for all). */
void people_write_number(struct writer *w, uint64_t number);
void people_write_bytes(struct writer *w, uint64_t bytes);
void people_write_percent(struct writer *w, uint32_t ppm);

#endif
