/* SPDX-License-Identifier: MIT */

#include "base/base64.h"
#include "support/suite.h"

#include <openssl/evp.h>
#include <string.h>

static const struct { const char *what; size_t num; struct bytes in; } refused[] = {
	{ "nothing, for a byte", 1, BYTES("") },
	{ "a byte, for none", 0, BYTES("Zg==") },
	{ "a byte, for two", 2, BYTES("Zg==") },
	{ "two bytes, for one", 1, BYTES("Zm8=") },
	{ "no padding", 1, BYTES("Zg") },
	{ "too little padding", 1, BYTES("Zg=") },
	{ "too much padding", 1, BYTES("Zg===") },
	{ "padding in the middle", 3, BYTES("Zm=v") },
	{ "something else behind padding", 1, BYTES("Zg=A") },
	{ "stray bits behind one byte", 1, BYTES("Zh==") },
	{ "stray bits behind two", 2, BYTES("Zm9=") },
	{ "a blank in front", 3, BYTES(" Zm9") },
	{ "a newline at the end", 3, BYTES("Zm9\n") },
	{ "more behind it", 3, BYTES("Zm9v\n") },
	{ "digits of file names", 3, BYTES("-_-_") },
	{ "@ lies in front of A", 3, BYTES("@AAA") },
	{ "[ lies behind Z", 3, BYTES("A[AA") },
	{ "` lies in front of a", 3, BYTES("AA`A") },
	{ "{ lies behind z", 3, BYTES("AAA{") },
	{ ". lies in front of /", 3, BYTES(".AAA") },
	{ ": lies behind 9", 3, BYTES("A:AA") },
	{ "a NUL", 3, BYTES("AA\0A") },
	{ "beyond ASCII", 3, BYTES("\xc1\xc1\xc1\xc1") },
};

START_TEST(a_text_that_writing_does_not_give_is_refused)
{
	uint8_t out[4] = "???";

	ck_assert_msg(base64_read(refused[_i].in, out, refused[_i].num) == PARSE_BAD, "%s",
	              refused[_i].what);
	ck_assert_str_eq((char *)out, "???");
}

/* RFC 4648, section 10. */
static const struct { struct bytes bytes, text; } pairs[] = {
	{ BYTES(""), BYTES("") },
	{ BYTES("f"), BYTES("Zg==") },
	{ BYTES("fo"), BYTES("Zm8=") },
	{ BYTES("foo"), BYTES("Zm9v") },
	{ BYTES("foob"), BYTES("Zm9vYg==") },
	{ BYTES("fooba"), BYTES("Zm9vYmE=") },
	{ BYTES("foobar"), BYTES("Zm9vYmFy") },
};

START_TEST(bytes_and_their_text)
{
	uint8_t       text[8], out[6];
	struct writer w = writer_over(text, pairs[_i].text.len);

	base64_write(&w, pairs[_i].bytes);
	ck_assert(!w.full && bytes_equal(writer_written(&w), pairs[_i].text));
	ck_assert_uint_eq(BASE64_LEN(pairs[_i].bytes.len), pairs[_i].text.len);
	ck_assert_int_eq(base64_read(pairs[_i].text, out, pairs[_i].bytes.len), PARSE_OK);
	ck_assert(bytes_equal(bytes_of(out, pairs[_i].bytes.len), pairs[_i].bytes));
}

/* All digits, in all places of a group. */
START_TEST(another_library_writes_the_same_and_reads_it)
{
	uint8_t       bytes[768], text[BASE64_LEN(768)], other[BASE64_LEN(768) + 1], out[768];
	struct writer w;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + i / 256);
	for (size_t num = 0; num <= sizeof(bytes); num++) {
		w = writer_over(text, sizeof(text));
		base64_write(&w, bytes_of(bytes, num));
		ck_assert_int_eq(EVP_EncodeBlock(other, bytes, (int)num), (int)w.len);
		ck_assert(bytes_equal(writer_written(&w), bytes_of(other, w.len)));
		ck_assert_int_eq(base64_read(bytes_of(other, w.len), out, num), PARSE_OK);
		ck_assert(bytes_equal(bytes_of(out, num), bytes_of(bytes, num)));
	}
}

START_TEST(what_does_not_fit_is_said)
{
	uint8_t       text[8] = "???????";
	struct writer w       = writer_over(text, 7);

	base64_write(&w, BYTES("fooba"));
	ck_assert(w.full);
	ck_assert_uint_eq(text[7], '\0');
}

int main(void)
{
	Suite *s = suite_create("base64");
	TCase *t = tcase_create("base64");

	tcase_add_loop_test(t, a_text_that_writing_does_not_give_is_refused, 0, COUNT(refused));
	tcase_add_loop_test(t, bytes_and_their_text, 0, COUNT(pairs));
	tcase_add_test(t, another_library_writes_the_same_and_reads_it);
	tcase_add_test(t, what_does_not_fit_is_said);
	suite_add_tcase(s, t);
	return suite_run(s);
}
