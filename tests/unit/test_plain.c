/* SPDX-License-Identifier: MIT */

#include "base/plain.h"
#include "support/suite.h"

#include <string.h>

static char   shown[512];
static size_t shown_len;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(shown_len + piece.len, sizeof(shown));
	memcpy(shown + shown_len, piece.at, piece.len);
	shown_len += piece.len;
	shown[shown_len] = '\0';
}

static const char *show(struct bytes text, size_t columns)
{
	struct text t;

	shown[0]  = '\0';
	shown_len = 0;
	text_begin(&t, give, NULL);
	plain_text(&t, text, columns);
	text_end(&t);
	return shown;
}

static const struct { const char *what; struct bytes in; const char *want; } spelled[] = {
	{ "escape of a terminal",    BYTES("a\x1b[31mb"),              "a\\u{1b}[31mb" },
	{ "NUL",                     BYTES("a\0b"),                    "a\\u{00}b" },
	{ "newline",                 BYTES("a\nb"),                    "a\\u{0a}b" },
	{ "C1 control",              BYTES("\xc2\x9b" "31m"),          "\\u{9b}31m" },
	{ "right to left override",  BYTES("x\xe2\x80\xaey"),          "x\\u{202e}y" },
	{ "isolate",                 BYTES("\xe2\x81\xa6"),            "\\u{2066}" },
	{ "Arabic letter mark",      BYTES("\xd8\x9c"),                "\\u{61c}" },
	{ "zero width space",        BYTES("a\xe2\x80\x8b" "b"),       "a\\u{200b}b" },
	{ "line separator",          BYTES("\xe2\x80\xa8"),            "\\u{2028}" },
	{ "byte order mark",         BYTES("\xef\xbb\xbf"),            "\\u{feff}" },
	{ "tag",                     BYTES("\xf3\xa0\x81\x81"),        "\\u{e0041}" },
	{ "the last there is",       BYTES("\xf4\x8f\xbf\xbf"),        "\\u{10ffff}" },
	{ "stray continuation",      BYTES("a\x80"),                   "a\\x80" },
	{ "overlong slash",          BYTES("\xc0\xaf"),                "\\xc0\\xaf" },
	{ "surrogate",               BYTES("\xed\xa0\x80"),            "\\xed\\xa0\\x80" },
	{ "cut in a character",      BYTES("\xe2\x82"),                "\\xe2\\x82" },
	{ "plain",                   BYTES("LAPTOP-7 <b>&"),           "LAPTOP-7 <b>&" },
	{ "other scripts",           BYTES("\xd7\xa9\xd7\x9c \xe6\x97\xa5 \xc3\xa9"),
	  "\xd7\xa9\xd7\x9c \xe6\x97\xa5 \xc3\xa9" },
};

START_TEST(what_nobody_would_see_is_spelled_out)
{
	ck_assert_str_eq(show(spelled[_i].in, SIZE_MAX), spelled[_i].want);
}
END_TEST

START_TEST(long_text_is_cut_to_its_columns)
{
	ck_assert_str_eq(show(BYTES("abcdef"), 6), "abcdef");
	ck_assert_str_eq(show(BYTES("abcdefg"), 6), "abcde\xe2\x80\xa6");
	ck_assert_str_eq(show(BYTES("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), 3),
	                 "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
	/* A spelling is shown whole or not at all. */
	ck_assert_str_eq(show(BYTES("ab\x1b" "cd"), 6), "ab\xe2\x80\xa6");
}
END_TEST

START_TEST(width_counts_columns_not_bytes)
{
	ck_assert_uint_eq(plain_width(BYTES("\xc3\xa9\xe6\x97\xa5")), 2);
	ck_assert_uint_eq(plain_width(BYTES("a\n")), 7);
	ck_assert_uint_eq(plain_width(BYTES("")), 0);
}
END_TEST

static const struct { struct bytes cut; size_t whole; } cuts[] = {
	{ BYTES(""), 0 },                    { BYTES("abc"), 3 },
	{ BYTES("a\xc3"), 1 },               { BYTES("a\xc3\xbc"), 3 },
	{ BYTES("\xf0\x9f\x8d"), 0 },        { BYTES("\xf0\x9f\x8d\x8e"), 4 },
	{ BYTES("a\xe6\x97"), 1 },           { BYTES("a\xfc"), 2 },
	{ BYTES("\x80\x80\x80\x80"), 4 },
};

START_TEST(a_text_that_was_cut_ends_with_a_whole_character)
{
	ck_assert_uint_eq(plain_whole(cuts[_i].cut), cuts[_i].whole);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plain");
	TCase *t = tcase_create("plain");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, what_nobody_would_see_is_spelled_out, 0, COUNT(spelled));
	tcase_add_test(t, long_text_is_cut_to_its_columns);
	tcase_add_loop_test(t, a_text_that_was_cut_ends_with_a_whole_character, 0, COUNT(cuts));
	tcase_add_test(t, width_counts_columns_not_bytes);
	return suite_run(s);
}
