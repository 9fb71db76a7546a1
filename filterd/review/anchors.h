/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_ANCHORS_H
#define FILTERD_REVIEW_ANCHORS_H

/*
 * Anchors: evidence of a log that is kept elsewhere. An anchor proves that a record with this
 * number and hash was signed; it shows whether the log was truncated before it or rewritten.
 */

#include "audit/note.h"
#include "base/rows.h"

#define ANCHORS_LOGS 65536              /* with separate notes; those of further logs are skipped */

struct anchor_known {
	uint64_t seq;
	uint32_t log;                           /* row of origins */
	uint8_t  hash[CHAIN_HASH];              /* of the record up to its signature */
	uint8_t  key_id[CHAIN_KEYID], sig[CHAIN_SIG];
	/* forged: names a key that did not sign it */
	bool     agreed, forged;
};

struct anchors {
	struct anchor_known *list;
	/* next: the next one expected, if the log is in order */
	size_t               num, room, next;
	/* foreign: of another log, not kept */
	uint64_t             num_agreed, num_forged, num_foreign;
	struct rows          origins;
};

/*
 * anchors_read - all notes in a text, of the log named by origin; NULL or "": of any log. It reads
 *                two forms, and skips all else, so a whole syslog can be given: signed notes from
 *                note_write(), and lines from note_write_line().
 * Gives:  0; -ENOMEM.
 * anchors_sort - by number, without duplicates. Before anchors_meet().
 * anchors_only - drops those of other logs, once this log is known.
 * anchors_by_log - instead of anchors_sort(), for many logs: by log first; then
 * anchors_of   - those of one log, as another sorted struct. 0 or -ENOMEM.
 */
int  anchors_read(struct anchors *a, struct bytes text, const char *origin);
void anchors_sort(struct anchors *a);
void anchors_only(struct anchors *a, const char *origin);
void anchors_by_log(struct anchors *a);
int  anchors_of(const struct anchors *all, const char *origin, struct anchors *out);
void anchors_free(struct anchors *a);

enum anchor_word {
	ANCHOR_SILENT,          /* there is no anchor for this record, or they agree */
	/*
	 * one has another record; its key is not in use here, so anybody may have made it
	 */
	ANCHOR_DOUBTS,
	ANCHOR_DENIES,          /* one has another record, and the key in use here signed that */
};

/*
 * anchors_meet   - Takes: the end of each record; it is fastest if records come in the order of the
 *                  log. The key in use there, or NULL. A duplicate record agrees once. A note that
 *                  names that key but was not signed by it proves nothing, and is counted.
 * anchors_beyond - the newest one after record `last` that is not forged; NULL if there is none.
 *                  Takes: the key in use at the end.
 *                  Gives: *denies_out, that key signed it.
 * anchors_newest - the newest one not known to be forged; NULL if there is none.
 */
enum anchor_word anchors_meet(struct anchors *a, const struct line_end *end,
                              const struct note_key *key);
const struct anchor_known *anchors_beyond(struct anchors *a, uint64_t last,
                                          const struct note_key *key, bool *denies_out);
const struct anchor_known *anchors_newest(const struct anchors *a);

#endif
