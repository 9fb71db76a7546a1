/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_PLAIN_H
#define FILTERD_BASE_PLAIN_H

/*
 * Plain: text from strangers, safe to show to people. Clients choose the names in a log: an
 * invisible character, or one that moves the text around it, could falsify a report. Such
 * characters are spelled out.
 */

#include "base/text.h"

#define PLAIN_MAX 10            /* bytes; the most for one character */

/*
 * plain_character - Gives: the length of the first character of text, *c_out, and whether it is
 *                   visible; 0 if there is none: not UTF-8 (RFC 3629), or empty.
 * plain_whole     - Gives: the length of the complete characters in a text that may have been cut.
 */
size_t plain_character(struct bytes text, uint32_t *c_out, bool *is_seen_out);
size_t plain_whole(struct bytes text);

/*
 * plain_next - removes the next character from *rest.
 * Gives:  the character itself; "\u{202e}" for control characters, those that change the direction
 *         of text, have no width or break a line, and private and tag characters; "\x1b" for bytes
 *         that are not UTF-8 (RFC 3629). Empty at the end.
 */
struct bytes plain_next(struct bytes *rest, uint8_t room[PLAIN_MAX]);

/* All characters of a text, in that form. */
void plain_write(struct writer *w, struct bytes text);

/*
 * plain_text  - the text in max_columns of a terminal; a longer one is truncated, with "…" in the
 *               last column.
 * plain_column - the same, padded with blanks after it; plain_figure: padded before it.
 * plain_width - its width in columns. Each character counts as one, so double-width characters make
 *               a table uneven.
 */
void   plain_text(struct text *t, struct bytes text, size_t max_columns);
void   plain_column(struct text *t, struct bytes text, size_t columns);
void   plain_figure(struct text *t, struct bytes text, size_t columns);
size_t plain_width(struct bytes text);

#endif
