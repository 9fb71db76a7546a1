/* SPDX-License-Identifier: MIT */

#include "present/sheet_html.h"

#include "base/timezone.h"

static struct word page_word(enum cell cell, enum html_form form, int64_t value)
{
	switch (cell) {
	case CELL_TIME:
		return form == HTML_SECONDS  ? word_second(value)
		       : form == HTML_MOMENT ? word_moment(value)
		                             : word_minute(value);
	case CELL_DAY:  return word_day(value);
	case CELL_SPAN: return word_span(value);
	case CELL_YES:  return word_text(value != 0 ? "yes" : "");
	default:        return word_number((uint64_t)value);
	}
}

/* A sheet being written to a page. */
struct shown_page {
	const struct sheet     *sheet;
	const struct html_part *parts;
	size_t                  num_parts, num_rows, place;
	size_t                  at[SHEET_COLUMNS];      /* each part's column */
};

static bool is_moment(const struct shown_page *p, size_t part)
{
	enum cell cell = p->sheet->columns[p->at[part]].cell;

	return cell == CELL_TIME || cell == CELL_DAY;
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

static void put_text(struct text *t, const struct shown_page *p, size_t row, size_t part)
{
	enum html_form form  = p->parts[part].form;
	enum shade     shade = sheet_at(p->sheet, row, p->at[part])->shade;
	uint8_t        room[SHEET_CELL_ROOM];
	struct bytes   text = sheet_for_people(p->sheet, row, p->at[part], room);

	if (shade != SHADE_NONE)
		html_shaded(t, shade, text);
	else if (form == HTML_LIST)
		put_list(t, text);
	else if (form == HTML_LINK)
		html_link(t, sheet_for_people(p->sheet, row, p->place, room), text);
	else if (form == HTML_PLAIN)
		html_name(t, text);
	else
		html_text(t, text, SIZE_MAX);
}

/* A bar beside the figure, but not beside the sum. */
static void put_share(struct text *t, uint64_t tenths, bool is_sum)
{
	html_words(t, is_sum ? "<span class=\"share-of share-sum\">{}.{}\u00a0%"
	                     : "<span class=\"share-of\">{}.{}\u00a0%",
	           tenths / 10, tenths % 10);
	if (!is_sum)
		html_bar(t, (double)tenths / 10);
	text_put(t, "</span>");
}

static bool says(const struct shown_page *p, size_t row, size_t part)
{
	const struct sheet_cell *cell = sheet_at(p->sheet, row, p->at[part]);

	return cell->kind == SHEET_NUMBER || cell->len > 0;
}

static bool is_sum(const struct shown_page *p, size_t row)
{
	return p->sheet->has_sums && row + 1 == p->sheet->num_rows;
}

/* One part of a cell; nothing if it is empty. */
static void put_part(struct text *t, const struct shown_page *p, size_t row, size_t part)
{
	const struct html_part  *what = &p->parts[part];
	const struct sheet_cell *cell = sheet_at(p->sheet, row, p->at[part]);

	if (!says(p, row, part))
		return;
	text_put(t, what->title == NULL ? "<span class=\"under\">" : "");
	text_put(t, what->form == HTML_CODE ? "<code>" : "");
	if (what->form == HTML_SHARE)
		put_share(t, (uint64_t)cell->number, is_sum(p, row));
	else if (cell->kind == SHEET_NUMBER)
		html_word(t, page_word(p->sheet->columns[p->at[part]].cell, what->form,
		                       cell->number));
	else
		put_text(t, p, row, part);
	if (cell->kind == SHEET_NUMBER && is_moment(p, part) && what->form != HTML_MOMENT)
		html_utc_below(t, cell->number, what->form == HTML_SECONDS);
	text_put(t, what->form == HTML_CODE ? "</code>" : "");
	text_put(t, what->title == NULL ? "</span>" : "");
}

static bool goes_on(const struct shown_page *p, size_t part)
{
	return part < p->num_parts && p->parts[part].title == NULL;
}

static void put_row(struct html_table *h, const struct shown_page *p, size_t row)
{
	html_table_row(h);
	for (size_t i = 0; i < p->num_parts; i++) {
		bool is_more = goes_on(p, i + 1) || (!timezone_is_utc() && is_moment(p, i));

		if (p->parts[i].title == NULL || !html_table_cell(h))
			continue;
		text_put(h->text, is_more ? "<span>" : "");
		put_part(h->text, p, row, i);
		for (size_t k = i + 1; goes_on(p, k); k++)
			put_part(h->text, p, row, k);
		text_put(h->text, is_more ? "</span>" : "");
		html_table_close(h);
	}
}

/* Hides this part and those below it. */
static bool says_nothing(const struct shown_page *p, size_t part)
{
	do {
		for (size_t row = 0; row < p->num_rows; row++) {
			if (says(p, row, part))
				return false;
		}
	} while (goes_on(p, ++part));
	return true;
}

void sheet_write_html(struct text *t, struct sheet s, const char *caption,
                      const struct html_part *parts, size_t num_parts, size_t max)
{
	struct html_column columns[SHEET_COLUMNS] = { 0 };
	size_t             num = 0, shown = s.num_rows < max ? s.num_rows : max;
	struct shown_page  p = { .sheet = &s, .parts = parts, .num_parts = num_parts,
	                         .num_rows = shown, .place = sheet_column(&s, "place") };
	struct html_table  h;

	for (size_t i = 0; i < num_parts; i++)
		p.at[i] = sheet_column(&s, parts[i].column);
	for (size_t i = 0; i < num_parts; i++) {
		if (parts[i].title != NULL)
			columns[num++] = (struct html_column){
				parts[i].title, parts[i].cell,
				!sheet_shows(&s, p.at[i]) || says_nothing(&p, i),
			};
	}
	h = html_table_begin(t, caption, columns, num);
	for (size_t row = 0; row < shown; row++) {
		if (is_sum(&p, row))
			html_table_sums(&h);
		put_row(&h, &p, row);
	}
	html_table_end(&h);
	if (s.num_rows - shown + s.num_more > 0)
		html_words(t, "<p class=\"small\">And {} more, in the CSV.</p>\n",
		           s.num_rows - shown + s.num_more);
	if (s.failed)
		text_put(t, "<p><b>There was not memory enough for all rows.</b></p>\n");
	sheet_free(&s);
}
