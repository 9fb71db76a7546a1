/* SPDX-License-Identifier: MIT */

#include "log/log_ids.h"
#include "support/logs.h"

/* 0 start, 1-3 run, 4 segment, 5-7 run, 8 stop; a second log of the same gateway */
static struct log     l, other;
static struct log_ids ids;

static void tell_story(struct log *into)
{
	log_start(into, PREVIOUS_NEW, 0, 0);
	log_run(into, 1);
	log_segment(into, 0);
	log_run(into, 1);
	log_stop(into);
}

static void set_up(void)
{
	log_begin(&l);
	tell_story(&l);
	log_begin_as(&other, "gw1", "77770000aaaabbbb", 1000);
	tell_story(&other);
	ids = (struct log_ids){ .sensor = BYTES("gw1") };
}

static void tear_down(void)
{
	log_ids_free(&ids);
}

static struct bytes line_of(const struct log *from, size_t number)
{
	return bytes_first(from->lines[number], from->lines[number].len - 1);
}

static void learn(const struct log *from, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++)
		ck_assert_int_eq(log_ids_learn(&ids, line_of(from, i)), 0);
	log_ids_sort(&ids);
}

static uint32_t log_of(const struct log *from, size_t number)
{
	struct line_end end;

	ck_assert_int_eq(line_end_read(line_of(from, number), &end), PARSE_OK);
	return log_ids_of(&ids, line_of(from, number), &end);
}

/* The heartbeat and the stop say no id. */
static size_t last_signed(const struct log *from)
{
	return from->num - 1;
}

START_TEST(of_nothing_learnt_nothing_is_known)
{
	ck_assert_uint_eq(log_of(&l, last_signed(&l)), LOG_UNKNOWN);
	ck_assert(!log_ids_is_named(&ids, 0, line_of(&l, 0)));
}

START_TEST(a_line_that_is_no_start_and_no_segment_names_no_log)
{
	learn(&l, 1, 3);
	ck_assert_uint_eq(ids.num, 0);
	ck_assert_uint_eq(ids.num_keys, 0);
}

START_TEST(a_start_is_of_the_log_that_it_names)
{
	learn(&other, 0, 0);
	learn(&l, 0, 0);
	ck_assert_uint_eq(ids.num, 2);
	ck_assert_str_eq(ids.list[1], LOGS_ID);
	ck_assert_uint_eq(log_of(&l, 0), 1);
	ck_assert(log_ids_is_named(&ids, 1, line_of(&l, 0)));
	ck_assert(!log_ids_is_named(&ids, 0, line_of(&l, 0)));
	ck_assert(!log_ids_is_named(&ids, 1, line_of(&l, 1)));
}

START_TEST(what_names_no_log_is_known_by_its_key)
{
	learn(&other, 0, other.num - 1);
	learn(&l, 0, l.num - 1);
	ck_assert_uint_eq(log_of(&other, last_signed(&other)), 0);
	ck_assert_uint_eq(log_of(&l, last_signed(&l)), 1);
}

/* The segment that hands over to the last key is not there. */
START_TEST(a_key_that_no_line_shows_is_of_no_log)
{
	learn(&other, 0, 0);
	learn(&l, 0, 0);
	ck_assert_uint_eq(log_of(&l, last_signed(&l)), LOG_UNKNOWN);
}

START_TEST(a_record_without_a_signature_is_of_no_log)
{
	size_t          number = 0;
	struct line_end end    = { .is_signed = true };

	learn(&l, 0, l.num - 1);
	while (end.is_signed)
		ck_assert_int_eq(line_end_read(line_of(&l, number++), &end), PARSE_OK);
	ck_assert_uint_eq(log_of(&l, number - 1), LOG_UNKNOWN);
}

START_TEST(logs_beyond_what_is_told_apart_count_to_the_last)
{
	static struct log one;

	for (unsigned i = 0; i < LOG_IDS_MAX + 3; i++) {
		char id[LOG_ID + 1];

		snprintf(id, sizeof(id), "%016x", i);
		log_begin_as(&one, "gw1", id, i * 10);
		log_start(&one, PREVIOUS_NEW, 0, 0);
		learn(&one, 0, 0);
		ck_assert_uint_eq(log_of(&one, 0), i < LOG_IDS_MAX ? i : LOG_IDS_MAX - 1);
	}
	ck_assert_uint_eq(ids.num, LOG_IDS_MAX);
	ck_assert(!log_ids_is_named(&ids, LOG_IDS_MAX - 1, line_of(&one, 0)));
}

int main(void)
{
	Suite *s = suite_create("review/log_ids");
	TCase *t = tcase_create("log_ids");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, of_nothing_learnt_nothing_is_known);
	tcase_add_test(t, a_line_that_is_no_start_and_no_segment_names_no_log);
	tcase_add_test(t, a_start_is_of_the_log_that_it_names);
	tcase_add_test(t, what_names_no_log_is_known_by_its_key);
	tcase_add_test(t, a_key_that_no_line_shows_is_of_no_log);
	tcase_add_test(t, a_record_without_a_signature_is_of_no_log);
	tcase_add_test(t, logs_beyond_what_is_told_apart_count_to_the_last);
	suite_add_tcase(s, t);
	return suite_run(s);
}
