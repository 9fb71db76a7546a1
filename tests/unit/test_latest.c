/* SPDX-License-Identifier: MIT */

#include "base/bytes.h"
#include "review/latest.h"
#include "support/suite.h"

static struct latest l;

static void add(size_t device, int64_t time_us)
{
	const struct latest_attempt a = { .time_us = time_us };

	latest_add(&l, device, &a);
}

START_TEST(latest_come_first_and_no_more_than_are_kept)
{
	for (int64_t i = 1; i <= LATEST_KEPT + 3; i++)
		add(0, i);
	add(70000, 7);
	for (size_t back = 0; back < LATEST_KEPT; back++)
		ck_assert_int_eq(latest_at(&l, 0, back)->time_us,
		                 LATEST_KEPT + 3 - (int64_t)back);
	ck_assert_ptr_null(latest_at(&l, 0, LATEST_KEPT));
	ck_assert_int_eq(latest_at(&l, 70000, 0)->time_us, 7);
	ck_assert_ptr_null(latest_at(&l, 70000, 1));
	ck_assert(!l.failed);
	latest_free(&l);
}
END_TEST

START_TEST(who_never_tried_has_none)
{
	ck_assert_ptr_null(latest_at(&l, 0, 0));
	add(3, 1);
	ck_assert_ptr_null(latest_at(&l, 2, 0));
	ck_assert_ptr_null(latest_at(&l, 1000000, 0));
	latest_free(&l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("latest");
	TCase *t = tcase_create("latest");

	suite_add_tcase(s, t);
	tcase_add_test(t, latest_come_first_and_no_more_than_are_kept);
	tcase_add_test(t, who_never_tried_has_none);
	return suite_run(s);
}
