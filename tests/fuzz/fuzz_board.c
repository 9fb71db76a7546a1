/* SPDX-License-Identifier: MIT */

/*
 * The board, of any records and any answer of filterd's: its JSON is whole, and no longer than it
 * may be; and a terminal gets nothing but text. What a glance takes from a record is what the whole
 * of it says.
 */

#include "board/board.h"
#include "board/glance.h"

#include <stdlib.h>
#include <string.h>

#define NOW_US INT64_C(1796059200000000)        /* 2026-11-30T17:20:00Z; seeds are of that day */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_text(void *owner, struct bytes piece)
{
	(void)owner;
	for (size_t i = 0; i < piece.len; i++) {
		if ((piece.at[i] < 0x20 && piece.at[i] != '\n') || piece.at[i] == 0x7f)
			abort();
	}
}

static void check_glance(struct bytes line)
{
	uint8_t       room[GLANCE_OWN_MAX + 1];
	struct glance g;
	struct entry  whole, part;

	if (glance_read(line, &g) != PARSE_OK || record_read(line, &whole) != PARSE_OK)
		return;
	if (g.seq != whole.end.seq || g.time_us != whole.time_us)
		abort();
	if (glance_entry(&g, room, &part) == PARSE_OK && g.is_other && entry_is_attempt(&part))
		abort();
}

static void check_board(const struct board *b)
{
	static uint8_t room[BOARD_BYTES];
	struct writer  w = writer_over(room, sizeof(room));
	struct text    t;
	struct entry   e;

	board_json(&w, b);
	if (w.full || w.len == 0 || room[w.len - 1] != '\n' ||
	    entry_read(bytes_of(room, w.len - 1), &e) != PARSE_OK)
		abort();
	text_begin(&t, check_text, NULL);
	board_text(&t, b, 80, 20, 10);
	attempts_json(&t, &b->attempts);
	text_end(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct acks no_notes;
	static struct board      b;
	struct bytes             left = bytes_of(data, len);

	if (!board_begin(&b, NOW_US, 1))
		return 0;
	said_read(left, &b.said);
	board_file(&b);
	while (left.len > 0) {
		struct piece piece = { .kind = PIECE_LINE, .line = bytes_cut_line(&left) };

		/* An empty line goes to the file before. */
		if (piece.line.len == 0) {
			board_file(&b);
			continue;
		}
		check_glance(piece.line);
		board_piece(&b, &piece);
	}
	board_end(&b, (enum days_end)(len % (DAYS_UNREAD + 1)), &no_notes);
	check_board(&b);
	board_free(&b);
	return 0;
}
