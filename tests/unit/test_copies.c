/* SPDX-License-Identifier: MIT */

#include "log/copies.h"
#include "support/collection.h"

static struct log l;

static void set_up(void)
{
	log_begin(&l);
	tell_story(&l);
	collection_begin();
}

/* " 0-20" */
static const char *sorted(void)
{
	c.text = writer_written(&text);
	copies_sort(&c);
	for (size_t i = 0; i < c.num; i++)
		say_line(copies_line(&c, &c.list[i]), c.list[i].has_newline);
	end_run();
	ck_assert_uint_lt(said_len, sizeof(said));
	return said;
}

START_TEST(disorder_is_sorted)
{
	for (size_t i = 0; i <= LAST; i++)
		add(&l, i * 13 % (LAST + 1), i * 13 % (LAST + 1));
	ck_assert_str_eq(sorted(), " 0-20");
	ck_assert_uint_eq(c.num_twice, 0);
}

START_TEST(the_same_record_twice_is_harmless)
{
	add(&l, 5, LAST);
	add(&l, 0, 12);
	add(&l, 0, LAST);
	ck_assert_str_eq(sorted(), " 0-20");
	ck_assert_uint_eq(c.num_twice, 29);
}

START_TEST(what_no_copy_has_is_missing)
{
	add(&l, 0, 4);
	add(&l, 9, 11);
	add(&l, 17, LAST);
	add(&l, 3, 6);
	ck_assert_str_eq(sorted(), " 0-6 9-11 17-20");
}

START_TEST(what_is_no_record_stays_behind_the_record_before_it)
{
	add(&l, 0, 4);
	add_other(BYTES("spoilt\n"), 4);
	add(&l, 5, LAST);
	ck_assert_str_eq(sorted(), " 0-4 text 5-20");
}

START_TEST(half_a_line_that_is_there_whole_is_left_out)
{
	add(&l, 0, 4);
	add_other(bytes_first(l.lines[5], 200), 4);
	add(&l, 3, LAST);
	ck_assert_str_eq(sorted(), " 0-20");
}

START_TEST(half_a_line_that_is_nowhere_whole_is_given)
{
	add(&l, 0, 4);
	add_other(bytes_first(l.lines[5], 200), 4);
	ck_assert_str_eq(sorted(), " 0-4 half");
}

START_TEST(two_records_of_one_number_both_stay)
{
	add(&l, 0, LAST);
	add_other(BYTES("{\"filterd\":{\"seq\":9,\"prev\":"
	                "\"0000000000000000000000000000000000000000000000000000000000000000\"}}\n"),
	          0);
	ck_assert_str_eq(sorted(), " 0-9 9-20");
	ck_assert_uint_eq(copies_group_end(&c, 9), 11);
	ck_assert_uint_eq(c.num_twice, 0);
}

START_TEST(lines_of_one_number_that_are_no_records_dispute_nothing)
{
	add(&l, 0, LAST);
	add_other(BYTES("spoilt\n"), 4);
	ck_assert_str_eq(sorted(), " 0-4 text 5-20");
}

static const struct { const char *what; struct bytes line, sensor; } lines[] = {
	{ "an attempt",
	  BYTES("{\"timestamp\":\"x\",\"host\":\"gw1\",\"filterd\":{\"host\":\"a.b\"}}"),
	  BYTES("gw1") },
	{ "with something between",
	  BYTES("{\"timestamp\":\"x\",\"host\":\"gw1\",\"stats\":{},\"filterd\":{}}"),
	  BYTES("gw1") },
	{ "an escape", BYTES("{\"a\":1,\"host\":\"g\\\"w\",\"filterd\":{}}"), BYTES("g\\\"w") },
	{ "an escape at the end", BYTES("{\"a\":1,\"host\":\"g\\"), BYTES("") },
	{ "a host of ours alone",
	  BYTES("{\"timestamp\":\"x\",\"filterd\":{\"type\":\"block\",\"host\":\"a.b\"}}"),
	  BYTES("") },
	{ "another program's", BYTES("{\"timestamp\":\"x\",\"host\":\"gw1\"}"), BYTES("") },
	{ "no end", BYTES("{\"a\":1,\"host\":\"gw1,\"filterd\":{"), BYTES("") },
	{ "nothing", BYTES(""), BYTES("") },
};

START_TEST(whose_line_it_is)
{
	ck_assert_msg(bytes_equal(copies_sensor(lines[_i].line), lines[_i].sensor), "%s",
	              lines[_i].what);
}

int main(void)
{
	Suite *s = suite_create("review/copies");
	TCase *t = tcase_create("copies");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, disorder_is_sorted);
	tcase_add_test(t, the_same_record_twice_is_harmless);
	tcase_add_test(t, what_no_copy_has_is_missing);
	tcase_add_test(t, what_is_no_record_stays_behind_the_record_before_it);
	tcase_add_test(t, half_a_line_that_is_there_whole_is_left_out);
	tcase_add_test(t, half_a_line_that_is_nowhere_whole_is_given);
	tcase_add_test(t, two_records_of_one_number_both_stay);
	tcase_add_test(t, lines_of_one_number_that_are_no_records_dispute_nothing);
	tcase_add_loop_test(t, whose_line_it_is, 0, COUNT(lines));
	suite_add_tcase(s, t);
	return suite_run(s);
}
