/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_RANGES_H
#define FILTERD_LOG_RANGES_H

/*
 * Ranges: requested record numbers, such as "100-199,5000-": those missing from another copy of a
 * log.
 */

#include "base/bytes.h"

#define RANGES_MAX 1000

struct ranges {
	size_t num;                     /* 0: everything */
	struct {
		uint64_t first, last;   /* both within */
	} list[RANGES_MAX];
};

/*
 * ranges_parse - Takes: ranges with a comma between them, in rising order, none touching another:
 *                "7", "100-199", "5000-" (to the end).
 * Gives:  PARSE_OK; PARSE_BAD, *out untouched, if it is anything else, or more than RANGES_MAX of
 *         them.
 */
enum parse ranges_parse(struct bytes text, struct ranges *out);

/* Is any number from first to last among them? */
bool ranges_meet(const struct ranges *r, uint64_t first, uint64_t last);

#endif
