/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_INSTANT_H
#define FILTERD_BASE_INSTANT_H

/* Instant: a moment as people write it (RFC 3339, with offset) and as the program counts it. */

#include "base/bytes.h"

#define INSTANT_NEVER  INT64_MAX        /* an `until` that was not given */
#define INSTANT_ALWAYS INT64_MIN        /* an `effective` that was not given */
/* the clock cannot be believed: what has a date has begun, and has not ended */
#define INSTANT_UNKNOWN INT64_MAX

/*
 * instant_parse - Takes: "2024-09-29T00:00:00-04:00", a fraction of up to 6 digits, 'Z' or an
 *         offset; 't', ' ' between date and time allowed.
 * Gives:  PARSE_OK and microseconds since 1970, UTC; PARSE_BAD for anything else, days that do not
 *         exist and a missing offset included. A leap second counts as the second after it.
 * Source: RFC 3339, section 5.6.
 */
enum parse instant_parse(struct bytes text, int64_t *us_out);

/* The same, and the form of instant_write_eve(), whose offset has no colon. */
enum parse instant_parse_eve(struct bytes text, int64_t *us_out);

/* Since 1970, those that have passed whole; before it the numbers are negative. */
int64_t instant_seconds(int64_t us);
int32_t instant_days(int64_t us);

/* "2024-09-29T04:00:00Z", with ".123456" only if there is a fraction. */
void instant_write(struct writer *w, int64_t us);

/* "2026-11-23T14:05:09.123456+0000": what EVE readers expect as timestamp. */
void instant_write_eve(struct writer *w, int64_t us);

/*
 * As instant_write(), and the same without a fraction, within one sentence:
 * printf("%s", instant_text(us).text). Gone at its end.
 */
struct instant_text {
	char text[40];
};

struct instant_text instant_text(int64_t us);
struct instant_text instant_text_to_second(int64_t us);

#endif
