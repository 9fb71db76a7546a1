/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_TALLY_H
#define FILTERD_AUDIT_TALLY_H

/*
 * Tally: counts attempts by category, layer and result. Bounded: attempts without a row are counted
 * under the category "other". Rows are never removed, whatever policy is loaded later, so a counter
 * never runs backwards.
 */

#include "audit/event.h"

/* the shipped policies have 18 categories, each with up to six layers and three types */
#define TALLY_ROWS         128
#define TALLY_CATEGORY_MAX 32           /* bytes; like a policy file's */

struct tally_row {
	char            category[TALLY_CATEGORY_MAX];
	enum app        app;
	enum event_type type;
	uint64_t        count;
};

/* All zero: empty. */
struct tally {
	/* requests for the test name: these are not attempts, and are in no row */
	uint64_t         probes_blocked, probes_passed;
	size_t           num;
	struct tally_row rows[TALLY_ROWS];
};

/* tally_add - counts one attempt. tally_merge - adds all counts of `from`. */
void tally_add(struct tally *t, const struct event *e);
void tally_merge(struct tally *t, const struct tally *from);

/* The sum for one type over all rows. */
uint64_t tally_sum(const struct tally *t, enum event_type type);

#endif
