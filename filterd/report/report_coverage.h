/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_REPORT_COVERAGE_H
#define FILTERD_REPORT_REPORT_COVERAGE_H

/* Report coverage: when the filter was at work, in a period. */

#include "review/coverage.h"

/* A gap, limited to the period. */
struct report_gap {
	struct gap gap;
	int64_t    from_us, to_us;
};

struct report_coverage {
	bool               has_span;
	int64_t            from_us, to_us;      /* the part of the period that the log covers */
	/* its length, and the uncovered length, as coverage_between() has it */
	int64_t            span_us, gaps_us;
	struct report_gap *gaps;                /* by time; notes among them */
	size_t             num_gaps, num_inactive;
	/* coverage kept only these: there were more */
	bool               has_more;
	/* packets that passed unseen, without num_uncounted gaps */
	bool               are_counted;
	size_t             num_uncounted;
	uint64_t           packets;             /* lower bound of the packets that passed unseen */
};

/*
 * Takes: the period, INT64_MIN and INT64_MAX for all. Gives: 0 or -ENOMEM; the caller frees gaps.
 */
int report_cover(const struct coverage *all, int64_t from_us, int64_t to_us,
                 struct report_coverage *out);

/*
 * report_overlap - of two times.
 * report_missing - how much of a time lies in gaps where records are missing.
 */
int64_t report_overlap(int64_t from_us, int64_t to_us, int64_t begin_us, int64_t end_us);
int64_t report_missing(const struct report_coverage *c, int64_t from_us, int64_t to_us);

/* An order for qsort(3). */
int report_gaps_by_time(const void *a, const void *b);

/* The share of the covered time in which the filter was at work, in parts per million. */
uint32_t report_covered_ppm(const struct report_coverage *c);

#endif
