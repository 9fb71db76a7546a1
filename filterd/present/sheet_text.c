/* SPDX-License-Identifier: MIT */

/* libsmartcols aligns and wraps; this file selects the columns that fit. */

#include "present/sheet.h"

#include "base/plain.h"

#include <libsmartcols.h>
#include <stdlib.h>

#define WIDE_LEAST 24           /* columns; the minimum width of a truncated one */

/* One sheet on one terminal. width 0: not shown. */
struct shown {
	const struct sheet *sheet;
	size_t              widths[SHEET_COLUMNS];
	bool                says[SHEET_COLUMNS], wraps[SHEET_COLUMNS];
};

/* Spells out invisible characters and those that move the text around them; wraps at blanks. */
static void shown_write(struct writer *w, struct bytes text, size_t width)
{
	size_t columns = 0, blank = 0;

	for (w->len = 0; text.len > 0; columns++) {
		uint8_t      room[PLAIN_MAX];
		struct bytes c = plain_next(&text, room);

		if (columns == width && bytes_equal(c, BYTES(" "))) {
			write_text(w, "\n");
			columns = SIZE_MAX;
			blank   = 0;
			continue;
		}
		if (columns == width && blank > 0) {
			w->start[blank] = '\n';
			columns = plain_width(bytes_from(writer_written(w), blank + 1));
			blank   = 0;
		} else if (columns == width) {
			write_text(w, "\n");
			columns = 0;
		}
		if (bytes_equal(c, BYTES(" ")))
			blank = w->len;
		write_bytes(w, c);
	}
}

/* Its minimum width on the terminal, and whether it has any value. */
static void shown_measure(struct shown *shown, size_t column)
{
	const struct sheet  *s      = shown->sheet;
	const struct column *c      = &s->columns[column];
	size_t               widest = plain_width(bytes_text(c->title));

	for (size_t row = 0; row < s->num_rows; row++) {
		uint8_t      room[SHEET_CELL_ROOM];
		struct bytes cell  = sheet_for_people(s, row, column, room);
		size_t       width = plain_width(cell);

		shown->says[column] |= cell.len > 0 && !bytes_equal(cell, BYTES("0"));
		widest = width > widest ? width : widest;
	}
	shown->widths[column] = c->is_wide && widest > WIDE_LEAST ? WIDE_LEAST : widest;
}

static bool goes_before(const struct shown *shown, size_t a, size_t b)
{
	const struct column *columns = shown->sheet->columns;
	unsigned first  = columns[a].gives_way, second = columns[b].gives_way,
		 early  = first > 1 && !shown->says[a] ? 1 : first,
		 late   = second > 1 && !shown->says[b] ? 1 : second;

	return early != late ? early < late : first < second;
}

static size_t shown_sum(const struct shown *shown)
{
	size_t sum = 0;

	for (size_t i = 0; i < shown->sheet->num_columns; i++)
		sum += shown->widths[i] > 0 ? shown->widths[i] + 1 : 0;
	return sum;
}

/* A text wider than half of the terminal is wrapped. */
static void shown_wrap(struct shown *shown, size_t room)
{
	for (size_t i = 0; i < shown->sheet->num_columns; i++) {
		const struct column *c = &shown->sheet->columns[i];

		shown->wraps[i] = c->gives_way == 0 && !c->is_wide && shown->widths[i] > room / 2;
		if (shown->wraps[i])
			shown->widths[i] = room / 2;
	}
}

/* Drops whole columns, so that names are complete; the last wrapping one gets the rest. */
static void shown_fit(struct shown *shown, size_t room)
{
	const struct sheet *s = shown->sheet;

	for (size_t i = 0; i < s->num_columns; i++) {
		if (!s->columns[i].programs_only && sheet_shows(s, i))
			shown_measure(shown, i);
	}
	if (shown_sum(shown) > room + 1)
		shown_wrap(shown, room);
	while (shown_sum(shown) > room + 1) {
		size_t next = s->num_columns;

		for (size_t i = 0; i < s->num_columns; i++) {
			if (shown->widths[i] > 0 && s->columns[i].gives_way > 0 &&
			    (next == s->num_columns || goes_before(shown, i, next)))
				next = i;
		}
		if (next == s->num_columns)
			return;
		shown->widths[next] = 0;
	}
	for (size_t i = s->num_columns; i > 0; i--) {
		if (!shown->wraps[i - 1])
			continue;
		shown->widths[i - 1] += room + 1 - shown_sum(shown);
		return;
	}
}

static const char *const shade_colors[] = { [SHADE_NONE] = NULL, [SHADE_GOOD] = "\x1b[1;32m",
	                                     [SHADE_FAIR] = "\x1b[1;33m",
	                                     [SHADE_NOTE] = "\x1b[1;33m",
	                                     [SHADE_BAD]  = "\x1b[1;31m" };

static bool shown_fill(const struct shown *shown, struct libscols_table *table)
{
	const struct sheet *s = shown->sheet;
	/* a host of 253 characters, each escaped at worst */
	char                cell[2048];
	struct writer       w = writer_over(cell, sizeof(cell) - 1);

	for (size_t i = 0; i < s->num_columns; i++) {
		const struct column  *c     = &s->columns[i];
		bool                  right = c->cell == CELL_NUMBER || c->cell == CELL_SPAN;
		struct libscols_column *column;

		if (shown->widths[i] == 0)
			continue;
		column = scols_table_new_column(table, c->title, 0,
		                                (right ? SCOLS_FL_RIGHT : 0) |
		                                        (c->is_wide ? SCOLS_FL_TRUNC : 0) |
		                                        (shown->wraps[i] ? SCOLS_FL_WRAP : 0));
		if (column == NULL ||
		    (shown->wraps[i] &&
		     (scols_column_set_safechars(column, "\n") != 0 ||
		      scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
		                                scols_wrapnl_nextchunk, NULL) != 0)))
			return false;
	}
	for (size_t row = 0; row < s->num_rows; row++) {
		struct libscols_line *line   = scols_table_new_line(table, NULL);
		size_t                column = 0;

		for (size_t i = 0; line != NULL && i < s->num_columns; i++) {
			uint8_t room[SHEET_CELL_ROOM];

			if (shown->widths[i] == 0)
				continue;
			shown_write(&w, sheet_for_people(s, row, i, room),
			            shown->wraps[i] ? shown->widths[i] : SIZE_MAX);
			cell[w.len] = '\0';
			if (scols_line_set_data(line, column, cell) != 0 ||
			    scols_cell_set_color(scols_line_get_cell(line, column++),
			                         shade_colors[sheet_at(s, row, i)->shade]) != 0)
				return false;
		}
		if (line == NULL)
			return false;
	}
	return true;
}

bool sheet_write_text(struct text *t, const struct sheet *s, size_t columns)
{
	struct libscols_table *table = s->num_rows > 0 ? scols_new_table() : NULL;
	struct shown           shown = { .sheet = s };
	char                  *text  = NULL;
	bool                   done;

	if (s->num_rows == 0)
		return true;
	shown_fit(&shown, columns != SHEET_ALL ? columns : SIZE_MAX / 2);
	if (table != NULL)
		scols_table_enable_colors(table, s->colored);
	if (table != NULL && columns != SHEET_ALL) {
		scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		scols_table_set_termwidth(table, columns);
	}
	done = table != NULL && shown_fill(&shown, table) &&
	       scols_print_table_to_string(table, &text) == 0;
	if (done) {
		text_put(t, text);
		text_put(t, "\n");
	}
	free(text);
	scols_unref_table(table);
	return done;
}
