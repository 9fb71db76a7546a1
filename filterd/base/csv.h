/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_BASE_CSV_H
#define FILTERD_BASE_CSV_H

/*
 * Csv: cells as RFC 4180 has them, safe to be opened in a spreadsheet and to be printed on a
 * terminal.
 */

#include "base/text.h"

/*
 * csv_cell - a cell, quoted where it must be. Names come from strangers: a text that a spreadsheet
 *            would take for a formula gets a quote (') in front; a control character, line ends
 *            too, and a byte that is no UTF-8 is written as \x1b, another character that nobody
 *            sees as plain.h has it.
 * csv_end  - the end of a row.
 */
void csv_cell(struct text *t, struct bytes text);
void csv_end(struct text *t);

#endif
