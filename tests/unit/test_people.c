/* SPDX-License-Identifier: MIT */

#include "base/instant.h"
#include "base/timezone.h"
#include "review/people.h"
#include "support/suite.h"

static int64_t at(const char *text)
{
	int64_t us;

	ck_assert_int_eq(instant_parse(bytes_text(text), &us), PARSE_OK);
	return us;
}

/* A Tuesday. */
#define NOW "2026-11-24T21:07:17Z"

static const struct { const char *what, *in, *want; } times[] = {
	{ "a day",                          "2026-11-23",                "2026-11-23T00:00:00Z" },
	{ "a month",                        "2026-02",                   "2026-02-01T00:00:00Z" },
	{ "to the minute",                  "2026-11-23 14:05",          "2026-11-23T14:05:00Z" },
	{ "to the second",                  "2026-11-23 14:05:09",       "2026-11-23T14:05:09Z" },
	{ "as programs write it",           "2026-11-23T14:05:09",       "2026-11-23T14:05:09Z" },
	{ "with an offset",                 "2026-11-23T14:05:09+01:00", "2026-11-23T13:05:09Z" },
	{ "as a record has it",             "2026-11-23T14:05:09.250000+0000", "2026-11-23T14:05:09.25Z" },
	{ "and with another offset",        "2026-11-23T15:05:09+0100",  "2026-11-23T14:05:09Z" },
	{ "an hour",                        "2026-11-23T14",             "2026-11-23T14:00:00Z" },
	{ "as a report has it",             "2026-11-23 14:05:09 UTC",   "2026-11-23T14:05:09Z" },
	{ "with a page's blank",            "2026-11-23\u00a014:05",     "2026-11-23T14:05:00Z" },
	{ "with Z and no seconds",          "2026-11-23 14:05Z",         "2026-11-23T14:05:00Z" },
	{ "an offset and no seconds",       "2026-11-23 14:05-05:00",    "2026-11-23T19:05:00Z" },
	{ "an offset behind a blank",       "2026-11-23 14:05:09 -05:00", "2026-11-23T19:05:09Z" },
	{ "a day elsewhere",                "2026-11-23+05:30",          "2026-11-22T18:30:00Z" },
	{ "seconds since 1970",             "@1795442709",               "2026-11-23T14:05:09Z" },
	{ "now",                            "now",                       NOW },
	{ "today",                          "today",                     "2026-11-24T00:00:00Z" },
	{ "yesterday",                      "yesterday",                 "2026-11-23T00:00:00Z" },
	{ "this week begins on Monday",     "this week",                 "2026-11-23T00:00:00Z" },
	{ "last week",                      "last week",                 "2026-11-16T00:00:00Z" },
	{ "this month",                     "this month",                "2026-11-01T00:00:00Z" },
	{ "last month",                     "last month",                "2026-10-01T00:00:00Z" },
	{ "so many days ago",               "2 days ago",                "2026-11-22T21:07:17Z" },
	{ "a minute is not a month",        "90m",                       "2026-11-24T19:37:17Z" },
	{ "short",                          "36h",                       "2026-11-23T09:07:17Z" },
	{ "without \"ago\"",                "2 days",                    "2026-11-22T21:07:17Z" },
	{ "with a minus",                   "-1w",                       "2026-11-17T21:07:17Z" },
	{ "spaces around",                  "  4 weeks ago ",            "2026-10-27T21:07:17Z" },
	{ "a month is thirty days",         "1 month ago",               "2026-10-25T21:07:17Z" },
};

START_TEST(a_time_as_people_write_it)
{
	int64_t us = 0;

	ck_assert_int_eq(people_read_time(bytes_text(times[_i].in), at(NOW), &us), PARSE_OK);
	ck_assert_msg(us == at(times[_i].want), "%s: %s gave %lld", times[_i].what, times[_i].in,
	              (long long)us);
}

static const char *const no_times[] = {
	"",
	" ",
	"soon",
	"2026",
	"2026-13",
	"2026-02-30",
	"2026-11-23 25:00",
	"24.11.2026",
	"2 fortnights ago",
	"ago",
	"-",
	"h",
	"0h",
	"99999999999h",
	"4294967295 years",
	"@",
	"@12x",
	"2026-11-23 14:05+1:00",
	"2026-11-23 14:05+24:00",
	"2026-11-23 14:05+01:60",
	"2026-11-23 14:05+01:0x",
	"2026-11-23 14:05:09Z UTC",
	"0000-01-01 00:00+01:00",
	"9999-12-31 23:59-01:00",
	"@99999999999999",
	"+01:00",
	"Z",
	" UTC",
};

START_TEST(what_is_no_time_is_refused)
{
	int64_t us = 7;

	ck_assert_msg(people_read_time(bytes_text(no_times[_i]), at(NOW), &us) == PARSE_BAD, "'%s'",
	              no_times[_i]);
	ck_assert_int_eq(us, 7);
}

static const char *said(void (*write)(struct writer *, int64_t), int64_t value)
{
	static char   room[64];
	struct writer w = writer_over(room, sizeof(room) - 1);

	write(&w, value);
	room[w.len] = '\0';
	return room;
}

#define S INT64_C(1000000)

static const struct { int64_t us; const char *want; } spans[] = {
	{ -S, "0 s" }, { 0, "0 s" }, { S - 1, "0 s" }, { 59 * S, "59 s" }, { 60 * S, "1 m" },
	  { 61 * S, "1 m 1 s" },
	{ 528 * S, "8 m 48 s" }, { 3600 * S, "1 h" }, { 3659 * S, "1 h" }, { 86399 * S,
	  "23 h 59 m" },
	{ (29 * 86400 + 23 * 3600 + 50 * 60) * S, "29 d 23 h" },
};

START_TEST(a_span_has_its_two_largest_units)
{
	ck_assert_str_eq(said(people_write_span, spans[_i].us), spans[_i].want);
}

START_TEST(a_time_is_written_to_the_second)
{
	ck_assert_str_eq(said(people_write_time, at("2026-11-23T14:05:09.123456Z")),
	                 "2026-11-23 14:05:09");
	ck_assert_str_eq(said(people_write_day, at("2026-11-23T14:05:09.123456Z")), "2026-11-23");
}

static void number(struct writer *w, int64_t value)
{
	people_write_number(w, (uint64_t)value);
}

static void bytes(struct writer *w, int64_t value)
{
	people_write_bytes(w, (uint64_t)value);
}

static void percent(struct writer *w, int64_t value)
{
	people_write_percent(w, (uint32_t)value);
}

START_TEST(numbers_are_in_groups_of_three)
{
	ck_assert_str_eq(said(number, 0), "0");
	ck_assert_str_eq(said(number, 999), "999");
	ck_assert_str_eq(said(number, 1000), "1 000");
	ck_assert_str_eq(said(number, 2188412), "2 188 412");
	ck_assert_str_eq(said(number, -1), "18 446 744 073 709 551 615");
	ck_assert_str_eq(said(bytes, 999), "999 B");
	ck_assert_str_eq(said(bytes, 5509), "5.5 kB");
	ck_assert_str_eq(said(bytes, 2100000000), "2.1 GB");
	ck_assert_str_eq(said(bytes, 500000000), "500 MB");
}

START_TEST(a_hundred_percent_is_all)
{
	ck_assert_str_eq(said(percent, 1000000), "100 %");
	ck_assert_str_eq(said(percent, 999999), "99.99 %");
	ck_assert_str_eq(said(percent, 998765), "99.87 %");
	ck_assert_str_eq(said(percent, 0), "0 %");
}

#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0"
#define BERLIN   "CET-1CEST,M3.5.0,M10.5.0/3"
#define KOLKATA  "IST-5:30"
#define OFFSET   "<own>+05:00"

static void back_to_utc(void)
{
	timezone_choose("UTC0", NULL);
}

static const struct { const char *zone, *now, *in, *want; } zoned[] = {
	{ NEW_YORK, NOW, "2026-11-23",                "2026-11-23T05:00:00Z" },
	{ NEW_YORK, NOW, "2026-07-23",                "2026-07-23T04:00:00Z" },
	{ NEW_YORK, NOW, "2026-11",                   "2026-11-01T04:00:00Z" },
	{ NEW_YORK, NOW, "2026-11-23 14",             "2026-11-23T19:00:00Z" },
	{ NEW_YORK, NOW, "2026-11-23 14:05",          "2026-11-23T19:05:00Z" },
	{ NEW_YORK, NOW, "2026-11-23T14:05:09",       "2026-11-23T19:05:09Z" },
	{ NEW_YORK, NOW, "2026-11-23\u00a014:05",     "2026-11-23T19:05:00Z" },
	{ NEW_YORK, NOW, "2026-11-23 14:05:09 UTC",   "2026-11-23T14:05:09Z" },
	{ NEW_YORK, NOW, "2026-11-23\u00a014:05:09\u00a0UTC", "2026-11-23T14:05:09Z" },
	{ NEW_YORK, NOW, "2026-11-23T14:05:09Z",      "2026-11-23T14:05:09Z" },
	{ NEW_YORK, NOW, "2026-11-23T14:05:09+01:00", "2026-11-23T13:05:09Z" },
	{ NEW_YORK, NOW, "@1795442709",               "2026-11-23T14:05:09Z" },
	/* there twice, and not at all */
	{ NEW_YORK, NOW, "2026-11-01 01:30",          "2026-11-01T05:30:00Z" },
	{ NEW_YORK, NOW, "2026-11-01 01:30-04:00",    "2026-11-01T05:30:00Z" },
	{ NEW_YORK, NOW, "2026-11-01 01:30-05:00",    "2026-11-01T06:30:00Z" },
	{ NEW_YORK, NOW, "2026-03-08 02:30",          "2026-03-08T07:00:00Z" },
	/* evening there is the next day in UTC */
	{ NEW_YORK, "2026-11-24T03:00:00Z", "today",      "2026-11-23T05:00:00Z" },
	{ NEW_YORK, "2026-11-24T03:00:00Z", "yesterday",  "2026-11-22T05:00:00Z" },
	{ NEW_YORK, "2026-11-24T03:00:00Z", "this week",  "2026-11-23T05:00:00Z" },
	{ NEW_YORK, "2026-11-02T03:00:00Z", "this week",  "2026-10-26T04:00:00Z" },
	{ NEW_YORK, "2026-11-02T03:00:00Z", "last week",  "2026-10-19T04:00:00Z" },
	{ NEW_YORK, "2026-12-01T03:00:00Z", "this month", "2026-11-01T04:00:00Z" },
	{ NEW_YORK, "2026-12-01T03:00:00Z", "last month", "2026-10-01T04:00:00Z" },
	/* a day of 25 hours is a day ago, and 24 hours are not */
	{ NEW_YORK, "2026-11-02T12:00:00Z", "yesterday",  "2026-11-01T04:00:00Z" },
	{ NEW_YORK, "2026-11-02T12:00:00Z", "1 day ago",  "2026-11-01T12:00:00Z" },
	{ BERLIN,   "2026-10-26T12:00:00Z", "today",      "2026-10-25T23:00:00Z" },
	{ BERLIN,   "2026-10-26T12:00:00Z", "yesterday",  "2026-10-24T22:00:00Z" },
	{ BERLIN,   "2026-03-30T12:00:00Z", "yesterday",  "2026-03-28T23:00:00Z" },
	{ BERLIN,   "2026-04-15T12:00:00Z", "last month", "2026-02-28T23:00:00Z" },
	{ BERLIN,   NOW, "2026-10-25 02:30",          "2026-10-25T00:30:00Z" },
	{ BERLIN,   NOW, "2026-10-25 02:30+01:00",    "2026-10-25T01:30:00Z" },
	{ BERLIN,   NOW, "2026-03-29 02:30",          "2026-03-29T01:00:00Z" },
	{ KOLKATA,  NOW, "2026-11-23",                "2026-11-22T18:30:00Z" },
	{ KOLKATA,  NOW, "2026-11-23 14:05",          "2026-11-23T08:35:00Z" },
	{ OFFSET,   NOW, "2026-07-23 14:05",          "2026-07-23T19:05:00Z" },
};

START_TEST(time_of_the_zone_as_people_write_it)
{
	int64_t us = 0;

	timezone_choose(zoned[_i].zone, NULL);
	ck_assert_int_eq(people_read_time(bytes_text(zoned[_i].in), at(zoned[_i].now), &us),
	                 PARSE_OK);
	ck_assert_msg(us == at(zoned[_i].want), "%s gave %lld, not %s", zoned[_i].in, (long long)us,
	              zoned[_i].want);
}

static const struct { const char *zone, *at, *time, *moment, *minute, *day, *word; } written[] = {
	{ NEW_YORK, "2026-11-24T03:05:09Z", "2026-11-23 22:05:09", "2026-11-23 22:05:09-05:00",
	  "2026-11-23 22:05", "2026-11-23", "2026-11-23T22:05:09-05:00" },
	{ NEW_YORK, "2026-11-01T05:30:00Z", "2026-11-01 01:30:00-04:00", "2026-11-01 01:30:00-04:00",
	  "2026-11-01 01:30-04:00", "2026-11-01", "2026-11-01T01:30:00-04:00" },
	{ NEW_YORK, "2026-11-01T06:30:00Z", "2026-11-01 01:30:00-05:00", "2026-11-01 01:30:00-05:00",
	  "2026-11-01 01:30-05:00", "2026-11-01", "2026-11-01T01:30:00-05:00" },
	{ NEW_YORK, "2026-03-08T07:00:00Z", "2026-03-08 03:00:00", "2026-03-08 03:00:00-04:00",
	  "2026-03-08 03:00", "2026-03-08", "2026-03-08T03:00:00-04:00" },
	{ BERLIN, "2026-10-25T01:00:00Z", "2026-10-25 02:00:00+01:00", "2026-10-25 02:00:00+01:00",
	  "2026-10-25 02:00+01:00", "2026-10-25", "2026-10-25T02:00:00+01:00" },
	{ BERLIN, "2026-03-28T23:00:00Z", "2026-03-29 00:00:00", "2026-03-29 00:00:00+01:00",
	  "2026-03-29 00:00", "2026-03-29", "2026-03-29T00:00:00+01:00" },
	{ KOLKATA, "2026-11-22T18:30:00Z", "2026-11-23 00:00:00", "2026-11-23 00:00:00+05:30",
	  "2026-11-23 00:00", "2026-11-23", "2026-11-23T00:00:00+05:30" },
	{ OFFSET, "2026-07-01T04:59:59Z", "2026-06-30 23:59:59", "2026-06-30 23:59:59-05:00",
	  "2026-06-30 23:59", "2026-06-30", "2026-06-30T23:59:59-05:00" },
	{ "UTC0", "2026-07-01T04:59:59Z", "2026-07-01 04:59:59", "2026-07-01 04:59:59",
	  "2026-07-01 04:59", "2026-07-01", "2026-07-01T04:59:59Z" },
};

START_TEST(time_is_written_in_the_zone)
{
	timezone_choose(written[_i].zone, NULL);
	ck_assert_str_eq(said(people_write_time, at(written[_i].at)), written[_i].time);
	ck_assert_str_eq(said(people_write_moment, at(written[_i].at)), written[_i].moment);
	ck_assert_str_eq(said(people_write_minute, at(written[_i].at)), written[_i].minute);
	ck_assert_str_eq(said(people_write_day, at(written[_i].at)), written[_i].day);
	ck_assert_str_eq(said(people_write_rfc3339, at(written[_i].at)), written[_i].word);
}

static void check_pasted(const char *text, int64_t want)
{
	int64_t us;

	if (people_read_time(bytes_text(text), 0, &us) != PARSE_OK || us != want)
		ck_abort_msg("%s is not read as %lld", text, (long long)want);
}

/* Every 15 minutes from before the first change of 2026 to behind the last. */
START_TEST(what_is_written_is_read_as_the_same_moment)
{
	static const char *const zones[] = { NEW_YORK, BERLIN, KOLKATA, OFFSET, "UTC0" };

	timezone_choose(zones[_i], NULL);
	for (int64_t us = at("2026-03-07T00:00:00Z"), end_us = at("2026-11-03T00:00:00Z");
	     us < end_us; us += 900 * S) {
		check_pasted(said(people_write_time, us), us);
		check_pasted(said(people_write_minute, us), us);
		check_pasted(said(people_write_moment, us), us);
		check_pasted(said(people_write_rfc3339, us), us);
		check_pasted(said(people_write_utc, us), us);
		check_pasted(said(people_write_utc_minute, us), us);
	}
}

START_TEST(zone_says_how_far_utc_is)
{
	static const struct { const char *rule, *name, *from, *to, *want; } zones[] = {
		{ "UTC0", "Etc/UTC", "2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z", "UTC" },
		{ NEW_YORK, "America/New_York", "2026-11-02T00:00:00Z", "2026-12-01T00:00:00Z",
		  "America/New_York; UTC is 5 h ahead" },
		{ NEW_YORK, "America/New_York", "2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z",
		  "America/New_York; UTC is 5 h or 4 h ahead, by the date" },
		{ BERLIN, NULL, "2026-10-20T00:00:00Z", "2026-10-26T00:00:00Z",
		  "CET/CEST; UTC is 1 h or 2 h behind, by the date" },
		{ "GMT0BST,M3.5.0/1,M10.5.0", NULL, "2026-06-01T00:00:00Z",
		  "2026-12-01T00:00:00Z",
		  "GMT/BST; UTC is the same or 1 h behind, by the date" },
		{ "<-01>1<+00>,M3.5.0/0,M10.5.0/1", "Atlantic/Azores", "2026-06-01T00:00:00Z",
		  "2026-12-01T00:00:00Z",
		  "Atlantic/Azores; UTC is 1 h ahead or the same, by the date" },
		{ KOLKATA, "Asia/Kolkata", "0000-01-01T00:00:00Z", "9999-12-01T00:00:00Z",
		  "Asia/Kolkata; UTC is 5 h 30 m behind" },
	};

	for (size_t i = 0; i < COUNT(zones); i++) {
		uint8_t       room[160];
		struct writer w = writer_over(room, sizeof(room));

		timezone_choose(zones[i].rule, zones[i].name);
		people_write_zone(&w, at(zones[i].from), at(zones[i].to));
		ck_assert_msg(bytes_equal(writer_written(&w), bytes_text(zones[i].want)),
		              "%.*s, not %s", (int)w.len, (const char *)room, zones[i].want);
	}
}

int main(void)
{
	Suite *s = suite_create("people");
	TCase *t = tcase_create("people"), *z = tcase_create("people in a zone");

	tcase_add_loop_test(t, a_time_as_people_write_it, 0, COUNT(times));
	tcase_add_loop_test(t, what_is_no_time_is_refused, 0, COUNT(no_times));
	tcase_add_loop_test(t, a_span_has_its_two_largest_units, 0, COUNT(spans));
	tcase_add_test(t, a_time_is_written_to_the_second);
	tcase_add_test(t, numbers_are_in_groups_of_three);
	tcase_add_test(t, a_hundred_percent_is_all);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(z, NULL, back_to_utc);
	tcase_add_loop_test(z, time_of_the_zone_as_people_write_it, 0, COUNT(zoned));
	tcase_add_loop_test(z, time_is_written_in_the_zone, 0, COUNT(written));
	tcase_add_loop_test(z, what_is_written_is_read_as_the_same_moment, 0, 5);
	tcase_add_test(z, zone_says_how_far_utc_is);
	suite_add_tcase(s, z);
	return suite_run(s);
}
