/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LINES_H
#define FILTERD_LOG_LINES_H

/*
 * Lines: one file of a log, line by line, compressed (gzip) or not. The file may be anybody's, so
 * whatever it holds costs no more memory than a few of the longest lines.
 */

#include "base/bytes.h"

#include <sys/stat.h>

#define LOG_LINE_MAX (64 * 1024)        /* bytes; more than twice RECORD_MAX */
#define LINES_WHOLE  UINT64_MAX
#define LINES_HASH   32                 /* bytes; SHA-256 */

enum piece_kind {
	PIECE_LINE,     /* a line, which in memory has its newline behind it */
	PIECE_PART,     /* the last line has no end */
	PIECE_LONG,     /* a line that is longer than LOG_LINE_MAX, of which only `num` is known */
	PIECE_UNREAD,   /* the rest of the file cannot be read */
	/* of what a collector has (reader.h): */
	PIECE_KEY,      /* a line of audit.keys, before all others */
	PIECE_RIVAL,    /* copies differ: `num` records from..to are there otherwise, too */
};

/* What comes next in a log. Everything in it is borrowed, until the next piece. */
struct piece {
	enum piece_kind kind;
	struct bytes    line;           /* without its newline */
	uint64_t        num, from, to;  /* LONG: num, bytes; RIVAL */
	const char     *file, *why;     /* UNREAD */
};

struct lines;

/*
 * lines_open - Takes: a descriptor at the beginning of a file or a pipe, which is closed in any
 *              case; or what open() gave instead, with errno.
 * Gives:  0 and *out, or -errno.
 */
int  lines_open(int fd, struct lines **out);
void lines_close(struct lines *l);

/*
 * lines_most  - no more bytes of the file than these are read.
 * lines_grows - the end of the file is only its end for now: lines_next() can be called again, and
 *               half a line waits for its rest, lines_half() bytes so far.
 */
void   lines_most(struct lines *l, uint64_t most);
void   lines_grow(struct lines *l);
size_t lines_half(const struct lines *l);

/*
 * lines_next - Gives: false at the end of the file. `file` is not set.
 * lines_at   - how many bytes of the file have been read.
 * lines_stat - of the file, as fstat(2).
 * lines_error - why the rest cannot be read: 0; -ENODATA, -EBADMSG: compressed data that ends too
 *              early, or is damaged; -ENOTSUP: compressed, and this program was built without
 *              zlib; any other -errno.
 */
bool     lines_next(struct lines *l, struct piece *out);
uint64_t lines_at(const struct lines *l);
int      lines_stat(const struct lines *l, struct stat *out);
int      lines_error(const struct lines *l);

/*
 * lines_want_hash - before the first line: the SHA-256 of the file as it lies there, compressed or
 *                   not. beside: by a thread of its own, as hashing takes a quarter of the time of
 *                   a report and machines have two processors; the file is read twice then.
 * lines_hash      - behind the last line; false: it is not known.
 */
void lines_want_hash(struct lines *l, bool beside);
bool lines_hash(struct lines *l, uint8_t hash_out[LINES_HASH]);

/*
 * lines_last - the last whole line of a file, compressed or not. Takes: fd like lines_open().
 * Gives:  false if it has none, or cannot be read; else the line without its newline, *len_out
 *         bytes in room.
 */
bool lines_last(int fd, uint8_t room[LOG_LINE_MAX], size_t *len_out);

#endif
