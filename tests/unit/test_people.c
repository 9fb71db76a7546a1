/* SPDX-License-Identifier: MIT */

#include "base/instant.h"
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

int main(void)
{
	Suite *s = suite_create("people");
	TCase *t = tcase_create("people");

	tcase_add_loop_test(t, a_time_as_people_write_it, 0, COUNT(times));
	tcase_add_loop_test(t, what_is_no_time_is_refused, 0, COUNT(no_times));
	tcase_add_loop_test(t, a_span_has_its_two_largest_units, 0, COUNT(spans));
	tcase_add_test(t, a_time_is_written_to_the_second);
	tcase_add_test(t, numbers_are_in_groups_of_three);
	tcase_add_test(t, a_hundred_percent_is_all);
	suite_add_tcase(s, t);
	return suite_run(s);
}
