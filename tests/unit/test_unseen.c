/* SPDX-License-Identifier: MIT */

#include "audit/unseen.h"
#include "support/suite.h"

#include <string.h>

static struct unseen at(const char *boot, uint64_t table, uint64_t packets)
{
	struct unseen u = { .space = 4026531840, .table = table, .packets = packets };

	strcpy(u.boot, boot);
	return u;
}

static struct unseen recorded;
static uint64_t      packets;

START_TEST(another_counter_of_the_same_boot_says_nothing_of_the_time_before)
{
	struct unseen before = at("a", 7, 10), now = at("a", 8, 12);

	ck_assert(!unseen_since(&before, &now, &packets, &recorded));
	ck_assert_uint_eq(recorded.table, 8);
	/* What it has counted is for the next record. */
	before = recorded;
	ck_assert(unseen_since(&before, &now, &packets, &recorded));
	ck_assert_uint_eq(packets, 12);
}

START_TEST(a_counter_that_was_set_back_says_nothing_either)
{
	struct unseen before = at("a", 7, 10), now = at("a", 7, 9);

	ck_assert(!unseen_since(&before, &now, &packets, &recorded));
	ck_assert_uint_eq(recorded.packets, 0);
}

START_TEST(the_same_table_number_in_another_namespace_is_another_counter)
{
	struct unseen before = at("a", 7, 10), now = at("a", 7, 12);

	now.space++;
	ck_assert(!unseen_since(&before, &now, &packets, &recorded));
}

START_TEST(only_what_is_new_is_said)
{
	struct unseen before = at("a", 7, 10), now = at("a", 7, 12);

	ck_assert(unseen_since(&before, &now, &packets, &recorded));
	ck_assert_uint_eq(packets, 2);
	before = recorded;
	ck_assert(unseen_since(&before, &now, &packets, &recorded));
	ck_assert_uint_eq(packets, 0);
}

START_TEST(after_a_boot_and_in_a_new_log_all_is_new)
{
	struct unseen before = at("a", 7, 10), now = at("b", 7, 12);

	ck_assert(unseen_since(&before, &now, &packets, &recorded));
	ck_assert_uint_eq(packets, 12);
	ck_assert(unseen_since(NULL, &now, &packets, &recorded));
	ck_assert_uint_eq(packets, 12);
}

static const struct { const char *what; struct bytes line; } lines[] = {
	{ "nothing",            BYTES("") },
	{ "no blank",           BYTES("boot\n") },
	{ "no boot",            BYTES(" 1 2 3\n") },
	{ "a number is missing", BYTES("boot 1 2\n") },
	{ "no end of line",     BYTES("boot 1 2 3") },
	{ "more behind it",     BYTES("boot 1 2 3\n4") },
	{ "a sign",             BYTES("boot 1 2 -3\n") },
	{ "beyond 64 bits",     BYTES("boot 1 2 18446744073709551616\n") },
	{ "a boot too long",    BYTES("0123456789012345678901234567890123456789 1 2 3\n") },
};

START_TEST(another_line)
{
	struct unseen u;

	ck_assert_msg(unseen_read(lines[_i].line, &u) == PARSE_BAD, "%s", lines[_i].what);
}

START_TEST(what_was_written_is_read)
{
	uint8_t       text[128];
	struct writer w = writer_over(text, sizeof(text));
	struct unseen u = at("5f0c1f5e-4a55-4b6e-9b9f-3d3f7a0d2c11", 7, 12), got;

	unseen_write(&w, &u);
	ck_assert_bytes(writer_written(&w),
	                "5f0c1f5e-4a55-4b6e-9b9f-3d3f7a0d2c11 4026531840 7 12\n");
	ck_assert_int_eq(unseen_read(writer_written(&w), &got), PARSE_OK);
	ck_assert_str_eq(got.boot, u.boot);
	ck_assert_uint_eq(got.space, u.space);
	ck_assert_uint_eq(got.table, 7);
	ck_assert_uint_eq(got.packets, 12);
}

int main(void)
{
	Suite *s = suite_create("unseen");
	TCase *t = tcase_create("unseen");

	tcase_add_test(t, another_counter_of_the_same_boot_says_nothing_of_the_time_before);
	tcase_add_test(t, a_counter_that_was_set_back_says_nothing_either);
	tcase_add_test(t, the_same_table_number_in_another_namespace_is_another_counter);
	tcase_add_test(t, only_what_is_new_is_said);
	tcase_add_test(t, after_a_boot_and_in_a_new_log_all_is_new);
	tcase_add_loop_test(t, another_line, 0, COUNT(lines));
	tcase_add_test(t, what_was_written_is_read);
	suite_add_tcase(s, t);
	return suite_run(s);
}
