/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_VERIFY_H
#define FILTERD_REVIEW_VERIFY_H

/*
 * Verify: is this log the one that was written, whole, and what does it say about the time it
 * covers? Fed line by line, in the order of the log; memory is bounded whatever its size.
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
	bool            anchors_sifted;         /* those of other logs are out */
	struct chain    due;                    /* what the next line has to say */
	bool            began;
	/*
	 * set by who reads what a collector keeps: what it once had cannot be cut from the gateway,
	 * so that a stop is the end
	 */
	bool            is_collected;
	uint64_t        num_noise;              /* lines that hang on nothing, left out before */
	/* the last line had no end: as after a crash, if it stays the last */
	bool            has_partial;
	uint64_t        partial_bytes;
	/* something that was no record stood before: due.prev is a guess */
	bool            unread;
	/* what the log is */
	bool            has_records, ends_with_stop, ends_with_segment;
	bool            clock_untrusted;        /* the last time filterd spoke of its clock */
	uint64_t        first_seq, last_seq, num_records, bytes;
	/* time of the first, the last, the last signed record */
	int64_t         first_us, last_us, signed_us;
	/* lines that are no record, and the file of the first one; the piece at hand */
	uint64_t            num_strange;
	char                strange[80];
	const struct piece *at;
	uint64_t        num_breaks;             /* places where the chain does not hold */
	uint64_t        unsigned_tail;          /* records behind the last signed one */
	/* the newest signature: an anchor to be kept */
	bool            has_newest;
	uint64_t        newest_seq;
	uint8_t         newest_hash[CHAIN_HASH], newest_sig[CHAIN_SIG];
	struct note_key newest_key;
	/* sums */
	/* sum of all counts; heartbeats and stops that were held against it */
	uint64_t        attempts, num_checked;
	bool            counting;               /* the sum since the start is known */
	uint64_t        sum, every_s;
	/* records that could not be written when they were due; in this run so far */
	uint64_t        late, late_before;
	struct probes   probes;
	/* pruning */
	/* some record says so; one that says so of the record before the first */
	bool            pruned, pruned_here;
	uint64_t        pruned_last;
};

/*
 * verify_new - Takes: root, the key the log began with; NULL: the one that its first record names,
 *              which proves no more than that nobody changed it who could not make keys. anchors,
 *              sorted, borrowed, may be NULL.
 * Gives:  NULL without memory.
 */
struct verify *verify_new(const struct note_key *root, struct anchors *anchors);
void           verify_free(struct verify *v);

/*
 * verify_key_line - a line of audit.keys: all of them before the first record.
 * verify_line     - Takes: a line without its newline, and whether it had one.
 *                   Gives: true if it is a record whose fields may be used: *e_out. Its views live
 *                          as long as the line. False for a record of another log, too: is_other.
 * verify_piece    - whatever a reader gives (log/piece.h), lines among it; as verify_line().
 */
void verify_key_line(struct verify *v, struct bytes line);
bool verify_line(struct verify *v, struct bytes line, bool has_newline, struct entry *e_out);
bool verify_piece(struct verify *v, const struct piece *p, struct entry *e_out);

/*
 * verify_end - the tail, anchors, gaps: the verdict. now_us: by this machine's clock; INT64_MAX:
 * the log is a copy, nobody expects it to go on.
 */
enum soundness verify_end(struct verify *v, int64_t now_us);

#endif
