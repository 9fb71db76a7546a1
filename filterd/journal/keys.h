/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_JOURNAL_KEYS_H
#define FILTERD_JOURNAL_KEYS_H

/*
 * Keys: the secret that signs the audit log, and how far the log is known to be on disk, in a
 * folder of their own:
 *
 *     audit.key          the secret in use, 0600
 *     audit.key.next     only while one key hands over to the next; audit.key.old the same
 *     audit.vkey         the public key the log began with, as an auditor keeps it
 *     audit.mark         number and hash of the last record that was synced
 *
 * A secret is used from one hand-over to the next, then overwritten: who gets hold of today's
 * cannot sign yesterday's records. The order of a hand-over leaves a key that fits the log wherever
 * it is cut off:
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
 *             damaged file is for a person to look at, never replaced.
 * keys_make - a new log: an id, a first secret, and audit.vkey. gateway is the first part of the
 *             origin. A vkey that is there is kept as audit.vkey.<its log id>.
 */
int keys_load(const char *folder, struct keys *out, struct problem *problem_out);
int keys_make(const char *folder, const char *gateway, const uint8_t *seed, struct keys *out,
              struct problem *problem_out);

/*
 * keys_settle - Takes: the key that the log names last, NULL if it names none.
 * Gives:  0, and the secret in use is that key's, a hand-over that was cut off finished or taken
 *         back; -ENOKEY if no secret here fits: this log can go on no more.
 */
int keys_settle(struct keys *k, const uint8_t *named_last);

/* The keys that a secret handed over to, by the records that it signed. */
enum passed {
	PASSED_NOT,
	PASSED_TO_NEXT,         /* to the next one, which is here */
	PASSED_AWAY,            /* to one that is not: this secret is an old copy of itself */
};

/*
 * keys_fit    - would keys_settle() find a secret for this key?
 * keys_passed - the most that lines of a log, or of the copy of its keys, say of the secret in use.
 */
bool        keys_fit(const struct keys *k, const uint8_t named_last[NOTE_KEY]);
enum passed keys_passed(const struct keys *k, struct bytes lines);

/*
 * keys_root   - the key that the log began with, from audit.vkey. 0 or -errno; -EINVAL if it is
 *               damaged, or another log's.
 * keys_follow - Takes: the key in use, and a line of the log, or of the copy of its keys, without
 *               its newline.
 * Gives:  true if that key signed the line, record *seq_out, and the line hands over to another:
 *         now *key.
 */
int  keys_root(const struct keys *k, struct note_key *out);
bool keys_follow(struct note_key *key, struct bytes line, uint64_t *seq_out);

int keys_prepare(struct keys *k);
int keys_hand_over(struct keys *k);

/* The part of the origin behind the last '/': 16 hex digits. */
const char *keys_log_id(const struct keys *k);

/* Secrets out of memory. */
void keys_forget(struct keys *k);

/* mark_read - 0; -ENOENT; -EINVAL if it is damaged or of another log. */
int mark_read(const struct keys *k, struct mark *out);
int mark_write(const struct keys *k, const struct mark *mark);

#endif
