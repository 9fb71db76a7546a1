/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_REPORT_COVERAGE_H
#define FILTERD_REPORT_REPORT_COVERAGE_H

/* Report coverage: of a period, when the filter was at work. */

#include "review/coverage.h"

/* A gap, as far as it lies in the period. */
struct report_gap {
	const struct gap *gap;
	int64_t           from_us, to_us;
};

struct report_coverage {
	bool               has_span;
	int64_t            from_us, to_us;      /* what the log covers of the period */
	/* how long that is, and what is not covered, as coverage_between() has it */
	int64_t            span_us, gaps_us;
	struct report_gap *gaps;                /* by time; notes among them */
	size_t             num_gaps, num_inactive;
	/* than coverage keeps: what is here is less than all */
	bool               has_more;
	/* packets that passed unseen, but for num_uncounted gaps */
	bool               are_counted;
	size_t             num_uncounted;
	uint64_t           packets;             /* that passed unseen, at least */
};

/*
 * Takes: all, borrowed as long as out lives; the period, INT64_MIN and INT64_MAX for all. Gives: 0
 * or -ENOMEM; gaps are to be freed.
 */
int report_cover(const struct coverage *all, int64_t from_us, int64_t to_us,
                 struct report_coverage *out);

/*
 * report_missing - of a time, how long is not told of: its records are missing, or it lies before
 *                  the log. What lies behind the log's end is not there yet.
 */
int64_t report_missing(const struct report_coverage *c, int64_t from_us, int64_t to_us);

/* Of the time that the log covers, parts of a million in which the filter was at work. */
uint32_t report_covered_ppm(const struct report_coverage *c);

#endif
