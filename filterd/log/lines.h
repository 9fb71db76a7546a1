/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LINES_H
#define FILTERD_LOG_LINES_H

/*
 * Lines: one file of a log, line by line, compressed (gzip) or not. The file may come from anybody,
 * so memory is limited to a few of the longest lines, whatever it contains.
 */

#include "log/piece.h"

#include <pthread.h>
#include <stdatomic.h>

#define LOG_LINE_MAX (64 * 1024)        /* bytes; more than twice RECORD_MAX */
#define LINES_HASH   32                 /* bytes; SHA-256 */
#define LINES_TEXT   (4 * LOG_LINE_MAX)
#define LINES_PACKED (64 << 10)         /* bytes of compressed data read at once */

struct lines {
	int            fd;
	/* may be set before the first line: the most bytes to read of the file */
	uint64_t       left;
	/*
	 * may be set before the first line: the file may grow, so lines_next() can be called again
	 * at its end, and half a line waits for its rest
	 */
	bool           grows;
	uint64_t       at;                      /* bytes of the file read so far */
	/*
	 * why the rest cannot be read: 0; -ENODATA, -EBADMSG: compressed data that ends too early,
	 * or is damaged; -ENOTSUP: compressed, and this program was built without zlib; any other
	 * -errno
	 */
	int            error;
	/* the incomplete line is text from begin to end; searched: from begin on */
	size_t         begin, end, searched;
	uint64_t       skipped;                 /* bytes of a line that is too long */
	bool           ended, waited, looked, told;
	struct gunzip *gunzip;                  /* NULL: plain */
	struct bytes   packed;                  /* in packed_room */
	struct sha256 *hash;
	pthread_t      hasher;
	bool           has_hasher;
	uint64_t       hashed, wanted;          /* bytes, by the hasher */
	atomic_bool    hasher_ends;
	uint8_t        text[LINES_TEXT], packed_room[LINES_PACKED];
};

/*
 * lines_open - Takes: a descriptor at the beginning of a file or a pipe, which is closed in any
 *              case; or a failed open()'s -1, with errno.
 * Gives:  0 and *out, or -errno.
 * lines_next - Gives: false at the end of the file. `file` is not set.
 */
int  lines_open(int fd, struct lines **out);
bool lines_next(struct lines *l, struct piece *out);
void lines_close(struct lines *l);

/*
 * lines_want_hash - before the first line: requests the SHA-256 of the raw file, compressed or not.
 *                   beside: in another thread, because hashing takes a quarter of the time of a
 *                   report and machines have two processors; the file is read twice then.
 * lines_hash      - after the last line; false: unknown.
 */
void lines_want_hash(struct lines *l, bool beside);
bool lines_hash(struct lines *l, uint8_t hash_out[LINES_HASH]);

/*
 * lines_last - the last complete line of a file, compressed or not. Takes: fd like lines_open().
 * Gives:  false if it has none, or cannot be read; else the line without its newline, *len_out
 *         bytes in room.
 */
bool lines_last(int fd, uint8_t room[LOG_LINE_MAX], size_t *len_out);

#endif
