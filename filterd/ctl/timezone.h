/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_TIMEZONE_H
#define FILTERD_CTL_TIMEZONE_H

/* Timezone: the zone that filterctl's reader chose; base/timezone.h uses it from then on. */

#include <stdbool.h>
#include <stdint.h>

/* The lines about it in --help. */
#define TIMEZONE_HELP \
	"      --tz ZONE       times, days and hours are read and written in this zone: " \
	"America/New_York, UTC, -05:00;\n" \
	"                      default local, that of this machine\n"

/*
 * timezone_take - Takes: who, for messages; zone, from --tz: a name of a zone file, "UTC",
 *                 "local", "-05:00"; NULL: local.
 * Gives:  false: this machine does not know the zone, or its own zone; a message has been printed.
 */
bool timezone_take(const char *who, const char *zone);

/*
 * timezone_read_time - a time from the command line, in that zone. Takes: option, its name without
 *                      dashes. Gives: false: not a time; a message has been printed.
 */
bool timezone_read_time(const char *who, const char *option, const char *text, int64_t now_us,
                        int64_t *us_out);

#endif
