/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_ZONE_TEXT_H
#define FILTERD_POLICY_ZONE_TEXT_H

/*
 * Zone text: splits a zone file into records, and records into words; and resolves its names. It
 * knows nothing of types.
 *
 * ldns could do it, but does not report hidden names: an open parenthesis swallows the rest of a
 * zone, a backslash at a line's end the next line. A check before ldns would be as long as this
 * file. README.md beside has the figures.
 * Source: RFC 1035, section 5.1.
 */

#include "base/bytes.h"

/* kept of a record: owner, TTL, class, type, and the first of its data */
#define ZONE_WORDS    8
#define ZONE_NAME_MAX 254       /* bytes in wire form, without the root: RFC 1035, section 2.3.4 */

/* A word with its backslashes, but without quotes around it. */
struct zone_word {
	struct bytes text;
	uint32_t     line;
	size_t       column;    /* from 1, in bytes */
};

struct zone_record {
	/* its first word begins the line; otherwise it has the owner of the record before */
	bool             has_owner;
	uint32_t         line;
	size_t           num;
	struct zone_word words[ZONE_WORDS];
};

struct zone_text {
	size_t       len;
	struct bytes left;
	uint32_t     line;
	size_t       line_at;           /* offset of its beginning */
	/* after PARSE_BAD: the mistake, and its column in line */
	const char  *problem;
	size_t       column;
};

struct zone_text zone_text_over(struct bytes content);

/*
 * zone_text_next - the next record, or directive: its first word begins with '$'.
 * Gives:  PARSE_OK; PARSE_MORE at the end; PARSE_BAD with problem, line and column: a parenthesis
 *         or a quotation that is not closed, a byte that cannot be in a text, or a truncated last
 *         line.
 * Keeps:  nothing; *out borrows from content.
 */
enum parse zone_text_next(struct zone_text *t, struct zone_record *out);

/*
 * Labels, each after its length, in lower case. is_open: relative to a zone with an unknown name.
 */
struct zone_name {
	uint8_t len;
	bool    is_open;
	uint8_t wire[ZONE_NAME_MAX + 1];        /* one more for the end of the longest */
};

/*
 * zone_name_read - the name in a word, relative to origin unless it ends with a dot; '@' is the
 * origin. PARSE_OK or PARSE_BAD.
 */
enum parse zone_name_read(struct bytes word, const struct zone_name *origin, struct zone_name *out);

/* The bytes of name before apex; false if it does not end in apex. */
bool zone_name_in_front(const struct zone_name *name, const struct zone_name *apex,
                        struct bytes *front_out);

#endif
