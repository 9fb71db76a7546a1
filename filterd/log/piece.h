/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_PIECE_H
#define FILTERD_LOG_PIECE_H

/* Piece: the unit of output of a log's readers. */

#include "base/bytes.h"

#include <stdbool.h>

enum piece_kind {
	PIECE_LINE,     /* a line, followed in memory by its newline */
	PIECE_PART,     /* the last line is incomplete */
	PIECE_LONG,     /* a line longer than LOG_LINE_MAX; only its length `num` is known */
	PIECE_UNREAD,   /* the rest of the file cannot be read */
	PIECE_KEY,      /* a line of audit.keys, before all others */
	PIECE_RIVAL,    /* of a collector: `num` records from..to also exist in other versions */
};

/* The next piece of a log. All borrowed, until the piece after it. */
struct piece {
	enum piece_kind kind;
	struct bytes    line;           /* without its newline */
	/* it ended in CR LF, written by mail and editors; neither is in the line */
	bool            has_cr;
	uint64_t        num, from, to;  /* LONG: num, bytes; RIVAL */
	const char     *file, *why;     /* UNREAD; file: for one log also the line's, else NULL */
	uint64_t        place;          /* line number in its file, from 1; 0: unknown */
};

#endif
