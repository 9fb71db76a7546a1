/* SPDX-License-Identifier: MIT */

#include "audit/trust.h"
#include "support/suite.h"

#define SECOND INT64_C(1000000)
#define HOUR_S 3600
#define BUILT  (INT64_C(1793491200) * SECOND)   /* 2026-11-01 */

static struct trust_floor f;

/* The two clocks, and what was seen when they were looked at. */
static int64_t wall_us, boot_ms;

static void begin(int64_t now_us)
{
	wall_us = now_us;
	boot_ms = 7000;
	trust_begin(&f, BUILT, wall_us, boot_ms);
}

static int64_t pass(int64_t seconds)
{
	wall_us += seconds * SECOND;
	boot_ms += seconds * 1000;
	return trust_look(&f, wall_us, boot_ms);
}

static bool is_believed(void)
{
	return wall_us >= trust_oldest(&f);
}

START_TEST(a_clock_older_than_the_floor_is_not_believed)
{
	begin(0);
	ck_assert(!is_believed());
	pass(2 * HOUR_S);
	ck_assert(!is_believed());
	ck_assert_int_eq(f.us, BUILT);
}

START_TEST(a_clock_is_believed_from_the_floor_on_and_a_little_before)
{
	begin(BUILT - TRUST_SLACK_US);
	ck_assert(is_believed());
	wall_us--;
	ck_assert(!is_believed());
}

START_TEST(a_clock_that_is_set_is_noticed_with_by_how_much)
{
	begin(0);
	ck_assert_int_eq(pass(1), 0);
	wall_us = BUILT + 5 * SECOND;
	ck_assert_int_eq(pass(1), BUILT + 4 * SECOND);
	ck_assert(is_believed());
	ck_assert_int_eq(pass(1), 0);
	wall_us -= 86400 * SECOND;
	ck_assert_int_eq(pass(1), -86400 * SECOND);
	ck_assert(!is_believed());
}

START_TEST(a_clock_that_is_slewed_is_not_set)
{
	begin(BUILT);
	wall_us -= TRUST_SLACK_US;
	ck_assert_int_eq(pass(1), 0);
	wall_us += TRUST_SLACK_US + 1;
	ck_assert_int_eq(pass(1), TRUST_SLACK_US + 1);
}

START_TEST(the_floor_follows_any_clock_that_ran_for_an_hour)
{
	begin(BUILT);
	pass(HOUR_S - 1);
	ck_assert_int_eq(f.us, BUILT);
	pass(1);
	ck_assert_int_eq(f.us, BUILT + HOUR_S * SECOND);
	wall_us += 60 * SECOND;
	pass(1);                                 /* set: the hour begins anew */
	pass(HOUR_S - 1);
	ck_assert_int_eq(f.us, BUILT + HOUR_S * SECOND);
	pass(1);
	ck_assert_int_eq(f.us, wall_us);
}

/* It runs already when we come, or leaps while we look. */
START_TEST(a_clock_far_ahead_that_is_put_right_within_the_hour_leaves_no_trace)
{
	const int64_t years_us = INT64_C(5) * 366 * 86400 * SECOND;

	begin(_i == 0 ? BUILT + years_us : BUILT);
	for (int s = 0; s < 3 * HOUR_S / 4; s++)
		pass(1);
	if (_i == 1) {
		wall_us += years_us;
		ck_assert_int_eq(pass(1), years_us);
	}
	for (int s = 0; s < HOUR_S / 5; s++)
		pass(1);
	ck_assert_int_eq(f.us, BUILT);
	wall_us = BUILT + 86400 * SECOND;
	pass(1);
	ck_assert(is_believed());
	pass(HOUR_S - 1);
	ck_assert_int_eq(f.us, BUILT);
	pass(1);
	ck_assert_int_eq(f.us, wall_us);
}

int main(void)
{
	Suite *s = suite_create("trust");
	TCase *t = tcase_create("trust");

	tcase_add_test(t, a_clock_older_than_the_floor_is_not_believed);
	tcase_add_test(t, a_clock_is_believed_from_the_floor_on_and_a_little_before);
	tcase_add_test(t, a_clock_that_is_set_is_noticed_with_by_how_much);
	tcase_add_test(t, a_clock_that_is_slewed_is_not_set);
	tcase_add_test(t, the_floor_follows_any_clock_that_ran_for_an_hour);
	tcase_add_loop_test(t, a_clock_far_ahead_that_is_put_right_within_the_hour_leaves_no_trace,
	                    0, 2);
	suite_add_tcase(s, t);
	return suite_run(s);
}
