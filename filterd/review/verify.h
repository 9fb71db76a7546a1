/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_VERIFY_H
#define FILTERD_REVIEW_VERIFY_H

/*
 * Verify: is this log authentic and complete, and what does it prove about its time? Fed line by
 * line, in the order of the log; memory is bounded for any size.
 */

#include "log/piece.h"
#include "review/anchors.h"
#include "review/coverage.h"
#include "review/others.h"
#include "review/probes.h"
#include "review/seals.h"

struct verify {
	struct findings findings;
	struct coverage coverage;
	struct seals    seals;
	struct anchors *anchors;                /* borrowed; NULL */
	struct others   others;
	bool            is_other;               /* the last line is another log's */
	bool            anchors_sifted;         /* those of other logs are removed */
	struct chain    due;                    /* expected of the next line */
	bool            began;
	/*
	 * set by the caller for a collector's files: nobody on the gateway can truncate them, so a
	 * stop is the end
	 */
	bool            is_collected;
	uint64_t        num_noise;              /* unlinked lines, already left out */
	/* the last line was incomplete: like after a crash, if it stays the last */
	bool            has_partial;
	uint64_t        partial_bytes;
	/* the line before was not a record: due.prev is a guess */
	bool            unread;
	/* facts about the log */
	bool            has_records, ends_with_stop, ends_with_segment;
	bool            clock_untrusted;        /* the state in the last record about the clock */
	uint64_t        first_seq, last_seq, num_records, bytes;
	/* time of the first, the last, the last signed record */
	int64_t         first_us, last_us, signed_us;
	/* lines that are not records, and the file of the first one; the current piece */
	uint64_t            num_strange;
	char                strange[80];
	const struct piece *at;
	uint64_t        num_breaks;             /* places where the chain is broken */
	uint64_t        unsigned_tail;          /* records after the last signed one */
	/* the newest signature: usable as an anchor */
	bool            has_newest;
	uint64_t        newest_seq;
	uint8_t         newest_hash[CHAIN_HASH], newest_sig[CHAIN_SIG];
	struct note_key newest_key;
	/* sums */
	/* sum of all counts; heartbeats and stops compared with it */
	uint64_t        attempts, num_checked;
	bool            counting;               /* the sum since the start is known */
	uint64_t        sum, every_s;
	/* records that could not be written when they were due; in this run so far */
	uint64_t        late, late_before;
	struct probes   probes;
	/* pruning */
	/* a record says so; a record says so about the one before the first */
	bool            pruned, pruned_here;
	uint64_t        pruned_last;
};

/*
 * verify_new - Takes: root, the log's first key; NULL: the one named by its first record, which
 *              proves little, because an attacker can make keys, too. anchors, sorted, borrowed,
 *              may be NULL.
 * Gives:  NULL without memory.
 */
struct verify *verify_new(const struct note_key *root, struct anchors *anchors);
void           verify_free(struct verify *v);

/*
 * verify_line     - Takes: a line without its newline, and whether it had one.
 *                   Gives: true if it is a record whose fields may be used: *e_out. Its views are
 *                          valid as long as the line. False also for another log's record:
 *                          is_other.
 * verify_piece    - any piece from a reader (log/piece.h), including lines; like verify_line().
 *                   The lines of audit.keys, if any, come before the first record.
 */
bool verify_line(struct verify *v, struct bytes line, bool has_newline, struct entry *e_out);
bool verify_piece(struct verify *v, const struct piece *p, struct entry *e_out);

/*
 * verify_end - the tail, anchors, gaps: the verdict. now_us: by this machine's clock; INT64_MAX:
 * the log is a copy, and not expected to continue.
 */
enum soundness verify_end(struct verify *v, int64_t now_us);

#endif
