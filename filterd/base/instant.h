/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_INSTANT_H
#define FILTERD_BASE_INSTANT_H

/* Instant: a moment, as text (RFC 3339, with offset) and as a number of microseconds. */

#include "base/bytes.h"

#define INSTANT_NEVER  INT64_MAX        /* stands for a missing `until` */
#define INSTANT_ALWAYS INT64_MIN        /* stands for a missing `effective` */
/* the clock is untrusted: everything with a date has begun, and nothing has ended */
#define INSTANT_UNKNOWN INT64_MAX

/*
 * instant_parse - Takes: "2024-09-29T00:00:00-04:00", a fraction of up to 6 digits, 'Z' or an
 *         offset; 't', ' ' between date and time allowed.
 * Gives:  PARSE_OK and microseconds since 1970, UTC; PARSE_BAD for anything else, including days
 *         that do not exist and a missing offset. A leap second counts as the second after it.
 * Source: RFC 3339, section 5.6.
 */
enum parse instant_parse(struct bytes text, int64_t *us_out);

/* The same, and also the form of instant_write_eve(), with an offset without a colon. */
enum parse instant_parse_eve(struct bytes text, int64_t *us_out);

/* Complete days since 1970; negative before it. */
int64_t instant_seconds(int64_t us);
int32_t instant_days(int64_t us);

/* "2024-09-29T04:00:00Z", with ".123456" only if there is a fraction. */
void instant_write(struct writer *w, int64_t us);

/* "2026-11-23T14:05:09.123456+0000": the timestamp format of EVE. */
void instant_write_eve(struct writer *w, int64_t us);

/*
 * Like instant_write(), and the same without a fraction, for use within one statement:
 * printf("%s", instant_text(us).text). The text is gone after it.
 */
struct instant_text {
	char text[40];
};

struct instant_text instant_text(int64_t us);
struct instant_text instant_text_to_second(int64_t us);

#endif
