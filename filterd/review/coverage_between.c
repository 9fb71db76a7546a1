/* SPDX-License-Identifier: MIT */

/*
 * Queries of a complete coverage: the covered part of a period of wall-clock time.
 */

#include "review/coverage.h"

static int64_t coverage_between_most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* While only the log could not be written, everything was judged. */
uint64_t coverage_num_uncounted(const struct coverage *c)
{
	uint64_t num = 0;

	for (uint64_t i = 0; i < c->num_kept; i++)
		num += c->gaps[i].kind != GAP_LOG && !c->gaps[i].packets_known;
	return num;
}

/*
 * How long after the first record the wall clock showed this time; the first time, if it was set
 * back later.
 */
static int64_t coverage_between_place_of(const struct coverage *c, int64_t time_us)
{
	int64_t shift_us = 0, place_us;

	if (time_us <= -SPAN_MAX || time_us >= SPAN_MAX)
		return time_us < 0 ? 0 : c->span_us;
	for (size_t i = 0; i < c->num_steps; i++) {
		place_us = time_us - c->from_us - shift_us;
		if (place_us <= c->steps[i].at_us)
			return coverage_between_most(place_us, 0);
		/* The clock never showed this time: somebody set the clock past it. */
		if (place_us < c->steps[i].at_us + c->steps[i].step_us)
			return c->steps[i].at_us;
		shift_us += c->steps[i].step_us;
	}
	place_us = coverage_between_most(time_us - c->from_us - shift_us, 0);
	return place_us < c->span_us ? place_us : c->span_us;
}

void coverage_between(const struct coverage *c, int64_t from_us, int64_t to_us, int64_t *span_out,
                      int64_t *gaps_out)
{
	int64_t from = coverage_between_place_of(c, from_us),
		to = coverage_between_most(coverage_between_place_of(c, to_us), from), gaps = 0;

	*span_out = c->span_us;
	*gaps_out = c->gaps_us;
	if (from_us <= c->from_us && to_us >= c->to_us)
		return;
	for (uint64_t i = 0; i < c->num_kept; i++) {
		const struct gap *g     = &c->gaps[i];
		int64_t           begin = coverage_between_most(g->at_us, from);
		int64_t           end   = g->at_us + g->length_us;

		end = end < to ? end : to;
		if (!g->is_note && end > begin)
			gaps += end - begin;
	}
	*span_out = to - from;
	*gaps_out = gaps < to - from ? gaps : to - from;
}

uint32_t coverage_share(int64_t span_us, int64_t gaps_us)
{
	int64_t covered = span_us - gaps_us;

	if (span_us <= 0 || covered <= 0)
		return 0;
	return (uint32_t)((long double)covered * 1000000 / (long double)span_us);
}

uint32_t coverage_ppm(const struct coverage *c)
{
	return coverage_share(c->span_us, c->gaps_us);
}
