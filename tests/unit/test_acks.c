/* SPDX-License-Identifier: MIT */

#include "base/instant.h"
#include "review/acks.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINE(device, note) "{\"device\":\"" device "\",\"time\":\"2026-11-20T10:00:00Z\",\"by\":\"jb\",\"note\":\"" note "\"}\n"

static struct acks    acks;
static struct problem problem;

static void tear_down(void)
{
	acks_free(&acks);
}

static const struct { const char *what; struct bytes line; } wrong[] = {
	{ "no JSON",            BYTES("3c:52:82:11:22:33 uninstalled\n") },
	{ "no device",          BYTES("{\"time\":\"2026-11-20T10:00:00Z\",\"note\":\"x\"}\n") },
	{ "an empty device",    BYTES(LINE("", "x")) },
	{ "no time",            BYTES("{\"device\":\"a\",\"note\":\"x\"}\n") },
	{ "a time that is none", BYTES("{\"device\":\"a\",\"time\":\"yesterday\"}\n") },
	{ "a number",           BYTES("{\"device\":\"a\",\"time\":1}\n") },
	{ "not closed",         BYTES("{\"device\":\"a\",\"time\":\"2026-11-20T10:00:00Z\"\n") },
	{ "more behind it",     BYTES("{\"device\":\"a\",\"time\":\"2026-11-20T10:00:00Z\"} x\n") },
	{ "no UTF-8",           BYTES(LINE("a", "\xff")) },
	{ "a control character", BYTES(LINE("a", "\x1b")) },
	{ "a NUL in a name",    BYTES(LINE("a\\u0000b", "x")) },
	{ "a device too long",
	   BYTES(LINE("0123456789012345678901234567890123456789012345678901234567890123", "x")) },
};

START_TEST(line_that_is_refused)
{
	char          text[512];
	struct writer w = writer_over(text, sizeof(text));

	write_text(&w, LINE("good", "x"));
	write_bytes(&w, wrong[_i].line);
	ck_assert_msg(acks_read(writer_written(&w), "audit.acks", &acks, &problem) == -EINVAL, "%s",
	              wrong[_i].what);
	ck_assert_msg(strncmp(problem.text, "audit.acks: line 2: expected {", 30) == 0, "%s: %s",
	              wrong[_i].what, problem.text);
	ck_assert_uint_eq(acks.num, 0);
}

START_TEST(a_note_is_found_by_its_device_and_no_other)
{
	const struct ack *ack;
	int64_t           when;

	ck_assert_int_eq(acks_read(BYTES(LINE("b", "x") LINE("3c:52:82:11:22:33",
	                                                     "uninstalled, \\\"JB\\\" \\u00e9")
	                                         LINE("a", "y")),
	                           "f", &acks, &problem),
	                 0);
	ck_assert_uint_eq(acks.num, 3);
	ck_assert_ptr_null(acks_find(&acks, BYTES("3c:52:82:11:22:3")));
	ck_assert_ptr_null(acks_find(&acks, BYTES("3c:52:82:11:22:333")));
	ck_assert_ptr_null(acks_find(&acks, BYTES("")));
	ack = acks_find(&acks, BYTES("3c:52:82:11:22:33"));
	ck_assert_ptr_nonnull(ack);
	ck_assert_str_eq(ack->note, "uninstalled, \"JB\" \xc3\xa9");
	ck_assert_str_eq(ack->by, "jb");
	ck_assert_int_eq(instant_parse(BYTES("2026-11-20T10:00:00Z"), &when), PARSE_OK);
	ck_assert_int_eq(ack->time_us, when);
}

START_TEST(the_last_line_about_a_device_counts)
{
	ck_assert_int_eq(
		acks_read(BYTES(LINE("a", "first") LINE("b", "x") "\n" LINE("a", "second")), "f",
	                  &acks, &problem),
		0);
	ck_assert_uint_eq(acks.num, 2);
	ck_assert_str_eq(acks_find(&acks, BYTES("a"))->note, "second");
}

START_TEST(a_device_that_tries_after_its_note_has_returned)
{
	struct ack ack = { .time_us = 1000 };

	ck_assert(!ack_returned(&ack, 999));
	ck_assert(!ack_returned(&ack, 1000));
	ck_assert(ack_returned(&ack, 1001));
}

START_TEST(what_is_removed_is_gone)
{
	ck_assert_int_eq(acks_read(BYTES(LINE("a", "x") LINE("b", "y") LINE("c", "z")), "f", &acks,
	                           &problem),
	                 0);
	ck_assert(!acks_remove(&acks, BYTES("d")));
	ck_assert(acks_remove(&acks, BYTES("b")));
	ck_assert(!acks_remove(&acks, BYTES("b")));
	ck_assert_uint_eq(acks.num, 2);
	ck_assert_str_eq(acks_find(&acks, BYTES("c"))->note, "z");
}

START_TEST(what_is_written_is_read_again)
{
	struct ack    ack = { .device = "192.0.2.1", .time_us = 1795442709000000, .by = "a\"b\\c",
	                      .note = "line\nend \x1b[2J \xc3\xa9" };
	uint8_t       room[1024];
	struct writer w = writer_over(room, sizeof(room));

	ack_write(&w, &ack);
	ck_assert_bytes(writer_written(&w), "{\"device\":\"192.0.2.1\",\"time\":\"2026-11-23T14:05:"
	                                    "09Z\",\"by\":\"a\\\"b\\\\c\","
	                                    "\"note\":\"line\\u000aend \\u001b[2J \xc3\xa9\"}\n");
	ck_assert_int_eq(acks_read(writer_written(&w), "f", &acks, &problem), 0);
	ck_assert_str_eq(acks.list[0].note, ack.note);
	ck_assert_str_eq(acks.list[0].by, ack.by);
}

START_TEST(devices_in_any_order_are_all_found)
{
	struct ack ack = { .device = "" };
	char       name[16];

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(ack.device, sizeof(ack.device), "%u", i * 7919 % 1000);
		ck_assert_int_eq(acks_put(&acks, &ack), 0);
	}
	ck_assert_uint_eq(acks.num, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "%u", i);
		ck_assert_ptr_nonnull(acks_find(&acks, bytes_text(name)));
	}
}

int main(void)
{
	Suite *s = suite_create("acks");
	TCase *t = tcase_create("acks");

	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_add_loop_test(t, line_that_is_refused, 0, COUNT(wrong));
	tcase_add_test(t, a_note_is_found_by_its_device_and_no_other);
	tcase_add_test(t, the_last_line_about_a_device_counts);
	tcase_add_test(t, a_device_that_tries_after_its_note_has_returned);
	tcase_add_test(t, what_is_removed_is_gone);
	tcase_add_test(t, what_is_written_is_read_again);
	tcase_add_test(t, devices_in_any_order_are_all_found);
	suite_add_tcase(s, t);
	return suite_run(s);
}
