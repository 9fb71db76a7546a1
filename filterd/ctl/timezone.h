/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_TIMEZONE_H
#define FILTERD_CTL_TIMEZONE_H

/* Timezone: which zone the reader of filterctl wants; from then on base/timezone.h has it. */

#include <stdbool.h>

/* What --help says of it: an option's lines. */
#define TIMEZONE_HELP \
	"      --tz ZONE       times, days and hours are read and written in this zone: " \
	"America/New_York, UTC, -05:00;\n" \
	"                      default local, that of this machine\n"

/*
 * timezone_take - Takes: verb, for messages; zone, as --tz has it: a name of the zone files,
 *                 "UTC", "local", "-05:00"; NULL: local.
 * Gives:  false: this machine does not know it, or not its own; that was said.
 */
bool timezone_take(const char *verb, const char *zone);

#endif
