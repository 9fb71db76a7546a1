/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_COVERAGE_H
#define FILTERD_REVIEW_COVERAGE_H

/*
 * Coverage: when was the filter running? Time is covered between two signed records no more than
 * twice the heartbeat's interval apart, by the monotonic clock, with the filter enforcing at both.
 * All else is a gap with a reason, and with the kernel's count of packets that passed in it.
 */

#include "audit/policies.h"
#include "log/entry.h"
#include "review/met.h"

enum gap_kind {
	GAP_STOPPED,            /* it was stopped, and started again */
	GAP_KILLED,             /* it ended without a stop */
	GAP_OFF,                /* the machine was off, or rebooted */
	GAP_SILENT,             /* no heartbeat: it hung, or the machine slept */
	GAP_NOT_ENFORCING,      /* observing, or before the date */
	GAP_NO_RULES,           /* its rules were not in the kernel */
	GAP_CHANGED,            /* another program had changed its rules */
	GAP_NOBODY,             /* no interface with clients was protected */
	GAP_LOG,                /* it ran, but could not write its log */
	/* it ran, but the kernel let packets pass unseen */
	GAP_UNSEEN,
	GAP_MISSING,            /* unknown: the records of that time are missing */
	GAP_AROUND,             /* it ran, and connections bypassed it */
};

struct gap {
	enum gap_kind kind;
	uint64_t      from_seq, to_seq;         /* the records around it, or the only one */
	int64_t       from_us, to_us;           /* by the wall clock */
	/* by the monotonic clock if the wall clock was set meanwhile */
	int64_t       length_us;
	/* its beginning: time since the first record, measured like its length */
	int64_t       at_us;
	/*
	 * false for GAP_MISSING, and for GAP_OFF unless some did pass: the kernel counts from boot
	 * on
	 */
	bool          packets_known;
	uint64_t      packets;                  /* that passed unseen in it; a lower bound */
	uint64_t      around;                   /* connections that bypassed it; a lower bound */
	bool          is_open;                  /* the log ends in it */
	/* the filter was running, only details are lost: not in gaps_us */
	bool          is_note;
	char          reason[96];
};

#define SPAN_MAX          (INT64_MAX / 4)       /* limits the sums of a forged log */
#define COVERAGE_GAPS_MAX 4096          /* kept; more are counted and summed */
#define COVERAGE_POLICIES 64
#define COVERAGE_STEPS    64            /* of the wall clock; further ones are merged */

/* The wall clock was set, at most that long after the first record. */
struct clock_step {
	int64_t at_us, step_us;
};

struct policy_seen {
	int64_t  from_us;
	uint64_t rules;
	char     digest[65];
	/* its records' description of its files, see coverage_said() */
	size_t   slot, said_len;
	uint64_t left_out;                      /* files without a description */
};

struct coverage {
	bool     has_span;
	/* by the wall clock: the first record; the latest one */
	int64_t  from_us, to_us;
	/* from the first record to the last: like the length of a gap */
	int64_t  span_us;
	int64_t  gaps_us;                       /* not covered; each moment once */
	uint64_t num_gaps, num_kept;
	/* packets that passed unseen at any time; each is in some gap */
	uint64_t unfiltered;
	bool     unfiltered_known;
	struct met met;                         /* of new connections */
	/* starts and heartbeats for which the kernel's rules were unknown */
	uint64_t num_hooks_unknown;
	/* the time before these; it counts as covered unless such a record contradicts */
	int64_t  hooks_unknown_us;
	uint64_t num_clock_steps;
	int64_t  largest_step_us;
	size_t             num_steps;
	struct clock_step  steps[COVERAGE_STEPS];
	/* the wall clock minus the first record's time and span_us: the sum of all steps */
	int64_t            shift_us;
	size_t             num_policies;
	struct policy_seen policies[COVERAGE_POLICIES];         /* the last ones */
	uint8_t            said[COVERAGE_POLICIES][POLICIES_MAX];
	/* for comparison with the next record */
	int64_t       last_us;                  /* wall clock of the last record */
	uint64_t      seq, last_seq;            /* of the current one, of the last one */
	uint64_t      num_lost;                 /* records missing before the next one */
	bool          has_beat;
	/* the last heartbeat or start: wall clock; span_us at it */
	int64_t       beat_us, beat_span_us;
	uint64_t      beat_seq, beat_mono_ms, every_s, fail_open;
	bool          mono_known;               /* beat_mono_ms is */
	int64_t       within_us;                /* of gaps_us, since then */
	bool          gap_since_beat;           /* gaps[] ends with a gap that ended since then */
	/* the last record was a gap, the last one in gaps[] */
	bool          said_gap;
	char          boot[40];
	bool          stopped, enforcing, log_degraded;
	const struct wrong_hooks *wrong;        /* recorded state of the rules; NULL: complete */
	char          stop_reason[48], state_reason[64], log_reason[64];
	bool          is_off;                   /* in a gap: */
	struct gap    off;
	int64_t       off_span_us;              /* span_us at its beginning */
	struct gap    gaps[COVERAGE_GAPS_MAX];
};

/*
 * coverage_record - Takes: records in order, with their numbers; also attempts, which only advance
 *                   the time.
 * coverage_lost   - that many are missing before the next one: the filter was not silent in the
 *                   time up to it.
 */
void coverage_record(struct coverage *c, const struct entry *e, uint64_t seq);
void coverage_lost(struct coverage *c, uint64_t num);

/* now_us: INT64_MAX if the log need not reach to the present. */
void coverage_end(struct coverage *c, int64_t now_us);

/* The kept gaps in which packets may have passed uncounted. */
uint64_t coverage_num_uncounted(const struct coverage *c);

/*
 * coverage_between - the time that passed, and the part not covered, while the wall clock was
 *                    between two times; each moment once. For the whole log these are span_us and
 *                    gaps_us.
 * coverage_share   - the covered share of such a time, in parts per million. coverage_ppm: for the
 *                    whole log.
 */
void coverage_between(const struct coverage *c, int64_t from_us, int64_t to_us, int64_t *span_out,
                      int64_t *gaps_out);
uint32_t coverage_share(int64_t span_us, int64_t gaps_us);
uint32_t coverage_ppm(const struct coverage *c);

/*
 * coverage_note_policy - notes the policy in force according to a record.
 * coverage_said        - the array "policies" of its records, for policy_said.h; empty: missing,
 *                        for example from an older filterd.
 */
void         coverage_note_policy(struct coverage *c, const struct entry *e);
struct bytes coverage_said(const struct coverage *c, const struct policy_seen *p);

const char *gap_kind_name(enum gap_kind kind);

#endif
