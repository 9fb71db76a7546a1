/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_PLAIN_H
#define FILTERD_BASE_PLAIN_H

/*
 * Plain: text from strangers as people may see it. Names in a log are whatever a client sent: a
 * character that moves the text around it, or that nobody sees, would make a report say what it
 * does not. Such characters are spelled out.
 */

#include "base/text.h"

#define PLAIN_MAX 10            /* bytes that one character takes at most */

/*
 * plain_character - Gives: bytes of the character that text begins with, *c_out, and whether people
 *                   see it; 0 if there is none: no UTF-8 (RFC 3629), or no text.
 * plain_whole     - Gives: how much of a text that may have been cut is whole characters.
 */
size_t plain_character(struct bytes text, uint32_t *c_out, bool *is_seen_out);
size_t plain_whole(struct bytes text);

/*
 * plain_next - the next character of *rest, taken off it.
 * Gives:  it as it is; "\u{202e}" for control characters, those that change the direction of text,
 *         that have no width or break a line, and private and tag characters; "\x1b" for what is no
 *         UTF-8 (RFC 3629). Empty at the end.
 */
struct bytes plain_next(struct bytes *rest, uint8_t room[PLAIN_MAX]);

/*
 * plain_text  - all of it in max_columns of a terminal; what is beyond is left out, and "…" in the
 *               last of them says so.
 * plain_column - the same in so many columns, with blanks behind it; plain_figure: before it.
 * plain_width - the columns that it takes. Each character counts as one: those that are twice as
 *               wide make a table uneven.
 */
void   plain_text(struct text *t, struct bytes text, size_t max_columns);
void   plain_column(struct text *t, struct bytes text, size_t columns);
void   plain_figure(struct text *t, struct bytes text, size_t columns);
size_t plain_width(struct bytes text);

#endif
