/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_SHOW_H
#define FILTERD_CTL_AUDIT_SHOW_H

/* Show: what is printed: foreign text, sheets, and which zone the times in them are of. */

#include "ctl/audit/options.h"
#include "present/sheet.h"

#define SHOW_ALL SIZE_MAX

/*
 * show_text - Takes: the characters between the quotes of a record; width, in columns.
 * Gives:  them as plain.h shows them, so that nothing moves the cursor, hides or turns the line
 *         around; cut to the width, or filled up with blanks.
 */
void show_text(struct text *t, struct bytes escaped, size_t width);

/* Columns of the terminal that the standard output is; SHOW_ALL if it is none. */
size_t show_columns(void);

/*
 * show_zone - Takes: the first and the last of the times. "times are those of America/New_York; UTC
 *             is 5 h ahead", as a line; nothing where the reader's zone is UTC.
 */
void show_zone(struct text *t, int64_t from_us, int64_t to_us);

/* A sheet in the form that the options say; frees it. 0, or EXIT_IO with a word on why. */
int show_sheet(const struct audit_options *o, struct sheet *s);

#endif
