/* SPDX-License-Identifier: MIT */

/*
 * Every write goes through write_bytes(), and every read through read_bytes(): two bounds checks
 * for the whole program.
 */

#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct bytes bytes_text(const char *text)
{
	return bytes_of(text, strlen(text));
}

struct bytes bytes_cut_line(struct bytes *text)
{
	const uint8_t *newline = text->len > 0 ? memchr(text->at, '\n', text->len) : NULL;
	struct bytes   line =
                newline != NULL ? bytes_first(*text, (size_t)(newline - text->at)) : *text;

	*text = bytes_from(*text, line.len + 1);
	return line;
}

struct bytes bytes_cut_text_line(struct bytes *text)
{
	struct bytes line = bytes_cut_line(text);

	line.len -= line.len > 0 && line.at[line.len - 1] == '\r';
	return line;
}

struct bytes bytes_cut_word(struct bytes *text)
{
	const uint8_t *blank = text->len > 0 ? memchr(text->at, ' ', text->len) : NULL;
	size_t         len   = blank != NULL ? (size_t)(blank - text->at) : text->len;
	struct bytes   word  = bytes_first(*text, len);

	*text = bytes_from(*text, len + 1);
	return word;
}

bool bytes_cut_number(struct bytes *text, uint64_t *out)
{
	uint64_t number = 0;
	size_t   len    = 0;

	for (; len < text->len && text->at[len] >= '0' && text->at[len] <= '9'; len++) {
		uint8_t digit = (uint8_t)(text->at[len] - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (len == 0)
		return false;
	*text = bytes_from(*text, len);
	*out  = number;
	return true;
}

bool bytes_end(struct bytes text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && bytes_is(bytes_from(text, text.len - len), with);
}

bool bytes_begin(struct bytes text, const char *with)
{
	return bytes_equal(bytes_first(text, strlen(with)), bytes_text(with));
}

bool bytes_cut(struct bytes *text, const char *what)
{
	if (!bytes_begin(*text, what))
		return false;
	*text = bytes_from(*text, strlen(what));
	return true;
}

bool bytes_printable(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < 0x20 || text.at[i] > 0x7e)
			return false;
	}
	return true;
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t len   = a.len < b.len ? a.len : b.len;
	int    order = len > 0 ? memcmp(a.at, b.at, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

#define ONES UINT64_C(0x0101010101010101)

/* Bit 7 of each byte above '~' or below '!', and possibly of a '!' next to such a byte. */
static uint64_t not_graphic(const uint8_t *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof(eight));
	return (eight | (eight + ONES) | (eight - ONES * '!')) & (ONES << 7);
}

size_t bytes_graphic(struct bytes text)
{
	size_t len = 0;

	while (text.len - len >= sizeof(uint64_t) && not_graphic(text.at + len) == 0)
		len += sizeof(uint64_t);
	while (len < text.len && text.at[len] >= '!' && text.at[len] <= '~')
		len++;
	return len;
}

/* 0 to 15, or -1. */
static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum parse bytes_from_hex(struct bytes text, uint8_t *out, size_t num)
{
	if (text.len != 2 * num)
		return PARSE_BAD;
	for (size_t i = 0; i < text.len; i++) {
		if (hex_digit(text.at[i]) < 0)
			return PARSE_BAD;
	}
	for (size_t i = 0; i < num; i++)
		out[i] = (uint8_t)(hex_digit(text.at[2 * i]) << 4 | hex_digit(text.at[2 * i + 1]));
	return PARSE_OK;
}

static uint32_t read_little(struct reader *r, size_t n)
{
	struct bytes b     = read_bytes(r, n);
	uint32_t     value = 0;

	for (size_t i = b.len; i > 0; i--)
		value = value << 8 | b.at[i - 1];
	return value;
}

uint16_t read_u16_little(struct reader *r)
{
	return (uint16_t)read_little(r, 2);
}

struct writer writer_over(void *start, size_t cap)
{
	return (struct writer){ .start = start, .cap = cap };
}

struct bytes writer_written(const struct writer *w)
{
	return bytes_of(w->start, w->len);
}

void write_bytes(struct writer *w, struct bytes what)
{
	if (what.len > w->cap - w->len)
		w->full = true;
	if (w->full || what.len == 0)
		return;
	memcpy(w->start + w->len, what.at, what.len);
	w->len += what.len;
}

void write_text(struct writer *w, const char *text)
{
	write_bytes(w, bytes_text(text));
}

void write_u8(struct writer *w, uint8_t value)
{
	write_bytes(w, bytes_of(&value, 1));
}

void write_u16(struct writer *w, uint16_t value)
{
	uint8_t b[] = { (uint8_t)(value >> 8), (uint8_t)value };

	write_bytes(w, bytes_of(b, sizeof(b)));
}

void write_u32(struct writer *w, uint32_t value)
{
	uint8_t b[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
	                (uint8_t)value };

	write_bytes(w, bytes_of(b, sizeof(b)));
}

void write_decimal(struct writer *w, uint64_t value)
{
	write_decimal_padded(w, value, 1);
}

void write_decimal_padded(struct writer *w, uint64_t value, unsigned digits)
{
	uint8_t b[20];          /* 2^64 - 1 has 20 digits */
	size_t  at = sizeof(b);

	while (at > 0 && (value > 0 || digits > 0)) {
		b[--at] = (uint8_t)('0' + value % 10);
		value /= 10;
		digits -= digits > 0;
	}
	write_bytes(w, bytes_of(b + at, sizeof(b) - at));
}

void write_hex(struct writer *w, struct bytes what)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < what.len; i++) {
		uint8_t pair[] = { (uint8_t)digits[what.at[i] >> 4],
		                   (uint8_t)digits[what.at[i] & 15] };

		write_bytes(w, bytes_of(pair, sizeof(pair)));
	}
}

void write_format(struct writer *w, const char *format, ...)
{
	char    text[WRITE_FORMAT_MAX + 1];
	va_list arguments;
	int     len;

	va_start(arguments, format);
	len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= sizeof(text))
		w->full = true;
	else
		write_bytes(w, bytes_of(text, (size_t)len));
}

void write_u16_at(struct writer *w, size_t offset, uint16_t value)
{
	if (offset + 2 > w->len)
		return;
	w->start[offset]     = (uint8_t)(value >> 8);
	w->start[offset + 1] = (uint8_t)value;
}
