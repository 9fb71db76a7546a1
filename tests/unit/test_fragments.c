/* SPDX-License-Identifier: MIT */

#include "support/suite.h"
#include "wire/fragments.h"

#include <string.h>

static struct fragments *fragments;
static struct bytes      whole;
static int64_t           now_us;

static void open_fragments(void)
{
	fragments = fragments_new(2, 1);
	now_us    = 0;
}

static void close_fragments(void)
{
	fragments_free(fragments);
}

/* One piece of a UDP packet over IPv4. */
static enum parse add(uint16_t id, uint16_t offset, bool more, const char *text)
{
	static uint8_t room[200];
	struct writer  w = writer_over(room, sizeof(room));
	struct packet  p;

	write_u16(&w, 0x4500);
	write_u16(&w, (uint16_t)(20 + strlen(text)));
	write_u16(&w, id);
	write_u16(&w, (uint16_t)(offset / 8 | (more ? 0x2000 : 0)));
	write_bytes(&w, BYTES("\x40\xfd\0\0\xc0\0\2\2\xcb\0\x71\5"));
	write_text(&w, text);
	ck_assert_int_eq(packet_read(writer_written(&w), &p), PARSE_OK);
	ck_assert_int_eq(p.transport, TRANSPORT_FRAGMENT);
	return fragments_add(fragments, &p, now_us, &whole);
}

static void must_be(const char *text)
{
	struct packet p;

	ck_assert_int_eq(packet_read(whole, &p), PARSE_OK);
	ck_assert_int_eq(p.transport, TRANSPORT_OTHER);
	ck_assert(packet_sums_ok(&p));
	ck_assert_uint_eq(p.segment.len, strlen(text));
	ck_assert_int_eq(memcmp(p.segment.at, text, p.segment.len), 0);
}

START_TEST(an_overlap_that_says_otherwise_spoils_the_packet_for_good)
{
	ck_assert_int_eq(add(1, 0, true, "aaaaaaaabbbbbbbb"), PARSE_MORE);
	ck_assert_int_eq(add(1, 8, true, "XXXXXXXX"), PARSE_BAD);
	ck_assert_int_eq(add(1, 16, false, "cc"), PARSE_BAD);
}

START_TEST(a_middle_piece_of_odd_length_is_bad)
{
	ck_assert_int_eq(add(1, 0, true, "aaaaaaab2"), PARSE_BAD);
}

START_TEST(a_piece_beyond_the_end_is_bad)
{
	ck_assert_int_eq(add(1, 8, false, "bb"), PARSE_MORE);
	ck_assert_int_eq(add(1, 16, true, "cccccccc"), PARSE_BAD);
}

START_TEST(two_different_ends_are_bad)
{
	ck_assert_int_eq(add(1, 8, false, "bb"), PARSE_MORE);
	ck_assert_int_eq(add(1, 8, false, "bbb"), PARSE_BAD);
}

START_TEST(pieces_in_any_order_make_the_packet)
{
	ck_assert_int_eq(add(1, 16, false, "cc"), PARSE_MORE);
	ck_assert_int_eq(add(1, 0, true, "aaaaaaaa"), PARSE_MORE);
	ck_assert_int_eq(add(1, 0, true, "aaaaaaaa"), PARSE_MORE);
	ck_assert_int_eq(add(1, 8, true, "bbbbbbbb"), PARSE_OK);
	must_be("aaaaaaaabbbbbbbbcc");
}

START_TEST(pieces_of_whole_packets_are_counted)
{
	add(1, 0, true, "aaaaaaaa");
	add(2, 0, true, "aaaaaaaa");
	ck_assert_uint_eq(fragments_num_joined(fragments), 0);
	add(1, 0, true, "aaaaaaaa");
	add(1, 8, false, "bb");
	ck_assert_uint_eq(fragments_num_joined(fragments), 3);
}

START_TEST(packets_are_told_apart_by_their_number)
{
	ck_assert_int_eq(add(1, 0, true, "aaaaaaaa"), PARSE_MORE);
	ck_assert_int_eq(add(2, 8, false, "two"), PARSE_MORE);
	ck_assert_int_eq(add(1, 8, false, "one"), PARSE_OK);
	must_be("aaaaaaaaone");
}

START_TEST(pieces_of_long_ago_are_not_joined)
{
	ck_assert_int_eq(add(1, 0, true, "aaaaaaaa"), PARSE_MORE);
	now_us = INT64_C(31000000);
	ck_assert_int_eq(add(1, 8, false, "b"), PARSE_MORE);
}

START_TEST(too_many_at_once_give_up_the_oldest)
{
	add(1, 0, true, "aaaaaaaa");
	add(2, 0, true, "aaaaaaaa");
	add(3, 0, true, "aaaaaaaa");
	ck_assert_int_eq(add(1, 8, false, "b"), PARSE_MORE);
	ck_assert_int_eq(add(3, 8, false, "b"), PARSE_OK);
}

int main(void)
{
	Suite *s = suite_create("fragments");
	TCase *t = tcase_create("fragments");

	tcase_add_checked_fixture(t, open_fragments, close_fragments);
	tcase_add_test(t, an_overlap_that_says_otherwise_spoils_the_packet_for_good);
	tcase_add_test(t, a_middle_piece_of_odd_length_is_bad);
	tcase_add_test(t, a_piece_beyond_the_end_is_bad);
	tcase_add_test(t, two_different_ends_are_bad);
	tcase_add_test(t, pieces_in_any_order_make_the_packet);
	tcase_add_test(t, pieces_of_whole_packets_are_counted);
	tcase_add_test(t, packets_are_told_apart_by_their_number);
	tcase_add_test(t, pieces_of_long_ago_are_not_joined);
	tcase_add_test(t, too_many_at_once_give_up_the_oldest);
	suite_add_tcase(s, t);
	return suite_run(s);
}
