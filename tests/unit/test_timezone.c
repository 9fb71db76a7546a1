/* SPDX-License-Identifier: MIT */

#include "base/timezone.h"
#include "base/instant.h"
#include "support/suite.h"

/* The rules of 2026, as no machine lacks them. */
#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define BERLIN   "CET-1CEST,M3.5.0,M10.5.0/3"
#define KOLKATA  "IST-5:30"
#define OFFSET   "<own>+05:00"
/* Its clocks are put forward at midnight. */
#define CAIRO    "EET-2EEST,M4.5.5/0,M10.5.4/24"

static int64_t at(const char *text)
{
	int64_t us;

	ck_assert_int_eq(instant_parse(bytes_text(text), &us), PARSE_OK);
	return us;
}

static const struct { const char *rule, *moment, *wall; bool is_twice; } clocks[] = {
	{ NEW_YORK, "2026-01-15T12:00:00Z",        "2026-01-15T07:00:00Z", false },
	{ NEW_YORK, "2026-03-08T06:59:59.999999Z", "2026-03-08T01:59:59.999999Z", false },
	{ NEW_YORK, "2026-03-08T07:00:00Z",        "2026-03-08T03:00:00Z", false },
	{ NEW_YORK, "2026-11-01T04:59:59.999999Z", "2026-11-01T00:59:59.999999Z", false },
	{ NEW_YORK, "2026-11-01T05:00:00Z",        "2026-11-01T01:00:00Z", true },
	{ NEW_YORK, "2026-11-01T05:59:59.999999Z", "2026-11-01T01:59:59.999999Z", true },
	{ NEW_YORK, "2026-11-01T07:00:00Z",        "2026-11-01T02:00:00Z", false },
	{ BERLIN,   "2026-03-29T00:59:59Z",        "2026-03-29T01:59:59Z", false },
	{ BERLIN,   "2026-03-29T01:00:00Z",        "2026-03-29T03:00:00Z", false },
	{ BERLIN,   "2026-10-25T00:30:00Z",        "2026-10-25T02:30:00Z", true },
	{ BERLIN,   "2026-10-25T02:00:00Z",        "2026-10-25T03:00:00Z", false },
	{ KOLKATA,  "2026-11-22T18:30:00Z",        "2026-11-23T00:00:00Z", false },
	{ OFFSET,   "2026-07-01T00:00:00Z",        "2026-06-30T19:00:00Z", false },
	{ OFFSET,   "1969-12-31T23:59:59Z",        "1969-12-31T18:59:59Z", false },
};

START_TEST(clock_shows_its_time_and_the_time_its_moment)
{
	timezone_choose(clocks[_i].rule, NULL);
	ck_assert_int_eq(timezone_wall(at(clocks[_i].moment)), at(clocks[_i].wall));
	ck_assert_int_eq(timezone_moment(at(clocks[_i].wall)), at(clocks[_i].moment));
	ck_assert_int_eq(timezone_is_twice(at(clocks[_i].moment)), clocks[_i].is_twice);
}
END_TEST

START_TEST(time_that_is_there_twice_is_the_first)
{
	timezone_choose(NEW_YORK, NULL);
	ck_assert_int_eq(timezone_wall(at("2026-11-01T06:30:00Z")), at("2026-11-01T01:30:00Z"));
	ck_assert(timezone_is_twice(at("2026-11-01T06:30:00Z")));
	ck_assert_int_eq(timezone_moment(at("2026-11-01T01:30:00Z")), at("2026-11-01T05:30:00Z"));
}
END_TEST

START_TEST(time_that_is_left_out_is_the_moment_of_the_change)
{
	timezone_choose(NEW_YORK, NULL);
	ck_assert_int_eq(timezone_moment(at("2026-03-08T02:00:00Z")), at("2026-03-08T07:00:00Z"));
	ck_assert_int_eq(timezone_moment(at("2026-03-08T02:59:59Z")), at("2026-03-08T07:00:00Z"));
	timezone_choose(BERLIN, NULL);
	ck_assert_int_eq(timezone_moment(at("2026-03-29T02:30:00Z")), at("2026-03-29T01:00:00Z"));
}
END_TEST

static const struct { const char *rule, *in, *begins; int64_t hours; } days[] = {
	{ NEW_YORK, "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", 23 },
	{ NEW_YORK, "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", 25 },
	{ NEW_YORK, "2026-11-02T04:59:59Z", "2026-11-01T04:00:00Z", 25 },
	{ NEW_YORK, "2026-11-02T05:00:00Z", "2026-11-02T05:00:00Z", 24 },
	{ BERLIN,   "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", 23 },
	{ BERLIN,   "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", 25 },
	{ KOLKATA,  "2026-11-22T18:29:59Z", "2026-11-21T18:30:00Z", 24 },
	{ OFFSET,   "2026-11-01T12:00:00Z", "2026-11-01T05:00:00Z", 24 },
	{ OFFSET,   "1969-12-31T04:00:00Z", "1969-12-30T05:00:00Z", 24 },
	/* a day that has no midnight begins at one */
	{ CAIRO,    "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", 23 },
};

START_TEST(day_begins_at_the_midnight_of_the_zone)
{
	int64_t day;

	timezone_choose(days[_i].rule, NULL);
	day = timezone_day(at(days[_i].in));
	ck_assert_int_eq(timezone_day_begins(day), at(days[_i].begins));
	ck_assert_int_eq(timezone_day_begins(day + 1) - at(days[_i].begins),
	                 days[_i].hours * INT64_C(3600000000));
}
END_TEST

START_TEST(each_hour_of_two_years_is_in_its_day)
{
	static const char *const rules[] = { NEW_YORK, BERLIN, KOLKATA, OFFSET, CAIRO };

	timezone_choose(rules[_i], NULL);
	for (int64_t us = at("2025-12-31T00:00:00Z"), end_us = at("2028-01-01T00:00:00Z");
	     us < end_us; us += INT64_C(1800000000)) {
		int64_t day   = timezone_day(us);
		int64_t again = timezone_moment(timezone_wall(us));

		if (timezone_day_begins(day) > us || timezone_day_begins(day + 1) <= us ||
		    (again != us && (again > us || !timezone_is_twice(us))))
			ck_abort_msg("at %lld", (long long)us);
	}
}
END_TEST

START_TEST(zone_that_is_never_apart_from_utc_is_utc)
{
	static const struct { const char *rule, *name, *want; bool is_utc; } names[] = {
		{ "UTC0",   "Etc/Zulu",         "UTC",              true },
		{ "GMT0",   NULL,               "UTC",              true },
		{ "GMT0BST,M3.5.0/1,M10.5.0", "Europe/London", "Europe/London", false },
		{ NEW_YORK, "America/New_York", "America/New_York", false },
		{ BERLIN,   NULL,               "CET/CEST",         false },
		{ KOLKATA,  NULL,               "IST",              false },
	};

	ck_assert(timezone_is_utc());
	ck_assert_str_eq(timezone_name(), "UTC");
	for (size_t i = 0; i < COUNT(names); i++) {
		timezone_choose(names[i].rule, names[i].name);
		ck_assert_int_eq(timezone_is_utc(), names[i].is_utc);
		ck_assert_str_eq(timezone_name(), names[i].want);
	}
}
END_TEST

START_TEST(end_of_all_time_stays_where_it_is)
{
	timezone_choose(NEW_YORK, NULL);
	ck_assert_int_eq(timezone_wall(INT64_MAX), INT64_MAX);
	ck_assert_int_eq(timezone_wall(INT64_MIN), INT64_MIN);
	ck_assert_int_eq(timezone_moment(INT64_MAX), INT64_MAX);
	ck_assert_int_eq(timezone_moment(INT64_MIN), INT64_MIN);
	ck_assert(!timezone_is_twice(INT64_MAX) && !timezone_is_twice(INT64_MIN));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("timezone");
	TCase *t = tcase_create("timezone");

	/* The first: without a choice. */
	tcase_add_test(t, zone_that_is_never_apart_from_utc_is_utc);
	tcase_add_loop_test(t, clock_shows_its_time_and_the_time_its_moment, 0, COUNT(clocks));
	tcase_add_test(t, time_that_is_there_twice_is_the_first);
	tcase_add_test(t, time_that_is_left_out_is_the_moment_of_the_change);
	tcase_add_loop_test(t, day_begins_at_the_midnight_of_the_zone, 0, COUNT(days));
	tcase_add_loop_test(t, each_hour_of_two_years_is_in_its_day, 0, 5);
	tcase_add_test(t, end_of_all_time_stays_where_it_is);
	suite_add_tcase(s, t);
	return suite_run(s);
}
