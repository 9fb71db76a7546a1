/* SPDX-License-Identifier: MIT */

#include "log/scan.h"

#include <endian.h>
#include <string.h>

struct scan scan_over(struct bytes text)
{
	return (struct scan){ .at = text.at, .end = text.len > 0 ? text.at + text.len : text.at };
}

/* RFC 3629: no overlong form, no surrogate, nothing beyond U+10FFFF. */
static bool take_utf8(struct scan *s)
{
	uint8_t  c    = *s->at++;
	unsigned more = c >= 0xc2 && c <= 0xdf   ? 1
	                : c >= 0xe0 && c <= 0xef ? 2
	                : c >= 0xf0 && c <= 0xf4 ? 3
	                                         : 0;

	if (more == 0 || (size_t)(s->end - s->at) < more)
		return scan_refuse(s);
	if ((c == 0xe0 && s->at[0] < 0xa0) || (c == 0xed && s->at[0] > 0x9f) ||
	    (c == 0xf0 && s->at[0] < 0x90) || (c == 0xf4 && s->at[0] > 0x8f))
		return scan_refuse(s);
	for (unsigned i = 0; i < more; i++) {
		if ((*s->at++ & 0xc0) != 0x80)
			return scan_refuse(s);
	}
	return true;
}

static bool take_escape(struct scan *s)
{
	s->at++;
	if (s->at == s->end)
		return scan_refuse(s);
	if (*s->at != 'u')
		return strchr("\"\\/bfnrt", *s->at++) != NULL && s->at[-1] != '\0' ? true
		                                                                   : scan_refuse(s);
	s->at++;
	for (int i = 0; i < 4; i++, s->at++) {
		if (s->at == s->end || *s->at == '\0' ||
		    strchr("0123456789abcdefABCDEF", *s->at) == NULL)
			return scan_refuse(s);
	}
	return true;
}

/*
 * Skips plain characters of a string, eight at a time: no quote, backslash, control or non-ASCII
 * byte. Each of the four terms sets the high bit of such a byte; a borrow can also set it in later
 * bytes, so only the first counts. Most strings end within eight characters: a loop over the last
 * ones took twice as many instructions.
 */
static void skip_plain(struct scan *s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;

	while (s->end - s->at >= 8) {
		uint64_t v, quote, slash, stop;

		memcpy(&v, s->at, sizeof(v));
		v     = le64toh(v);
		quote = v ^ ones * '"';
		slash = v ^ ones * '\\';
		stop  = (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | (v - ones * 0x20) |
                        v) &
		       highs;
		if (stop != 0) {
			s->at += (unsigned)__builtin_ctzll(stop) / 8;
			return;
		}
		s->at += 8;
	}
	while (s->at < s->end && *s->at >= 0x20 && *s->at < 0x80 && *s->at != '"' && *s->at != '\\')
		s->at++;
}

/* Between the quotes. */
bool scan_string(struct scan *s, struct bytes *out)
{
	const uint8_t *begin;

	if (!scan_take(s, '"'))
		return scan_refuse(s);
	begin = s->at;
	for (;;) {
		skip_plain(s);
		if (s->at == s->end || *s->at < 0x20)
			return scan_refuse(s);
		if (*s->at == '"')
			break;
		if (!(*s->at == '\\' ? take_escape(s) : take_utf8(s)))
			return false;
	}
	*out = bytes_of(begin, (size_t)(s->at - begin));
	s->at++;
	return true;
}

/* *is_whole_out: a number without sign, fraction and exponent that fits into 64 bits. */
bool scan_number(struct scan *s, uint64_t *out, bool *is_whole_out)
{
	uint64_t value = 0;
	bool     whole = !scan_take(s, '-');

	if (!scan_is_digit(s))
		return scan_refuse(s);
	if (*s->at == '0' && s->end - s->at > 1 && s->at[1] >= '0' && s->at[1] <= '9')
		return scan_refuse(s);
	for (; scan_is_digit(s); s->at++) {
		uint8_t digit = (uint8_t)(*s->at - '0');

		whole &= value <= (UINT64_MAX - digit) / 10;
		value  = value * 10 + digit;
	}
	if (scan_take(s, '.')) {
		whole = false;
		if (!scan_is_digit(s))
			return scan_refuse(s);
		while (scan_is_digit(s))
			s->at++;
	}
	if (scan_take(s, 'e') || scan_take(s, 'E')) {
		whole = false;
		if (!scan_take(s, '+'))
			scan_take(s, '-');
		if (!scan_is_digit(s))
			return scan_refuse(s);
		while (scan_is_digit(s))
			s->at++;
	}
	*out          = value;
	*is_whole_out = whole;
	return true;
}

bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return scan_refuse(s);
	s->at += len;
	return true;
}

bool scan_name(struct scan *s, struct bytes *out)
{
	scan_skip_space(s);
	if (!scan_string(s, out))
		return false;
	scan_skip_space(s);
	if (!scan_take(s, ':'))
		return scan_refuse(s);
	scan_skip_space(s);
	return true;
}

static bool scan_pass_many(struct scan *s, bool is_object, unsigned depth)
{
	uint8_t      end = is_object ? '}' : ']';
	struct bytes name;

	s->at++;
	scan_skip_space(s);
	if (scan_take(s, end))
		return true;
	do {
		if (is_object && !scan_name(s, &name))
			return false;
		scan_skip_space(s);
		if (!scan_pass(s, depth))
			return false;
		scan_skip_space(s);
	} while (scan_take(s, ','));
	return scan_take(s, end) || scan_refuse(s);
}

bool scan_pass(struct scan *s, unsigned depth)
{
	struct bytes text;
	uint64_t     number;
	bool         whole;

	if (s->at == s->end || depth > SCAN_DEPTH)
		return scan_refuse(s);
	switch (*s->at) {
	case '"': return scan_string(s, &text);
	case '{': return scan_pass_many(s, true, depth + 1);
	case '[': return scan_pass_many(s, false, depth + 1);
	case 't': return scan_word(s, "true");
	case 'f': return scan_word(s, "false");
	case 'n': return scan_word(s, "null");
	default:  return scan_number(s, &number, &whole);
	}
}

/* To the value of this member of an object. */
static bool scan_go_to(struct scan *s, struct bytes wanted)
{
	struct bytes name;

	scan_skip_space(s);
	if (!scan_take(s, '{'))
		return false;
	do {
		if (!scan_name(s, &name))
			return false;
		if (bytes_equal(name, wanted))
			return true;
		if (!scan_pass(s, 1))
			return false;
		scan_skip_space(s);
	} while (scan_take(s, ','));
	return false;
}

struct bytes scan_member(struct bytes json, const char *path)
{
	struct scan    s = scan_over(json);
	const uint8_t *begin;

	for (size_t len; *path != '\0'; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		if (!scan_go_to(&s, bytes_of(path, len)))
			return (struct bytes){ 0 };
	}
	begin = s.at;
	return scan_pass(&s, 1) ? bytes_of(begin, (size_t)(s.at - begin)) : (struct bytes){ 0 };
}

static void write_utf8(struct writer *w, uint32_t c)
{
	if (c < 0x80) {
		write_u8(w, (uint8_t)c);
	} else if (c < 0x800) {
		write_u8(w, (uint8_t)(0xc0 | c >> 6));
		write_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		write_u8(w, (uint8_t)(0xe0 | c >> 12));
		write_u8(w, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		write_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		write_u8(w, (uint8_t)(0xf0 | c >> 18));
		write_u8(w, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		write_u8(w, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		write_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

/* The four digits of \uXXXX at `offset`; UINT32_MAX if there is no such escape. */
static uint32_t unit_at(struct bytes text, size_t offset)
{
	uint32_t unit = 0;

	if (text.len < offset + 6 || text.at[offset] != '\\' || text.at[offset + 1] != 'u')
		return UINT32_MAX;
	for (size_t i = offset + 2; i < offset + 6; i++) {
		uint8_t c = text.at[i];

		if (c >= '0' && c <= '9')
			unit = unit * 16 + c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			unit = unit * 16 + (c | 0x20) - 'a' + 10;
		else
			return UINT32_MAX;
	}
	return unit;
}

/* The escape at `offset`, and its length. */
static size_t write_escape(struct writer *w, struct bytes text, size_t offset)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	uint32_t          unit = unit_at(text, offset), low;
	const char       *letter;

	if (unit == UINT32_MAX) {
		uint8_t c = offset + 1 < text.len ? text.at[offset + 1] : '\\';

		letter = c != '\0' ? strchr(letters, c) : NULL;
		write_u8(w, letter != NULL ? (uint8_t)meant[letter - letters] : c);
		return 2;
	}
	if (unit < 0xd800 || unit > 0xdfff) {
		write_utf8(w, unit);
		return 6;
	}
	low = unit < 0xdc00 ? unit_at(text, offset + 6) : UINT32_MAX;
	if (low < 0xdc00 || low > 0xdfff) {
		write_utf8(w, 0xfffd);
		return 6;
	}
	write_utf8(w, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
	return 12;
}

void scan_text(struct writer *w, struct bytes escaped)
{
	for (size_t i = 0; i < escaped.len;) {
		if (escaped.at[i] == '\\') {
			i += write_escape(w, escaped, i);
			continue;
		}
		write_u8(w, escaped.at[i++]);
	}
}
