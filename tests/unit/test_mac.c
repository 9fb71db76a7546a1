/* SPDX-License-Identifier: MIT */

#include "base/mac.h"
#include "support/suite.h"

#include <string.h>

static const struct { const char *what; struct bytes in; } refused[] = {
	{ "nothing", BYTES("") },
	{ "an address", BYTES("192.0.2.1") },
	{ "five bytes", BYTES("3c:52:82:11:22") },
	{ "a byte too many", BYTES("3c:52:82:11:22:33:44") },
	{ "no digit, first of a pair", BYTES("3c:52:82:g1:22:33") },
	{ "no digit, second of a pair", BYTES("3c:52:82:1/:22:33") },
	{ "no digit: @ lies beside the letters", BYTES("3c:52:82:1@:22:33") },
	{ "hyphens", BYTES("3c-52-82-11-22-33") },
	{ "one hyphen", BYTES("3c:52:82:11:22-33") },
	{ "the type of another kind of network before it", BYTES("06-3c:52:82:11:22:33") },
	{ "a space before it", BYTES(" 3c:52:82:11:22:33") },
};

START_TEST(a_text_that_is_no_mac_is_refused)
{
	uint8_t mac[MAC_BYTES] = { 9 };

	ck_assert_msg(mac_from_text(refused[_i].in, mac) == PARSE_BAD, "%s", refused[_i].what);
	ck_assert_uint_eq(mac[0], 9);
}

static const struct { struct bytes in; const char *text; bool is_private; } taken[] = {
	{ BYTES("3c:52:82:11:22:33"), "3c:52:82:11:22:33", false },
	{ BYTES("3C:52:82:aB:Cd:0f"), "3c:52:82:ab:cd:0f", false },
	{ BYTES("00:00:00:00:00:00"), "00:00:00:00:00:00", false },
	{ BYTES("fd:ff:ff:ff:ff:ff"), "fd:ff:ff:ff:ff:ff", false },
	{ BYTES("a6:10:0b:77:01:9e"), "a6:10:0b:77:01:9e", true },
	{ BYTES("02:00:00:00:00:00"), "02:00:00:00:00:00", true },
};

START_TEST(a_mac_has_one_spelling_and_one_bit_says_that_it_was_made_up)
{
	uint8_t       mac[MAC_BYTES], text[32];
	struct writer w = writer_over(text, sizeof(text));

	ck_assert_int_eq(mac_from_text(taken[_i].in, mac), PARSE_OK);
	mac_write(&w, mac);
	ck_assert(bytes_equal(writer_written(&w), bytes_text(taken[_i].text)));
	ck_assert_int_eq(mac_is_private(mac), taken[_i].is_private);
}

int main(void)
{
	Suite *s = suite_create("mac");
	TCase *t = tcase_create("mac");

	tcase_add_loop_test(t, a_text_that_is_no_mac_is_refused, 0, COUNT(refused));
	tcase_add_loop_test(t, a_mac_has_one_spelling_and_one_bit_says_that_it_was_made_up, 0,
	                    COUNT(taken));
	suite_add_tcase(s, t);
	return suite_run(s);
}
