/* SPDX-License-Identifier: MIT */

#include "log/ranges.h"
#include "support/suite.h"

#include <stdio.h>

static struct ranges r;

static const struct { const char *what, *text; } refused[] = {
	{ "nothing",                  "" },
	{ "no number",                "a-b" },
	{ "a sign",                   "-5" },
	{ "backwards",                "9-3" },
	{ "out of order",             "10-20,5" },
	{ "overlapping",              "10-20,20-30" },
	{ "an end in the middle",     "10-,20-30" },
	{ "a comma behind",           "10," },
	{ "a space",                  "10, 20" },
	{ "too large",                "18446744073709551616" },
};

START_TEST(refusals)
{
	r = (struct ranges){ .num = 77 };
	ck_assert_int_eq(ranges_parse(bytes_text(refused[_i].text), &r), PARSE_BAD);
	ck_assert_uint_eq(r.num, 77);
}

START_TEST(the_last_number_there_is)
{
	ck_assert_int_eq(ranges_parse(BYTES("18446744073709551615"), &r), PARSE_OK);
	ck_assert(ranges_meet(&r, UINT64_MAX, UINT64_MAX));
	ck_assert(!ranges_meet(&r, 0, UINT64_MAX - 1));
}

START_TEST(no_ranges_are_everything)
{
	r = (struct ranges){ 0 };
	ck_assert(ranges_meet(&r, 5, 5));
}

static const struct { uint64_t first, last; bool want; } met[] = {
	{ 0, 6, false }, { 7, 7, true }, { 8, 99, false }, { 8, 100, true }, { 99, 99, false },
	  { 100, 100, true }, { 150, 151, true },
	{ 199, 199, true }, { 200, 4999, false }, { 0, UINT64_MAX, true }, { 200, 5000, true },
	  { 5000, 5000, true }, { 7000, 9000, true },
};

START_TEST(a_span_meets_them_if_any_number_of_it_is_in_one)
{
	ck_assert_int_eq(ranges_parse(BYTES("7,100-199,5000-"), &r), PARSE_OK);
	ck_assert_uint_eq(r.num, 3);
	ck_assert_int_eq(ranges_meet(&r, met[_i].first, met[_i].last), met[_i].want);
}

START_TEST(a_thousand_fit_and_one_more_does_not)
{
	static char text[RANGES_MAX * 8];
	size_t      len = 0;

	for (unsigned i = 0; i < RANGES_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u", i > 0 ? "," : "",
		                        2 * i);
	ck_assert_int_eq(ranges_parse(bytes_text(text), &r), PARSE_OK);
	ck_assert(ranges_meet(&r, 2 * RANGES_MAX - 2, 2 * RANGES_MAX));
	ck_assert(!ranges_meet(&r, 2 * RANGES_MAX - 3, 2 * RANGES_MAX - 3));
	snprintf(text + len, sizeof(text) - len, ",9999");
	ck_assert_int_eq(ranges_parse(bytes_text(text), &r), PARSE_BAD);
}

int main(void)
{
	Suite *s = suite_create("ranges");
	TCase *t = tcase_create("ranges");

	tcase_add_loop_test(t, refusals, 0, COUNT(refused));
	tcase_add_test(t, the_last_number_there_is);
	tcase_add_test(t, no_ranges_are_everything);
	tcase_add_loop_test(t, a_span_meets_them_if_any_number_of_it_is_in_one, 0, COUNT(met));
	tcase_add_test(t, a_thousand_fit_and_one_more_does_not);
	suite_add_tcase(s, t);
	return suite_run(s);
}
