/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_CSV_H
#define FILTERD_BASE_CSV_H

/*
 * Csv: cells according to RFC 4180, safe to open in a spreadsheet and to print on a terminal.
 */

#include "base/text.h"

/*
 * csv_cell - a cell, quoted if necessary. Names come from strangers: a text that a spreadsheet
 *            would read as a formula gets a leading quote ('); control characters, including line
 *            ends, and bytes that are not UTF-8 become \x1b; other invisible characters are
 *            spelled like in plain.h.
 * csv_end  - the end of a row.
 */
void csv_cell(struct text *t, struct bytes text);
void csv_end(struct text *t);

#endif
