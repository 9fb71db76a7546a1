/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_PRESENT_HTML_H
#define FILTERD_PRESENT_HTML_H

/*
 * Html: the pieces of a page. All foreign text goes through html_text(), in text and in attributes,
 * which are always quoted.
 */

#include "base/text.h"
#include "review/words.h"

/*
 * Text from strangers: markup is escaped, and invisible characters are spelled out (plain.h).
 * Truncated to max_characters.
 */
void html_text(struct text *t, struct bytes text, size_t max_characters);

/*
 * A name, isolated (bdi), so that a right-to-left one does not reorder its neighbours. It is never
 * truncated, and lines break only before a dot or a slash, or after a blank, never at a hyphen; a
 * part that is longer than a narrow screen breaks every few characters.
 */
#define HTML_NAME_MAX   1024    /* characters; the longest name of a log has 256 bytes */
#define HTML_PART_MAX   24      /* columns that fit everywhere */
#define HTML_WHOLE_MAX  32      /* a shorter name moves to the next line instead of breaking */
#define HTML_PIECE      8       /* columns between two breaks in a longer part */
void html_name(struct text *t, struct bytes name);

/* The name, as a link to a place on the page; place: ours, or empty: no link. */
void html_link(struct text *t, struct bytes place, struct bytes name);

/* A sentence of ours: its figures, days and options do not break. */
void html_sentence(struct text *t, struct bytes sentence);

/* A command to be copied, or a digest: breaks like a name. */
void html_code(struct text *t, struct bytes command);

/* A string of CSS, with its quotes, in a <style>. */
void html_css_string(struct text *t, struct bytes text);

/* Lines of text, each with a newline. */
void html_lines(struct text *t, struct bytes lines);

/*
 * "2 188 412" with no-break spaces; in a <time> "2026-11-23 14:05", and only the day; "8 m 48 s".
 * html_moment(): in a zone other than UTC to the second, with the offset, which may differ from
 * those of the period.
 */
void html_number(struct text *t, uint64_t number);
void html_time(struct text *t, int64_t us);
void html_second(struct text *t, int64_t us);
void html_moment(struct text *t, int64_t us);
void html_day(struct text *t, int64_t us);
/* In UTC, small, below the same time in another zone; nothing if the zone is UTC. */
void html_utc_below(struct text *t, int64_t us, bool has_seconds);
void html_span(struct text *t, int64_t us);

/* A bar, beside a figure with the same value. */
void html_bar(struct text *t, double percent);

/*
 * A sentence, or markup, with placeholders (words.h): texts go through html_text(), names and times
 * through html_name() and its neighbours.
 */
#define html_words(t, ...) words_html(t, WORDS(__VA_ARGS__))
void words_html(struct text *t, const char *form, const struct word *words, size_t num);

/*
 * Tables for screen readers, even if a narrow screen shows each row as a block: roles are explicit,
 * and every cell carries the title of its column.
 */
enum html_cell { HTML_NAME, HTML_WORDS, HTML_FIGURE };

struct html_column {
	const char    *title;
	enum html_cell cell;            /* NAME: the head of the row */
	bool           is_left_out;
};

struct html_table {
	struct text              *text;
	const struct html_column *columns;
	size_t                    num_columns, next;
	bool                      has_sums;
};

/* caption: ours. */
struct html_table html_table_begin(struct text *t, const char *caption,
                                   const struct html_column *columns, size_t num_columns);
void              html_table_row(struct html_table *h);

/*
 * html_table_cell  - begins a cell; false: its column is left out, write nothing.
 * html_table_close - ends it.
 */
bool html_table_cell(struct html_table *h);
void html_table_close(struct html_table *h);
void html_table_end(struct html_table *h);

/* The following rows are its sums. */
void html_table_sums(struct html_table *h);

/*
 * Whole cells. Times have UTC below them if the reader's zone differs: nobody should have to
 * convert evidence.
 */
void html_table_text(struct html_table *h, struct bytes text);
void html_table_number(struct html_table *h, uint64_t number);
void html_table_time(struct html_table *h, int64_t us);
void html_table_day(struct html_table *h, int64_t us);

#endif
