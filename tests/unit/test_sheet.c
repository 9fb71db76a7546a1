/* SPDX-License-Identifier: MIT */

#include "present/sheet_html.h"
#include "support/suite.h"

#include <string.h>

static const struct column columns[] = {
	{ "host", "host", CELL_TEXT, false, false, 0 },
	{ "attempts", "attempts", CELL_NUMBER, false, false, 2 },
	{ "last", "last", CELL_TIME, false, false, 3 },
	{ "day", "day", CELL_DAY, false, true, 0 },
	{ "seconds", "length", CELL_SPAN, false, false, 1 },
	{ "random", "random", CELL_YES, false, false, 1 },
};

#define MINUTE INT64_C(60000000)

static struct sheet s;
static char         got[1 << 20];
static struct text  t;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(strlen(got) + piece.len, sizeof(got));
	strncat(got, (const char *)piece.at, piece.len);
}

static void put(struct bytes host, int64_t attempts)
{
	sheet_row(&s);
	sheet_text(&s, host);
	sheet_number(&s, attempts);
	sheet_number(&s, INT64_C(1795442709000000));
	sheet_number(&s, INT64_C(1795442709000000));
	sheet_number(&s, 8 * MINUTE);
	sheet_number(&s, attempts > 1);
}

static void setup(void)
{
	s      = sheet_of("hosts", columns, COUNT(columns));
	got[0] = '\0';
	text_begin(&t, give, NULL);
}

static void teardown(void)
{
	ck_assert(!s.failed);
	sheet_free(&s);
}

static const char *csv(void)
{
	sheet_write_csv(&t, &s);
	text_end(&t);
	return got;
}

static const char *json(void)
{
	struct json j = json_into(&t);

	json_object(&j, NULL);
	sheet_write_json(&j, &s);
	json_end(&j);
	text_end(&t);
	return got;
}

static const char *on(size_t width)
{
	got[0] = '\0';
	ck_assert(sheet_write_text(&t, &s, width));
	text_end(&t);
	return got;
}

START_TEST(cells_for_programs)
{
	put(BYTES("ds.example"), 12345);
	ck_assert_str_eq(csv(), "host,attempts,last,day,seconds,random\r\n"
	                        "ds.example,12345,2026-11-23T14:05:09Z,2026-11-23,480,true\r\n");
}
END_TEST

START_TEST(cells_of_json_have_their_types)
{
	put(BYTES("\"\n\xff"), 1);
	ck_assert_str_eq(json(), "{\"hosts\":[{\"host\":\"\\\"\\u000a\\u00ff\",\"attempts\":1,"
	                         "\"last\":\"2026-11-23T14:05:09Z\",\"day\":\"2026-11-23\","
	                         "\"seconds\":480,\"random\":false}]}");
}
END_TEST

START_TEST(what_is_not_known_is_nothing_for_programs)
{
	sheet_row(&s);
	sheet_text(&s, BYTES("a"));
	sheet_words(&s, "not counted");
	put(BYTES("b"), 2);
	ck_assert_str_eq(csv(), "host,attempts,last,day,seconds,random\r\n"
	                        "a,,,,,\r\n"
	                        "b,2,2026-11-23T14:05:09Z,2026-11-23,480,true\r\n");
	ck_assert_ptr_nonnull(strstr(on(SHEET_ALL), "\na    not counted "));
}
END_TEST

START_TEST(column_that_is_left_out_is_nowhere)
{
	sheet_leave_out(&s, "last");
	put(BYTES("a"), 2);
	ck_assert_str_eq(csv(), "host,attempts,day,seconds,random\r\na,2,2026-11-23,480,true\r\n");
	got[0] = '\0';
	ck_assert_ptr_null(strstr(json(), "last"));
	ck_assert_ptr_null(strstr(on(SHEET_ALL), "14:05"));
}
END_TEST

START_TEST(columns_give_way_and_names_stay_whole)
{
	put(BYTES("ds.example"), 12345);
	ck_assert_str_eq(on(SHEET_ALL), "host       attempts last                length random\n"
	                                "ds.example   12 345 2026-11-23 14:05:09    8 m yes\n");
	ck_assert_str_eq(on(46), "host       attempts last                random\n"
	                         "ds.example   12 345 2026-11-23 14:05:09 yes\n");
	ck_assert_str_eq(on(40), "host       attempts last\n"
	                         "ds.example   12 345 2026-11-23 14:05:09\n");
	ck_assert_str_eq(on(30), "host       last\n"
	                         "ds.example 2026-11-23 14:05:09\n");
	ck_assert_str_eq(on(12), "host\n"
	                         "ds.example\n");
}
END_TEST

/* Nothing that it says comes before what says something. */
START_TEST(column_of_zeros_gives_way_first)
{
	put(BYTES("ds.example"), 0);
	ck_assert_str_eq(on(34), "host       last\n"
	                         "ds.example 2026-11-23 14:05:09\n");
}
END_TEST

START_TEST(long_name_goes_on_below_at_a_blank)
{
	put(BYTES("a reason that somebody gave"), 1);
	ck_assert_str_eq(on(16), "host\n"
	                         "a reason that\n"
	                         "somebody gave\n");
	ck_assert_str_eq(on(8), "host\n"
	                        "a reason\n"
	                        "that\n"
	                        "somebody\n"
	                        "gave\n");
}
END_TEST

START_TEST(hostile_text_is_spelled_out)
{
	put(BYTES("a\x1b[2J\nb"), 1);
	ck_assert_ptr_nonnull(strstr(on(SHEET_ALL), "\na\\u{1b}[2J\\u{0a}b "));
}
END_TEST

START_TEST(first_and_last_of_its_times)
{
	int64_t first_us = 0, last_us = 0;

	ck_assert(!sheet_times(&s, &first_us, &last_us));
	put(BYTES("a.example"), 1);
	put(BYTES("b.example"), 2);
	sheet_row(&s);
	sheet_text(&s, BYTES("c.example"));
	sheet_number(&s, 3);
	sheet_none(&s);
	sheet_number(&s, INT64_C(1795392000000000));
	ck_assert(sheet_times(&s, &first_us, &last_us));
	ck_assert_int_eq(first_us, INT64_C(1795392000000000));
	ck_assert_int_eq(last_us, INT64_C(1795442709000000));
}
END_TEST

static void put_result(const char *result, enum shade shade)
{
	sheet_row(&s);
	sheet_shade(&s, result, shade);
}

START_TEST(a_shade_is_a_colour_where_there_are_any)
{
	put_result("heard", SHADE_GOOD);
	put_result("silent", SHADE_BAD);
	ck_assert(sheet_write_text(&t, &s, SHEET_ALL));
	s.colored = true;
	ck_assert(sheet_write_text(&t, &s, SHEET_ALL));
	text_end(&t);
	ck_assert_ptr_nonnull(strstr(got, "\nheard"));
	ck_assert_ptr_nonnull(strstr(got, "\x1b[1;32mheard"));
	ck_assert_ptr_nonnull(strstr(got, "\x1b[1;31msilent"));
}
END_TEST

static const struct html_part device_parts[] = {
	{ "host", "Device", HTML_NAME, HTML_LINK }, { "state", "State", HTML_WORDS, HTML_SENTENCE },
	{ "note", NULL, HTML_WORDS, HTML_SENTENCE }, { "maker", "Maker", HTML_WORDS, HTML_PLAIN },
	{ "names", "Names", HTML_WORDS, HTML_LIST },
};

START_TEST(a_page_shows_no_column_that_says_nothing)
{
	static const struct column of_page[] = {
		{ .name = "host" }, { .name = "place" }, { .name = "state" }, { .name = "note" },
		{ .name = "maker" }, { .name = "names" },
	};
	struct sheet page = sheet_of("devices", of_page, COUNT(of_page));

	sheet_row(&page);
	sheet_text(&page, BYTES("LAPTOP-7"));
	sheet_text(&page, BYTES("device-1"));
	sheet_shade(&page, "still <tries", SHADE_NOTE);
	sheet_text(&page, BYTES("noted"));
	sheet_none(&page);
	sheet_text(&page, BYTES("a b"));
	sheet_write_html(&t, page, "", device_parts, COUNT(device_parts), SIZE_MAX);
	text_end(&t);
	ck_assert_ptr_nonnull(strstr(got, "<a href=\"#device-1\"><bdi>LAPTOP-7</bdi></a>"));
	ck_assert_ptr_nonnull(strstr(got, "<span class=\"state state-tries\">still &lt;tries</span>"
	                                  "<span class=\"under\">noted</span>"));
	ck_assert_ptr_nonnull(strstr(got, "<bdi>a</bdi>, <bdi>b</bdi>"));
	ck_assert_ptr_null(strstr(got, "Maker"));
}
END_TEST

START_TEST(the_last_row_may_be_the_sum)
{
	static const struct column of_shares[] = {
		{ .name = "what" }, { .name = "share", .cell = CELL_NUMBER },
	};
	static const struct html_part parts[] = {
		{ "what", "What", HTML_NAME, HTML_PLAIN }, { "share", "Share", HTML_FIGURE, HTML_SHARE },
	};
	struct sheet shares = sheet_of("shares", of_shares, COUNT(of_shares));

	sheet_row(&shares);
	sheet_text(&shares, BYTES("update"));
	sheet_number(&shares, 1000);
	sheet_row(&shares);
	sheet_text(&shares, BYTES("Sum"));
	sheet_number(&shares, 1000);
	shares.has_sums = true;
	sheet_write_html(&t, shares, "", parts, COUNT(parts), SIZE_MAX);
	text_end(&t);
	ck_assert_ptr_nonnull(strstr(got, "<span class=\"share-of\">100.0\u00a0%<svg class=\"share\""));
	ck_assert_ptr_nonnull(strstr(strstr(got, "<tfoot"),
	                             "<span class=\"share-of share-sum\">100.0\u00a0%</span>"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sheet");
	TCase *c     = tcase_create("sheet");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, cells_for_programs);
	tcase_add_test(c, cells_of_json_have_their_types);
	tcase_add_test(c, what_is_not_known_is_nothing_for_programs);
	tcase_add_test(c, column_that_is_left_out_is_nowhere);
	tcase_add_test(c, columns_give_way_and_names_stay_whole);
	tcase_add_test(c, column_of_zeros_gives_way_first);
	tcase_add_test(c, long_name_goes_on_below_at_a_blank);
	tcase_add_test(c, hostile_text_is_spelled_out);
	tcase_add_test(c, first_and_last_of_its_times);
	tcase_add_test(c, a_shade_is_a_colour_where_there_are_any);
	tcase_add_test(c, a_page_shows_no_column_that_says_nothing);
	tcase_add_test(c, the_last_row_may_be_the_sum);
	suite_add_tcase(suite, c);
	return suite_run(suite);
}
