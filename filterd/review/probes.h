/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_PROBES_H
#define FILTERD_REVIEW_PROBES_H

/*
 * Probes: requests for the test name. Somebody tested the filter, and the log has the result.
 */

#include "log/entry.h"

struct probes {
	uint64_t num, num_blocked;
	int64_t  last_us;               /* 0: none, or their times are unknown */
};

/* Takes: e, an ENTRY_PROBE. */
void probes_add(struct probes *p, const struct entry *e);

#define PROBES_TEXT_MAX 128     /* bytes of probes_write()'s text */

/* "3 probes, the last at 2026-11-30 12:00:00, all blocked"; nothing if there were none. */
void probes_write(struct writer *w, const struct probes *p);

#endif
