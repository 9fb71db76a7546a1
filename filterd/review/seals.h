/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_SEALS_H
#define FILTERD_REVIEW_SEALS_H

/*
 * Seals: the signatures of a log, and the keys that follow each other in it.
 *
 * A signature confirms its record and, by the chain, all before it. So not every one is verified:
 * only those that introduce another key, the last one before a break or the end, and one in
 * SEALS_EVERY, to narrow down damage. After a failure each is verified.
 */

#include "audit/chain.h"
#include "audit/note.h"
#include "log/entry.h"
#include "review/findings.h"

#define SEALS_EVERY    32
/* bytes of a signed record; those of control.c are shorter, even with each byte escaped */
#define SEALS_LINE_MAX 24576

/* A new key from audit.keys. */
struct hand_over {
	uint64_t seq;
	uint8_t  key_id[CHAIN_KEYID], next_key[NOTE_KEY];
};

struct seals {
	struct note_key   root, key;            /* the log's first key; the current one */
	bool              root_given;           /* by the caller, else taken from the log itself */
	/* lost: a new key is missing, and signatures prove nothing for now */
	bool              has_key, lost;
	uint8_t           key_id[CHAIN_KEYID];
	uint64_t          num_signed, num_keys;
	struct hand_over *known;                /* by number */
	size_t            num_known, room_known;
	/* the last signature, not verified yet */
	bool              waiting, check_each;
	unsigned          unchecked;
	/* good: number after the last valid one */
	uint64_t          waiting_seq, good_seq;
	uint8_t           waiting_sig[CHAIN_SIG];
	size_t            waiting_len;
	uint8_t           waiting_body[SEALS_LINE_MAX];
};

void seals_root(struct seals *s, const struct note_key *root);
void seals_free(struct seals *s);

/*
 * seals_known - a line of audit.keys, without its newline, in the file's order. Other lines are
 * skipped.
 */
void seals_known(struct seals *s, struct bytes line);

/*
 * The records from `from` to before `to` are missing: follows their new keys as far as they are in
 * audit.keys.
 */
void seals_skip(struct seals *s, uint64_t from, uint64_t to);

/*
 * seals_own_root - takes key and log from the first record that names them, if none were given.
 * Before seals_record().
 */
void seals_own_root(struct seals *s, const struct entry *e);

/* A record in its place. */
void seals_record(struct seals *s, struct findings *f, const struct entry *e);

/* The chain broke, and continues with record `next`; or the log ends. */
void seals_break(struct seals *s, struct findings *f, uint64_t next);

#endif
