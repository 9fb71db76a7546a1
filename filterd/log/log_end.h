/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LOG_END_H
#define FILTERD_LOG_LOG_END_H

/*
 * Log end: where a log that was left behind really ends. A line counts if it is whole and carries
 * the hash of the line before it; what follows the last such line was torn by a crash: half a line,
 * NULs, old blocks of the disk that may even look like records.
 */

#include "audit/chain.h"
#include "audit/note.h"

/* A record that is known to have been on disk: the last one that was signed and synced. */
struct mark {
	uint64_t seq;
	uint8_t  hash[CHAIN_HASH];      /* of its line */
};

struct log_end {
	size_t       len;               /* bytes that stay */
	struct chain next;              /* what the next line has to say */
	bool         has_lines;
	uint64_t     first_seq;
	bool         is_stop, is_segment;               /* the last line's type */
	bool         has_key;           /* some line hands over to a key; the last one does to: */
	uint8_t      next_key[NOTE_KEY];
	struct bytes key_line;          /* that line, with its newline */
	bool         knew, agreed;      /* the known record's number was met; with its hash */
};

/*
 * log_end_find - Takes: content of the open segment; before, what its first line has to say, NULL
 *                if that cannot be told; known, NULL if nothing is known.
 * Gives:  0; -EIO if the library fails. With no line that counts, next is *before, or all 0.
 */
int log_end_find(struct bytes content, const struct chain *before, const struct mark *known,
                 struct log_end *out);

/*
 * The type of a record that was read with line_end_read(): "start", "block" ...; empty if it has
 * none.
 */
struct bytes log_line_type(struct bytes line);

/*
 * The key that a line of type start or segment is signed by, and the one it hands over to; false
 * for any other line.
 */
bool log_line_key(struct bytes line, uint8_t key_out[NOTE_KEY]);
bool log_line_next_key(struct bytes line, uint8_t key_out[NOTE_KEY]);

#endif
