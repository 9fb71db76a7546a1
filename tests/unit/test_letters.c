/* SPDX-License-Identifier: MIT */

#include "inspect/letters.h"
#include "support/suite.h"

static uint8_t room[256];

/* UTF-8: RFC 3629, section 3. */
static struct bytes utf8(uint32_t code, uint8_t *at)
{
	struct writer w = writer_over(at, 4);

	if (code < 0x800) {
		write_u8(&w, (uint8_t)(0xc0 | code >> 6));
	} else if (code < 0x10000) {
		write_u8(&w, (uint8_t)(0xe0 | code >> 12));
		write_u8(&w, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
	} else {
		write_u8(&w, (uint8_t)(0xf0 | code >> 18));
		write_u8(&w, (uint8_t)(0x80 | (code >> 12 & 0x3f)));
		write_u8(&w, (uint8_t)(0x80 | (code >> 6 & 0x3f)));
	}
	write_u8(&w, (uint8_t)(0x80 | (code & 0x3f)));
	return writer_written(&w);
}

/* Between mathematical letters, where Unicode had the letter elsewhere: reserved code points. */
static bool is_hole(uint32_t code)
{
	static const uint32_t holes[] = {
		0x1d455, 0x1d49d, 0x1d4a0, 0x1d4a1, 0x1d4a3, 0x1d4a4, 0x1d4a7, 0x1d4a8, 0x1d4ad,
		0x1d4ba, 0x1d4bc, 0x1d4c1, 0x1d4c4, 0x1d506, 0x1d50b, 0x1d50c, 0x1d515, 0x1d51d,
		0x1d53a, 0x1d53f, 0x1d545, 0x1d547, 0x1d548, 0x1d549, 0x1d551,
	};

	for (size_t i = 0; i < COUNT(holes); i++) {
		if (code == holes[i])
			return true;
	}
	return false;
}

static uint64_t hash(uint64_t before, struct bytes what)
{
	for (size_t i = 0; i < what.len; i++)
		before = (before ^ what.at[i]) * 0x100000001b3;
	return before;
}

/*
 * Python says the same: each code point of Unicode 3.2 from 0x80 on that stringprep's tables B.1
 * and B.2 and then NFKC (unicodedata.ucd_3_2_0) make letters, digits and hyphens of ASCII, or
 * nothing, and the three dots of RFC 3490, section 3.1. FNV-1a, 64 bit, over its UTF-8, what it
 * becomes, and "\n".
 */
START_TEST(all_of_unicode_becomes_what_nameprep_makes_of_it)
{
	uint64_t all = 0xcbf29ce484222325;
	unsigned num = 0;

	for (uint32_t code = 0x80; code < 0x110000; code++) {
		uint8_t       at[4];
		struct writer w    = writer_over(room, sizeof(room));
		struct bytes  text = utf8(code, at);

		if (is_hole(code) || !letters_to_ascii(text, &w))
			continue;
		all = hash(hash(hash(all, text), writer_written(&w)), BYTES("\n"));
		num++;
	}
	ck_assert_uint_eq(num, 1101);
	ck_assert_msg(all == 0x18023008c9ebcaa1, "%#llx", (unsigned long long)all);
}

static const struct { const char *what; struct bytes in, out; bool is_ascii; } texts[] = {
	{ "nothing", BYTES(""), BYTES(""), true },
	{ "ASCII", BYTES("A.b-9\0 "), BYTES("A.b-9\0 "), true },
	{ "full-width letters between others", BYTES("x\xef\xbc\xa1\xef\xbd\x9ay"), BYTES("xazy"),
	  true },
	{ "a letter with an accent", BYTES("b\xc3\xbc""c\xc2\xaa"), BYTES("b\xc3\xbc""ca"), false },
	{ "a character cut short", BYTES("a\xef\xbc"), BYTES("a\xef\xbc"), false },
	{ "a byte that goes on with nothing", BYTES("\x80" "a"), BYTES("\x80" "a"), false },
	{ "a byte beyond UTF-8", BYTES("\xff\xc2\xad" "a"), BYTES("\xff" "a"), false },
};

START_TEST(a_text_keeps_what_is_not_in_the_table)
{
	struct writer w = writer_over(room, sizeof(room));

	ck_assert_msg(letters_to_ascii(texts[_i].in, &w) == texts[_i].is_ascii, "%s",
	              texts[_i].what);
	ck_assert_msg(bytes_equal(writer_written(&w), texts[_i].out), "%s", texts[_i].what);
}

int main(void)
{
	Suite *s = suite_create("letters");
	TCase *t = tcase_create("letters");

	tcase_add_test(t, all_of_unicode_becomes_what_nameprep_makes_of_it);
	tcase_add_loop_test(t, a_text_keeps_what_is_not_in_the_table, 0, COUNT(texts));
	suite_add_tcase(s, t);
	return suite_run(s);
}
