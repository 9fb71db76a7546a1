/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_KEYS_H
#define FILTERD_JOURNAL_KEYS_H

/*
 * Keys: the secret that signs the audit log, and the last record known to be on disk, in a separate
 * folder:
 *
 *     audit.key          the secret in use, 0600
 *     audit.key.next     only during a change of keys; audit.key.old likewise
 *     audit.vkey         the log's first public key, for the auditor
 *     audit.mark         number and hash of the last record that was synced
 *
 * A secret is used from one hand-over to the next, then overwritten: an attacker with today's
 * secret cannot sign yesterday's records. The order of a hand-over leaves a matching key wherever
 * it is interrupted:
 *
 *     keys_prepare() - the next secret is on disk
 *     the record that names it is written, signed by the old one, and synced
 *     keys_hand_over() - the next is the current one, the old is gone
 */

#include "log/log_end.h"
#include "audit/note.h"
#include "base/problem.h"

#define KEYS_PATH_MAX 512

struct keys {
	char            folder[KEYS_PATH_MAX];
	struct note_key current, next;          /* public, with the origin */
	uint8_t         secret[NOTE_KEY], next_secret[NOTE_KEY];
	bool            has_next;
	bool            is_fixed;               /* tests: keys come from the seed */
	uint8_t         seed[NOTE_KEY];
	uint64_t        num_made;
};

/*
 * keys_load - Gives: 0; -ENOENT if there are none yet; -EINVAL or -errno with *problem_out: a
 *             damaged file needs a person's attention, and is never replaced.
 * keys_make - a new log: an id, a first secret, and audit.vkey. gateway is the first part of the
 *             origin. An existing vkey is kept as audit.vkey.<its log id>.
 */
int keys_load(const char *folder, struct keys *out, struct problem *problem_out);
int keys_make(const char *folder, const char *gateway, const uint8_t *seed, struct keys *out,
              struct problem *problem_out);

/*
 * keys_settle - Takes: the last key named in the log, NULL if it names none.
 * Gives:  0, and the secret in use is that key's: an interrupted hand-over was finished or undone;
 *         -ENOKEY if no secret here matches: this log cannot be continued.
 */
int keys_settle(struct keys *k, const uint8_t *named_last);

/* The keys that a secret handed over to, according to its signed records. */
enum passed {
	PASSED_NOT,
	PASSED_TO_NEXT,         /* to the next key, which is here */
	PASSED_AWAY,            /* to a key that is not here: this secret is an old copy */
};

/*
 * keys_fit    - would keys_settle() find a secret for this key?
 * keys_passed - the latest state of the secret in use, from lines of a log or its copy of the keys.
 */
bool        keys_fit(const struct keys *k, const uint8_t named_last[NOTE_KEY]);
enum passed keys_passed(const struct keys *k, struct bytes lines);

/*
 * keys_root   - the log's first key, from audit.vkey. 0 or -errno; -EINVAL if it is damaged, or
 *               another log's.
 * keys_follow - Takes: the key in use, and a line of the log, or of its copy of the keys, without
 *               newline.
 * Gives:  true if that key signed the line, record *seq_out, and the line hands over to another:
 *         now *key.
 */
int  keys_root(const struct keys *k, struct note_key *out);
bool keys_follow(struct note_key *key, struct bytes line, uint64_t *seq_out);

int keys_prepare(struct keys *k);
int keys_hand_over(struct keys *k);

/* The part of the origin after the last '/': 16 hex digits. */
const char *keys_log_id(const struct keys *k);

/* Erases secrets from memory. */
void keys_forget(struct keys *k);

/* mark_read - 0; -ENOENT; -EINVAL if it is damaged or of another log. */
int mark_read(const struct keys *k, struct mark *out);
int mark_write(const struct keys *k, const struct mark *mark);

#endif
