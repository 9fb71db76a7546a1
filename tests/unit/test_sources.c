/* SPDX-License-Identifier: MIT */

#include "audit/sources.h"
#include "support/suite.h"

#include <string.h>

static struct sources       before, now;
static struct sources_since since;
static uint8_t              room[80];

#define IP(last)  BYTES("\300\0\2" last)
#define MAC(last) BYTES("\2\0\0\0\0" last)
#define NONE      ((struct bytes){ 0 })

static void begin(void)
{
	memset(&before, 0, sizeof(before));
	memset(&now, 0, sizeof(now));
	before.table = now.table = 7;
}

static const char *text_of(const struct sources_row *row)
{
	struct writer w = writer_over(room, sizeof(room) - 1);

	sources_row_write(&w, row);
	room[w.len] = '\0';
	return (const char *)room;
}

static const struct { const char *what; struct bytes ip, mac; } bad[] = {
	{ "neither address",      { 0 },         { 0 } },
	{ "an IP address of five", BYTES("12345"), { 0 } },
	{ "a MAC address of five", { 0 },         BYTES("12345") },
};

START_TEST(what_is_no_address_is_left_out)
{
	sources_add(&now, bad[_i].ip, bad[_i].mac, 1);
	ck_assert_uint_eq(now.num, 0);
}

START_TEST(more_than_there_is_room_for_are_left_out)
{
	for (size_t i = 0; i < SOURCES_MAX + 2; i++)
		sources_add(&now, IP("\1"), NONE, 1);
	ck_assert_uint_eq(now.num, SOURCES_MAX);
}

START_TEST(what_was_said_before_is_not_said_again)
{
	sources_add(&before, IP("\1"), MAC("\1"), 10);
	sources_add(&before, IP("\2"), MAC("\1"), 5);
	before.packets = 15;
	sources_add(&now, IP("\1"), MAC("\1"), 10);
	sources_add(&now, IP("\2"), MAC("\1"), 6);
	now.packets = 16;
	sources_since(&before, &now, &since);
	ck_assert_uint_eq(since.packets, 1);
	ck_assert_uint_eq(since.num, 1);
	ck_assert_str_eq(text_of(&since.rows[0]), "192.0.2.2 (02:00:00:00:00:01)");
	ck_assert_uint_eq(since.rows[0].packets, 1);
}

START_TEST(one_address_at_two_devices_is_two_sources)
{
	sources_add(&before, IP("\1"), MAC("\1"), 10);
	sources_add(&before, IP("\1"), NONE, 10);
	sources_add(&before, NONE, MAC("\1"), 10);
	sources_add(&now, IP("\1"), MAC("\2"), 4);
	sources_since(&before, &now, &since);
	ck_assert_uint_eq(since.num, 1);
	ck_assert_uint_eq(since.rows[0].packets, 4);
}

START_TEST(another_table_has_counted_all_of_it_since)
{
	sources_add(&before, IP("\1"), NONE, 10);
	before.packets = 10;
	sources_add(&now, IP("\1"), NONE, 12);
	now.packets = 12;
	now.table   = 8;
	sources_since(&before, &now, &since);
	ck_assert_uint_eq(since.packets, 12);
	ck_assert_uint_eq(since.rows[0].packets, 12);
}

START_TEST(whom_the_kernel_has_forgotten_counts_from_zero)
{
	sources_add(&before, IP("\1"), NONE, 10);
	sources_add(&now, IP("\1"), NONE, 3);
	before.packets = 10;
	now.packets    = 13;
	sources_since(&before, &now, &since);
	ck_assert_uint_eq(since.packets, 3);
	ck_assert_uint_eq(since.rows[0].packets, 3);
}

START_TEST(those_with_most_are_named_most_first)
{
	static const uint64_t wanted[SOURCES_NAMED] = { 19, 18, 17, 16, 15, 14, 13, 12 };

	for (uint8_t i = 0; i < 20; i++) {
		uint8_t ip[4] = { 192, 0, 2, i };

		sources_add(&now, bytes_of(ip, 4), NONE, (uint64_t)(i * 7 % 20));
	}
	sources_since(&before, &now, &since);
	ck_assert_uint_eq(since.num, SOURCES_NAMED);
	for (size_t i = 0; i < SOURCES_NAMED; i++)
		ck_assert_uint_eq(since.rows[i].packets, wanted[i]);
}

START_TEST(a_source_is_written_as_far_as_it_is_known)
{
	static const uint8_t six[16] = { 0x20, 1, 0xd, 0xb8, [15] = 9 };

	sources_add(&now, bytes_of(six, 16), NONE, 1);
	sources_add(&now, NONE, MAC("\x9"), 1);
	ck_assert_str_eq(text_of(&now.rows[0]), "2001:db8::9");
	ck_assert_str_eq(text_of(&now.rows[1]), "02:00:00:00:00:09");
}

int main(void)
{
	Suite *s = suite_create("sources");
	TCase *t = tcase_create("sources");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_loop_test(t, what_is_no_address_is_left_out, 0, COUNT(bad));
	tcase_add_test(t, more_than_there_is_room_for_are_left_out);
	tcase_add_test(t, what_was_said_before_is_not_said_again);
	tcase_add_test(t, one_address_at_two_devices_is_two_sources);
	tcase_add_test(t, another_table_has_counted_all_of_it_since);
	tcase_add_test(t, whom_the_kernel_has_forgotten_counts_from_zero);
	tcase_add_test(t, those_with_most_are_named_most_first);
	tcase_add_test(t, a_source_is_written_as_far_as_it_is_known);
	suite_add_tcase(s, t);
	return suite_run(s);
}
