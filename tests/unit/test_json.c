/* SPDX-License-Identifier: MIT */

#include "audit/json.h"
#include "base/text.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static const struct { const char *what; struct bytes in, want; } strings[] = {
	{ "nothing",                     BYTES(""),              BYTES("\"\"") },
	{ "what JSON wants escaped",     BYTES("a\"b\\c<"),      BYTES("\"a\\\"b\\\\c<\"") },
	{ "control characters",          BYTES("\n\x1b\x7f\0x"), BYTES("\"\\u000a\\u001b\\u007f\\u0000x\"") },
	{ "a name in UTF-8 stays so",    BYTES("B\xc3\xbcro-PC"), BYTES("\"B\xc3\xbcro-PC\"") },
	{ "other scripts, and emoji",    BYTES("\xe6\x97\xa5 \xf0\x9f\x8d\x8e"), BYTES("\"\xe6\x97\xa5 \xf0\x9f\x8d\x8e\"") },
	{ "a name in Latin-1",           BYTES("B\xfcro-PC"),    BYTES("\"B\\u00fcro-PC\"") },
	{ "half a character at the end", BYTES("a\xc3"),         BYTES("\"a\\u00c3\"") },
	{ "half a character within",     BYTES("\xe6\x97" "b"),  BYTES("\"\\u00e6\\u0097b\"") },
	{ "an overlong form",            BYTES("\xc0\xaf"),      BYTES("\"\\u00c0\\u00af\"") },
	{ "half a pair of UTF-16",       BYTES("\xed\xa0\x80"),  BYTES("\"\\u00ed\\u00a0\\u0080\"") },
	{ "a control of Latin-1",        BYTES("\xc2\x9b"),      BYTES("\"\\u009b\"") },
	{ "what turns the text around",  BYTES("\xe2\x80\xae"),  BYTES("\"\\u202e\"") },
	{ "an unseen tag",               BYTES("\xf3\xa0\x80\x81"), BYTES("\"\\udb40\\udc01\"") },
};

START_TEST(string)
{
	uint8_t       room[128];
	struct writer w = writer_over(room, sizeof(room));

	json_string(&w, strings[_i].in);
	ck_assert_msg(bytes_equal(writer_written(&w), strings[_i].want), "%s: got %.*s",
	              strings[_i].what, (int)w.len, (const char *)room);
}

static char   got[1 << 21];
static size_t got_len;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_le(got_len + piece.len, sizeof(got) - 1);
	memcpy(got + got_len, piece.at, piece.len);
	got_len += piece.len;
}

/* Wherever a piece of the text ends, and whatever it ends with. */
START_TEST(commas_stand_between_members_at_any_length)
{
	struct text t;
	char        wanted[64];

	got_len = 0;
	text_begin(&t, give, NULL);
	text_put(&t, "{");
	for (int i = 0; i < _i; i++)
		text_put(&t, "\"\":0,");
	for (uint64_t i = 0; i < 2000; i++)
		json_number_member(text_room(&t, 64), "n", i);
	text_put(&t, "}");
	text_end(&t);
	got[got_len] = '\0';
	ck_assert_ptr_null(strstr(got, "\"\"n"));
	for (int i = 1; i < 2000; i++) {
		snprintf(wanted, sizeof(wanted), "%d,\"n\":%d", i - 1, i);
		ck_assert_msg(strstr(got, wanted) != NULL, "%s", wanted);
	}
}

START_TEST(what_is_longer_than_any_piece_comes_out_whole)
{
	static uint8_t text[1 << 20];
	struct text    t;

	got_len = 0;
	memset(text, 'a', sizeof(text));
	text_begin(&t, give, NULL);
	text_put(&t, "[");
	text_bytes(&t, bytes_of(text, sizeof(text)));
	text_put(&t, "]");
	text_end(&t);
	ck_assert_uint_eq(got_len, sizeof(text) + 2);
	ck_assert_int_eq(got[0], '[');
	ck_assert_int_eq(got[got_len - 1], ']');
	ck_assert_mem_eq(got + 1, text, sizeof(text));
}

int main(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_loop_test(t, string, 0, COUNT(strings));
	tcase_add_loop_test(t, commas_stand_between_members_at_any_length, 0, 20);
	tcase_add_test(t, what_is_longer_than_any_piece_comes_out_whole);
	suite_add_tcase(s, t);
	return suite_run(s);
}
