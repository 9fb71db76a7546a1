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
 * part that is wider than a narrow screen breaks every few characters.
 */
#define HTML_NAME_MAX   1024    /* characters; the longest name of a log has 256 bytes */
#define HTML_PART_MAX   24      /* columns that fit everywhere */
#define HTML_WHOLE_MAX  32      /* a shorter name moves to the next line instead of breaking */
#define HTML_PIECE      8       /* columns between two breaks in a longer part */
void html_name(struct text *t, struct bytes name);

/* The name, as a link to a place on the page; place: ours, or empty: no link. */
void html_link(struct text *t, struct bytes place, struct bytes name);

/* One of our own sentences: its figures, days and options do not break. */
void html_sentence(struct text *t, struct bytes sentence);

/* A command to be copied, or a digest: breaks like a name. */
void html_code(struct text *t, struct bytes command);

/* A string of CSS, with its quotes, in a <style>. */
void html_css_string(struct text *t, struct bytes text);

/* Lines of text, each with a newline. */
void html_lines(struct text *t, struct bytes lines);

/*
 * html_word      - texts through html_text(), names through html_name(); figures with no-break
 *                  spaces, times in a <time>. A moment (words.h) in UTC is to the minute.
 * html_utc_below - a time in UTC, small, below the same one in another zone; nothing if the zone is
 *                  UTC: nobody should have to convert evidence.
 */
void html_word(struct text *t, struct word word);
void html_utc_below(struct text *t, int64_t us, bool has_seconds);

/* A bar, beside a figure with the same value. */
void html_bar(struct text *t, double percent);

/* A sentence, or markup, with placeholders (words.h), each through html_word(). */
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

/* A whole cell; a WORD_MINUTE with UTC below it. */
void html_table_word(struct html_table *h, struct word word);

#endif
