/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_TIMEZONE_H
#define FILTERD_CTL_TIMEZONE_H

/* Timezone: which zone the reader of filterctl wants; from then on base/timezone.h has it. */

#include <stdbool.h>
#include <stdint.h>

/* What --help says of it: an option's lines. */
#define TIMEZONE_HELP \
	"      --tz ZONE       times, days and hours are read and written in this zone: " \
	"America/New_York, UTC, -05:00;\n" \
	"                      default local, that of this machine\n"

/*
 * timezone_take - Takes: who, for messages; zone, as --tz has it: a name of the zone files,
 *                 "UTC", "local", "-05:00"; NULL: local.
 * Gives:  false: this machine does not know it, or not its own; that was said.
 */
bool timezone_take(const char *who, const char *zone);

/*
 * timezone_read_time - a time of the command line, in that zone. Takes: option, its name without
 *                      dashes. Gives: false: it is none, which was said.
 */
bool timezone_read_time(const char *who, const char *option, const char *text, int64_t now_us,
                        int64_t *us_out);

#endif
