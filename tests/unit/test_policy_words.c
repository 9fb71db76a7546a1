/* SPDX-License-Identifier: MIT */

/* What a record says of a policy file, read back, and as people read it. */

#include "audit/policies.h"
#include "review/policy_words.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct policy_words words;

static void assert_text(struct bytes got, const char *want)
{
	ck_assert_msg(bytes_equal(got, bytes_text(want)), "expected '%s', got '%.*s'", want,
	              (int)got.len, (const char *)got.at);
}


/* The first file of it. */
static bool first_of(const char *array)
{
	struct scan s = policy_said_begin(bytes_text(array));

	return policy_words_next(&s, &words);
}

static const struct { const char *what, *cutoff, *want; } days[] = {
	{ "west of UTC", "2024-09-29T00:00:00-04:00",
	  "applies from 2024-09-29 00:00 -04:00 (04:00 UTC)" },
	{ "east of it, where UTC has the day before", "2027-01-01T00:00:00+01:00",
	  "applies from 2027-01-01 00:00 +01:00 (2026-12-31 23:00 UTC)" },
	{ "half an hour", "2027-01-01T05:30:00+05:30",
	  "applies from 2027-01-01 05:30 +05:30 (00:00 UTC)" },
	{ "UTC itself", "2024-09-29T04:00:00Z", "applies from 2024-09-29 04:00 UTC" },
	{ "seconds", "2024-09-29T00:00:59-04:00",
	  "applies from 2024-09-29 00:00:59 -04:00 (04:00:59 UTC)" },
	{ "a fraction", "2024-09-29T00:00:00.000001-04:00",
	  "applies from 2024-09-29 00:00:00.000001 -04:00 (04:00 UTC)" },
	{ "other letters", "2024-09-29t04:00:00z", "applies from 2024-09-29 04:00 UTC" },
	{ "no date", "always", "always applies" },
	{ "no such day", "2024-09-31T00:00:00-04:00", "" },
	{ "no offset", "2024-09-29T00:00:00", "" },
	{ "nothing", "", "" },
	{ "markup", "<b>", "" },
};

START_TEST(the_day_is_that_of_whoever_made_the_rule)
{
	char array[128];

	snprintf(array, sizeof(array), "[{\"id\":\"k\",\"cutoff\":\"%s\"}]", days[_i].cutoff);
	ck_assert(first_of(array));
	assert_text(words.applies, days[_i].want);
	assert_text(words.cutoff, days[_i].want[0] != '\0' ? days[_i].cutoff : "");
}

START_TEST(what_is_written_is_read_back)
{
	static const struct policy_source sources[] = {
		{ .id = "k", .title = "The \"K\" <b> \u202e\u00fc", .authority = "89 FR 52434",
		  .file = "k", .serial = 2026112301, .cutoff_us = 0,
		  .cutoff = "1970-01-01T00:00:00Z" },
		{ .id = "seen", .title = "Only watched", .authority = "", .file = "s",
		  .cutoff_us = INT64_MAX, .cutoff = "" },
	};
	uint8_t       room[POLICIES_ROOM];
	struct writer w = writer_over(room, sizeof(room));
	struct json   j = json_over(&w);
	struct scan   s;

	policies_write(&j, sources, COUNT(sources));
	s = policy_said_begin(bytes_from(writer_written(&w), sizeof("\"policies\":") - 1));
	ck_assert(policy_words_next(&s, &words));
	ck_assert_bytes(words.title, "The \"K\" <b> \u202e\u00fc");
	ck_assert_bytes(words.authority, "89 FR 52434");
	ck_assert_bytes(words.serial, "serial 2026112301");
	ck_assert_uint_eq(words.number, 2026112301);
	ck_assert_bytes(words.applies, "applies from 1970-01-01 00:00 UTC");
	ck_assert(policy_words_next(&s, &words));
	ck_assert_bytes(words.title, "Only watched");
	ck_assert_bytes(words.authority, "");
	ck_assert_bytes(words.serial, "");
	ck_assert_bytes(words.applies, "");
	ck_assert(!policy_words_next(&s, &words));
}

START_TEST(a_file_without_a_title_is_called_by_its_id)
{
	ck_assert(first_of(" [ { \"id\" : \"k\" , \"more\" : 7 } ] "));
	ck_assert_bytes(words.title, "k");
}

static const char *const refused[] = {
	"", "[]", "[", "{\"id\":\"k\"}", "[{}]", "[{\"id\":\"k\"", "[{\"id\":\"k\",\"id\":\"k\"}]",
	"[{\"title\":\"\",\"title\":\"k\"}]", "[{\"serial\":1,\"serial\":1}]",
	"[{\"serial\":-1}]", "[{\"id\":7}]", "[{\"id\":\"\x01\"}]", "[7]", "[\"k\"]", "[{id:1}]",
	"[{\"id\" \"k\"}]", "[{\"id\":\"k\",}]", "[{\"a\":[]}]",
};

START_TEST(what_filterd_does_not_write_says_nothing)
{
	ck_assert(!first_of(refused[_i]));
}

/* A title of a stranger's that is longer than any of ours. */
START_TEST(a_text_without_an_end_is_cut)
{
	static char array[6000];

	memset(array, 'x', sizeof(array));
	memcpy(array, "[{\"title\":\"", 11);
	memcpy(array + sizeof(array) - 4, "\"}]", 4);
	ck_assert(first_of(array));
	ck_assert_uint_eq(words.title.len, sizeof(words.room));
}

static uint8_t       put_room[2048];
static struct writer put;

static void take(void *owner, struct bytes piece)
{
	(void)owner;
	write_bytes(&put, piece);
}

static void assert_put(const char *array, uint64_t left_out, const char *want)
{
	struct text t;

	put = writer_over(put_room, sizeof(put_room));
	text_begin(&t, take, NULL);
	policy_words_put(&t, bytes_text(array), left_out);
	text_end(&t);
	assert_text(writer_written(&put), want);
}

START_TEST(a_terminal_has_a_line_for_each_thing_said)
{
	assert_put("[{\"title\":\"A\\u202e\",\"authority\":\"Law\\u001b[2J\",\"serial\":7,"
	           "\"cutoff\":\"always\"},{\"id\":\"b\"}]",
	           2,
	           "            A\\u{202e}, serial 7\n"
	           "            Law\\u{1b}[2J\n"
	           "            always applies\n"
	           "            b\n"
	           "            and 2 more policy files\n");
	assert_put("", 0, "");
}

int main(void)
{
	Suite *s = suite_create("policy_words");
	TCase *t = tcase_create("policy_words");

	tcase_add_loop_test(t, what_filterd_does_not_write_says_nothing, 0, COUNT(refused));
	tcase_add_loop_test(t, the_day_is_that_of_whoever_made_the_rule, 0, COUNT(days));
	tcase_add_test(t, what_is_written_is_read_back);
	tcase_add_test(t, a_file_without_a_title_is_called_by_its_id);
	tcase_add_test(t, a_text_without_an_end_is_cut);
	tcase_add_test(t, a_terminal_has_a_line_for_each_thing_said);
	suite_add_tcase(s, t);
	return suite_run(s);
}
