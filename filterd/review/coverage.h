/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_COVERAGE_H
#define FILTERD_REVIEW_COVERAGE_H

/*
 * Coverage: when was the filter at work? Time between two signed records no more than twice the
 * heartbeat's interval apart, by the machine's own clock that never steps, with the filter
 * enforcing at both, is covered. All else is a gap with a reason, and with the kernel's word on how
 * many packets passed in it.
 */

#include "audit/policies.h"
#include "log/entry.h"
#include "review/met.h"

enum gap_kind {
	GAP_STOPPED,            /* it was stopped, and started again */
	GAP_KILLED,             /* it ended without a stop */
	GAP_OFF,                /* the machine was off, or started anew */
	GAP_SILENT,             /* no heartbeat: it hung, or the machine slept */
	GAP_NOT_ENFORCING,      /* observing, or before the date */
	GAP_NO_RULES,           /* its rules were not in the kernel */
	GAP_CHANGED,            /* another program had changed its rules */
	GAP_NOBODY,             /* no interface with clients was protected */
	GAP_LOG,                /* it ran, but could not write its log */
	/* it ran, but the kernel let packets by that it never saw */
	GAP_UNSEEN,
	GAP_MISSING,            /* nobody knows: the records of that time are not there */
	GAP_AROUND,             /* it ran, and connections went around it */
};

struct gap {
	enum gap_kind kind;
	uint64_t      from_seq, to_seq;         /* the records it lies between, or the one */
	int64_t       from_us, to_us;           /* by the wall clock */
	/* by the machine's clock where the wall clock was set meanwhile */
	int64_t       length_us;
	/* where it begins: time since the first record, measured like its length */
	int64_t       at_us;
	/*
	 * not so for GAP_OFF, unless some did pass: the kernel counts from its start on; nor for
	 * GAP_MISSING
	 */
	bool          packets_known;
	uint64_t      packets;                  /* that passed unseen in it, at least */
	uint64_t      around;                   /* connections that went around in it, at least */
	bool          is_open;                  /* the log ends in it */
	/* the filter was at work, and only details are lost: no part of gaps_us */
	bool          is_note;
	char          reason[96];
};

#define SPAN_MAX          (INT64_MAX / 4)       /* sums of a log that lies stay there */
#define COVERAGE_GAPS_MAX 4096          /* kept; more are counted and summed */
#define COVERAGE_POLICIES 64
#define COVERAGE_STEPS    64            /* of the wall clock; more are taken for one */

/* The wall clock was set, at most so long after the first record. */
struct clock_step {
	int64_t at_us, step_us;
};

struct policy_seen {
	int64_t  from_us;
	uint64_t rules;
	char     digest[65];
	/* what its records say of its files, see coverage_said() */
	size_t   slot, said_len;
	uint64_t left_out;                      /* files of which nothing is said */
};

struct coverage {
	bool     has_span;
	/* by the wall clock: the first record; the latest one */
	int64_t  from_us, to_us;
	/* from the first record to the last: like the length of a gap */
	int64_t  span_us;
	int64_t  gaps_us;                       /* of these not covered; each moment once */
	uint64_t num_gaps, num_kept;
	/* packets that passed unseen, whenever; each stands in some gap */
	uint64_t unfiltered;
	bool     unfiltered_known;
	struct met met;                         /* of new connections */
	/* starts and heartbeats that could not say whether the rules were in the kernel */
	uint64_t num_hooks_unknown;
	/* covered all the same, so far as no such record says otherwise: the time up to these */
	int64_t  hooks_unknown_us;
	uint64_t num_clock_steps;
	int64_t  largest_step_us;
	size_t             num_steps;
	struct clock_step  steps[COVERAGE_STEPS];
	/* the wall clock, less the first record's time and span_us: the sum of all steps */
	int64_t            shift_us;
	size_t             num_policies;
	struct policy_seen policies[COVERAGE_POLICIES];         /* the last ones */
	uint8_t            said[COVERAGE_POLICIES][POLICIES_MAX];
	/* what the next record is held against */
	int64_t       last_us;                  /* wall clock of the last record */
	uint64_t      seq, last_seq;            /* of the one at hand, of the last one */
	uint64_t      num_lost;                 /* records that are missing before the next one */
	bool          has_beat;
	/* the last heartbeat or start: wall clock; span_us at it */
	int64_t       beat_us, beat_span_us;
	uint64_t      beat_seq, beat_mono_ms, every_s, fail_open;
	bool          mono_known;               /* beat_mono_ms is */
	int64_t       within_us;                /* of gaps_us, since then */
	bool          gap_since_beat;           /* gaps[] ends with a gap that ended since then */
	/* the last record was a gap, and gaps[] ends with it */
	bool          said_gap;
	char          boot[40];
	bool          stopped, enforcing, log_degraded;
	const struct wrong_hooks *wrong;        /* what the rules were said to be; NULL: whole */
	char          stop_reason[48], state_reason[64], log_reason[64];
	bool          is_off;                   /* a gap is under way: */
	struct gap    off;
	int64_t       off_span_us;              /* span_us at its beginning */
	struct gap    gaps[COVERAGE_GAPS_MAX];
};

/*
 * coverage_record - Takes: records in order, with their numbers; attempts too, which only say that
 *                   time goes on.
 * coverage_lost   - so many are missing before the next one: the time up to it is no silence of the
 *                   filter's.
 */
void coverage_record(struct coverage *c, const struct entry *e, uint64_t seq);
void coverage_lost(struct coverage *c, uint64_t num);

/* now_us: INT64_MAX if the log is not expected to go on to this moment. */
void coverage_end(struct coverage *c, int64_t now_us);

/* Gaps, of those kept, in which packets may have passed that nobody counted. */
uint64_t coverage_num_uncounted(const struct coverage *c);

/*
 * coverage_between - how much time passed, and how much of it was not covered, while the wall clock
 *                    stood between two times; each moment once. Of the whole log these are span_us
 *                    and gaps_us.
 * coverage_share   - the rest of such a time, in parts of a million. coverage_ppm: of the whole
 *                    log.
 */
void coverage_between(const struct coverage *c, int64_t from_us, int64_t to_us, int64_t *span_out,
                      int64_t *gaps_out);
uint32_t coverage_share(int64_t span_us, int64_t gaps_us);
uint32_t coverage_ppm(const struct coverage *c);

/*
 * coverage_note_policy - the policy that a record says is in force.
 * coverage_said        - the array "policies" of its records, for policy_said.h; empty: they do not
 *                        say it, as those of an older filterd.
 */
void         coverage_note_policy(struct coverage *c, const struct entry *e);
struct bytes coverage_said(const struct coverage *c, const struct policy_seen *p);

const char *gap_kind_name(enum gap_kind kind);

#endif
