/* SPDX-License-Identifier: MIT */

#include "present/html.h"

#include "base/instant.h"
#include "base/plain.h"
#include "base/timezone.h"
#include "review/people.h"

#include <string.h>

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

/* Wide ones take two columns. */
static size_t html_columns(struct bytes character)
{
	return character.len > 0 && character.at[0] >= 0xe0 ? 2
	       : character.len > 0 && character.at[0] >= 0x80 ? 1
	                                                      : character.len;
}

/*
 * Do not break between a letter and its combining marks: break only after letters known not to be
 * marks.
 */
static bool html_may_begin(struct bytes rest)
{
	uint32_t c;
	bool     is_seen;

	return plain_character(rest, &c, &is_seen) > 0 &&
	       (c < 0x300 || (c >= 0x370 && c < 0x483) || (c >= 0x2e80 && c < 0xfb00)) &&
	       c != '-' && c != ' ';
}

static bool html_ends_part(uint8_t c)
{
	return c == '.' || c == '/' || c == ' ';
}

/* Columns up to the next regular line break. */
static size_t html_part_columns(struct bytes rest)
{
	uint8_t room[PLAIN_MAX];
	size_t  columns = 0;

	while (rest.len > 0 && (columns == 0 || !html_ends_part(rest.at[0])))
		columns += html_columns(plain_next(&rest, room));
	return columns;
}

/*
 * The style forbids all other breaks: a browser would also break after hyphens, and then a reader
 * cannot tell whether the hyphen belongs to the name.
 */
static void html_put_breakable(struct text *t, struct bytes name)
{
	uint8_t      room[PLAIN_MAX], last = '-';
	size_t       columns = 0;
	bool         is_long = html_part_columns(name) > HTML_PART_MAX;
	struct bytes c;

	for (size_t shown = 0; name.len > 0 && shown < HTML_NAME_MAX; shown++) {
		bool begins = shown > 0 && (last == ' ' || (html_ends_part(name.at[0]) &&
		                                            name.at[0] != ' ' &&
		                                            last != name.at[0]));

		if (begins)
			is_long = html_part_columns(name) > HTML_PART_MAX;
		if (begins || (is_long && columns >= HTML_PIECE && last != '-' &&
		               html_may_begin(name))) {
			text_put(t, "<wbr>");
			columns = 0;
		}
		last = name.at[0];
		c        = plain_next(&name, room);
		columns += html_columns(c);
		html_put_character(t, c);
	}
}

void html_name(struct text *t, struct bytes name)
{
	text_put(t, plain_width(name) > HTML_WHOLE_MAX ? "<bdi class=\"long\">" : "<bdi>");
	html_put_breakable(t, name);
	text_put(t, "</bdi>");
}

void html_link(struct text *t, struct bytes place, struct bytes name)
{
	if (place.len > 0) {
		text_put(t, "<a href=\"#");
		html_text(t, place, SIZE_MAX);
		text_put(t, "\">");
	}
	html_name(t, name);
	text_put(t, place.len > 0 ? "</a>" : "");
}

void html_code(struct text *t, struct bytes command)
{
	text_put(t, "<code class=\"whole\">");
	html_put_breakable(t, command);
	text_put(t, "</code>");
}

void html_css_string(struct text *t, struct bytes text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    " .,:/-";
	uint8_t           room[PLAIN_MAX];

	text_put(t, "\"");
	while (text.len > 0) {
		struct bytes c = plain_next(&text, room);

		while (c.len > 0) {
			uint32_t value;
			bool     is_seen;
			size_t   len = plain_character(c, &value, &is_seen);

			if (len == 1 && strchr(plain, c.at[0]) != NULL) {
				text_bytes(t, bytes_first(c, 1));
			} else {
				uint8_t six[] = { (uint8_t)(value >> 16),
					          (uint8_t)(value >> 8), (uint8_t)value };

				text_put(t, "\\");
				write_hex(text_room(t, 16), bytes_of(six, sizeof(six)));
				text_put(t, " ");
			}
			c = bytes_from(c, len);
		}
	}
	text_put(t, "\"");
}

void html_lines(struct text *t, struct bytes lines)
{
	while (lines.len > 0) {
		html_text(t, bytes_cut_line(&lines), SIZE_MAX);
		text_put(t, "\n");
	}
}

/* Keeps figures and their units together. */
static void html_put_unbroken(struct text *t, const struct writer *w)
{
	for (size_t i = 0; i < w->len; i++) {
		if (w->start[i] == ' ')
			text_put(t, "\u00a0");
		else
			text_bytes(t, bytes_of(w->start + i, 1));
	}
}

static void html_put_time(struct text *t, int64_t us, const struct writer *for_people)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	instant_write(&w, us - us % 1000000);
	text_put(t, "<time datetime=\"");
	text_bytes(t, writer_written(&w));
	text_put(t, "\">");
	html_put_unbroken(t, for_people);
	text_put(t, "</time>");
}

void html_word(struct text *t, struct word word)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	if (word.kind == WORD_MOMENT && timezone_is_utc())
		word.kind = WORD_MINUTE;
	word_write(&w, &word);
	switch (word.kind) {
	case WORD_FORM:    text_bytes(t, word.text);                break;
	case WORD_TEXT:    html_text(t, word.text, SIZE_MAX);       break;
	case WORD_NAME:    html_name(t, word.text);                 break;
	case WORD_SIZE:
	case WORD_PERCENT: text_bytes(t, writer_written(&w));       break;
	case WORD_NUMBER:
	case WORD_SPAN:    html_put_unbroken(t, &w);                break;
	default:           html_put_time(t, word.us, &w);           break;
	}
}

void html_bar(struct text *t, double percent)
{
	text_put(t, "<svg class=\"share\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" "
	            "aria-hidden=\"true\"><rect class=\"track\" x=\"0.0\" y=\"0.0\" "
	            "width=\"100.0\" height=\"8.0\"/>");
	write_format(text_room(t, 128),
	             "<rect class=\"bar\" x=\"0.0\" y=\"0.0\" width=\"%.1f\" height=\"8.0\"/>"
	             "</svg>",
	             percent);
}

static void html_put_word(void *owner, const struct word *word)
{
	html_word(owner, *word);
}

void words_html(struct text *t, const char *form, const struct word *words, size_t num)
{
	words_put(html_put_word, t, form, words, num);
}

static bool html_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

#define WHOLE_MAX 24            /* a longer word would not fit on a phone */

/* A day, "2026-11-05", or an option, "--key", does not break at its hyphens. */
static void html_put_words(struct text *t, struct bytes words)
{
	while (words.len > 0) {
		const uint8_t *blank = memchr(words.at, ' ', words.len);
		size_t         len   = blank != NULL ? (size_t)(blank - words.at) : words.len;
		struct bytes   word  = bytes_first(words, len);
		bool           is_whole =
			len > 0 && len <= WHOLE_MAX && memchr(word.at, '-', len) != NULL;

		text_put(t, is_whole ? "<span class=\"whole\">" : "");
		html_text(t, word, SIZE_MAX);
		text_put(t, is_whole ? "</span>" : "");
		text_put(t, blank != NULL ? " " : "");
		words = bytes_from(words, len + (blank != NULL));
	}
}

/* A sentence of ours without breaks in figures: "2 188 412", "58 %". */
void html_sentence(struct text *t, struct bytes sentence)
{
	size_t begin = 0;

	for (size_t i = 1; i + 1 < sentence.len; i++) {
		if (sentence.at[i] != ' ' || !html_is_digit(sentence.at[i - 1]) ||
		    (!html_is_digit(sentence.at[i + 1]) && sentence.at[i + 1] != '%'))
			continue;
		html_put_words(t, bytes_first(bytes_from(sentence, begin), i - begin));
		text_put(t, "\u00a0");
		begin = i + 1;
	}
	html_put_words(t, bytes_from(sentence, begin));
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
	text_put(h->text, h->has_sums ? "</tfoot></table>\n" : "</tbody></table>\n");
}

void html_table_sums(struct html_table *h)
{
	text_put(h->text, "</tbody>\n<tfoot role=\"rowgroup\">\n");
	h->has_sums = true;
}

void html_utc_below(struct text *t, int64_t us, bool has_seconds)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	if (timezone_is_utc())
		return;
	(has_seconds ? people_write_utc : people_write_utc_minute)(&w, us);
	text_put(t, "<small class=\"under\">");
	html_put_time(t, us, &w);
	text_put(t, "</small>");
}

void html_table_word(struct html_table *h, struct word word)
{
	bool is_time = word.kind == WORD_MINUTE && !timezone_is_utc();

	if (!html_table_cell(h))
		return;
	text_put(h->text, is_time ? "<span>" : "");
	if (word.kind != WORD_NAME || word.text.len > 0)
		html_word(h->text, word);
	if (is_time)
		html_utc_below(h->text, word.us, false);
	text_put(h->text, is_time ? "</span>" : "");
	html_table_close(h);
}
