/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_MET_H
#define FILTERD_REVIEW_MET_H

/*
 * Met: how many new connections did the filter inspect? From the kernel's counters in heartbeats.
 */

#include "log/entry.h"

/* All zero: nothing is known. */
struct met {
	uint64_t num_told, num_untold;  /* heartbeats with and without counts */
	uint64_t looked_at, of;         /* of: all that should have been */
	uint64_t left_out;              /* besides: of interfaces left out by the settings */
};

/* met_add - Takes: any record. */
void met_add(struct met *m, const struct entry *e);

/* met_around - a heartbeat's number of connections around the filter, from the start or later. */
uint64_t met_around(const struct entry *e);

/*
 * met_write - "looked at 5 of 6 new connections; 3 of interfaces that are left out"; "connections
 *             were not counted".
 */
void met_write(struct writer *w, const struct met *m);

#endif
