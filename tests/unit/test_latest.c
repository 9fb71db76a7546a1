/* SPDX-License-Identifier: MIT */

#include "base/bytes.h"
#include "review/latest.h"
#include "support/suite.h"

START_TEST(latest_come_first_and_no_more_than_are_kept)
{
	struct latest l = { .num = 0 };

	for (int64_t i = 1; i <= LATEST_KEPT + 3; i++)
		latest_add(&l, &(struct latest_attempt){ .time_us = i });
	for (size_t back = 0; back < LATEST_KEPT; back++)
		ck_assert_int_eq(latest_at(&l, back)->time_us, LATEST_KEPT + 3 - (int64_t)back);
	ck_assert_ptr_null(latest_at(&l, LATEST_KEPT));
}
END_TEST

START_TEST(who_never_tried_has_none)
{
	struct latest l = { .num = 0 };

	ck_assert_ptr_null(latest_at(NULL, 0));
	ck_assert_ptr_null(latest_at(&l, 0));
	latest_add(&l, &(struct latest_attempt){ .time_us = 7 });
	ck_assert_int_eq(latest_at(&l, 0)->time_us, 7);
	ck_assert_ptr_null(latest_at(&l, 1));
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
