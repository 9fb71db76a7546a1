/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_TALLY_H
#define FILTERD_AUDIT_TALLY_H

/*
 * Tally: how many attempts there were, by category, layer and what became of them. Bounded: what
 * finds no row of its own is counted under the category "other". A row that is there stays,
 * whatever policy is loaded later: a counter never runs backwards.
 */

#include "audit/event.h"

/* the shipped policies have 15 categories, which six layers and three types could show */
#define TALLY_ROWS         128
#define TALLY_CATEGORY_MAX 32           /* bytes, as a policy file's */

struct tally_row {
	char            category[TALLY_CATEGORY_MAX];
	enum app        app;
	enum event_type type;
	uint64_t        count;
};

/* All zero: empty. */
struct tally {
	/* of the test name: no attempts, and in no row */
	uint64_t         probes_blocked, probes_passed;
	size_t           num;
	struct tally_row rows[TALLY_ROWS];
};

/* tally_add - one attempt. tally_merge - all of `from`, on top of what is there. */
void tally_add(struct tally *t, const struct event *e);
void tally_merge(struct tally *t, const struct tally *from);

/* Of one type, over all rows. */
uint64_t tally_sum(const struct tally *t, enum event_type type);

#endif
