/* SPDX-License-Identifier: MIT */

#include "log/entry.h"
#include "log/scan.h"
#include "support/logs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct entry e;

#define IN_FILTERD(members) "{\"filterd\":{" members "}}"

static const struct { const char *what; struct bytes line; } refused[] = {
	{ "nothing",                              BYTES("") },
	{ "spaces alone",                         BYTES("  ") },
	{ "an array",                             BYTES("[]") },
	{ "a number",                             BYTES("1") },
	{ "two objects",                          BYTES("{}{}") },
	{ "a byte behind the object",             BYTES("{}x") },
	{ "a NUL behind the object",              BYTES("{}\0") },
	{ "a newline, which no line has",         BYTES("{\n}") },
	{ "a member without a value",             BYTES("{\"a\":}") },
	{ "a member without a colon",             BYTES("{\"a\" 1}") },
	{ "a name without quotes",                BYTES("{a:1}") },
	{ "a name in single quotes",              BYTES("{'a':1}") },
	{ "a comma behind the last member",       BYTES("{\"a\":1,}") },
	{ "a comma before the first member",      BYTES("{,\"a\":1}") },
	{ "no comma between members",             BYTES("{\"a\":1 \"b\":2}") },
	{ "a comma behind the last element",      BYTES("{\"a\":[1,]}") },
	{ "an array that is closed as an object", BYTES("{\"a\":[1}}") },
	{ "a comment",                            BYTES("{/**/}") },
	{ "a word in capitals",                   BYTES("{\"a\":True}") },
	{ "a word cut short",                     BYTES("{\"a\":nul}") },
	{ "not a number",                         BYTES("{\"a\":NaN}") },
	{ "infinity",                             BYTES("{\"a\":-Infinity}") },
	{ "a number with a plus",                 BYTES("{\"a\":+1}") },
	{ "a leading zero",                       BYTES("{\"a\":01}") },
	{ "a leading zero behind a minus",        BYTES("{\"a\":-01}") },
	{ "a minus alone",                        BYTES("{\"a\":-}") },
	{ "a dot with no digit behind it",        BYTES("{\"a\":1.}") },
	{ "a dot with no digit before it",        BYTES("{\"a\":.5}") },
	{ "an exponent without digits",           BYTES("{\"a\":1e}") },
	{ "an exponent that is a sign",           BYTES("{\"a\":1e+}") },
	{ "a hexadecimal number",                 BYTES("{\"a\":0x1}") },
	{ "a string that does not end",           BYTES("{\"a\":\"x") },
	{ "a control character in a string",      BYTES("{\"a\":\"x\ty\"}") },
	{ "a NUL in a string",                    BYTES("{\"a\":\"x\0y\"}") },
	{ "an escape that is none",               BYTES("{\"a\":\"\\x41\"}") },
	{ "an escape of a NUL",                   BYTES("{\"a\":\"\\\0\"}") },
	{ "an escape of three digits",            BYTES("{\"a\":\"\\u004\"}") },
	{ "an escape with a letter beyond f",     BYTES("{\"a\":\"\\u004g\"}") },
	{ "an escape that the end cuts",          BYTES("{\"a\":\"\\u00") },
	{ "a continuation byte alone",            BYTES("{\"a\":\"\x80\"}") },
	{ "UTF-8 cut short",                      BYTES("{\"a\":\"\xc3\"}") },
	{ "UTF-8 overlong, two bytes",            BYTES("{\"a\":\"\xc0\xaf\"}") },
	{ "UTF-8 overlong, three bytes",          BYTES("{\"a\":\"\xe0\x80\xaf\"}") },
	{ "UTF-8 overlong, four bytes",           BYTES("{\"a\":\"\xf0\x80\x80\xaf\"}") },
	{ "half a surrogate pair in UTF-8",       BYTES("{\"a\":\"\xed\xa0\x80\"}") },
	{ "beyond U+10FFFF",                      BYTES("{\"a\":\"\xf4\x90\x80\x80\"}") },
	{ "a first byte that UTF-8 has not",      BYTES("{\"a\":\"\xf5\x80\x80\x80\"}") },
	{ "bad UTF-8 in a name",                  BYTES("{\"\xff\":1}") },
	{ "a byte order mark",                    BYTES("\xef\xbb\xbf{}") },
	{ "nine objects, one in the other",
	        BYTES("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}") },
	{ "an object in eight arrays",            BYTES("{\"a\":[[[[[[[[]]]]]]]]}") },
	{ "timestamp twice",                      BYTES("{\"timestamp\":1,\"timestamp\":2}") },
	{ "filterd twice",                        BYTES("{\"filterd\":{},\"filterd\":{}}") },
	{ "type twice",
	                            BYTES(IN_FILTERD("\"type\":\"block\",\"type\":\"log\"")) },
	{ "count twice, not next to each other",
	   BYTES(IN_FILTERD("\"count\":1,\"type\":\"block\",\"count\":2")) },
	{ "seq twice",                            BYTES(IN_FILTERD("\"seq\":1,\"seq\":2")) },
	{ "the second one as another type",
	        BYTES(IN_FILTERD("\"host\":\"a\",\"host\":[1]")) },
	{ "a name of ours in disguise",
	            BYTES(IN_FILTERD("\"host\":\"a\",\"ho\\u0073t\":\"b\"")) },
	{ "filterd in disguise",                  BYTES("{\"filterd\":{},\"\\u0066ilterd\":{}}") },
};

START_TEST(what_is_no_record_is_refused)
{
	struct entry before = { .count = 77 }, untouched = before;

	ck_assert_msg(entry_read(refused[_i].line, &untouched) == PARSE_BAD, "%s was taken",
	              refused[_i].what);
	ck_assert_mem_eq(&untouched, &before, sizeof(before));
}

static const struct { const char *what; struct bytes line;
} taken[] = {
	{ "an empty object", BYTES("{}") },
	{ "spaces and tabs anywhere",
	  BYTES(" \t{ \"a\" :\t[ 1 , { } , [ ] ] , \"b\" : null } \r") },
	{ "every kind of number",
	  BYTES("{\"a\":[0,-0,1.5,-1e9,1E-9,1e+9,123456789012345678901234567890]}") },
	{ "every word", BYTES("{\"a\":[true,false,null]}") },
	{ "every escape", BYTES("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\"}") },
	{ "UTF-8 up to the last character",
	  BYTES("{\"a\":\"\x7f\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"}") },
	{ "eight objects, one in the other",
	  BYTES("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}") },
	{ "a foreign member twice", BYTES("{\"a\":1,\"a\":2}") },
	{ "the same name in two places",
	  BYTES("{\"host\":\"gw\",\"filterd\":{\"host\":\"a\"},\"dns\":{\"host\":\"b\"}}") },
	{ "a foreign name with an escape inside", BYTES("{\"a\":{\"\\u0066\":1}}") },
};

START_TEST(what_is_json_is_taken)
{
	ck_assert_msg(entry_read(taken[_i].line, &e) == PARSE_OK, "%s was refused", taken[_i].what);
}

static void read_own(const char *text)
{
	ck_assert_msg(entry_read(bytes_text(text), &e) == PARSE_OK, "%s", text);
}

START_TEST(a_member_of_the_wrong_type_is_as_if_it_were_not_there)
{
	read_own("{\"timestamp\":5,\"src_ip\":7,\"src_port\":\"80\",\"alert\":[{\"action\":"
	         "\"blocked\"}],"
	         "\"filterd\":{\"type\":3,\"host\":{\"host\":\"a\"},\"count\":\"9\",\"first\":null,"
	         "\"mono\":-5,\"up\":1.5,"
	         "\"unfiltered\":null,\"attempts\":true,\"every\":1e3,\"missing\":\"1\",\"torn\":7,"
	         "\"counts\":[5]}}");
	ck_assert(!e.has_time);
	ck_assert_int_eq(e.type, ENTRY_OTHER);
	ck_assert_uint_eq(e.src_ip.len + e.action.len + e.host.len, 0);
	ck_assert_uint_eq(e.src_port + e.mono_ms + e.up_s + e.every_s + e.gap_counts, 0);
	ck_assert_uint_eq(e.count, 1);
	ck_assert(!e.has_count && !e.has_first && !e.has_unfiltered && !e.has_attempts);
}

START_TEST(an_object_of_ours_elsewhere_means_nothing)
{
	read_own("{\"a\":{\"filterd\":{\"type\":\"start\"}},\"filterd\":[{\"type\":\"start\"}]}");
	ck_assert_int_eq(e.type, ENTRY_OTHER);
	read_own("{\"filterd\":{\"filterd\":{\"host\":\"a\"}}}");
	ck_assert_uint_eq(e.host.len, 0);
}

START_TEST(numbers_up_to_64_bits_are_read_and_larger_ones_are_not_there)
{
	read_own(IN_FILTERD("\"count\":18446744073709551615,\"attempts\":18446744073709551616,"
	                    "\"pending\":99999999999999999999"));
	ck_assert(e.has_count);
	ck_assert_uint_eq(e.count, UINT64_MAX);
	ck_assert(!e.has_attempts);
	ck_assert_uint_eq(e.attempts + e.pending, 0);
}

START_TEST(counts_of_a_gap_are_summed_and_stay_at_the_top)
{
	read_own(IN_FILTERD("\"type\":\"gap\",\"counts\":{\"update\":5,\"ksn\":7,\"x\":\"9\"}"));
	ck_assert_uint_eq(e.gap_counts, 12);
	read_own(IN_FILTERD("\"counts\":{\"a\":18446744073709551615,\"b\":18446744073709551615}"));
	ck_assert_uint_eq(e.gap_counts, UINT64_MAX);
}

static const struct { const char *text; bool is_time; int64_t us; } times[] = {
	{ "1970-01-01T00:00:00.000000+0000",  true,  0 },
	{ "2026-11-23T14:05:09.123456+0000",  true,  INT64_C(1795442709123456) },
	{ "2026-11-23T15:05:09.123456+0100",  true,  INT64_C(1795442709123456) },
	{ "2026-11-23T14:05:09.123456Z",      true,  INT64_C(1795442709123456) },
	{ "2026-11-23T14:05:09.123456",       false, 0 },
	{ "2026-02-30T14:05:09.123456+0000",  false, 0 },
	{ "2026-11-23T14:05:09.123456+00:0",  false, 0 },
	{ "2026-11-23T14:05:09.1234567+000",  false, 0 },
	{ "\\u0032026-11-23T14:05:09+0000",   false, 0 },
	{ "",                                 false, 0 },
};

START_TEST(a_time_is_one_that_exists_and_has_an_offset)
{
	char text[128];

	snprintf(text, sizeof(text), "{\"timestamp\":\"%s\"}", times[_i].text);
	read_own(text);
	ck_assert_int_eq(e.has_time, times[_i].is_time);
	if (times[_i].is_time)
		ck_assert_int_eq(e.time_us, times[_i].us);
}

static const struct { struct bytes escaped, plain; } texts[] = {
	{ BYTES(""),                          BYTES("") },
	{ BYTES("plain"),                     BYTES("plain") },
	{ BYTES("a\\\"b\\\\c\\/d"),           BYTES("a\"b\\c/d") },
	{ BYTES("\\b\\f\\n\\r\\t"),           BYTES("\b\f\n\r\t") },
	{ BYTES("\\u0041\\u00e9\\u20AC"),     BYTES("A\xc3\xa9\xe2\x82\xac") },
	{ BYTES("\\u0000"),                   BYTES("\0") },
	{ BYTES("\\ud83d\\ude00"),            BYTES("\xf0\x9f\x98\x80") },
	{ BYTES("\\ud83dx"),                  BYTES("\xef\xbf\xbdx") },
	{ BYTES("\\ude00"),                   BYTES("\xef\xbf\xbd") },
	{ BYTES("\\ud83d\\u0041"),            BYTES("\xef\xbf\xbd" "A") },
	{ BYTES("\\ud83d\\ud83d\\ude00"),     BYTES("\xef\xbf\xbd\xf0\x9f\x98\x80") },
	{ BYTES("\\uDBFF\\uDFFF"),            BYTES("\xf4\x8f\xbf\xbf") },
	/* none that scan_string() gives: no harm */
	{ BYTES("\\"),                        BYTES("\\") },
	{ BYTES("\\u00"),                     BYTES("u00") },
	{ BYTES("\\ud83d\\ude0"),             BYTES("\xef\xbf\xbdude0") },
};

START_TEST(escapes_are_undone_for_people)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	scan_text(&w, texts[_i].escaped);
	ck_assert_uint_eq(w.len, texts[_i].plain.len);
	ck_assert_mem_eq(room, texts[_i].plain.at, w.len);
}

/* The lines of the specification. */

static const char *const examples[] = { "start", "dns", "tls", "quic", "http", "heartbeat",
                                       "waived" };

static struct bytes example(const char *name)
{
	static uint8_t line[8192];
	char           path[512];
	FILE          *file;
	size_t         len;

	snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/entry/%s", getenv("FILTERD_SOURCE"),
	         name);
	file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "%s", path);
	len = fread(line, 1, sizeof(line), file);
	fclose(file);
	ck_assert_uint_gt(len, 0);
	return bytes_of(line, len);
}

START_TEST(a_record_cut_anywhere_is_none)
{
	struct bytes line = example(examples[_i]);

	ck_assert_int_eq(entry_read(line, &e), PARSE_OK);
	for (size_t len = 0; len < line.len; len++) {
		/* so that a sanitizer sees the first byte too far */
		uint8_t *exact = malloc(len + 1);

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, line.at, len);
		ck_assert_msg(entry_read(bytes_of(exact, len), &e) == PARSE_BAD,
		              "%s, cut after %zu bytes", examples[_i], len);
		free(exact);
	}
}

START_TEST(an_example_says_what_it_says)
{
	ck_assert_int_eq(entry_read(example("http"), &e), PARSE_OK);
	ck_assert_int_eq(e.type, ENTRY_BLOCK);
	ck_assert_bytes(e.url, "/updates/u0607g.xml");
	ck_assert_bytes(e.user_agent, "AVPUpdate/21.3");
	ck_assert_bytes(e.name, "PC-041");
	ck_assert_uint_eq(e.count, 37);
	ck_assert(e.has_first);
	ck_assert_int_eq(e.time_us - e.first_us, 59723469);
	ck_assert_int_eq(entry_read(example("start"), &e), PARSE_OK);
	ck_assert_bytes(e.boot, "5f0c1f5e-4a55-4b6e-9b9f-3d3f7a0d2c11");
	ck_assert_bytes(e.cutoff, "2024-09-29T04:00:00Z");
	ck_assert_uint_eq(e.up_s, 12);
	ck_assert_int_eq(entry_read(example("waived"), &e), PARSE_OK);
	ck_assert_int_eq(e.type, ENTRY_WAIVED);
	ck_assert(entry_is_attempt(&e) && !entry_is_blocked(&e) && !entry_must_be_signed(&e));
	ck_assert_bytes(e.action, "allowed");
	ck_assert_bytes(e.waiver, "lab");
	ck_assert_bytes(e.until, "294247-01-10T04:00:54.775806Z");
	ck_assert_bytes(e.reason, "research \\\"A\\\"");
}

/* All fields of all records, as the daemon writes them. */

static struct log l;

static void begin(void)
{
	log_begin(&l);
}

static void read_last(void)
{
	ck_assert_int_eq(
		entry_read(bytes_first(l.lines[l.num - 1], l.lines[l.num - 1].len - 1), &e),
		PARSE_OK);
	ck_assert(e.has_time);
	ck_assert_bytes(e.sensor, "gw1");
}

#define POLICY "8234120000000000000000000000000000000000000000000000000000000000"

#define POLICIES "[{\"id\":\"k\",\"title\":\"K]\\\"\"}]"

START_TEST(what_a_record_says_of_policy_files_is_there_as_it_stands)
{
	static const struct { const char *members, *want; uint64_t left_out; } cases[] = {
		{ "\"policies\":" POLICIES ",\"policies_left_out\":3", POLICIES, 3 },
		{ "\"policies\":[]", "[]", 0 },
		/* as of an older filterd, or none at all */
		{ "\"rules\":3", "", 0 },
		{ "\"policies\":\"a\"", "", 0 },
		{ "\"policies\":{\"a\":[1]}", "", 0 },
	};
	char line[256];

	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(line, sizeof(line), "{\"filterd\":{\"type\":\"start\",%s}}",
		         cases[i].members);
		ck_assert_int_eq(entry_read(bytes_text(line), &e), PARSE_OK);
		ck_assert(bytes_equal(e.policies, bytes_text(cases[i].want)));
		ck_assert_uint_eq(e.policies_left_out, cases[i].left_out);
	}
	ck_assert_int_eq(entry_read(BYTES("{\"filterd\":{\"policies\":[],\"policies\":[]}}"), &e),
	                 PARSE_BAD);
}

START_TEST(a_start_is_read)
{
	struct writer        w = log_line(&l);
	struct control_start s = { .standing = log_standing(), .version = "1.0.0", .boot = "b-1",
	                           .up_s = 12, .rules = 54,
	                           .previous = PREVIOUS_SHORT, .missing_from = 327,
	                           .missing_to = 333, .carried = 40,
	                           .torn = { .len = 120, .head_len = 3, .head = "abc" },
	                                     .log_id = "2f9c01d4a7b3e655",
	                           .key = l.root.public, .next_key = l.root.public };

	s.standing.unfiltered = 17;
	ck_assert_int_eq(instant_parse(BYTES("2024-09-29T04:00:00Z"), &s.cutoff_us), PARSE_OK);
	control_start(&w, &l.control, &s);
	log_sign(&l, &w);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_START);
	ck_assert(entry_must_be_signed(&e) && !entry_is_attempt(&e));
	ck_assert_int_eq(e.time_us, l.time_us);
	ck_assert_bytes(e.version, "1.0.0");
	ck_assert_bytes(e.boot, "b-1");
	ck_assert_bytes(e.state, "enforcing");
	ck_assert_bytes(e.policy, POLICY);
	ck_assert_uint_eq(e.rules, 54);
	ck_assert_bytes(e.cutoff, "2024-09-29T04:00:00Z");
	ck_assert_bytes(e.previous, "short");
	ck_assert_uint_eq(e.torn_bytes, 120);
	ck_assert_uint_eq(e.missing_from, 327);
	ck_assert_uint_eq(e.missing_to, 333);
	ck_assert_bytes(e.clock, "synced");
	ck_assert_uint_eq(e.up_s, 12);
	ck_assert_bytes(e.hooks, "ok");
	ck_assert(e.has_unfiltered);
	ck_assert_uint_eq(e.unfiltered, 17);
	ck_assert_uint_eq(e.carried, 40);
	ck_assert_bytes(e.log, "2f9c01d4a7b3e655");
	ck_assert_uint_eq(e.key.len, 44);
	ck_assert_uint_eq(e.next_key.len, 44);
	ck_assert_uint_eq(e.sha256.len, 0);     /* that one is of the torn tail */
}

START_TEST(a_heartbeat_is_read)
{
	struct writer            w = log_line(&l);
	struct control_heartbeat h = { .standing = log_standing(), .uptime_s = 370,
	                               .mono_ms = 382000, .every_s = 60,
	                               .attempts = 40, .pending = 2, .devices = 3, .fail_open = 5,
	                               .log_dropped = 6,
	                               .num_queues = 1, .queues = { { .id = 4, .drops = 9 } } };

	h.standing.unfiltered = 8;
	h.standing.hooks      = HOOKS_MISSING;
	h.standing.clock      = TRUST_UNTRUSTED;
	h.standing.state      = STATE_WAITING;
	h.connections_known = true;
	h.met      = 11;
	h.around   = 12;
	h.left_out = 13;
	h.missed   = 14;
	control_heartbeat(&w, &l.control, &h);
	log_sign(&l, &w);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_HEARTBEAT);
	ck_assert(e.has_met);
	ck_assert_uint_eq(e.met, 11);
	ck_assert_uint_eq(e.around, 12);
	ck_assert_uint_eq(e.left_out, 13);
	ck_assert_uint_eq(e.missed, 14);
	ck_assert_bytes(e.state, "waiting");
	ck_assert_bytes(e.policy, POLICY);
	ck_assert_bytes(e.clock, "untrusted");
	ck_assert_uint_eq(e.mono_ms, 382000);
	ck_assert_uint_eq(e.every_s, 60);
	ck_assert(e.has_attempts);
	ck_assert_uint_eq(e.attempts, 40);
	ck_assert_uint_eq(e.pending, 2);
	ck_assert_uint_eq(e.devices, 3);
	ck_assert_bytes(e.hooks, "missing");
	ck_assert_uint_eq(e.unfiltered, 8);
	ck_assert_uint_eq(e.fail_open, 5);
	ck_assert_uint_eq(e.log_dropped, 6);
}

START_TEST(what_a_heartbeat_does_not_know_is_not_read_as_0)
{
	struct writer            w = log_line(&l);
	struct control_heartbeat h = { .standing = log_standing() };

	h.standing.unfiltered_known = false;
	control_heartbeat(&w, &l.control, &h);
	log_sign(&l, &w);
	read_last();
	ck_assert(!e.has_unfiltered && !e.has_met);
}

START_TEST(a_policy_is_read)
{
	struct writer         w = log_line(&l);
	uint8_t               old[32] = { 1 }, new[32] = { 2 };
	struct control_policy p = { .old_digest = bytes_of(old, 32),
	                            .new_digest = bytes_of(new, 32), .rules = 60,
	                            .file = "a.policy", .result = "loaded" };

	control_policy(&w, &l.control, &p);
	log_sign(&l, &w);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_POLICY);
	ck_assert_int_eq(e.policy.at[1], '2');
	ck_assert_int_eq(e.old_policy.at[1], '1');
	ck_assert_int_eq(e.new_policy.at[1], '2');
	ck_assert_uint_eq(e.policy.len + e.old_policy.len + e.new_policy.len, 3 * 64);
	ck_assert_uint_eq(e.rules, 60);
	ck_assert_bytes(e.file, "a.policy");
	ck_assert_bytes(e.result, "loaded");
}

START_TEST(a_state_is_read)
{
	struct writer                     w = log_line(&l);
	static const struct control_asker asker = { "SIGHUP", true, true, 0, 1000, NULL };
	struct control                    c     = l.control;

	c.asker    = &asker;
	c.in_force = BYTES(",\"settings\":\"" POLICY "\",\"mode\":\"enforce\",\"inspect\":{\"by\":\"x\"},"
	                   "\"protects\":[{\"interface\":\"lan0\",\"networks\":[\"192.0.2.0/24\"]}],"
	                   "\"leaves_out\":[]");
	control_state(&w, &c, STATE_WAITING, STATE_ENFORCING, "a date has come");
	log_sign(&l, &w);
	read_last();
	ck_assert_bytes(e.settings, POLICY);
	ck_assert_bytes(e.caller_by, "SIGHUP");
	ck_assert_bytes(e.caller_uid, "0");
	ck_assert_bytes(e.caller_login_uid, "1000");
	ck_assert_uint_eq(e.by.len, 0);
	ck_assert_int_eq(e.type, ENTRY_STATE);
	ck_assert_bytes(e.from, "waiting");
	ck_assert_bytes(e.to, "enforcing");
	ck_assert_bytes(e.reason, "a date has come");
	ck_assert_uint_eq(e.clock.len, 0);
	w = log_line(&l);
	control_clock(&w, &l.control, STATE_ENFORCING, STATE_ENFORCING, TRUST_UNSYNCED,
	              "believed again");
	log_sign(&l, &w);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_STATE);
	ck_assert_bytes(e.to, "enforcing");
	ck_assert_bytes(e.clock, "unsynced");
}

START_TEST(a_gap_is_read)
{
	struct writer      w = log_line(&l);
	struct control_gap g = { .from_us = 0, .to_us = LOGS_SECOND,
	                         .reason = "No space left on device", .attempts = 12,
	                         .num_counts = 2, .counts = { { "update", 5 }, { "ksn", 7 } } };

	control_gap(&w, &l.control, &g);
	log_sign(&l, &w);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_GAP);
	ck_assert_bytes(e.from, "1970-01-01T00:00:00Z");
	ck_assert_bytes(e.to, "1970-01-01T00:00:01Z");
	ck_assert_bytes(e.reason, "No space left on device");
	ck_assert_uint_eq(e.attempts, 12);
	ck_assert_uint_eq(e.gap_counts, 12);
}

START_TEST(a_segment_a_prune_and_a_stop_are_read)
{
	log_segment(&l, 0);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_SEGMENT);
	ck_assert_bytes(e.file, "audit-000000000000-000000000000.jsonl");
	ck_assert_uint_eq(e.first_seq, 0);
	ck_assert_uint_eq(e.last_seq, 0);
	ck_assert(!e.has_first);
	ck_assert_uint_eq(e.next_key.len, 44);
	log_pruned(&l, 5, 71203);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_PRUNE);
	ck_assert_uint_eq(e.first_seq, 5);
	ck_assert_uint_eq(e.last_seq, 71203);
	ck_assert_uint_eq(e.sha256.len, 64);
	ck_assert_bytes(e.reason, "older than is kept");
	l.attempts = 9;
	log_stop(&l);
	read_last();
	ck_assert_int_eq(e.type, ENTRY_STOP);
	ck_assert_bytes(e.reason, "SIGTERM");
	ck_assert(e.has_attempts);
	ck_assert_uint_eq(e.attempts, 9);
}

static void read_event(const struct event *event, uint64_t count, enum folded folded)
{
	struct record_context c = { .sensor = "gw1",
	                            .policy_digest = bytes_of(logs_policy, sizeof(logs_policy)) };
	struct writer         w = log_line(&l);

	record_open(&w, event, &c);
	record_count(&w, count, event->time_us - 30 * LOGS_SECOND);
	record_folded(&w, folded);
	record_close(&w, &l.chain);
	log_keep(&l, &w);
	read_last();
}

static void set_text(struct event_text *t, const char *text)
{
	t->len = (uint16_t)strlen(text);
	memcpy(t->text, text, t->len);
}

START_TEST(an_attempt_in_dns_is_read)
{
	struct event event = log_event(&l, "DNL-01.geo.kaspersky.com");

	event.app       = APP_DNS;
	event.reply     = REPLY_NXDOMAIN;
	event.transport = TRANSPORT_UDP;
	event.dns.type  = 28;
	read_event(&event, 1, FOLDED_NOT);
	ck_assert_int_eq(e.type, ENTRY_BLOCK);
	ck_assert(entry_is_attempt(&e) && !entry_must_be_signed(&e));
	ck_assert_bytes(e.iface, "br-lan");
	ck_assert_bytes(e.src_ip, "192.168.1.50");
	ck_assert_uint_eq(e.src_port, 51788);
	ck_assert_bytes(e.dest_ip, "185.85.15.31");
	ck_assert_uint_eq(e.dest_port, 443);
	ck_assert_bytes(e.proto, "UDP");
	ck_assert_bytes(e.mac, "3c:52:82:11:22:33");
	ck_assert_bytes(e.action, "blocked");
	ck_assert_uint_eq(e.signature_id, 1791001);
	ck_assert_bytes(e.signature, "filterd update: exact:kaspersky.com");
	ck_assert_bytes(e.alert_category, "Kaspersky update");
	ck_assert_bytes(e.app, "dns");
	ck_assert_bytes(e.direction, "to_server");
	ck_assert_uint_eq(e.community_id.len, 30);
	ck_assert_bytes(e.rrtype, "AAAA");
	ck_assert_bytes(e.host, "dnl-01.geo.kaspersky.com");
	ck_assert_bytes(e.wire, "DNL-01.geo.kaspersky.com");
	ck_assert_bytes(e.rule, "exact:kaspersky.com");
	ck_assert_bytes(e.category, "update");
	ck_assert_bytes(e.policy, "8234120000000000");
	ck_assert_bytes(e.device, "3c:52:82:11:22:33");
	ck_assert_bytes(e.name, "");
	ck_assert_bytes(e.reply, "nxdomain");
	ck_assert_uint_eq(e.count, 1);
	ck_assert(e.has_count && !e.has_first);
}

START_TEST(attempts_in_http_that_were_counted_are_read)
{
	struct event event = log_event(&l, "ds.kaspersky.com");

	event.app        = APP_HTTP;
	event.has_mac    = false;
	event.by_address = true;
	event.asked      = ASKED_YES;
	event.type       = EVENT_WOULD_BLOCK;
	set_text(&event.http.url, "/a\"b");
	set_text(&event.http.user_agent, "AVP\n");
	set_text(&event.http.method, "GET");
	read_event(&event, 37, FOLDED_DEVICE);
	ck_assert_int_eq(e.type, ENTRY_WOULD_BLOCK);
	ck_assert(entry_is_attempt(&e));
	ck_assert_bytes(e.action, "allowed");
	ck_assert_bytes(e.device, "192.168.1.50");
	ck_assert_bytes(e.by, "address");
	ck_assert_bytes(e.asked, "yes");
	ck_assert_bytes(e.url, "/a\\\"b");
	ck_assert_bytes(e.user_agent, "AVP\\u000a");
	ck_assert_bytes(e.method, "GET");
	ck_assert_uint_eq(e.count, 37);
	ck_assert(e.has_first);
	ck_assert_int_eq(e.first_us, event.time_us - 30 * LOGS_SECOND);
	ck_assert_bytes(e.folded, "device");
	ck_assert_uint_eq(e.first_seq, 0);
}

START_TEST(attempts_in_quic_and_tls_are_read)
{
	struct event event = log_event(&l, "ds.kaspersky.com");

	event.app          = APP_QUIC;
	event.type         = EVENT_LOG;
	event.reply        = REPLY_NONE;
	event.quic_version = "draft-29";
	read_event(&event, 1, FOLDED_NOT);
	ck_assert_int_eq(e.type, ENTRY_LOG);
	ck_assert(entry_is_attempt(&e));
	ck_assert_bytes(e.app, "quic");
	ck_assert_bytes(e.quic_version, "draft-29");
	ck_assert_bytes(e.reply, "none");
	event.app  = APP_TLS;
	event.type = EVENT_PASS;
	read_event(&event, 1, FOLDED_NOT);
	ck_assert_int_eq(e.type, ENTRY_PASS);
	ck_assert(!entry_is_attempt(&e) && !entry_must_be_signed(&e));
	ck_assert_bytes(e.app, "tls");
	ck_assert_uint_eq(e.quic_version.len, 0);
}

START_TEST(each_type_has_its_name)
{
	for (int type = ENTRY_OTHER; type <= ENTRY_PRUNE; type++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"filterd\":{\"type\":\"%s\"}}",
		         entry_type_name((enum entry_type)type));
		read_own(text);
		ck_assert_int_eq(e.type, type);
	}
}

int main(void)
{
	Suite *s = suite_create("entry");
	TCase *t = tcase_create("entry");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_loop_test(t, what_is_no_record_is_refused, 0, COUNT(refused));
	tcase_add_loop_test(t, what_is_json_is_taken, 0, COUNT(taken));
	tcase_add_test(t, a_member_of_the_wrong_type_is_as_if_it_were_not_there);
	tcase_add_test(t, an_object_of_ours_elsewhere_means_nothing);
	tcase_add_test(t, numbers_up_to_64_bits_are_read_and_larger_ones_are_not_there);
	tcase_add_test(t, counts_of_a_gap_are_summed_and_stay_at_the_top);
	tcase_add_loop_test(t, a_time_is_one_that_exists_and_has_an_offset, 0, COUNT(times));
	tcase_add_loop_test(t, escapes_are_undone_for_people, 0, COUNT(texts));
	tcase_add_loop_test(t, a_record_cut_anywhere_is_none, 0, COUNT(examples));
	tcase_add_test(t, an_example_says_what_it_says);
	tcase_add_test(t, what_a_record_says_of_policy_files_is_there_as_it_stands);
	tcase_add_test(t, a_start_is_read);
	tcase_add_test(t, a_heartbeat_is_read);
	tcase_add_test(t, what_a_heartbeat_does_not_know_is_not_read_as_0);
	tcase_add_test(t, a_policy_is_read);
	tcase_add_test(t, a_state_is_read);
	tcase_add_test(t, a_gap_is_read);
	tcase_add_test(t, a_segment_a_prune_and_a_stop_are_read);
	tcase_add_test(t, an_attempt_in_dns_is_read);
	tcase_add_test(t, attempts_in_http_that_were_counted_are_read);
	tcase_add_test(t, attempts_in_quic_and_tls_are_read);
	tcase_add_test(t, each_type_has_its_name);
	suite_add_tcase(s, t);
	return suite_run(s);
}
