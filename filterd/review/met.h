/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_MET_H
#define FILTERD_REVIEW_MET_H

/*
 * Met: of how many new connections did the filter see what was said? By the kernel's counters, as
 * heartbeats carry them.
 */

#include "log/entry.h"

/* All zero: nothing is known. */
struct met {
	uint64_t num_told, num_untold;  /* heartbeats that say so, and that do not */
	uint64_t looked_at, of;         /* of those that should have been */
	uint64_t left_out;              /* besides: of interfaces that the settings leave out */
};

/* met_add - Takes: any record. */
void met_add(struct met *m, const struct entry *e);

/* met_around - how many a heartbeat says went around the filter, from the first packet or later. */
uint64_t met_around(const struct entry *e);

/*
 * met_write - "looked at 5 of 6 new connections; 3 of interfaces that are left out"; "connections
 *             were not counted".
 */
void met_write(struct writer *w, const struct met *m);

#endif
