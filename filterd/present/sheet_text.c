/* SPDX-License-Identifier: MIT */

/* libsmartcols aligns and wraps; which columns there is room for is decided here. */

#include "present/sheet.h"

#include "base/plain.h"

#include <libsmartcols.h>
#include <stdlib.h>

#define WIDE_LEAST 24           /* columns to which a wide one is cut, and no further */

/* Of one sheet on one terminal. width 0: not shown. */
struct shown {
	const struct sheet *sheet;
	size_t              widths[SHEET_COLUMNS];
	bool                says[SHEET_COLUMNS], wraps[SHEET_COLUMNS];
};

/* What moves the text around it, or is not seen, is spelled out. */
static struct bytes shown_cell(const struct sheet *s, size_t row, size_t column,
                               struct writer *w, uint8_t room[SHEET_CELL_ROOM])
{
	struct bytes text = sheet_for_people(s, row, column, room);

	w->len = 0;
	while (text.len > 0) {
		uint8_t character[PLAIN_MAX];

		write_bytes(w, plain_next(&text, character));
	}
	return writer_written(w);
}

/* Columns of the terminal that it takes at least, and whether it says anything. */
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

/* Whole columns give way, so that names are whole; one that would take half of the room wraps. */
static void shown_fit(struct shown *shown, size_t room)
{
	const struct sheet *s   = shown->sheet;
	size_t              sum = 0;

	for (size_t i = 0; i < s->num_columns; i++) {
		if (s->columns[i].programs_only || !sheet_shows(s, i))
			continue;
		shown_measure(shown, i);
		shown->wraps[i] = s->columns[i].gives_way == 0 && !s->columns[i].is_wide &&
		                  shown->widths[i] > room / 2;
		shown->widths[i] = shown->wraps[i] ? room / 2 : shown->widths[i];
		sum += shown->widths[i] + 1;
	}
	while (sum > room + 1) {
		size_t next = s->num_columns;

		for (size_t i = 0; i < s->num_columns; i++) {
			if (shown->widths[i] > 0 && s->columns[i].gives_way > 0 &&
			    (next == s->num_columns || goes_before(shown, i, next)))
				next = i;
		}
		if (next == s->num_columns)
			return;
		sum -= shown->widths[next] + 1;
		shown->widths[next] = 0;
	}
}

static bool shown_fill(const struct shown *shown, struct libscols_table *table)
{
	const struct sheet *s = shown->sheet;
	char                cell[2048];         /* a host of 253 characters, each escaped at worst */
	struct writer       w = writer_over(cell, sizeof(cell) - 1);

	for (size_t i = 0; i < s->num_columns; i++) {
		const struct column *c     = &s->columns[i];
		bool                 right = c->cell == CELL_NUMBER || c->cell == CELL_SPAN;

		if (shown->widths[i] > 0 &&
		    scols_table_new_column(table, c->title, 0,
		                           (right ? SCOLS_FL_RIGHT : 0) |
		                                   (c->is_wide ? SCOLS_FL_TRUNC : 0) |
		                                   (shown->wraps[i] ? SCOLS_FL_WRAP : 0)) == NULL)
			return false;
	}
	for (size_t row = 0; row < s->num_rows; row++) {
		struct libscols_line *line   = scols_table_new_line(table, NULL);
		size_t                column = 0;

		for (size_t i = 0; line != NULL && i < s->num_columns; i++) {
			uint8_t room[SHEET_CELL_ROOM];

			if (shown->widths[i] == 0)
				continue;
			shown_cell(s, row, i, &w, room);
			cell[w.len] = '\0';
			if (scols_line_set_data(line, column++, cell) != 0)
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
