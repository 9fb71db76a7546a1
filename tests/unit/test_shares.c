/* SPDX-License-Identifier: MIT */

#include "base/bytes.h"
#include "report/shares.h"
#include "support/suite.h"

static const struct { uint64_t values[4]; uint32_t tenths[4]; } shared[] = {
	{ { 1, 1, 1, 0 }, { 334, 333, 333, 0 } },
	{ { 3, 3, 1, 0 }, { 429, 428, 143, 0 } },
	{ { 1, 0, 0, 0 }, { 1000, 0, 0, 0 } },
	{ { 1, 9999, 0, 0 }, { 0, 1000, 0, 0 } },
	{ { 760, 97, 22, 15 }, { 850, 108, 25, 17 } },
	{ { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX }, { 250, 250, 250, 250 } },
	{ { 0, 0, 0, 0 }, { 0, 0, 0, 0 } },
};

START_TEST(shares_add_up_as_they_are_printed)
{
	uint32_t tenths[4], sum = 0;

	shares_of(shared[_i].values, COUNT(tenths), tenths);
	for (size_t i = 0; i < COUNT(tenths); i++) {
		ck_assert_uint_eq(tenths[i], shared[_i].tenths[i]);
		sum += tenths[i];
	}
	ck_assert(sum == SHARES_ALL || _i == COUNT(shared) - 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shares");
	TCase *t = tcase_create("shares");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, shares_add_up_as_they_are_printed, 0, COUNT(shared));
	return suite_run(s);
}
