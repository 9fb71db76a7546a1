/* SPDX-License-Identifier: MIT */

#include "present/html.h"
#include "review/words.h"
#include "support/suite.h"

#include <string.h>

static char   shown[1024];
static size_t shown_len;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(shown_len + piece.len, sizeof(shown));
	memcpy(shown + shown_len, piece.at, piece.len);
	shown_len += piece.len;
	shown[shown_len] = '\0';
}

#define IS(wanted, ...) \
	do { \
		struct writer w_ = writer_over(shown, sizeof(shown) - 1); \
		write_words(&w_, __VA_ARGS__); \
		shown[w_.len] = '\0'; \
		ck_assert_str_eq(shown, wanted); \
	} while (0)

START_TEST(a_word_goes_by_the_last_number_before_it)
{
	IS("1 record", "{} record[s]", 1U);
	IS("0 records", "{} record[s]", 0U);
	IS("2 188 412 records", "{} record[s]", (uint64_t)2188412);
	IS("1 of 3 logs", "{} of {} log[s]", (size_t)1, (size_t)3);
	IS("1 log has none", "{} log[ has|s have] none", 1U);
	IS("2 logs have none", "{} log[ has|s have] none", 2U);
	IS("1 file, 2.1 GB, is here", "{} file[s], {}, [is|are] here", 1U,
	   word_size(UINT64_C(2100000000)));
}
END_TEST

START_TEST(a_word_goes_by_the_argument_that_it_names)
{
	IS("1 of 3 logs is silent", "{} of {} log[s] [1:is|are] silent", 1U, 3U);
	IS("2 of 3 logs are silent", "{} of {} log[s] [1:is|are] silent", 2U, 3U);
	IS("a has 1, and 5", "{} ha[2:s|ve] {}, and {}", "a", 1U, 5U);
}
END_TEST

START_TEST(each_kind_of_argument_as_people_read_it)
{
	char room[] = "a room";

	IS("a text, a room, a name", "{}, {}, {}", "a text", room, BYTES("a name"));
	IS("99.98 %, 8 m 48 s", "{}, {}", word_percent(999800), word_span(528000000));
	IS("1970-01-01, 1970-01-01 00:00, 1970-01-01 00:00:01, 1970-01-01 00:00:02",
	   "{}, {}, {}, {}", word_day(0), word_minute(0), word_second(1000000),
	   word_moment(2000000));
	IS("1 2 3 4 5 6", "{} {} {} {} {} {}", 1, 2, 3, 4, 5, 6);
}
END_TEST

START_TEST(a_terminal_is_shown_what_nobody_would_see)
{
	struct text t;

	shown_len = 0;
	text_begin(&t, give, NULL);
	text_words(&t, "{} line[s] of {}\n", 2U, BYTES("a\x1b[1m{}"));
	text_end(&t);
	ck_assert_str_eq(shown, "2 lines of a\\u{1b}[1m{}\n");
}
END_TEST

START_TEST(markup_is_ours_alone)
{
	struct text t;

	shown_len = 0;
	text_begin(&t, give, NULL);
	html_words(&t, "<b>{}</b> {} line[s], {}", "<i>", 1000U, BYTES("<u>"));
	text_end(&t);
	ck_assert_str_eq(shown, "<b>&lt;i&gt;</b> 1\u00a0000 lines, <bdi>&lt;u&gt;</bdi>");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("words");

	suite_add_tcase(s, t);
	tcase_add_test(t, a_word_goes_by_the_last_number_before_it);
	tcase_add_test(t, a_word_goes_by_the_argument_that_it_names);
	tcase_add_test(t, each_kind_of_argument_as_people_read_it);
	tcase_add_test(t, a_terminal_is_shown_what_nobody_would_see);
	tcase_add_test(t, markup_is_ours_alone);
	return suite_run(s);
}
