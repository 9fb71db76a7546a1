/* SPDX-License-Identifier: MIT */

/* Three bytes are four digits of six bits; '=' pads a last group of fewer bytes. */

#include "base/base64.h"

static const uint8_t digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_write(struct writer *w, struct bytes what)
{
	while (what.len > 0) {
		struct bytes three = bytes_first(what, 3);
		uint32_t     bits  = 0;
		uint8_t      group[4];

		for (size_t i = 0; i < 3; i++)
			bits = bits << 8 | (i < three.len ? three.at[i] : 0);
		for (size_t i = 0; i < 4; i++)
			group[i] = i <= three.len ? digits[bits >> (18 - 6 * i) & 63] : '=';
		write_bytes(w, bytes_of(group, sizeof(group)));
		what = bytes_from(what, 3);
	}
}

/* 0 to 63, or -1. */
static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

enum parse base64_read(struct bytes text, uint8_t *out, size_t num)
{
	size_t num_digits = (num * 8 + 5) / 6, num_stray = num_digits * 6 - num * 8;

	if (text.len != BASE64_LEN(num))
		return PARSE_BAD;
	for (size_t i = 0; i < text.len; i++) {
		if (i < num_digits ? base64_digit(text.at[i]) < 0 : text.at[i] != '=')
			return PARSE_BAD;
	}
	if (num > 0 && (base64_digit(text.at[num_digits - 1]) & ((1 << num_stray) - 1)) != 0)
		return PARSE_BAD;
	for (size_t i = 0; i < num; i++) {
		const uint8_t *pair  = text.at + i + i / 3;
		unsigned       first = 2 + 2 * (i % 3);         /* bits that the second one gives */

		out[i] = (uint8_t)(base64_digit(pair[0]) << first |
		                   base64_digit(pair[1]) >> (6 - first));
	}
	return PARSE_OK;
}
