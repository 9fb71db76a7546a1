/* SPDX-License-Identifier: MIT */

#include "audit/connections.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct connections c;

static void begin(void)
{
	memset(&c, 0, sizeof(c));
}

START_TEST(each_interface_has_its_count)
{
	connections_add(&c.around, BYTES("lan0"), 3);
	connections_add(&c.around, BYTES("lan1"), 4);
	connections_add(&c.around, BYTES("lan0\0\0\0\0\0\0\0\0\0\0\0\0"), 5);
	ck_assert_uint_eq(c.around.num, 2);
	ck_assert_str_eq(c.around.rows[0].interface, "lan0");
	ck_assert_uint_eq(c.around.rows[0].count, 8);
	ck_assert_uint_eq(c.around.rows[1].count, 4);
	ck_assert_uint_eq(connections_sum(&c.around), 12);
}

START_TEST(a_name_of_any_bytes_is_cut_to_what_a_name_has)
{
	connections_add(&c.around, BYTES("0123456789abcdefghijklmnop"), 1);
	connections_add(&c.around, (struct bytes){ 0 }, 2);
	ck_assert_str_eq(c.around.rows[0].interface, "0123456789abcde");
	ck_assert_str_eq(c.around.rows[1].interface, "");
}

START_TEST(those_that_find_no_row_are_in_the_sum)
{
	char name[16];

	for (int i = 0; i < CONNECTIONS_INTERFACES + 2; i++) {
		snprintf(name, sizeof(name), "lan%d", i);
		connections_add(&c.left_out, bytes_text(name), 10);
	}
	connections_add(&c.left_out, BYTES("lan0"), 1);
	ck_assert_uint_eq(c.left_out.num, CONNECTIONS_INTERFACES);
	ck_assert_uint_eq(c.left_out.others, 20);
	ck_assert_uint_eq(connections_sum(&c.left_out), CONNECTIONS_INTERFACES * 10 + 21);
}

START_TEST(a_record_says_what_came_since_the_one_before)
{
	struct connections_sums before, now, since;

	c = (struct connections){ .table = 7, .met = 10, .met_own = 1 };
	connections_add(&c.around, BYTES("lan0"), 3);
	before = connections_sums(&c);
	c.met += 5;
	c.met_own += 2;
	connections_add(&c.around, BYTES("lo"), 1);
	connections_add(&c.around, BYTES("lan1"), 1);
	connections_add(&c.left_out, BYTES("wan0"), 6);
	now = connections_sums(&c);
	ck_assert(connections_since(&before, &now, &since));
	ck_assert_uint_eq(since.table, 7);
	ck_assert_uint_eq(since.met, 7);
	ck_assert_uint_eq(since.around, 2);
	ck_assert_uint_eq(since.left_out, 6);
}

static const struct { const char *what; struct connections_sums now; } others[] = {
	{ "another table",     { 8, 20, 20, 20 } },
	{ "fewer through the queue", { 7, 9, 20, 20 } },
	{ "fewer around it",   { 7, 20, 9, 20 } },
	{ "fewer left out",    { 7, 20, 20, 9 } },
};

START_TEST(what_another_table_counted_is_not_known)
{
	const struct connections_sums before = { 7, 10, 10, 10 };
	struct connections_sums       since  = { 1, 2, 3, 4 };

	ck_assert_msg(!connections_since(&before, &others[_i].now, &since), "%s", others[_i].what);
	ck_assert_uint_eq(since.met, 2);
}

int main(void)
{
	Suite *s = suite_create("connections");
	TCase *t = tcase_create("connections");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_test(t, each_interface_has_its_count);
	tcase_add_test(t, a_name_of_any_bytes_is_cut_to_what_a_name_has);
	tcase_add_test(t, those_that_find_no_row_are_in_the_sum);
	tcase_add_test(t, a_record_says_what_came_since_the_one_before);
	tcase_add_loop_test(t, what_another_table_counted_is_not_known, 0, COUNT(others));
	suite_add_tcase(s, t);
	return suite_run(s);
}
