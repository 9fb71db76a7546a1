/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_PRESENT_SHEET_HTML_H
#define FILTERD_PRESENT_SHEET_HTML_H

/* Sheet html: a sheet as a table of a page. */

#include "present/html.h"
#include "present/sheet.h"

/*
 * PLAIN: a name, a figure, a time to the minute. CODE, SENTENCE: ours, of any length. MOMENT: a
 * time for a sentence. LINK: a name that links to the place in the column "place", if any. LIST:
 * names, separated by commas. SHARE: tenths of a percent, with a bar.
 */
enum html_form {
	HTML_PLAIN, HTML_CODE, HTML_SENTENCE, HTML_SECONDS, HTML_MOMENT, HTML_LINK, HTML_LIST,
	HTML_SHARE
};

/* The part of a sheet in a cell of the page. */
struct html_part {
	const char    *column;          /* of the sheet */
	const char    *title;           /* NULL: a second line in the cell before */
	enum html_cell cell;
	enum html_form form;
};

/*
 * The first rows, `max` at most, and the number of further ones in the CSV; without columns that
 * are empty in all of them. caption: ours. Frees the sheet.
 */
void sheet_write_html(struct text *t, struct sheet s, const char *caption,
                      const struct html_part *parts, size_t num_parts, size_t max);

/* A word of ours, in a shade. */
void html_shaded(struct text *t, enum shade shade, struct bytes word);

#endif
