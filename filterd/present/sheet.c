/* SPDX-License-Identifier: MIT */

#include "present/sheet.h"

#include "base/csv.h"
#include "base/instant.h"
#include "review/people.h"

#include <stdlib.h>
#include <string.h>

struct sheet sheet_of(const char *name, const struct column *columns, size_t num_columns)
{
	return (struct sheet){ .name = name, .columns = columns, .num_columns = num_columns };
}

void sheet_free(struct sheet *s)
{
	free(s->cells);
	free(s->text);
	*s = (struct sheet){ 0 };
}

/* --- filling --- */

/* Makes room for that many more; a growing array doubles. */
static void *sheet_grow(struct sheet *s, void *array, size_t *room, size_t wanted, size_t bytes)
{
	size_t more = *room * 2 > wanted ? *room * 2 : wanted;
	void  *grown;

	if (wanted <= *room)
		return array;
	grown = realloc(array, more * bytes);
	if (grown == NULL) {
		s->failed = true;
		return array;
	}
	*room = more;
	return grown;
}

static void sheet_cell(struct sheet *s, struct sheet_cell cell)
{
	s->cells = sheet_grow(s, s->cells, &s->room_cells, s->num_cells + 1, sizeof(cell));
	if (s->num_cells < s->room_cells && s->num_cells < s->num_rows * s->num_columns)
		s->cells[s->num_cells++] = cell;
	else
		s->failed = true;
}

void sheet_row(struct sheet *s)
{
	while (!s->failed && s->num_cells < s->num_rows * s->num_columns)
		sheet_none(s);
	s->num_rows++;
}

void sheet_none(struct sheet *s)
{
	sheet_cell(s, (struct sheet_cell){ .kind = SHEET_NONE });
}

void sheet_number(struct sheet *s, int64_t value)
{
	sheet_cell(s, (struct sheet_cell){ .kind = SHEET_NUMBER, .number = value });
}

static void sheet_put(struct sheet *s, struct bytes text, int kind)
{
	s->text = sheet_grow(s, s->text, &s->room, s->len + text.len, 1);
	if (s->room - s->len < text.len)
		text.len = 0;
	if (text.len > 0)
		memcpy(s->text + s->len, text.at, text.len);
	sheet_cell(s, (struct sheet_cell){ .kind = kind, .number = (int64_t)s->len,
	                                   .len = text.len });
	s->len += text.len;
}

void sheet_text(struct sheet *s, struct bytes text)
{
	sheet_put(s, text, SHEET_TEXT);
}

void sheet_shade(struct sheet *s, const char *text, enum shade shade)
{
	sheet_text(s, bytes_text(text));
	if (!s->failed)
		s->cells[s->num_cells - 1].shade = shade;
}

void sheet_words(struct sheet *s, const char *words)
{
	sheet_put(s, bytes_text(words), SHEET_WORDS);
}

struct writer sheet_writer(struct sheet *s, size_t bytes)
{
	s->text = sheet_grow(s, s->text, &s->room, s->len + bytes, 1);
	return writer_over(s->text + s->len, s->room - s->len < bytes ? 0 : bytes);
}

void sheet_wrote(struct sheet *s, const struct writer *w)
{
	sheet_cell(s, (struct sheet_cell){ .kind = SHEET_TEXT, .number = (int64_t)s->len,
	                                   .len = w->len });
	s->len += w->len;
}

/* --- one cell --- */

const struct sheet_cell *sheet_at(const struct sheet *s, size_t row, size_t column)
{
	static const struct sheet_cell none = { .kind = SHEET_NONE };
	size_t                         at   = row * s->num_columns + column;

	return at < s->num_cells ? &s->cells[at] : &none;
}

static struct bytes sheet_text_of(const struct sheet *s, const struct sheet_cell *cell)
{
	return bytes_of(s->text + cell->number, cell->len);
}

struct bytes sheet_for_programs(const struct sheet *s, size_t row, size_t column,
                                uint8_t room[SHEET_CELL_ROOM])
{
	const struct sheet_cell *cell = sheet_at(s, row, column);
	struct writer            w    = writer_over(room, SHEET_CELL_ROOM);

	if (cell->kind == SHEET_TEXT)
		return sheet_text_of(s, cell);
	if (cell->kind != SHEET_NUMBER)
		return BYTES("");
	switch (s->columns[column].cell) {
	case CELL_TIME: instant_write(&w, cell->number); break;
	case CELL_DAY:  people_write_day(&w, cell->number); break;
	case CELL_SPAN: write_decimal(&w, (uint64_t)cell->number / 1000000); break;
	case CELL_YES:  write_text(&w, cell->number != 0 ? "true" : "false"); break;
	default:        write_decimal(&w, (uint64_t)cell->number); break;
	}
	return writer_written(&w);
}

struct bytes sheet_for_people(const struct sheet *s, size_t row, size_t column,
                              uint8_t room[SHEET_CELL_ROOM])
{
	const struct sheet_cell *cell = sheet_at(s, row, column);
	struct writer            w    = writer_over(room, SHEET_CELL_ROOM);

	if (cell->kind == SHEET_NONE)
		return BYTES("");
	if (cell->kind != SHEET_NUMBER)
		return sheet_text_of(s, cell);
	switch (s->columns[column].cell) {
	case CELL_TIME: people_write_time(&w, cell->number); break;
	case CELL_DAY:  people_write_day(&w, cell->number); break;
	case CELL_SPAN: people_write_span(&w, cell->number); break;
	case CELL_YES:  write_text(&w, cell->number != 0 ? "yes" : ""); break;
	default:        people_write_number(&w, (uint64_t)cell->number); break;
	}
	return writer_written(&w);
}

bool sheet_times(const struct sheet *s, int64_t *first_us_out, int64_t *last_us_out)
{
	*first_us_out = INT64_MAX;
	*last_us_out  = INT64_MIN;
	for (size_t i = 0; i < s->num_cells; i++) {
		enum cell type = s->columns[i % s->num_columns].cell;
		int64_t   us   = s->cells[i].number;

		if (s->cells[i].kind != SHEET_NUMBER || (type != CELL_TIME && type != CELL_DAY))
			continue;
		*first_us_out = us < *first_us_out ? us : *first_us_out;
		*last_us_out  = us > *last_us_out ? us : *last_us_out;
	}
	return *first_us_out <= *last_us_out;
}

size_t sheet_column(const struct sheet *s, const char *name)
{
	size_t i = 0;

	while (i < s->num_columns && strcmp(s->columns[i].name, name) != 0)
		i++;
	return i;
}

void sheet_leave_out(struct sheet *s, const char *name)
{
	s->left_out |= UINT32_C(1) << sheet_column(s, name);
}

bool sheet_shows(const struct sheet *s, size_t column)
{
	return (s->left_out >> column & 1) == 0;
}

/* --- for programs --- */

void sheet_write_csv(struct text *t, const struct sheet *s)
{
	uint8_t     room[SHEET_CELL_ROOM];
	const char *between = "";

	for (size_t i = 0; i < s->num_columns; i++) {
		if (!sheet_shows(s, i))
			continue;
		text_put(t, between);
		text_put(t, s->columns[i].name);
		between = ",";
	}
	csv_end(t);
	for (size_t row = 0; row < s->num_rows; row++) {
		between = "";
		for (size_t i = 0; i < s->num_columns; i++) {
			if (!sheet_shows(s, i))
				continue;
			text_put(t, between);
			csv_cell(t, sheet_for_programs(s, row, i, room));
			between = ",";
		}
		csv_end(t);
	}
}

static void sheet_write_json_cell(struct json *j, const struct sheet *s, size_t row, size_t column)
{
	uint8_t                  room[SHEET_CELL_ROOM];
	const struct column     *c    = &s->columns[column];
	const struct sheet_cell *cell = sheet_at(s, row, column);
	struct bytes             text = sheet_for_programs(s, row, column, room);

	if (text.len == 0)
		json_text(j, c->name, NULL);
	else if (cell->kind == SHEET_NUMBER && c->cell == CELL_NUMBER)
		json_number(j, c->name, (uint64_t)cell->number);
	else if (cell->kind == SHEET_NUMBER && c->cell == CELL_SPAN)
		json_number(j, c->name, (uint64_t)cell->number / 1000000);
	else if (cell->kind == SHEET_NUMBER && c->cell == CELL_YES)
		json_bool(j, c->name, cell->number != 0);
	else
		json_bytes(j, c->name, text);
}

void sheet_write_json(struct json *j, const struct sheet *s)
{
	json_array(j, s->name);
	for (size_t row = 0; row < s->num_rows; row++) {
		json_object(j, NULL);
		for (size_t i = 0; i < s->num_columns; i++) {
			if (sheet_shows(s, i))
				sheet_write_json_cell(j, s, row, i);
		}
		json_end(j);
	}
	json_end(j);
}
