/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BOARD_BOARD_H
#define FILTERD_BOARD_BOARD_H

/*
 * Board: an owner's daily questions in one bounded answer: is it on, which devices ask, what was
 * blocked? From filterd's status (said.h) and the records of the last 30 days; only filterctl audit
 * verify verifies them.
 *
 *     board_begin(&b, ...);
 *     from the newest file of the log to the oldest:
 *             board_file(&b);
 *             from its first line to its last: board_piece(&b, &piece);
 *     board_end(&b, how it ended, notes);
 *     board_json(...), board_text(...)
 */

#include "board/attempts.h"
#include "board/days.h"
#include "board/devices.h"
#include "board/said.h"
#include "log/piece.h"

#define BOARD_BYTES    65536            /* of the JSON, for any log */
#define BOARD_ATTEMPTS 20
#define BOARD_POLICIES 4096             /* bytes kept of a record's description of the policies */

/* Records without a hole between them, as far as read. */
struct board_run {
	bool     has_records, has_hole;         /* has_hole: after the last one */
	uint64_t first, last;
	int64_t  first_us, last_us;
};

struct board {
	int64_t              now_us;
	const char          *gateway;           /* "": unknown; borrowed */
	bool                 has_report;        /* this build has filterctl audit report */
	struct said          said;
	struct board_devices devices;
	struct attempts      attempts;
	struct days          days;
	enum days_end        end;
	/* the raw array of the newest record with one */
	char                 policies[BOARD_POLICIES];
	size_t               policies_len;
	uint64_t             policies_seq;
	struct board_run     run, newer;        /* of the current file; of the one read before it */
};

/*
 * board_begin - Takes: now_us; seed, which makes the choice of slots unguessable. `said`, gateway
 *               and has_report are the caller's to fill. False: no memory, nothing to free.
 * board_end   - Keeps: notes, borrowed.
 */
bool board_begin(struct board *b, int64_t now_us, uint64_t seed);
void board_file(struct board *b);
void board_piece(struct board *b, const struct piece *piece);
void board_end(struct board *b, enum days_end end, const struct acks *notes);
void board_free(struct board *b);

/* Did the current file begin before the 30 days? */
bool board_is_past(const struct board *b);

/*
 * board_json - one object, described in filterctl(8), with a newline: BOARD_BYTES at most. Takes: a
 *              writer with room for them.
 * board_text - for a terminal, `columns` wide; devices: the most to list.
 * attempts_text - the last attempts, one per line, the oldest first; attempts_json: as objects.
 */
void board_json(struct writer *w, const struct board *b);
void board_text(struct text *t, const struct board *b, size_t columns, size_t devices,
                size_t attempts);
void attempts_text(struct text *t, const struct attempts *a, size_t columns, size_t most);
void attempts_json(struct text *t, const struct attempts *a);

#endif
