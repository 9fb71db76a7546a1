/* SPDX-License-Identifier: MIT */

#include "report/report_coverage.h"

#include "review/sum.h"

#include <errno.h>
#include <stdlib.h>

int report_gaps_by_time(const void *a, const void *b)
{
	const struct report_gap *left = a, *right = b;

	return (left->from_us > right->from_us) - (left->from_us < right->from_us);
}

static void count_gaps(struct report_coverage *c)
{
	for (size_t i = 0; i < c->num_gaps; i++) {
		if (c->gaps[i].gap.is_note)
			continue;
		c->num_inactive++;
		c->num_uncounted += !c->gaps[i].gap.packets_known;
	}
}

int report_cover(const struct coverage *all, int64_t from_us, int64_t to_us,
                 struct report_coverage *c)
{
	*c = (struct report_coverage){ 0 };
	c->from_us  = all->from_us > from_us ? all->from_us : from_us;
	c->to_us    = all->to_us < to_us ? all->to_us : to_us;
	c->has_span = all->has_span && c->from_us < c->to_us;
	c->are_counted = all->unfiltered_known;
	c->has_more    = all->num_gaps > all->num_kept;
	c->gaps        = calloc(all->num_kept + 1, sizeof(*c->gaps));
	if (c->gaps == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < all->num_kept && c->has_span; i++) {
		const struct gap *g   = &all->gaps[i];
		struct report_gap cut = { .gap = *g, .from_us = g->from_us, .to_us = g->to_us };

		if (g->to_us < c->from_us || g->from_us > c->to_us)
			continue;
		cut.from_us = cut.from_us > c->from_us ? cut.from_us : c->from_us;
		cut.to_us   = cut.to_us < c->to_us ? cut.to_us : c->to_us;
		c->gaps[c->num_gaps++] = cut;
		/* The number of packets in a gap comes at its end. */
		if (g->to_us <= c->to_us)
			sum_add(&c->packets, g->packets);
	}
	qsort(c->gaps, c->num_gaps, sizeof(*c->gaps), report_gaps_by_time);
	count_gaps(c);
	if (c->has_span)
		coverage_between(all, c->from_us, c->to_us, &c->span_us, &c->gaps_us);
	return 0;
}

int64_t report_overlap(int64_t from_us, int64_t to_us, int64_t begin_us, int64_t end_us)
{
	int64_t begin = begin_us > from_us ? begin_us : from_us,
		end   = end_us < to_us ? end_us : to_us;

	return end > begin ? end - begin : 0;
}

int64_t report_missing(const struct report_coverage *c, int64_t from_us, int64_t to_us)
{
	int64_t missing_us = 0;

	for (size_t i = 0; i < c->num_gaps; i++) {
		if (c->gaps[i].gap.kind == GAP_MISSING)
			missing_us += report_overlap(from_us, to_us, c->gaps[i].from_us,
			                             c->gaps[i].to_us);
	}
	return missing_us;
}

uint32_t report_covered_ppm(const struct report_coverage *c)
{
	return coverage_share(c->span_us, c->gaps_us);
}
