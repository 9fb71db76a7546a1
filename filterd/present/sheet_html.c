/* SPDX-License-Identifier: MIT */

#include "present/sheet_html.h"

#include "base/timezone.h"

static void put_number(struct text *t, enum cell cell, const struct html_part *part, int64_t value)
{
	switch (cell) {
	case CELL_TIME:
		(part->form == HTML_SECONDS  ? html_second
		 : part->form == HTML_MOMENT ? html_moment
		                             : html_time)(t, value);
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

static void put_list(struct text *t, struct bytes names)
{
	while (names.len > 0) {
		html_name(t, bytes_cut_word(&names));
		text_put(t, names.len > 0 ? ", " : "");
	}
}

void html_shaded(struct text *t, enum shade shade, struct bytes word)
{
	static const char *const classes[] = { [SHADE_NONE] = "",
	                                       [SHADE_GOOD] = "state-quiet",
	                                       [SHADE_FAIR] = "state-quiet",
	                                       [SHADE_NOTE] = "state-tries",
	                                       [SHADE_BAD] = "state-returned" };

	html_words(t, "<span class=\"state {}\">", classes[shade]);
	html_text(t, word, SIZE_MAX);
	text_put(t, "</span>");
}

static void put_text(struct text *t, const struct sheet *s, size_t row,
                     const struct html_part *part, struct bytes text)
{
	enum shade   shade = sheet_at(s, row, sheet_column(s, part->column))->shade;
	uint8_t      room[SHEET_CELL_ROOM];

	if (shade != SHADE_NONE)
		html_shaded(t, shade, text);
	else if (part->form == HTML_LIST)
		put_list(t, text);
	else if (part->form == HTML_LINK)
		html_link(t, sheet_for_people(s, row, sheet_column(s, "place"), room), text);
	else if (part->form == HTML_PLAIN)
		html_name(t, text);
	else
		html_text(t, text, SIZE_MAX);
}

static bool says(const struct sheet *s, size_t row, const struct html_part *part)
{
	const struct sheet_cell *cell = sheet_at(s, row, sheet_column(s, part->column));

	return cell->kind == SHEET_NUMBER || cell->len > 0;
}

/* One part of a cell; nothing if it says nothing. */
static void put_part(struct text *t, const struct sheet *s, size_t row,
                     const struct html_part *part)
{
	uint8_t                  room[SHEET_CELL_ROOM];
	size_t                   column = sheet_column(s, part->column);
	const struct sheet_cell *cell   = sheet_at(s, row, column);

	if (!says(s, row, part))
		return;
	text_put(t, part->title == NULL ? "<span class=\"under\">" : "");
	text_put(t, part->form == HTML_CODE ? "<code>" : "");
	if (cell->kind == SHEET_NUMBER)
		put_number(t, s->columns[column].cell, part, cell->number);
	else
		put_text(t, s, row, part, sheet_for_people(s, row, column, room));
	if (cell->kind == SHEET_NUMBER && is_moment(s, column) && part->form != HTML_MOMENT)
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

/* Neither the first of the parts, nor those that stand below it. */
static bool says_nothing(const struct sheet *s, size_t num_rows, const struct html_part *parts,
                         size_t num_parts)
{
	for (size_t i = 0; i < num_parts && (i == 0 || parts[i].title == NULL); i++) {
		for (size_t row = 0; row < num_rows; row++) {
			if (says(s, row, &parts[i]))
				return false;
		}
	}
	return true;
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
				!sheet_shows(&s, sheet_column(&s, parts[i].column)) ||
					says_nothing(&s, shown, parts + i, num_parts - i),
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
