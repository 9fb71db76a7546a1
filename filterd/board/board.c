/* SPDX-License-Identifier: MIT */

/*
 * Files come from the newest to the oldest, so that reading can stop anywhere; each from its first
 * line to its last. A hole may be within a file, or between its last record and the first one of
 * the file read before it.
 */

#include "board/board.h"

#include "board/glance.h"

#include <string.h>

bool board_begin(struct board *b, int64_t now_us, uint64_t seed)
{
	memset(b, 0, sizeof(*b));
	b->now_us  = now_us;
	b->gateway = "";
	days_begin(&b->days, now_us);
	board_devices_begin(&b->devices, now_us, seed);
	return attempts_new(&b->attempts, BOARD_ATTEMPTS);
}

void board_free(struct board *b)
{
	board_devices_free(&b->devices);
	attempts_free(&b->attempts);
}

/* Notes a hole between the current file, which has been read, and the newer one. */
static void board_close_file(struct board *b)
{
	const struct board_run *run = &b->run, *newer = &b->newer;

	if (!run->has_records)
		return;
	if (newer->has_records && (run->has_hole || run->last + 1 != newer->first))
		days_hole(&b->days, run->last_us, newer->first_us);
	b->newer = b->run;
}

void board_file(struct board *b)
{
	board_close_file(b);
	b->run = (struct board_run){ .has_records = false };
}

/* Notes that there is a record with this number and time. */
static void board_follow(struct board *b, uint64_t seq, int64_t us)
{
	struct board_run *run = &b->run;

	if (!run->has_records) {
		run->first    = seq;
		run->first_us = us;
		/* There were lines before it that are not records. */
		if (run->has_hole)
			days_hole(&b->days, us, us);
	} else if (run->has_hole || seq != run->last + 1) {
		days_hole(&b->days, run->last_us, us);
	}
	run->has_records = true;
	run->has_hole    = false;
	run->last        = seq;
	run->last_us     = us;
	days_record(&b->days, us);
}

static void board_take_policies(struct board *b, const struct entry *e)
{
	if (e->policies.len == 0 || e->policies.len > sizeof(b->policies) ||
	    (b->policies_len > 0 && e->end.seq < b->policies_seq))
		return;
	memcpy(b->policies, e->policies.at, e->policies.len);
	b->policies_len = e->policies.len;
	b->policies_seq = e->end.seq;
}

static void board_record(struct board *b, const struct entry *e)
{
	board_follow(b, e->end.seq, e->time_us);
	board_take_policies(b, e);
	if (e->type == ENTRY_GAP)
		days_count(&b->days, e->time_us, e->gap_counts - e->gap_probes, false);
	if (!entry_is_attempt(e))
		return;
	days_count(&b->days, e->time_us, e->count, entry_is_blocked(e));
	board_devices_count(&b->devices, e);
	attempts_keep(&b->attempts, e);
}

/* For older records a partial parse is enough. */
static bool board_is_recent(const struct board *b, const struct glance *g)
{
	return g->time_us >= b->now_us - BOARD_DAY_US || attempts_wants(&b->attempts, g->seq);
}

static bool board_line(struct board *b, struct bytes line)
{
	uint8_t       room[GLANCE_OWN_MAX + 1];
	struct glance glance;
	struct entry  e;
	bool          is_ours = glance_read(line, &glance) == PARSE_OK;

	if (is_ours && glance.is_other) {
		board_follow(b, glance.seq, glance.time_us);
		return true;
	}
	if (is_ours && !board_is_recent(b, &glance)) {
		if (glance_entry(&glance, room, &e) != PARSE_OK)
			return false;
	} else if (record_read(line, &e) != PARSE_OK) {
		return false;
	}
	board_record(b, &e);
	return true;
}

void board_piece(struct board *b, const struct piece *piece)
{
	/* filterd may be writing the newest file's last line at this moment. */
	if (piece->kind == PIECE_PART && !b->newer.has_records)
		return;
	if (piece->kind != PIECE_LINE || !board_line(b, piece->line))
		b->run.has_hole = true;
}

bool board_is_past(const struct board *b)
{
	return b->run.has_records && b->run.first_us < days_from(&b->days);
}

void board_end(struct board *b, enum days_end end, const struct acks *notes)
{
	const struct board_run *oldest = b->run.has_records ? &b->run : &b->newer;

	/* Unreadable data at the end of the newest file. */
	if (b->run.has_records && b->run.has_hole && !b->newer.has_records)
		days_hole(&b->days, b->run.last_us, b->run.last_us);
	board_close_file(b);
	if (end == DAYS_NOT_HERE && oldest->has_records && oldest->first == 0)
		end = DAYS_LOG_BEGAN;
	b->end              = end;
	b->devices.is_short = end != DAYS_PAST && end != DAYS_LOG_BEGAN &&
	                      b->days.oldest_us >= b->now_us - BOARD_DAY_US;
	board_devices_sort(&b->devices, notes);
}
