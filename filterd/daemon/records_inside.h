/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_RECORDS_INSIDE_H
#define FILTERD_DAEMON_RECORDS_INSIDE_H

/* Shared by records_open.c (opens the log) and records.c (writes its records). */

#include "daemon/records.h"

struct records {
	struct journal      *journal;
	struct lease_files  *leases;
	struct kernel_state *kernel;
	struct wallclock    *wallclock;
	/* packets that passed unseen while filterd ran */
	uint64_t             fail_open;
	/* the engine's counts in the previous record */
	uint64_t             missed, unheard;
	/* the protection in the previous record, and the time of the last check */
	size_t               protects_len;
	uint8_t              protects[JOURNAL_IN_FORCE_MAX];
	int64_t              protects_ms;
	char                 anchors[SETTINGS_TEXT_MAX];
	char                 boot[40];
	/* since boot; last: heartbeat */
	int64_t              started_ms, last_ms, flushed_ms;
	uint64_t             every_s, flush_every_s;            /* flush: 0: no copy */
};

#endif
