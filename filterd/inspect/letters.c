/* SPDX-License-Identifier: MIT */

/*
 * Two tables, both sorted: rows of characters that stand for consecutive letters or digits, and
 * rows of characters that stand for a few letters each. The test compares all of Unicode.
 */

#include "inspect/letters.h"

#define LETTERS_WIDTH 4         /* columns of one entry in a row of words */

struct letters_row {
	uint32_t    first;
	uint16_t    num;
	char        letter;     /* of the first; '\0' if the row has words */
	uint8_t     period;     /* the row starts again at that letter after this many */
	const char *words;      /* padded with blanks; "?": not a letter; blank: ignored */
};

#define RUN(first, num, letter, period) { first, num, letter, period, NULL }
#define WORDS(first, words) { first, (sizeof(words) - 1) / LETTERS_WIDTH, '\0', 0, words }

static const struct letters_row letters[] = {
	WORDS(0x00aa, "a   "),
	WORDS(0x00ad, "    "),
	WORDS(0x00b2, "2   3   "),
	WORDS(0x00b9, "1   o   "),
	WORDS(0x00df, "ss  "),
	WORDS(0x0132, "ij  ij  "),
	WORDS(0x017f, "s   "),
	WORDS(0x01c7, "lj  lj  lj  nj  nj  nj  "),
	WORDS(0x01f1, "dz  dz  dz  "),
	WORDS(0x02b0, "h   ?   j   r   ?   ?   ?   w   y   "),
	WORDS(0x02e1, "l   s   x   "),
	WORDS(0x034f, "    "),
	WORDS(0x1806, "    "),
	WORDS(0x180b, "            "),
	WORDS(0x200b, "            "),
	WORDS(0x2060, "    "),
	WORDS(0x2070, "0   i   "),
	RUN(0x2074, 6, '4', 10),
	WORDS(0x207f, "n   "),
	RUN(0x2080, 10, '0', 10),
	WORDS(0x20a8, "rs  "),
	WORDS(0x2102, "c   "),
	WORDS(0x210a, "g   h   h   h   h   ?   i   i   l   l   ?   n   no  ?   ?   p   "
	              "q   r   r   r   ?   ?   sm  tel tm  ?   z   ?   ?   ?   z   ?   "
	              "k   ?   b   c   ?   e   e   f   ?   m   o   ?   ?   ?   ?   i   "),
	WORDS(0x2145, "d   d   e   i   j   "),
	WORDS(0x2160, "i   ii  iii iv  v   vi  vii viiiix  x   xi  xii l   c   d   m   "
	              "i   ii  iii iv  v   vi  vii viiiix  x   xi  xii l   c   d   m   "),
	RUN(0x2460, 9, '1', 10),
	WORDS(0x2469, "10  11  12  13  14  15  16  17  18  19  20  "),
	RUN(0x24b6, 52, 'a', 26),
	WORDS(0x24ea, "0   "),
	WORDS(0x3002, ".   "),
	WORDS(0x3251, "21  22  23  24  25  26  27  28  29  30  31  32  33  34  35  "),
	WORDS(0x32b1, "36  37  38  39  40  41  42  43  44  45  46  47  48  49  50  "),
	WORDS(0x3371, "hpa da  au  bar ov  pc  "),
	WORDS(0x3380, "pa  na  ?   ma  ka  kb  mb  gb  cal kcalpf  nf  ?   ?   mg  kg  "
	              "hz  khz mhz ghz thz ?   ml  dl  kl  fm  nm  ?   mm  cm  km  mm2 "
	              "cm2 m2  km2 mm3 cm3 m3  km3 ?   ?   pa  kpa mpa gpa rad ?   ?   "
	              "ps  ns  ?   ms  pv  nv  ?   mv  kv  mv  pw  nw  ?   mw  kw  mw  "
	              "?   ?   ?   bq  cc  cd  ?   ?   db  gy  ha  hp  in  kk  km  kt  "
	              "lm  ln  log lx  mb  mil mol ph  ?   ppm pr  sr  sv  wb  "),
	WORDS(0xfb00, "ff  fi  fl  ffi ffl st  st  "),
	WORDS(0xfe00, "                                                                "),
	WORDS(0xfe63, "-   "),
	WORDS(0xfeff, "    "),
	WORDS(0xff0d, "-   .   "),
	RUN(0xff10, 10, '0', 10),
	RUN(0xff21, 26, 'a', 26),
	RUN(0xff41, 26, 'a', 26),
	WORDS(0xff61, ".   "),
	RUN(0x1d400, 676, 'a', 26),     /* 13 alphabets, capitals and small letters */
	RUN(0x1d7ce, 50, '0', 10),
};

/* The next character, of two or more bytes; returns its length, 0 if it is not UTF-8. */
static size_t letters_decode(struct bytes text, uint32_t *code_out)
{
	struct reader r    = reader_over(text, PARSE_BAD);
	uint8_t       lead = read_u8(&r);
	size_t        more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
	uint32_t      code = lead & (0x3fu >> more);

	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	for (size_t i = 0; i < more; i++) {
		uint8_t next = read_u8(&r);

		if ((next & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (next & 0x3fu);
	}
	*code_out = code;
	return more + 1;
}

static const struct letters_row *letters_find(uint32_t code)
{
	size_t low = 0, high = COUNT(letters);

	while (low < high) {
		size_t                    middle = (low + high) / 2;
		const struct letters_row *row    = &letters[middle];

		if (code < row->first)
			high = middle;
		else if (code >= row->first + row->num)
			low = middle + 1;
		else
			return row;
	}
	return NULL;
}

static bool letters_write(uint32_t code, struct writer *out)
{
	const struct letters_row *row = letters_find(code);
	const char               *word;
	size_t                    len = 0;

	if (row == NULL)
		return false;
	if (row->words == NULL) {
		write_u8(out, (uint8_t)(row->letter + (code - row->first) % row->period));
		return true;
	}
	word = row->words + (size_t)(code - row->first) * LETTERS_WIDTH;
	if (word[0] == '?')
		return false;
	while (len < LETTERS_WIDTH && word[len] != ' ')
		len++;
	write_bytes(out, bytes_of(word, len));
	return true;
}

bool letters_to_ascii(struct bytes text, struct writer *out)
{
	bool is_ascii = true;

	while (text.len > 0) {
		uint32_t code;
		size_t   len = 1;

		if (text.at[0] >= 0x80) {
			len = letters_decode(text, &code);
			if (len > 0 && letters_write(code, out)) {
				text = bytes_from(text, len);
				continue;
			}
			is_ascii = false;
			len      = len > 0 ? len : 1;
		}
		write_bytes(out, bytes_first(text, len));
		text = bytes_from(text, len);
	}
	return is_ascii;
}
