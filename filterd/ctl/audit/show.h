/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_SHOW_H
#define FILTERD_CTL_AUDIT_SHOW_H

/* Show: prints foreign text and sheets, and names the zone of the times in them. */

#include "ctl/audit/options.h"
#include "present/sheet.h"

#define SHOW_ALL SIZE_MAX

/*
 * show_text - Takes: the characters between the quotes of a record; width, in columns.
 * Gives:  the text in the form of plain.h, so that nothing moves the cursor, hides or reverses the
 *         line; cut to the width, or padded with blanks.
 */
void show_text(struct text *t, struct bytes escaped, size_t width);

/* Columns of the terminal on standard output; SHOW_ALL if it is not a terminal. */
size_t show_columns(void);

/*
 * show_zone - Takes: the first and the last time. Prints "times are those of America/New_York; UTC
 *             is 5 h ahead", as a line; nothing if the reader's zone is UTC.
 */
void show_zone(struct text *t, int64_t from_us, int64_t to_us);

/* Prints a sheet in the format of the options and frees it. 0, or EXIT_IO after a message. */
int show_sheet(const struct audit_options *o, struct sheet *s);

#endif
