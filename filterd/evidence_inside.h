/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_EVIDENCE_INSIDE_H
#define FILTERD_EVIDENCE_INSIDE_H

/* What evidence_open.c (folders, the log opened) and evidence.c (its records) share. */

#include "evidence.h"

struct evidence {
	struct journal *journal;
	struct lease_files *leases;
	struct witness     *witness;
	struct wallclock   *wallclock;
	uint64_t            fail_open;              /* packets that passed unseen while filterd ran */
	char            anchors[SETTINGS_TEXT_MAX];
	char            boot[40];
	int64_t         started_ms, last_ms, flushed_ms;        /* since the machine started; last: heartbeat */
	uint64_t        every_s, flush_every_s;                 /* flush: 0, no copy */
};

#endif
