/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_PROBES_H
#define FILTERD_REVIEW_PROBES_H

/*
 * Probes: requests for the test name. Somebody wanted to see the filter work, and the log says
 * whether it did.
 */

#include "log/entry.h"

struct probes {
	uint64_t num, num_blocked;
	int64_t  last_us;               /* 0: none, or their times are not known */
};

/* Takes: e, an ENTRY_PROBE. */
void probes_add(struct probes *p, const struct entry *e);

#define PROBES_TEXT_MAX 128     /* bytes of what probes_write() writes */

/* "3 probes, the last at 2026-11-30 12:00:00, all blocked"; nothing if there were none. */
void probes_write(struct writer *w, const struct probes *p);

#endif
