/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HPACK_H
#define FILTERD_INSPECT_HPACK_H

/*
 * HPACK: the fields of HTTP/2 that enum hpack_name lists. Of others only the length counts, as it
 * decides how long an entry stays in the table.
 */

#include "base/bytes.h"

/*
 * bytes, as RFC 7541, section 4.1, counts them. A server may allow its client more: then an older
 * entry is unknown. None of the measured servers does.
 */
#define HPACK_TABLE_MAX   4096
#define HPACK_ENTRIES_MAX (HPACK_TABLE_MAX / 32)

/*
 * Work allowed for a connection, in steps of some twenty instructions: each Huffman-coded character
 * takes one or two, a rare one more; a field takes HPACK_STEPS_FIELD, twice that if it goes into
 * the table. A client's first requests take some 500.
 */
#define HPACK_STEPS_MAX   1500
#define HPACK_STEPS_FIELD 16

enum hpack_name {
	HPACK_OTHER,
	HPACK_AUTHORITY,
	HPACK_HOST,
	HPACK_METHOD,
	HPACK_PATH,
	HPACK_USER_AGENT,
	HPACK_PROXY,                    /* proxy-authorization and the like */
};

struct hpack_entry {
	uint8_t  name;                  /* enum hpack_name */
	uint16_t name_len, value_len, value_at; /* in text; not kept for HPACK_OTHER */
};

/* The table of one direction of a connection; all zero but max, which is HPACK_TABLE_MAX. */
struct hpack {
	struct hpack_entry entries[HPACK_ENTRIES_MAX];  /* the newest is before next */
	uint8_t            text[HPACK_TABLE_MAX];
	uint16_t           num, next, size, max, text_at;
	uint16_t           steps;       /* work done so far: see HPACK_STEPS_MAX */
};

struct hpack_field {
	enum hpack_name name;
	struct bytes    value;          /* empty for HPACK_OTHER */
	bool            is_unknown;     /* a reference to an entry that is not in the table */
};

/*
 * hpack_read_field - Takes: a header block, or its beginning, with the table as the earlier blocks
 *         left it; scratch, room for values that are not in the block literally.
 * Gives:  block->status PARSE_OK: *out is the next field; otherwise *out is not set: PARSE_BAD if
 *         the block is not HPACK, or table->steps are above HPACK_STEPS_MAX, or as the block was
 *         opened if it ends too early. scratch->full if there was no room: then the value is empty.
 *         A table size update is not a field, and may stand anywhere, as nginx and Go take it.
 * Keeps:  value borrows from block or scratch.
 * Source: RFC 7541. Bits left over after the last character are ignored, as by nginx.
 */
void hpack_read_field(struct hpack *table, struct reader *block, struct writer *scratch,
                      struct hpack_field *out);

/*
 * hpack_write_huffman - Takes: a string in the code of RFC 7541, appendix B.
 * Gives:  its text appended to w (which may be NULL), *len_out its length; PARSE_BAD if it contains
 *         EOS, or would take more steps than HPACK_STEPS_MAX. The steps used are added.
 */
enum parse hpack_write_huffman(struct bytes code, struct writer *w, uint16_t *steps,
                               size_t *len_out);

#endif
