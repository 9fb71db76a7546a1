/* SPDX-License-Identifier: MIT */

/*
 * The code is canonical: codes of one length follow each other in the order of their characters,
 * and those of the next length follow them. So the characters in the order of their codes, and the
 * number of codes of each length, are all of appendix B.
 */

#include "inspect/hpack.h"

#define CODE_MIN 5              /* bits */
#define CODE_MAX 30

#define NUM_CHARACTERS 256

/* number of characters with a code of 5, 6, ... 30 bits; the last one, EOS, is not a character */
static const uint8_t num_codes[] = { 10, 26, 32, 6,  0,  5,  3, 2, 6,  2,  3,  0, 0,
	                             0,  3,  8,  13, 26, 29, 12, 4, 15, 19, 29, 0, 4 };

static const uint8_t characters[NUM_CHARACTERS + 1] =
	"012aceiost"
	" %-./3456789=A_bdfghlmnpru"
	":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"
	"&*,;XZ"
	"!\"()?"
	"'+|"
	"#>"
	"\0$@[]~"
	"^}"
	"<`{"
	"\\\xc3\xd0"
	"\x80\x82\x83\xa2\xb8\xc2\xe0\xe2"
	"\x99\xa1\xa7\xac\xb0\xb1\xb3\xd1\xd8\xd9\xe3\xe5\xe6"
	"\x81\x84\x85\x86\x88\x92\x9a\x9c\xa0\xa3\xa4\xa9\xaa\xad\xb2\xb5\xb9\xba\xbb\xbd\xbe\xc4"
	"\xc6\xe4\xe8\xe9"
	"\x01\x87\x89\x8a\x8b\x8c\x8d\x8f\x93\x95\x96\x97\x98\x9b\x9d\x9e\xa5\xa6\xa8\xae\xaf\xb4"
	"\xb6\xb7\xbc\xbf\xc5\xe7\xef"
	"\x09\x8e\x90\x91\x94\x9f\xab\xce\xd7\xe1\xec\xed"
	"\xc7\xcf\xea\xeb"
	"\xc0\xc1\xc8\xc9\xca\xcd\xd2\xd5\xda\xdb\xee\xf0\xf2\xf3\xff"
	"\xcb\xcc\xd3\xd4\xd6\xdd\xde\xdf\xf1\xf4\xf5\xf6\xf7\xf8\xfa\xfb\xfc\xfd\xfe"
	"\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x17\x18\x19\x1a\x1b"
	"\x1c\x1d\x1e\x1f\x7f\xdc\xf9"
	"\n\r\x16";

/*
 * The next character in a window of num_bits bits of the string; returns the length of its code, 0
 * if the bits do not form one.
 */
static unsigned huffman_next(uint32_t window, unsigned num_bits, unsigned *character_out)
{
	uint32_t code = 0;              /* the first code of a length, left-aligned */
	unsigned at   = 0;              /* the place of its character */

	for (unsigned len = CODE_MIN; len <= CODE_MAX && len <= num_bits; len++) {
		unsigned num    = num_codes[len - CODE_MIN];
		uint32_t offset = (window - code) >> (32 - len);

		if (offset < num) {
			*character_out = at + offset;
			return len;
		}
		code += (uint32_t)num << (32 - len);
		at += num;
	}
	return 0;
}

/* The same for 8 bits, within which nearly all codes end; 0 if this one does not. */
static unsigned huffman_short(unsigned first, unsigned *character_out)
{
	if (first < 80) {
		*character_out = first >> 3;
		return 5;
	}
	if (first < 184) {
		*character_out = 10 + ((first - 80) >> 2);
		return 6;
	}
	if (first < 248) {
		*character_out = 36 + ((first - 184) >> 1);
		return 7;
	}
	*character_out = 68 + (first - 248);
	return first < 254 ? 8 : 0;
}

enum parse hpack_write_huffman(struct bytes code, struct writer *w, uint16_t *steps,
                               size_t *len_out)
{
	uint64_t bits     = 0;          /* the unused ones, left-aligned */
	unsigned num_bits = 0, character, len, num_steps = *steps;
	size_t   at       = 0, num = 0;

	for (;; num++) {
		while (num_bits <= 56 && at < code.len) {
			bits |= (uint64_t)code.at[at++] << (56 - num_bits);
			num_bits += 8;
		}
		len = num_bits >= 8 ? huffman_short((unsigned)(bits >> 56), &character) : 0;
		if (len == 0)
			len = huffman_next((uint32_t)(bits >> 32), num_bits, &character);
		if (len == 0)
			break;
		num_steps += len > 8 ? len : w != NULL ? 2 : 1;
		if (character >= NUM_CHARACTERS || num_steps > HPACK_STEPS_MAX)
			break;
		if (w != NULL)
			write_u8(w, characters[character]);
		bits <<= len;
		num_bits -= len;
	}
	*len_out = num;
	*steps   = (uint16_t)num_steps;
	return len == 0 ? PARSE_OK : PARSE_BAD;
}
