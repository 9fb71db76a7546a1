/* SPDX-License-Identifier: MIT */

#include "base/bytes.h"
#include "support/suite.h"

#include <string.h>

START_TEST(a_short_datagram_is_bad)
{
	struct reader r = reader_over(BYTES("\x01"), PARSE_BAD);

	ck_assert_uint_eq(read_u16(&r), 0);
	ck_assert_int_eq(r.status, PARSE_BAD);
}

START_TEST(a_short_stream_asks_for_more)
{
	struct reader r = reader_over(BYTES("\x01"), PARSE_MORE);

	read_u32(&r);
	ck_assert_int_eq(r.status, PARSE_MORE);
}

START_TEST(after_a_failure_every_read_gives_zeros)
{
	struct reader r = reader_over(BYTES("\x01\x02\x03"), PARSE_BAD);

	read_u32(&r);
	ck_assert_uint_eq(read_u8(&r), 0);
	ck_assert_uint_eq(read_block8(&r).left.len, 0);
	ck_assert(!reader_has_more(&r));
}

START_TEST(a_block_that_outruns_its_reader_fails_both)
{
	struct reader r     = reader_over(BYTES("\x00\x05" "abc"), PARSE_MORE);
	struct reader child = read_block16(&r);

	ck_assert_int_eq(r.status, PARSE_MORE);
	ck_assert_int_eq(child.status, PARSE_MORE);
	ck_assert(!reader_has_more(&child));
}

START_TEST(a_child_that_ends_early_is_bad_even_in_a_stream)
{
	struct reader r     = reader_over(BYTES("\x02" "ab"), PARSE_MORE);
	struct reader child = read_block8(&r);

	read_u24(&child);
	ck_assert_int_eq(child.status, PARSE_BAD);
	ck_assert_int_eq(r.status, PARSE_OK);
}

START_TEST(numbers_come_in_the_order_asked_for)
{
	struct reader r = reader_over(BYTES("\x01\x02\x03\x04\x05\x06\x01\x02"), PARSE_BAD);

	ck_assert_uint_eq(read_u24(&r), 0x010203);
	ck_assert_uint_eq(read_u8(&r), 4);
	ck_assert_uint_eq(read_u16(&r), 0x0506);
	ck_assert_uint_eq(read_u16_little(&r), 0x0201);
	ck_assert_int_eq(r.status, PARSE_OK);
	ck_assert(!reader_has_more(&r));
}

START_TEST(a_writer_leaves_out_what_does_not_fit_and_all_after_it)
{
	char          room[4] = "....";
	struct writer w       = writer_over(room, 3);

	write_text(&w, "ab");
	write_text(&w, "cd");
	write_text(&w, "e");
	ck_assert(w.full);
	ck_assert_bytes(writer_written(&w), "ab");
	ck_assert_int_eq(room[3], '.');
}

START_TEST(numbers_are_written_as_people_read_them)
{
	char          room[80];
	struct writer w = writer_over(room, sizeof(room));

	write_decimal(&w, 0);
	write_text(&w, " ");
	write_decimal(&w, UINT64_MAX);
	write_text(&w, " ");
	write_decimal_padded(&w, 7, 3);
	write_text(&w, " ");
	write_hex(&w, BYTES("\x00\xaf"));
	ck_assert_bytes(writer_written(&w), "0 18446744073709551615 007 00af");
}

START_TEST(slices_end_where_the_bytes_end)
{
	ck_assert_bytes(bytes_from(BYTES("abc"), 1), "bc");
	ck_assert_uint_eq(bytes_from(BYTES("abc"), 4).len, 0);
	ck_assert_bytes(bytes_first(BYTES("abc"), 9), "abc");
}

START_TEST(a_last_line_needs_no_newline)
{
	struct bytes text = BYTES("one\n\nthree");

	ck_assert_bytes(bytes_cut_line(&text), "one");
	ck_assert_bytes(bytes_cut_line(&text), "");
	ck_assert_uint_eq(text.len, 5);
	ck_assert_bytes(bytes_cut_line(&text), "three");
	ck_assert_uint_eq(text.len, 0);
	ck_assert_uint_eq(bytes_cut_line(&text).len, 0);
}

START_TEST(hexadecimal_text_is_bytes_or_nothing)
{
	uint8_t out[2] = { 1, 2 };

	ck_assert_int_eq(bytes_from_hex(BYTES("00a"), out, 2), PARSE_BAD);
	ck_assert_int_eq(bytes_from_hex(BYTES("00a:"), out, 2), PARSE_BAD);
	ck_assert_int_eq(bytes_from_hex(BYTES("00a@"), out, 2), PARSE_BAD);
	ck_assert_int_eq(bytes_from_hex(BYTES("0g00"), out, 2), PARSE_BAD);
	ck_assert_uint_eq(out[0], 1);
	ck_assert_int_eq(bytes_from_hex(BYTES("0FaF"), out, 2), PARSE_OK);
	ck_assert_bytes(bytes_of(out, 2), "\x0f\xaf");
}

START_TEST(words_and_numbers_are_cut_off_the_beginning)
{
	struct bytes text   = BYTES("12 two 18446744073709551615x"), none = BYTES("x1");
	struct bytes large  = BYTES("18446744073709551616");
	uint64_t     number = 7;

	ck_assert(bytes_cut_number(&text, &number) && number == 12);
	ck_assert(!bytes_cut_number(&text, &number));
	ck_assert_bytes(bytes_cut_word(&text), "");
	ck_assert_bytes(bytes_cut_word(&text), "two");
	ck_assert(bytes_cut_number(&text, &number) && number == UINT64_MAX);
	ck_assert_bytes(bytes_cut_word(&text), "x");
	ck_assert_uint_eq(bytes_cut_word(&text).len, 0);
	ck_assert(!bytes_cut_number(&text, &number));
	ck_assert(!bytes_cut_number(&none, &number) && !bytes_cut_number(&large, &number));
	ck_assert_bytes(large, "18446744073709551616");
	ck_assert_uint_eq(number, UINT64_MAX);
}

START_TEST(a_text_ends_so_or_is_too_short)
{
	ck_assert(bytes_end(BYTES("a.vkey"), ".vkey") && bytes_end(BYTES(".vkey"), ".vkey"));
	ck_assert(!bytes_end(BYTES("vkey"), ".vkey") && !bytes_end(BYTES("a.vkeys"), ".vkey"));
	ck_assert(bytes_end((struct bytes){ 0 }, "") && !bytes_end((struct bytes){ 0 }, "a"));
}
END_TEST

START_TEST(a_text_that_begins_so_goes_on_behind_it)
{
	struct bytes text = BYTES("feed off");

	ck_assert(bytes_begin(text, "feed ") && !bytes_begin(text, "feed off "));
	ck_assert(!bytes_cut(&text, "pause ") && bytes_cut(&text, "feed "));
	ck_assert_bytes(text, "off");
	ck_assert(bytes_cut(&text, "off") && bytes_cut(&text, "") && !bytes_cut(&text, "o"));
}

START_TEST(a_text_of_one_line_is_printable)
{
	ck_assert(bytes_printable(BYTES("a ~")) && bytes_printable(BYTES("")));
	ck_assert(!bytes_printable(BYTES("a\x1f")) && !bytes_printable(BYTES("\x7f")));
	ck_assert(!bytes_printable(BYTES("\xc3\xbc")));
}

START_TEST(a_format_is_written_whole_or_not_at_all)
{
	char          room[WRITE_FORMAT_MAX + 8], large[WRITE_FORMAT_MAX + 2];
	struct writer w = writer_over(room, 6);

	write_format(&w, "%s %d", "one", 12);
	ck_assert_bytes(writer_written(&w), "one 12");
	ck_assert(!w.full);
	write_format(&w, "%d", 3);
	ck_assert(w.full);
	w = writer_over(room, sizeof(room));
	memset(large, 'x', sizeof(large));
	large[WRITE_FORMAT_MAX + 1] = '\0';
	write_format(&w, "%s", large + 1);
	ck_assert(!w.full && w.len == WRITE_FORMAT_MAX);
	w = writer_over(room, sizeof(room));
	write_format(&w, "%s", large);
	ck_assert(w.full && w.len == 0);
}

int main(void)
{
	Suite *s = suite_create("bytes");
	TCase *t = tcase_create("bytes");

	tcase_add_test(t, a_short_datagram_is_bad);
	tcase_add_test(t, a_short_stream_asks_for_more);
	tcase_add_test(t, after_a_failure_every_read_gives_zeros);
	tcase_add_test(t, a_block_that_outruns_its_reader_fails_both);
	tcase_add_test(t, a_child_that_ends_early_is_bad_even_in_a_stream);
	tcase_add_test(t, numbers_come_in_the_order_asked_for);
	tcase_add_test(t, a_writer_leaves_out_what_does_not_fit_and_all_after_it);
	tcase_add_test(t, numbers_are_written_as_people_read_them);
	tcase_add_test(t, slices_end_where_the_bytes_end);
	tcase_add_test(t, a_last_line_needs_no_newline);
	tcase_add_test(t, hexadecimal_text_is_bytes_or_nothing);
	tcase_add_test(t, words_and_numbers_are_cut_off_the_beginning);
	tcase_add_test(t, a_text_ends_so_or_is_too_short);
	tcase_add_test(t, a_text_that_begins_so_goes_on_behind_it);
	tcase_add_test(t, a_text_of_one_line_is_printable);
	tcase_add_test(t, a_format_is_written_whole_or_not_at_all);
	suite_add_tcase(s, t);
	return suite_run(s);
}
