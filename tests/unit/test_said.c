/* SPDX-License-Identifier: MIT */

/* What filterd says of itself in JSON, read again; and what others may say in its place. */

#include "base/instant.h"
#include "board/said.h"
#include "support/suite.h"

#include <string.h>

static struct said said;

static enum parse read_text(const char *json)
{
	return said_read(bytes_text(json), &said);
}

START_TEST(what_status_writes_is_read)
{
	static const struct policy_source source = { .id = "kaspersky-us", .serial = 7 };
	static const struct waiver waivers[] = {
		{ .id = "lab", .until_us = INT64_C(1795442800000000) },
		{ .id = "other", .until_us = INT64_C(1795442900000000) },
	};
	static char                       room[STATUS_TEXT_MAX];
	struct status s = {
		.version = "0.1.0", .sensor = "gw\"1\"", .now_us = INT64_C(1795442709201113),
		.uptime_s = 273600, .mode = MODE_ENFORCE, .state = STATE_OBSERVING,
		.paused = "a \\ test", .paused_until_us = INT64_C(1795442800000000),
		.policy_digest = BYTES("0123456789abcdef0123456789abcdef"),
		.policy_files = "policy/kaspersky-us.policy", .sources = &source, .num_sources = 1,
		.waivers = waivers, .num_waivers = COUNT(waivers),
		.rules = 46, .clock = TRUST_SYNCED, .hooks = HOOKS_OK,
		.next_us = INSTANT_NEVER, .protection = { .known = true },
		.connections_known = true, .log = { .path = "/var/log/filterd/audit.jsonl" },
		.feed = { .result = FEED_TAKEN, .told_us = INT64_C(1795442700000000),
		          .good_us = INT64_C(1795442700000000), .text = "serial 7 came" },
	};
	struct writer   w = writer_over(room, sizeof(room));
	struct troubles t;

	status_json(&w, &s);
	status_troubles(&s, &t);
	ck_assert(!w.full);
	ck_assert_int_eq(said_read(writer_written(&w), &said), PARSE_OK);
	ck_assert_str_eq(said.answer, "filterd runs, but needs attention:");
	ck_assert_str_eq(said.level, "off");
	ck_assert_str_eq(said.mode, "enforce");
	ck_assert_str_eq(said.sensor, "gw\"1\"");
	ck_assert(said.is_paused);
	ck_assert_str_eq(said.paused_because, "a \\ test");
	ck_assert_int_eq(said.paused_until_us, s.paused_until_us);
	ck_assert_int_eq(said.since_us, s.now_us - INT64_C(273600000000));
	ck_assert_uint_eq(said.num_troubles, t.num);
	for (size_t i = 0; i < t.num; i++)
		ck_assert_str_eq(said.troubles[i], t.text[i]);
	ck_assert_str_eq(said.feed, "taken");
	ck_assert_str_eq(said.feed_text, "serial 7 came");
	ck_assert_int_eq(said.feed_us, s.feed.told_us);
	ck_assert(said.has_waivers);
	ck_assert(said_is_loaded(&said, "lab", waivers[0].until_us));
	ck_assert(said_is_loaded(&said, "other", waivers[1].until_us));
	ck_assert(!said_is_loaded(&said, "lab", waivers[1].until_us));
	ck_assert(!said_is_loaded(&said, "la", waivers[0].until_us));
}

#define FINE "{\"answer\":\"a\",\"level\":\"good\",\"policy\":"

/* Which of its waivers filterd has loaded is known if it said all of them. */
static const struct { const char *json; bool is_known; size_t num; } loaded[] = {
	{ FINE "{}}", false, 0 },
	{ FINE "null}", false, 0 },
	{ FINE "[{\"waivers\":[]}]}", false, 0 },
	{ FINE "{\"waivers\":[],\"waivers_more\":0}}", true, 0 },
	{ FINE "{\"waivers\":[{\"id\":\"lab\",\"until\":\"2026-11-30T18:00:00Z\",\"x\":[1]},{}]}}", true, 2 },
	{ FINE "{\"waivers\":[{\"id\":7,\"until\":7},7,\"x\"]}}", true, 3 },
	{ FINE "{\"waivers\":[],\"waivers_more\":1}}", false, 0 },
};

START_TEST(waivers_are_known_if_all_were_said)
{
	ck_assert_int_eq(read_text(loaded[_i].json), PARSE_OK);
	ck_assert(said.has_waivers == loaded[_i].is_known);
	ck_assert_uint_eq(said.num_waivers, loaded[_i].num);
	ck_assert(!said_is_loaded(&said, "nobody", 0));
}

START_TEST(more_waivers_than_there_is_room_for)
{
	static char   json[8192];
	struct writer w = writer_over(json, sizeof(json) - 1);

	write_text(&w, FINE "{\"waivers\":[{}");
	for (size_t i = 0; i < STATUS_WAIVERS; i++)
		write_text(&w, ",{\"id\":\"lab\",\"until\":\"2026-11-30T18:00:00Z\"}");
	write_text(&w, "]}}");
	ck_assert_int_eq(read_text(json), PARSE_OK);
	ck_assert_uint_eq(said.num_waivers, STATUS_WAIVERS);
	ck_assert(!said.has_waivers);
}

static const struct { const char *what, *json; enum parse want; } answers[] = {
	{ "nothing",               "",                                                 PARSE_BAD },
	{ "no object",             "[1]",                                              PARSE_BAD },
	{ "no answer",             "{\"level\":\"good\"}",                             PARSE_BAD },
	{ "no level",              "{\"answer\":\"a\"}",                               PARSE_BAD },
	{ "another level",         "{\"answer\":\"a\",\"level\":\"fine\"}",            PARSE_BAD },
	{ "half an object",        "{\"answer\":\"a\",\"level\":\"good\"",             PARSE_BAD },
	{ "more behind it",        "{\"answer\":\"a\",\"level\":\"good\"}{",           PARSE_BAD },
	{ "a comma too much",      "{\"answer\":\"a\",\"level\":\"good\",}",           PARSE_BAD },
	{ "deeper than is read",   "{\"x\":[[[[[[[[[[1]]]]]]]]]],\"answer\":\"a\",\"level\":\"good\"}",
	  PARSE_BAD },
	{ "a trouble that has no end", "{\"answer\":\"a\",\"level\":\"off\",\"attention\":[\"x\"", PARSE_BAD },
	{ "the least",             "{\"answer\":\"a\",\"level\":\"good\"}\n",          PARSE_OK },
	{ "with blanks",           " { \"answer\" : \"a\" , \"level\" : \"off\" } \n", PARSE_OK },
	{ "values of other kinds", "{\"answer\":\"a\",\"level\":\"good\",\"mode\":3,\"paused\":true,"
	  "\"feed\":[],\"attention\":{\"x\":1},\"time\":7,\"uptime_s\":\"x\",\"sensor\":null}", PARSE_OK },
	{ "what is not known",     "{\"new\":{\"a\":[1,{\"b\":null}],\"c\":-1.5e3},\"answer\":\"a\","
	  "\"level\":\"good\"}", PARSE_OK },
};

START_TEST(another_answer_is_taken_or_refused)
{
	ck_assert_int_eq(read_text(answers[_i].json), answers[_i].want);
	ck_assert_str_eq(said.answer, answers[_i].want == PARSE_OK
	                                      ? "a"
	                                      : "filterd answers in a form that is not known here.");
	if (answers[_i].want != PARSE_OK)
		ck_assert_str_eq(said.level, "unknown");
	ck_assert_int_eq(said.since_us, INSTANT_NEVER);
	ck_assert_str_eq(said.mode, "");
	ck_assert_str_eq(said.feed, "");
	ck_assert_uint_eq(said.num_troubles, 0);
}

START_TEST(more_troubles_than_there_is_room_for)
{
	char          json[2048];
	struct writer w = writer_over(json, sizeof(json) - 1);

	write_text(&w, "{\"attention\":[\"0\"");
	for (unsigned i = 1; i < 2 * SAID_TROUBLES; i++)
		write_format(&w, ",\"%u\"", i);
	write_text(&w, "],\"answer\":\"a\",\"level\":\"attention\"}");
	ck_assert_int_eq(said_read(writer_written(&w), &said), PARSE_OK);
	ck_assert_uint_eq(said.num_troubles, SAID_TROUBLES);
	ck_assert_str_eq(said.troubles[SAID_TROUBLES - 1], "9");
	said_trouble(&said, "one more");
	ck_assert_uint_eq(said.num_troubles, SAID_TROUBLES);
}

int main(void)
{
	Suite *s = suite_create("said");
	TCase *t = tcase_create("said");

	tcase_add_test(t, what_status_writes_is_read);
	tcase_add_loop_test(t, waivers_are_known_if_all_were_said, 0, COUNT(loaded));
	tcase_add_test(t, more_waivers_than_there_is_room_for);
	tcase_add_loop_test(t, another_answer_is_taken_or_refused, 0, COUNT(answers));
	tcase_add_test(t, more_troubles_than_there_is_room_for);
	suite_add_tcase(s, t);
	return suite_run(s);
}
