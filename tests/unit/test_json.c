/* SPDX-License-Identifier: MIT */

#include "base/instant.h"
#include "base/json.h"
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
	struct json   j = json_over(&w);

	json_bytes(&j, NULL, strings[_i].in);
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

static struct json begin(struct text *t)
{
	got_len = 0;
	text_begin(t, give, NULL);
	return json_into(t);
}

static const char *end(struct text *t)
{
	text_end(t);
	got[got_len] = '\0';
	return got;
}

START_TEST(every_kind_of_value_stands_in_objects_and_arrays)
{
	struct text t;
	struct json j = begin(&t);

	json_object(&j, NULL);
	json_text(&j, "text", "a");
	json_text(&j, "null", NULL);
	json_number(&j, "number", UINT64_MAX);
	json_bool(&j, "yes", true);
	json_array(&j, "empty");
	json_end(&j);
	json_array(&j, "array");
	json_object(&j, NULL);
	json_end(&j);
	json_array(&j, NULL);
	json_number(&j, NULL, 1);
	json_bool(&j, NULL, false);
	json_end(&j);
	json_hex(&j, NULL, BYTES("\x0a\xff"));
	json_base64(&j, NULL, BYTES("abcd"));
	json_end(&j);
	json_object(&j, "object");
	json_mac(&j, "mac", (const uint8_t[]){ 2, 0, 0, 0, 0, 0xab });
	json_time(&j, "time", 0);
	json_time(&j, "never", INSTANT_NEVER);
	json_time(&j, "always", INSTANT_ALWAYS);
	json_eve_time(&j, "eve", 0);
	json_text_end(json_text_begin(&j, "other"));
	json_end(&j);
	json_end(&j);
	ck_assert_str_eq(end(&t), "{\"text\":\"a\",\"null\":null,\"number\":18446744073709551615,\"yes\":true,"
	                          "\"empty\":[],\"array\":[{},[1,false],\"0aff\",\"YWJjZA==\"],"
	                          "\"object\":{\"mac\":\"02:00:00:00:00:ab\",\"time\":\"1970-01-01T00:00:00Z\","
	                          "\"never\":null,\"always\":null,\"eve\":\"1970-01-01T00:00:00.000000+0000\","
	                          "\"other\":\"\"}}");
}

START_TEST(members_behind_others_begin_with_a_comma)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));
	struct json   j = json_after(&w);

	json_number(&j, "a", 1);
	json_array(&j, "b");
	json_end(&j);
	ck_assert_bytes(writer_written(&w), ",\"a\":1,\"b\":[]");
}

/* Wherever a piece of the text ends, and whatever it ends with. */
START_TEST(commas_stand_between_members_at_any_length)
{
	struct text t;
	struct json j = begin(&t);
	char        wanted[64];

	json_object(&j, NULL);
	for (int i = 0; i < _i; i++)
		json_number(&j, "", 0);
	for (uint64_t i = 0; i < 2000; i++)
		json_number(&j, "n", i);
	json_end(&j);
	ck_assert_ptr_null(strstr(end(&t), "\"\"n"));
	for (int i = 1; i < 2000; i++) {
		snprintf(wanted, sizeof(wanted), "%d,\"n\":%d", i - 1, i);
		ck_assert_msg(strstr(got, wanted) != NULL, "%s", wanted);
	}
}

/* However much of the text's room is left. */
START_TEST(the_longest_value_of_one_piece_comes_out_whole)
{
	static const uint8_t zeros[768];
	uint8_t              a[64];

	memset(a, 'a', sizeof(a));
	for (size_t before = 0; before < 4096; before++) {
		struct text t;
		struct json j = begin(&t);

		json_array(&j, NULL);
		for (size_t i = 0; i < before / 64; i++)
			json_bytes(&j, NULL, bytes_of(a, 61));
		json_bytes(&j, NULL, bytes_of(a, before % 64));
		json_base64(&j, NULL, bytes_of(zeros, sizeof(zeros)));
		json_end(&j);
		end(&t);
		ck_assert_uint_eq(got_len, 2 + before + 3 + 1024 + 2);
	}
}

/* Plain, and where each character takes twelve. */
START_TEST(what_is_longer_than_any_piece_comes_out_whole)
{
	static uint8_t text[1 << 17];
	struct text    t;
	struct json    j = begin(&t);

	memset(text, 'a', sizeof(text));
	json_array(&j, NULL);
	json_bytes(&j, NULL, bytes_of(text, sizeof(text)));
	for (size_t i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, "\xf3\xa0\x80\x81", 4);
	json_bytes(&j, NULL, bytes_of(text, sizeof(text)));
	json_end(&j);
	end(&t);
	ck_assert_uint_eq(got_len, sizeof(text) + sizeof(text) / 4 * 12 + 7);
	ck_assert_mem_eq(got, "[\"aaaa", 6);
	ck_assert_mem_eq(got + sizeof(text) + 2, "\",\"\\udb40\\udc01\\udb40", 21);
	ck_assert_mem_eq(got + got_len - 8, "\\udc01\"]", 8);
}

int main(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_loop_test(t, string, 0, COUNT(strings));
	tcase_add_test(t, every_kind_of_value_stands_in_objects_and_arrays);
	tcase_add_test(t, members_behind_others_begin_with_a_comma);
	tcase_add_loop_test(t, commas_stand_between_members_at_any_length, 0, 20);
	tcase_add_test(t, the_longest_value_of_one_piece_comes_out_whole);
	tcase_add_test(t, what_is_longer_than_any_piece_comes_out_whole);
	suite_add_tcase(s, t);
	return suite_run(s);
}
