/* SPDX-License-Identifier: MIT */

#include "audit/control.h"
#include "audit/policies.h"
#include "base/instant.h"
#include "base/problem.h"
#include "review/seals.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static uint8_t        line[8192];
static struct control gw1 = { .sensor = "gw1" };

static const uint8_t policy[32] = { 0x82, 0x34, 0x12, 0xd1, 0xea, 0xcb, 0x67, 0x95,
	                            0x62, 0x20, 0xe5, 0x32, 0x95, 0x9f, 0x01, 0x04,
	                            0x60, 0x30, 0x57, 0xc8, 0x87, 0x04, 0x86, 0x3c,
	                            0xa3, 0x8e, 0x7c, 0xd1, 0x88, 0xfd, 0xa8, 0x12 };
#define POLICY "823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812"

static const uint8_t one[NOTE_KEY] = { 1 }, two[NOTE_KEY] = { 2 };
#define ONE "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define TWO "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct writer begin(const char *time)
{
	ck_assert_int_eq(instant_parse(bytes_text(time), &gw1.time_us), PARSE_OK);
	return writer_over(line, sizeof(line));
}

static struct standing standing(void)
{
	return (struct standing){ .state = STATE_ENFORCING,
	                          .policy_digest = bytes_of(policy, sizeof(policy)),
	                          .clock = TRUST_SYNCED, .hooks = HOOKS_OK,
	                          .unfiltered_known = true };
}

static struct control_start start_of_a_new_log(void)
{
	struct control_start s = { .standing = standing(), .version = "1.0.0", .boot = "5f0c1f5e",
	                           .up_s = 12, .rules = 54,
	                           .previous = PREVIOUS_NEW, .log_id = "2f9c01d4a7b3e655",
	                           .key = one, .next_key = two };

	ck_assert_int_eq(instant_parse(BYTES("2024-09-29T04:00:00Z"), &s.cutoff_us), PARSE_OK);
	return s;
}

/* The members and their order are the specification's example. */
START_TEST(a_start_says_what_is_in_force_and_which_keys_sign)
{
	struct writer        w = begin("2026-11-23T14:00:00.000412Z");
	struct control_start s = start_of_a_new_log();

	control_start(&w, &gw1, &s);
	ck_assert_bytes(writer_written(&w),
	                "{\"timestamp\":\"2026-11-23T14:00:00.000412+0000\",\"event_type\":"
	                "\"engine\",\"log_level\":\"Notice\","
	                "\"engine\":{\"message\":\"filterd 1.0.0 started: "
	                "enforcing\",\"module\":\"audit\"},\"host\":\"gw1\","
	                "\"filterd\":{\"type\":\"start\",\"version\":\"1.0.0\",\"boot\":"
	                "\"5f0c1f5e\",\"state\":\"enforcing\","
	                "\"policy\":\"" POLICY
	                "\",\"rules\":54,\"cutoff\":\"2024-09-29T04:00:00Z\",\"previous\":\"new\","
	                "\"clock\":\"synced\",\"up\":12,\"hooks\":\"ok\",\"unfiltered\":0,\"log\":"
	                "\"2f9c01d4a7b3e655\","
	                "\"key\":\"" ONE "\",\"next_key\":\"" TWO "\"");
}

static void assert_has(const struct writer *w, const char *text)
{
	ck_assert_msg(memmem(w->start, w->len, text, strlen(text)) != NULL, "no %s in %.*s", text,
	              (int)w->len, (const char *)w->start);
}

static void assert_has_not(const struct writer *w, const char *text)
{
	ck_assert_msg(memmem(w->start, w->len, text, strlen(text)) == NULL, "%s in %.*s", text,
	              (int)w->len, (const char *)w->start);
}

START_TEST(a_start_keeps_what_was_torn_off_and_says_what_is_missing)
{
	struct writer        w = begin("2026-11-23T14:00:00Z");
	struct control_start s = start_of_a_new_log();

	s.previous     = PREVIOUS_SHORT;
	s.missing_from = 327;
	s.missing_to   = 333;
	s.torn         = (struct control_torn){ .len = 3, .hash = { 0xab }, .head_len = 3,
	                                        .head = "abc" };
	s.carried      = 40;
	control_start(&w, &gw1, &s);
	assert_has(&w, "\"previous\":\"short\",\"torn\":{\"bytes\":3,\"sha256\":\"ab00");
	assert_has(&w, "\"head\":\"YWJj\"},\"missing\":[327,333],\"clock\"");
	assert_has(&w, "\"carried\":40,");
}

/* A category without a date applies since ever: that is no instant. */
START_TEST(a_policy_without_a_date_always_blocks)
{
	struct writer        w = begin("2026-11-23T14:00:00Z");
	struct control_start s = start_of_a_new_log();

	s.cutoff_us = INSTANT_ALWAYS;
	control_start(&w, &gw1, &s);
	assert_has(&w, "\"cutoff\":\"always\"");
}

/* The policy files. */

#define CUTOFF INT64_C(1727582400000000)        /* 2024-09-29T04:00:00Z */

static const struct policy_source sources[] = {
	{ .id = "k", .title = "The \"K\"\t\u202e", .authority = "89 FR 52434", .file = "k.policy",
	  .serial = 2026112301, .cutoff_us = CUTOFF, .cutoff = "2024-09-29T00:00:00-04:00" },
	{ .id = "house", .title = "house", .authority = "", .file = "h", .cutoff_us = INSTANT_ALWAYS,
	  .cutoff = "" },
	{ .id = "seen", .title = "Only watched", .authority = "", .file = "s",
	  .cutoff_us = INSTANT_NEVER, .cutoff = "" },
};
#define POLICIES ",\"policies\":[{\"id\":\"k\",\"title\":\"The \\\"K\\\"\\u0009\\u202e\"," \
	"\"authority\":\"89 FR 52434\",\"serial\":2026112301," \
	"\"cutoff\":\"2024-09-29T00:00:00-04:00\"}," \
	"{\"id\":\"house\",\"title\":\"house\",\"cutoff\":\"always\"}," \
	"{\"id\":\"seen\",\"title\":\"Only watched\"}]"

static struct bytes policies_of(const struct policy_source *s, size_t num)
{
	static uint8_t room[POLICIES_ROOM];
	struct writer  w = writer_over(room, sizeof(room));
	struct json    j = json_after(&w);

	policies_write(&j, s, num);
	ck_assert(!w.full);
	return writer_written(&w);
}

START_TEST(each_policy_file_is_named_with_its_authority_and_its_own_day)
{
	ck_assert_bytes(policies_of(sources, COUNT(sources)), POLICIES);
	ck_assert_bytes(policies_of(sources, 0), "");
}

START_TEST(start_policy_and_segment_name_the_policy_files)
{
	struct control         c = { .sensor = "gw1",
		                     .policies = policies_of(sources, COUNT(sources)) };
	struct control_start   s = start_of_a_new_log();
	struct control_policy  p = { .old_digest = bytes_of(policy, 32), .rules = 3, .file = "a",
		                     .result = "refused" };
	struct control_segment g = { .file = "a", .log_id = "i", .key = one, .next_key = two,
		                     .policy_digest = bytes_of(policy, 32) };
	struct writer          w = begin("2026-11-23T14:00:00Z");

	control_start(&w, &c, &s);
	assert_has(&w, "\"cutoff\":\"2024-09-29T04:00:00Z\"" POLICIES ",\"previous\"");
	w = begin("2026-11-23T14:00:00Z");
	control_policy(&w, &c, &p);
	assert_has(&w, "\"rules\":3" POLICIES ",\"file\"");
	w = begin("2026-11-23T14:00:00Z");
	control_segment(&w, &c, &g);
	assert_has(&w, "\"type\":\"segment\",\"policy\":\"" POLICY "\"" POLICIES ",\"file\"");
	g.policy_digest = c.policies = (struct bytes){ 0 };
	w = begin("2026-11-23T14:00:00Z");
	control_segment(&w, &c, &g);
	assert_has(&w, "\"type\":\"segment\",\"file\"");
}

/* A text of so many bytes, of which each takes six where it is escaped. */
static const char *escaped(size_t len)
{
	static char text[PROBLEM_MAX];

	memset(text, '\x01', sizeof(text));
	text[len] = '\0';
	return text;
}

START_TEST(files_that_an_array_has_no_room_for_are_counted)
{
	struct policy_source many[40];
	struct bytes         members;

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = sources[0];
	members = policies_of(many, COUNT(many));
	ck_assert_uint_gt(members.len, POLICIES_MAX - 200);
	ck_assert_uint_le(members.len, POLICIES_MAX + 64);
	ck_assert_ptr_nonnull(memmem(members.at, members.len, "}],\"policies_left_out\":", 23));
	/* The longest there is; one that is shorter has room behind it, and then no other of those. */
	many[1].title = many[1].authority = many[2].title = many[2].authority = escaped(199);
	members = policies_of(many, 3);
	ck_assert_ptr_nonnull(memmem(members.at, members.len, "}],\"policies_left_out\":1", 24));
}

START_TEST(the_longest_record_is_one_that_a_reader_takes)
{
	static uint8_t        room[SEALS_LINE_MAX], in_force[6144];
	struct policy_source  long_one = sources[0];
	static char           reason[CONTROL_REASON_MAX + 1];
	struct control_asker  asker    = { .by = "filterctl", .has_uid = true, .uid = UINT32_MAX - 1,
	                                   .reason = reason };
	struct control        c        = { .sensor = escaped(255), .asker = &asker,
		                           .in_force = bytes_of(in_force, sizeof(in_force)) };
	struct control_policy p        = { .old_digest = bytes_of(policy, 32),
		                           .rules = UINT64_MAX, .file = escaped(PROBLEM_MAX - 1),
		                           .result = escaped(PROBLEM_MAX - 1) };
	struct writer         w        = writer_over(room, sizeof(room));

	memset(in_force, 'x', sizeof(in_force));
	memset(reason, '\x01', sizeof(reason) - 1);
	long_one.title = long_one.authority = escaped(199);
	c.policies = policies_of(&long_one, 1);
	escaped(PROBLEM_MAX - 1);
	control_policy(&w, &c, &p);
	ck_assert(!w.full);
	ck_assert_uint_lt(w.len, SEALS_LINE_MAX - 300);
}

START_TEST(what_is_not_known_is_not_said)
{
	struct writer        w = begin("2026-11-23T14:00:00Z");
	struct control_start s = start_of_a_new_log();

	s.standing.unfiltered_known = false;
	s.standing.hooks            = HOOKS_UNKNOWN;
	s.cutoff_us                 = INSTANT_NEVER;
	control_start(&w, &gw1, &s);
	assert_has_not(&w, "unfiltered");
	assert_has_not(&w, "cutoff");
	assert_has_not(&w, "torn");
	assert_has_not(&w, "missing");
	assert_has(&w, "\"hooks\":\"unknown\"");
}

START_TEST(a_heartbeat_counts)
{
	struct writer            w = begin("2026-11-23T14:06:10Z");
	struct control_heartbeat h = { .standing = standing(), .uptime_s = 370, .mono_ms = 382000,
	                               .every_s = 60,
	                               .packets = 181204, .accepted = 181164, .blocked = 40,
	                               .attempts = 40, .devices = 3,
	                               .num_queues = 1 };

	control_heartbeat(&w, &gw1, &h);
	ck_assert_bytes(writer_written(&w),
	                "{\"timestamp\":\"2026-11-23T14:06:10.000000+0000\",\"event_type\":"
	                "\"stats\",\"host\":\"gw1\",\"stats\":"
	                "{\"uptime\":370,\"capture\":{\"kernel_packets\":181204,\"kernel_drops\":0}"
	                ",\"ips\":{\"accepted\":181164,"
	                "\"blocked\":40}},\"filterd\":{\"type\":\"heartbeat\",\"state\":"
	                "\"enforcing\",\"policy\":\"" POLICY "\","
	                "\"clock\":\"synced\",\"mono\":382000,\"every\":60,\"attempts\":40,"
	                "\"pending\":0,\"devices\":3,"
	                "\"queues\":[{\"id\":0,\"drops\":0,\"user_drops\":0,\"backlog\":0}],"
	                "\"hooks\":\"ok\",\"unfiltered\":0,"
	                "\"fail_open\":0,\"log_dropped\":0");
}

START_TEST(a_policy_that_was_refused_leaves_the_old_one_in_force)
{
	struct writer         w = begin("2026-11-23T14:00:00Z");
	struct control_policy p = { .old_digest = bytes_of(policy, 32), .rules = 54,
	                            .file = "a.policy",
	                            .result = "a.policy: line 3: \"x\"" };

	control_policy(&w, &gw1, &p);
	assert_has(&w, "\"log_level\":\"Error\"");
	assert_has(&w, "\"type\":\"policy\",\"policy\":\"" POLICY "\",\"old\":\"" POLICY
	               "\",\"rules\":54,\"file\":\"a.policy\","
	               "\"result\":\"a.policy: line 3: \\\"x\\\"\"");
	assert_has_not(&w, "\"new\"");
}

START_TEST(a_gap_says_how_many_attempts_of_what_it_had)
{
	struct writer      w = begin("2026-11-23T14:00:00Z");
	struct control_gap g = { .from_us = 0, .to_us = 1000000, .reason = "no space",
	                         .attempts = 9, .num_counts = 2,
	                         .counts = { { "update", 5 }, { "ksn", 1 } } };

	control_gap(&w, &gw1, &g);
	assert_has(&w,
	           "\"type\":\"gap\",\"from\":\"1970-01-01T00:00:00Z\",\"to\":\"1970-01-01T00:00:"
	           "01Z\","
	           "\"reason\":\"no space\",\"attempts\":9,\"counts\":{\"update\":5,\"ksn\":1}");
}

START_TEST(the_other_records_are_engine_records)
{
	struct writer          w = begin("2026-11-23T14:00:00Z");
	struct control_segment s = { .file = "f", .first = 0, .last = 9, .log_id = "2f", .key = one,
	                             .next_key = two };
	struct control_prune   p = { .file = "f", .reason = "total", .first = 0, .last = 9,
	                             .hash = { 0xcd } };

	control_segment(&w, &gw1, &s);
	assert_has(&w, "\"type\":\"segment\",\"file\":\"f\",\"first\":0,\"last\":9,\"log\":\"2f\","
	               "\"key\":\"" ONE "\","
	               "\"next_key\":\"" TWO "\"");
	w = begin("2026-11-23T14:00:00Z");
	control_prune(&w, &gw1, &p);
	assert_has(&w,
	           "\"type\":\"prune\",\"file\":\"f\",\"first\":0,\"last\":9,\"sha256\":\"cd00");
	w = begin("2026-11-23T14:00:00Z");
	control_state(&w, &gw1, STATE_WAITING, STATE_ENFORCING, "the date has come");
	assert_has(&w, "\"type\":\"state\",\"from\":\"waiting\",\"to\":\"enforcing\",\"reason\":"
	               "\"the date has come\"");
	w = begin("1970-01-01T00:00:07Z");
	control_clock(&w, &gw1, STATE_WAITING, STATE_ENFORCING, TRUST_UNTRUSTED, "set back");
	assert_has(&w, "\"type\":\"state\",\"from\":\"waiting\",\"to\":\"enforcing\",\"reason\":"
	               "\"set back\",\"clock\":\"untrusted\"");
	w = begin("2026-11-23T14:00:00Z");
	control_stop(&w, &gw1, "signal 15", 7);
	assert_has(&w, "\"event_type\":\"engine\"");
	assert_has(&w, "\"type\":\"stop\",\"reason\":\"signal 15\",\"attempts\":7");
}

START_TEST(a_closed_record_is_in_the_chain_and_its_signature_holds)
{
	struct writer   w     = begin("2026-11-23T14:00:00Z");
	struct chain    chain = { .seq = 7, .prev = { 0xee } };
	struct note_key key   = { .origin = "gw1/filterd/0123456789abcdef" };
	uint8_t         sig[CHAIN_SIG];
	struct line_end end;

	ck_assert_int_eq(note_public(one, key.public), 0);
	control_stop(&w, &gw1, "signal 15", 7);
	ck_assert_int_eq(control_close(&w, &chain, &key, one, sig), 0);
	ck_assert_uint_eq(line[w.len - 1], '\n');
	ck_assert_int_eq(line_end_read(bytes_of(line, w.len - 1), &end), PARSE_OK);
	ck_assert(end.is_signed);
	ck_assert_uint_eq(end.seq, 7);
	ck_assert_mem_eq(end.sig, sig, sizeof(sig));
	ck_assert(note_verify(&key, 7, end.body, end.sig));
	ck_assert(!note_verify(&key, 8, end.body, end.sig));
}

static const struct { struct bytes line; enum parse want; } told[] = {
	{ BYTES("audit verify declared 1000"), PARSE_OK }, { BYTES("audit list - -"), PARSE_OK },
	{ BYTES("audit verify declared"), PARSE_BAD },     { BYTES("audit verify declared x"), PARSE_BAD },
	{ BYTES("audit verify declared 4294967295"), PARSE_BAD }, { BYTES("audit  - -"), PARSE_BAD },
	{ BYTES("audit ver\"ify - -"), PARSE_BAD },        { BYTES("audit verify - - -"), PARSE_BAD },
	{ BYTES("audit averylongverbindeed - -"), PARSE_BAD }, { BYTES("audit"), PARSE_BAD },
};

START_TEST(what_filterctl_tells_of_itself_is_read_as_it_was_written)
{
	struct control_access a = { .verb = "" };
	uint8_t               room[64];
	struct writer         w = writer_over(room, sizeof(room));

	ck_assert_int_eq(control_access_read(told[_i].line, &a), told[_i].want);
	if (told[_i].want != PARSE_OK)
		return;
	control_access_ask(&w, &a);
	ck_assert(bytes_equal(writer_written(&w), told[_i].line));
}

START_TEST(who_asked_is_said_as_far_as_it_is_known)
{
	static const struct {
		struct control_asker asker;
		const char          *says;
	} askers[] = {
		{ { .by = "SIGHUP" }, "{\"by\":\"SIGHUP\",\"uid\":\"unknown\",\"login_uid\":\"unknown\"}" },
		{ { .by = "SIGHUP", .has_uid = true, .uid = 0 },
		  "{\"by\":\"SIGHUP\",\"uid\":\"0\",\"login_uid\":\"unknown\"}" },
		{ { "filterctl", true, true, 0, 1000, "waive by jb: a \"test\"" },
		  "{\"by\":\"filterctl\",\"uid\":\"0\",\"login_uid\":\"1000\","
		  "\"reason\":\"waive by jb: a \\\"test\\\"\"}" },
		{ { "start", true, true, 1000, 1001, NULL },
		  "{\"by\":\"start\",\"uid\":\"1000\",\"login_uid\":\"1001\"}" },
		{ { "start", true, true, 0, CONTROL_NO_LOGIN, NULL },
		  "{\"by\":\"start\",\"uid\":\"0\",\"login_uid\":\"none\"}" },
	};
	char want[256];

	for (size_t i = 0; i < COUNT(askers); i++) {
		struct writer  w = begin("2026-11-23T14:00:00Z");
		struct control c = gw1;

		c.asker    = &askers[i].asker;
		c.in_force = BYTES(",\"settings\":\"00\"");
		snprintf(want, sizeof(want), "\"caller\":%s", askers[i].says);
		control_stop(&w, &c, "SIGTERM", 3);
		assert_has(&w, want);
		assert_has_not(&w, "settings");
		w = begin("2026-11-23T14:00:00Z");
		control_state(&w, &c, STATE_ENFORCING, STATE_ENFORCING, "settings were reloaded");
		snprintf(want, sizeof(want), "reloaded\",\"settings\":\"00\",\"caller\":%s", askers[i].says);
		assert_has(&w, want);
	}
}

int main(void)
{
	Suite *s = suite_create("control");
	TCase *t = tcase_create("control");

	tcase_add_test(t, a_start_says_what_is_in_force_and_which_keys_sign);
	tcase_add_test(t, a_start_keeps_what_was_torn_off_and_says_what_is_missing);
	tcase_add_test(t, a_policy_without_a_date_always_blocks);
	tcase_add_test(t, each_policy_file_is_named_with_its_authority_and_its_own_day);
	tcase_add_test(t, start_policy_and_segment_name_the_policy_files);
	tcase_add_test(t, files_that_an_array_has_no_room_for_are_counted);
	tcase_add_test(t, the_longest_record_is_one_that_a_reader_takes);
	tcase_add_test(t, what_is_not_known_is_not_said);
	tcase_add_test(t, a_heartbeat_counts);
	tcase_add_test(t, a_policy_that_was_refused_leaves_the_old_one_in_force);
	tcase_add_test(t, a_gap_says_how_many_attempts_of_what_it_had);
	tcase_add_test(t, the_other_records_are_engine_records);
	tcase_add_test(t, a_closed_record_is_in_the_chain_and_its_signature_holds);
	tcase_add_loop_test(t, what_filterctl_tells_of_itself_is_read_as_it_was_written, 0,
	                    COUNT(told));
	tcase_add_test(t, who_asked_is_said_as_far_as_it_is_known);
	suite_add_tcase(s, t);
	return suite_run(s);
}
