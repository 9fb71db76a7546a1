/* SPDX-License-Identifier: MIT */

#include "base/plain.h"

#include <string.h>

/*
 * Unicode 15, general categories Cc, Cf, Zl, Zp, Co, Cn where it matters; and letters without
 * width. In order.
 */
static const struct { uint32_t from, to; } unseen[] = {
	{ 0x0000, 0x001f },     /* control characters */
	{ 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },     /* soft hyphen */
	{ 0x034f, 0x034f },
	{ 0x061c, 0x061c },     /* direction */
	{ 0x115f, 0x1160 },     /* Hangul fillers */
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },     /* no width; direction */
	{ 0x2028, 0x202e },     /* line and paragraph separators; direction */
	{ 0x2060, 0x206f },     /* no width; direction */
	{ 0x2800, 0x2800 },     /* Braille without dots */
	{ 0x3164, 0x3164 },
	{ 0xe000, 0xf8ff },     /* private */
	{ 0xfe00, 0xfe0f },     /* variation */
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },
	{ 0xe0000, 0x10ffff },  /* tags, variation, private */
};

static bool is_unseen(uint32_t c)
{
	for (size_t i = 0; i < COUNT(unseen) && unseen[i].from <= c; i++) {
		if (c <= unseen[i].to)
			return true;
	}
	return false;
}

/* The length of a character, from its first byte; 0 if no character begins with this byte. */
static size_t plain_length(uint8_t c)
{
	return c < 0x80                 ? 1
	       : c >= 0xc2 && c <= 0xdf ? 2
	       : c >= 0xe0 && c <= 0xef ? 3
	       : c >= 0xf0 && c <= 0xf4 ? 4
	                                : 0;
}

size_t plain_character(struct bytes text, uint32_t *out, bool *is_seen_out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t                len     = text.len > 0 ? plain_length(text.at[0]) : 0;
	uint32_t              value;

	if (len == 0 || len > text.len)
		return 0;
	value = len > 1 ? text.at[0] & (0x7f >> len) : text.at[0];
	for (size_t i = 1; i < len; i++) {
		if ((text.at[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text.at[i] & 0x3f);
	}
	if (value < least[len] || (value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff)
		return 0;
	*out         = value;
	*is_seen_out = !is_unseen(value);
	return len;
}

size_t plain_whole(struct bytes text)
{
	for (size_t back = 1; back <= 3 && back <= text.len; back++) {
		uint8_t c = text.at[text.len - back];

		if ((c & 0xc0) != 0x80)
			return plain_length(c) > back ? text.len - back : text.len;
	}
	return text.len;
}

static void write_hex_digits(struct writer *w, uint32_t value, unsigned least)
{
	unsigned digits = least;

	while (digits < 8 && value >> (4 * digits) != 0)
		digits++;
	while (digits > 0)
		write_u8(w, (uint8_t)"0123456789abcdef"[value >> (4 * --digits) & 15]);
}

struct bytes plain_next(struct bytes *rest, uint8_t room[PLAIN_MAX])
{
	struct writer w = writer_over(room, PLAIN_MAX);
	uint32_t      c = 0;
	bool          is_seen = false;
	struct bytes  whole;
	size_t        len;

	if (rest->len == 0)
		return (struct bytes){ 0 };
	len   = plain_character(*rest, &c, &is_seen);
	whole = bytes_first(*rest, len > 0 ? len : 1);
	*rest = bytes_from(*rest, whole.len);
	if (len > 0 && is_seen)
		return whole;
	write_text(&w, len > 0 ? "\\u{" : "\\x");
	write_hex_digits(&w, len > 0 ? c : whole.at[0], 2);
	write_text(&w, len > 0 ? "}" : "");
	return writer_written(&w);
}

void plain_write(struct writer *w, struct bytes text)
{
	uint8_t room[PLAIN_MAX];

	while (text.len > 0)
		write_bytes(w, plain_next(&text, room));
}

/* The width of a character: that of its spelling, or one column. */
static size_t columns_of(struct bytes c, const uint8_t *room)
{
	return c.at == room ? c.len : 1;
}

size_t plain_width(struct bytes text)
{
	uint8_t room[PLAIN_MAX];
	size_t  width = 0;

	while (text.len > 0)
		width += columns_of(plain_next(&text, room), room);
	return width;
}

void plain_text(struct text *t, struct bytes text, size_t max_columns)
{
	uint8_t room[PLAIN_MAX];
	bool    is_cut = max_columns != SIZE_MAX && plain_width(text) > max_columns;
	size_t  width  = is_cut ? 1 : 0;

	while (text.len > 0) {
		struct bytes c = plain_next(&text, room);

		width += columns_of(c, room);
		if (width > max_columns)
			break;
		text_bytes(t, c);
	}
	text_put(t, is_cut ? "…" : "");
}

static void plain_blanks(struct text *t, size_t from, size_t to)
{
	for (; from < to; from++)
		text_put(t, " ");
}

void plain_column(struct text *t, struct bytes text, size_t columns)
{
	plain_text(t, text, columns);
	plain_blanks(t, plain_width(text), columns);
}

void plain_figure(struct text *t, struct bytes text, size_t columns)
{
	plain_blanks(t, plain_width(text), columns);
	plain_text(t, text, columns);
}
