/* SPDX-License-Identifier: MIT */

#include "present/html.h"

#include "base/instant.h"
#include "base/plain.h"
#include "base/timezone.h"
#include "review/people.h"

static void html_put_character(struct text *t, struct bytes c)
{
	if (c.len != 1) {
		text_bytes(t, c);
		return;
	}
	switch (c.at[0]) {
	case '&':  text_put(t, "&amp;");  break;
	case '<':  text_put(t, "&lt;");   break;
	case '>':  text_put(t, "&gt;");   break;
	case '"':  text_put(t, "&quot;"); break;
	case '\'': text_put(t, "&#39;");  break;
	default:   text_bytes(t, c);      break;
	}
}

void html_text(struct text *t, struct bytes text, size_t max_characters)
{
	uint8_t room[PLAIN_MAX];

	for (size_t shown = 0; text.len > 0; shown++) {
		if (shown == max_characters) {
			text_put(t, "…");
			return;
		}
		html_put_character(t, plain_next(&text, room));
	}
}

void html_name(struct text *t, struct bytes name)
{
	text_put(t, plain_width(name) > HTML_NAME_LONG ? "<bdi class=\"long\">" : "<bdi>");
	html_text(t, name, HTML_NAME_MAX);
	text_put(t, "</bdi>");
}

void html_lines(struct text *t, struct bytes lines)
{
	while (lines.len > 0) {
		html_text(t, bytes_cut_line(&lines), SIZE_MAX);
		text_put(t, "\n");
	}
}

/* Figures and their units stay together. */
static void put_unbroken(struct text *t, const struct writer *w)
{
	for (size_t i = 0; i < w->len; i++) {
		if (w->start[i] == ' ')
			text_put(t, "\u00a0");
		else
			text_bytes(t, bytes_of(w->start + i, 1));
	}
}

void html_number(struct text *t, uint64_t number)
{
	uint8_t       room[32];
	struct writer w = writer_over(room, sizeof(room));

	people_write_number(&w, number);
	put_unbroken(t, &w);
}

void html_span(struct text *t, int64_t us)
{
	uint8_t       room[48];
	struct writer w = writer_over(room, sizeof(room));

	people_write_span(&w, us);
	put_unbroken(t, &w);
}

static void html_put_time(struct text *t, int64_t us, void (*write)(struct writer *, int64_t))
{
	uint8_t       room[64], machine[64];
	struct writer w = writer_over(room, sizeof(room)),
		      m = writer_over(machine, sizeof(machine));

	write(&w, us);
	instant_write(&m, us - us % 1000000);
	text_put(t, "<time datetime=\"");
	text_bytes(t, writer_written(&m));
	text_put(t, "\">");
	put_unbroken(t, &w);
	text_put(t, "</time>");
}

void html_time(struct text *t, int64_t us)
{
	html_put_time(t, us, people_write_minute);
}

void html_second(struct text *t, int64_t us)
{
	html_put_time(t, us, people_write_time);
}

void html_moment(struct text *t, int64_t us)
{
	html_put_time(t, us, timezone_is_utc() ? people_write_minute : people_write_moment);
}

void html_day(struct text *t, int64_t us)
{
	html_put_time(t, us, people_write_day);
}

static const char *const cell_classes[] = { [HTML_NAME] = "", [HTML_WORDS] = "",
                                            [HTML_FIGURE] = " class=\"n\"" };

struct html_table html_table_begin(struct text *t, const char *caption,
                                   const struct html_column *columns, size_t num_columns)
{
	struct html_table h = { .text = t, .columns = columns, .num_columns = num_columns,
	                        .next = num_columns };

	text_put(t, "<table role=\"table\"><caption>");
	text_put(t, caption);
	text_put(t, "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
	for (size_t i = 0; i < num_columns; i++) {
		if (columns[i].is_left_out)
			continue;
		text_put(t, "<th scope=\"col\" role=\"columnheader\"");
		text_put(t, cell_classes[columns[i].cell]);
		text_put(t, ">");
		text_put(t, columns[i].title);
		text_put(t, "</th>");
	}
	text_put(t, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
	return h;
}

void html_table_row(struct html_table *h)
{
	text_put(h->text, "<tr role=\"row\">");
	h->next = 0;
}

static void html_end_row(struct html_table *h)
{
	if (h->next == h->num_columns)
		text_put(h->text, "</tr>\n");
}

bool html_table_cell(struct html_table *h)
{
	const struct html_column *c = &h->columns[h->next++];

	if (c->is_left_out) {
		html_end_row(h);
		return false;
	}
	text_put(h->text, c->cell == HTML_NAME ? "<th scope=\"row\" role=\"rowheader\""
	                                       : "<td role=\"cell\"");
	text_put(h->text, cell_classes[c->cell]);
	text_put(h->text, " data-label=\"");
	text_put(h->text, c->title);
	text_put(h->text, "\">");
	return true;
}

void html_table_close(struct html_table *h)
{
	text_put(h->text, h->columns[h->next - 1].cell == HTML_NAME ? "</th>" : "</td>");
	html_end_row(h);
}

void html_table_end(struct html_table *h)
{
	text_put(h->text, "</tbody></table>\n");
}

void html_table_text(struct html_table *h, struct bytes text)
{
	if (!html_table_cell(h))
		return;
	html_name(h->text, text);
	html_table_close(h);
}

void html_table_number(struct html_table *h, uint64_t number)
{
	if (!html_table_cell(h))
		return;
	html_number(h->text, number);
	html_table_close(h);
}

void html_utc_below(struct text *t, int64_t us, bool has_seconds)
{
	if (timezone_is_utc())
		return;
	text_put(t, "<small class=\"under\">");
	html_put_time(t, us, has_seconds ? people_write_utc : people_write_utc_minute);
	text_put(t, "</small>");
}

static void html_table_moment(struct html_table *h, int64_t us,
                              void (*put)(struct text *t, int64_t us))
{
	if (!html_table_cell(h))
		return;
	text_put(h->text, timezone_is_utc() ? "" : "<span>");
	put(h->text, us);
	html_utc_below(h->text, us, false);
	text_put(h->text, timezone_is_utc() ? "" : "</span>");
	html_table_close(h);
}

void html_table_time(struct html_table *h, int64_t us)
{
	html_table_moment(h, us, html_time);
}

void html_table_day(struct html_table *h, int64_t us)
{
	html_table_moment(h, us, html_day);
}
