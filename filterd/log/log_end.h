/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_LOG_END_H
#define FILTERD_LOG_LOG_END_H

/*
 * Log end: finds the real end of a log after a crash. A line counts if it is complete and carries
 * the hash of the line before it; bytes after the last such line were torn by the crash: half a
 * line, NULs, old disk blocks that may even look like records.
 */

#include "audit/chain.h"
#include "audit/note.h"

/* A record known to have been on disk: the last one signed and synced. */
struct mark {
	uint64_t seq;
	uint8_t  hash[CHAIN_HASH];      /* of its line */
};

struct log_end {
	size_t       len;               /* bytes to keep */
	struct chain next;              /* for the next line */
	bool         has_lines;
	uint64_t     first_seq;
	bool         is_stop, is_segment;               /* the last line's type */
	bool         has_key;           /* some line introduces a key; the last one does: */
	uint8_t      next_key[NOTE_KEY];
	struct bytes key_line;          /* that line, with its newline */
	bool         knew, agreed;      /* the known record's number was found; with its hash */
};

/*
 * log_end_find - Takes: content of the open segment; before, the chain for its first line, NULL if
 *                unknown; known, NULL if unknown.
 * Gives:  0; -EIO if the library fails. If no line counts, next is *before, or all 0.
 */
int log_end_find(struct bytes content, const struct chain *before, const struct mark *known,
                 struct log_end *out);

/*
 * The type of a record read with line_end_read(): "start", "block" ...; empty if it has none.
 */
struct bytes log_line_type(struct bytes line);

/*
 * The key that signs a line of type start or segment, and the next key that it introduces; false
 * for any other line.
 */
bool log_line_key(struct bytes line, uint8_t key_out[NOTE_KEY]);
bool log_line_next_key(struct bytes line, uint8_t key_out[NOTE_KEY]);

#endif
