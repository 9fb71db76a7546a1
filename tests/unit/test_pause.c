/* SPDX-License-Identifier: MIT */

#include "daemon/pause.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define A_HUNDRED "0123456789012345678901234567890123456789012345678901234567890123456789" \
		  "012345678901234567890123456789"

static const struct {
	const char *what, *words;
	enum parse  want;
	uint32_t    seconds;
	const char *reason;
} rows[] = {
	{ "nothing",                      "",                   PARSE_BAD, 0, "" },
	{ "a time alone",                 "900",                PARSE_BAD, 0, "" },
	{ "a time and a blank",           "900 ",               PARSE_BAD, 0, "" },
	{ "no time",                      "soon a reason",      PARSE_BAD, 0, "" },
	{ "no length of time",            "0 a reason",         PARSE_BAD, 0, "" },
	{ "a time that begins with less", "-9 a reason",        PARSE_BAD, 0, "" },
	{ "more digits than a year has",  "12345678 a reason",  PARSE_BAD, 0, "" },
	{ "a reason that moves a cursor", "900 a\x1b[2J",       PARSE_BAD, 0, "" },
	{ "a reason with bytes above",    "900 \xc3\xa9",       PARSE_BAD, 0, "" },
	{ "a reason one byte too long",   "900 " A_HUNDRED "0", PARSE_BAD, 0, "" },
	{ "off, and more",                "off now",            PARSE_BAD, 0, "" },
	{ "off",                          "off",                PARSE_OK, 0, "" },
	{ "a time and a reason",          "900 the bank's one", PARSE_OK, 900, "the bank's one" },
	{ "the longest reason",           "1 " A_HUNDRED,       PARSE_OK, 1, A_HUNDRED },
};

START_TEST(words_of_a_pause)
{
	char     reason[PAUSE_REASON_MAX + 1] = "";
	uint32_t seconds                      = 0;

	ck_assert_msg(pause_read(bytes_text(rows[_i].words), &seconds, reason) == rows[_i].want,
	              "%s", rows[_i].what);
	ck_assert_msg(seconds == rows[_i].seconds && strcmp(reason, rows[_i].reason) == 0, "%s",
	              rows[_i].what);
}
END_TEST

START_TEST(the_longest_reason_is_said_whole)
{
	struct pause p = { .is_on = true, .until_us = INT64_C(1796029200000000),
		           .reason = A_HUNDRED };
	char         says[PAUSE_SAYS_MAX];

	pause_say(&p, says);
	ck_assert_str_eq(says, "paused until 2026-11-30T09:00:00Z: " A_HUNDRED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pause");
	TCase *t = tcase_create("pause");

	tcase_add_loop_test(t, words_of_a_pause, 0, COUNT(rows));
	tcase_add_test(t, the_longest_reason_is_said_whole);
	suite_add_tcase(s, t);
	return suite_run(s);
}
