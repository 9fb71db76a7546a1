/* SPDX-License-Identifier: MIT */

#include "present/sheet_html.h"

#include "base/timezone.h"

static void put_number(struct text *t, enum cell cell, const struct html_part *part, int64_t value)
{
	switch (cell) {
	case CELL_TIME:
		if (part->form == HTML_SECONDS)
			html_second(t, value);
		else
			html_time(t, value);
		break;
	case CELL_DAY:  html_day(t, value); break;
	case CELL_SPAN: html_span(t, value); break;
	case CELL_YES:  text_put(t, value != 0 ? "yes" : ""); break;
	default:        html_number(t, (uint64_t)value); break;
	}
}

static bool is_moment(const struct sheet *s, size_t column)
{
	return s->columns[column].cell == CELL_TIME || s->columns[column].cell == CELL_DAY;
}

/* One part of a cell; nothing if it says nothing. */
static void put_part(struct text *t, const struct sheet *s, size_t row,
                     const struct html_part *part)
{
	uint8_t                  room[SHEET_CELL_ROOM];
	size_t                   column = sheet_column(s, part->column);
	const struct sheet_cell *cell   = sheet_at(s, row, column);

	if (cell->kind == SHEET_NONE || (cell->kind != SHEET_NUMBER && cell->len == 0))
		return;
	text_put(t, part->title == NULL ? "<span class=\"under\">" : "");
	text_put(t, part->form == HTML_CODE ? "<code>" : "");
	if (cell->kind == SHEET_NUMBER)
		put_number(t, s->columns[column].cell, part, cell->number);
	else if (part->form == HTML_SENTENCE || part->form == HTML_CODE)
		html_text(t, sheet_for_people(s, row, column, room), SIZE_MAX);
	else
		html_name(t, sheet_for_people(s, row, column, room));
	if (cell->kind == SHEET_NUMBER && is_moment(s, column))
		html_utc_below(t, cell->number, part->form == HTML_SECONDS);
	text_put(t, part->form == HTML_CODE ? "</code>" : "");
	text_put(t, part->title == NULL ? "</span>" : "");
}

static void put_row(struct html_table *h, const struct sheet *s, size_t row,
                    const struct html_part *parts, size_t num_parts)
{
	html_table_row(h);
	for (size_t i = 0; i < num_parts; i++) {
		bool is_more = (i + 1 < num_parts && parts[i + 1].title == NULL) ||
		               (!timezone_is_utc() &&
		                is_moment(s, sheet_column(s, parts[i].column)));

		if (parts[i].title == NULL || !html_table_cell(h))
			continue;
		text_put(h->text, is_more ? "<span>" : "");
		put_part(h->text, s, row, &parts[i]);
		for (size_t k = i + 1; k < num_parts && parts[k].title == NULL; k++)
			put_part(h->text, s, row, &parts[k]);
		text_put(h->text, is_more ? "</span>" : "");
		html_table_close(h);
	}
}

void sheet_write_html(struct text *t, struct sheet s, const char *caption,
                      const struct html_part *parts, size_t num_parts, size_t max)
{
	struct html_column columns[SHEET_COLUMNS] = { 0 };
	size_t             num = 0, shown = s.num_rows < max ? s.num_rows : max;
	struct html_table  h;

	for (size_t i = 0; i < num_parts; i++) {
		if (parts[i].title != NULL)
			columns[num++] = (struct html_column){
				parts[i].title, parts[i].cell,
				!sheet_shows(&s, sheet_column(&s, parts[i].column)),
			};
	}
	h = html_table_begin(t, caption, columns, num);
	for (size_t row = 0; row < shown; row++)
		put_row(&h, &s, row, parts, num_parts);
	html_table_end(&h);
	if (s.num_rows - shown + s.num_more > 0)
		html_words(t, "<p class=\"small\">And {} more, in the CSV.</p>\n",
		           s.num_rows - shown + s.num_more);
	if (s.failed)
		text_put(t, "<p><b>There was not memory enough for all rows.</b></p>\n");
	sheet_free(&s);
}
