/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_PIECE_H
#define FILTERD_LOG_PIECE_H

/* Piece: what the readers of a log give, one after the other. */

#include "base/bytes.h"

#include <stdbool.h>

enum piece_kind {
	PIECE_LINE,     /* a line, which in memory has its newline behind it */
	PIECE_PART,     /* the last line has no end */
	PIECE_LONG,     /* a line that is longer than LOG_LINE_MAX, of which only `num` is known */
	PIECE_UNREAD,   /* the rest of the file cannot be read */
	PIECE_KEY,      /* a line of audit.keys, before all others */
	PIECE_RIVAL,    /* of a collector: `num` records from..to are there otherwise, too */
};

/* What comes next in a log. Everything in it is borrowed, until the next piece. */
struct piece {
	enum piece_kind kind;
	struct bytes    line;           /* without its newline */
	/* CR LF stood at its end, as mail and editors write it; neither is in the line */
	bool            has_cr;
	uint64_t        num, from, to;  /* LONG: num, bytes; RIVAL */
	const char     *file, *why;     /* UNREAD; file: of one log the line's, too, else NULL */
	uint64_t        place;          /* of the line in its file, from 1; 0: not known */
};

#endif
