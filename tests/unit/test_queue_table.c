/* SPDX-License-Identifier: MIT */

#include "queue/queue_table.h"
#include "support/suite.h"

static struct control_queue queues[CONTROL_QUEUES];

START_TEST(queues_of_others_are_left_out)
{
	struct bytes text = BYTES(" 7099  -4123     1 2 65535     1     1        9  1\n"
	                          " 7102  -4123     1 2 65535     1     1        9  1\n");

	ck_assert_uint_eq(queue_table_read(text, 7100, 2, queues), 0);
}

static const struct { const char *what; struct bytes text; } wrong[] = {
	{ "nothing",               BYTES("") },
	{ "an empty line",         BYTES("\n") },
	{ "too few columns",       BYTES(" 7100  31621     3 2 65535     5\n") },
	{ "letters",               BYTES(" 7100  31621     3 x 65535     5     6        9  1\n") },
	{ "a number of 33 bits",
	    BYTES(" 7100  31621     3 2 65535     4294967296     6        9  1\n") },
};

START_TEST(a_line_that_is_not_as_expected_is_left_out)
{
	ck_assert_msg(queue_table_read(wrong[_i].text, 7100, 1, queues) == 0, "%s", wrong[_i].what);
}

START_TEST(what_waits_and_what_was_dropped_is_read)
{
	struct bytes text = BYTES(" 7100  31621     3 2 65535     5     6        9  1\n"
	                          "garbage\n"
	                          " 7101 -4123     0 2 65535 4294967295     0        9  1");
	/* as the kernel may list them */
	struct bytes other = BYTES(" 7101 -4123     0 2 65535     0     0        9  1\n"
	                           " 7100  31621     3 2 65535     5     6        9  1\n");

	ck_assert_uint_eq(queue_table_read(other, 7100, 2, queues), 2);
	ck_assert_uint_eq(queues[0].id, 7100);
	ck_assert_uint_eq(queues[0].backlog, 3);
	ck_assert_uint_eq(queues[1].id, 7101);
	ck_assert_uint_eq(queue_table_read(text, 7100, 2, queues), 2);
	ck_assert_uint_eq(queues[0].id, 7100);
	ck_assert_uint_eq(queues[0].backlog, 3);
	ck_assert_uint_eq(queues[0].drops, 5);
	ck_assert_uint_eq(queues[0].user_drops, 6);
	ck_assert_uint_eq(queues[1].id, 7101);
	ck_assert_uint_eq(queues[1].drops, 4294967295);
}

START_TEST(no_more_are_read_than_a_record_has_room_for)
{
	static uint8_t text[64 * (CONTROL_QUEUES + 1)];
	struct writer  w = writer_over(text, sizeof(text));

	for (int i = 0; i <= CONTROL_QUEUES; i++)
		write_text(&w, " 7100  31621     3 2 65535     5     6        9  1\n");
	ck_assert_uint_eq(queue_table_read(writer_written(&w), 7100, 1, queues), CONTROL_QUEUES);
}

int main(void)
{
	Suite *s = suite_create("queue_table");
	TCase *t = tcase_create("queue_table");

	tcase_add_test(t, queues_of_others_are_left_out);
	tcase_add_loop_test(t, a_line_that_is_not_as_expected_is_left_out, 0, COUNT(wrong));
	tcase_add_test(t, what_waits_and_what_was_dropped_is_read);
	tcase_add_test(t, no_more_are_read_than_a_record_has_room_for);
	suite_add_tcase(s, t);
	return suite_run(s);
}
