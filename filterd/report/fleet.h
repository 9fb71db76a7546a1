/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_FLEET_H
#define FILTERD_REPORT_FLEET_H

/*
 * Fleet: the result of verifying many logs, one row each, and the facts that only a comparison
 * shows: which gateway is silent, which runs a different policy from most. A log is no longer in
 * memory when its row is written: a row has a few hundred bytes, and its findings and gaps.
 */

#include "base/text.h"
#include "report/report_coverage.h"
#include "review/verify.h"

#define FLEET_FINDINGS 20       /* kept of a log, besides gaps; more are counted */
#define FLEET_GAPS     20

enum standing_now {
	NOW_HEARD,
	NOW_STOPPED,            /* its last record says that it stops */
	/*
	 * no signed record for more than twice its interval before the newest record of the fleet
	 */
	NOW_SILENT,
	NOW_ABSENT,             /* its key is known, but there is no record */
};

struct fleet_log {
	/* the first spelling in its records, with escapes */
	char              *gateway, *sentence;
	char               origin[ORIGIN_MAX + 1];      /* "" if no record names it */
	char               log[17];                     /* its id; "" */
	bool               key_given, has_records, clock_trusted;
	/* the gateway has a newer log */
	bool               is_former;
	bool               is_ahead;            /* its clock is ahead of this machine's */
	bool               runs_another;        /* another policy than most */
	enum soundness     soundness;
	enum standing_now  now;
	uint64_t           first_seq, last_seq, num_records, bytes, attempts;
	int64_t            heard_us;            /* time of the last signed record */
	int64_t            last_us, every_us;
	uint64_t           num_missing;         /* records */
	uint64_t           num_noise;           /* lines outside the hash chain */
	uint64_t           num_kinds[FINDING_KINDS];
	struct finding    *findings;
	size_t             num_findings;
	uint64_t           findings_left_out;
	char               policy[65];
	char              *policy_said;         /* its files, as coverage_said() has them */
	uint64_t           policy_left_out;
	int64_t            policy_from_us;
	int64_t            covers_from_us, covers_to_us;
	/* in the period; of the gaps only the longest, and those in which packets passed */
	struct report_coverage cover;
	/* set by the report: */
	uint64_t           num_devices, num_tries, num_attempts;
};

struct fleet {
	struct fleet_log *list;                 /* by gateway, once complete */
	size_t            num, room;
	int64_t           from_us, to_us;       /* the period */
	/* the newest record time of any log that is not ahead of this machine's clock */
	int64_t           newest_us;
	uint64_t          num_gateways, num_files, num_records, bytes;
	/* duplicate lines; lines of no known gateway */
	uint64_t          num_twice, num_strange;
	uint64_t          num_noise;            /* lines outside their log's hash chain */
	uint64_t          num_unread;
	/* the first file that cannot be read to its end, and why */
	char              unread[200];
	/* numbers of rows with a remark */
	uint64_t num_sound[SOUND_NOT + 1], num_now[NOW_ABSENT + 1], num_keyless, num_incomplete,
		num_missing;
	char              policy[65];           /* the policy of most gateways; "": none is known */
	const char       *policy_said;          /* from one of their logs; or NULL */
	uint64_t          policy_left_out;
	uint64_t          num_policies, num_with_policy, num_another;
	/* the time covered by any log, whatever the period */
	int64_t           covers_from_us, covers_to_us;
	enum soundness    soundness;            /* the worst */
};

/*
 * fleet_add    - a verified log; sensor, its gateway as its records spell it. 0 or -ENOMEM. *out:
 *                the row, valid until the next call; out may be NULL.
 * fleet_absent - a log of which only the key exists.
 * fleet_unread - a file that cannot be read to its end.
 * fleet_end    - once, when all were added. Takes: now_us, this machine's clock.
 */
int fleet_add(struct fleet *f, struct bytes sensor, const struct verify *v, struct fleet_log **out);
int  fleet_absent(struct fleet *f, const struct note_key *key);
void fleet_unread(struct fleet *f, const char *file, const char *why);
void fleet_end(struct fleet *f, int64_t now_us);
void fleet_free(struct fleet *f);

/* Packets that passed unseen, at all gateways together, in the period. */
uint64_t fleet_packets(const struct fleet *f);
/* True if some gaps counted their packets, or one packet passed. */
bool fleet_packets_known(const struct fleet *f);

/* How urgently somebody should look at a log: from 0, the most urgent, to FLEET_RANKS - 1. */
#define FLEET_RANKS 5
int fleet_rank(const struct fleet_log *l);

/* "heard", "stopped", "silent", "not here" */
const char *fleet_now_name(enum standing_now now);

/* "complete and unaltered: all 12 logs"; "NOT sound: 2 of 12 logs; 40 records are missing" */
void fleet_sentence(struct writer *w, const struct fleet *f);

/* "; 1 file cannot be read to its end"; nothing if all can. */
void fleet_write_unread(struct writer *w, const struct fleet *f);

/* As filterctl audit verify prints it, on a terminal of `columns` columns (sheet.h). */
void fleet_write_text(struct text *t, const struct fleet *f, size_t columns, bool color);
void fleet_write_json(struct text *t, const struct fleet *f);

#endif
