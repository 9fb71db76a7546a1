/* SPDX-License-Identifier: MIT */

/* The text of the file of waivers, as filterctl waive changes it. */

#include "base/instant.h"
#include "policy/policy_file.h"
#include "policy/waivers_file.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1796059200000000)           /* 2026-11-30T17:20:00Z */
#define HOUR INT64_C(3600000000)

static struct problem problem;
static char           room[8192];

static struct waiver_new new_waiver(const char *device)
{
	struct waiver_new w = { .until_us = NOW + HOUR, .now_us = NOW, .reason = "The bank",
	                        .by = "jb" };

	ck_assert_int_eq(policy_device_read(bytes_text(device), &w.device), PARSE_OK);
	return w;
}

static const struct { const char *device, *text, *id; } named[] = {
	{ "3C:52:82:11:22:33", "", "3c5282112233-261130t172000" },
	{ "192.168.100.200", "", "192-168-100-200-261130t172000" },
	{ "192.168.100.0/24", "", "192-168-100-0-24-261130t172000" },
	{ "192.168.1.20/24", "", "192-168-1-0-24-261130t172000" },
	{ "2001:db8::5", "", "2001-db8-5-261130t172000" },
	{ "::1", "", "1-261130t172000" },
	{ "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "", "2001-db8-aaaa-bb-261130t172000" },
	/* two within a second */
	{ "::1", "[waiver 1-261130t172000]\n", "1-261130t172000b" },
	{ "::1", "[waiver 1-261130t172000]\n[waiver 1-261130t172000b]\n", "1-261130t172000c" },
	{ "2001:db8:aaaa:bbbb::", "[waiver 2001-db8-aaaa-bb-261130t172000]",
	  "2001-db8-aaaa-bb-261130t172000b" },
	{ "::1", "[waiver 1-261130t172000bc]\n", "1-261130t172000" },
};

START_TEST(a_name_is_of_the_device_and_the_time_and_no_other_has_it)
{
	struct waiver_new w = new_waiver(named[_i].device);

	ck_assert(waivers_file_name(&w, named[_i].text));
	ck_assert_str_eq(w.id, named[_i].id);
	ck_assert(words_is_id(w.id));
}

START_TEST(where_all_names_are_taken_there_is_none)
{
	struct waiver_new w = new_waiver("::1");
	size_t            len = (size_t)sprintf(room, "[waiver 1-261130t172000]\n");

	for (char c = 'b'; c <= 'z'; c++)
		len += (size_t)sprintf(room + len, "[waiver 1-261130t172000%c]\n", c);
	ck_assert(!waivers_file_name(&w, room));
}

static const struct { const char *text; bool is_good; } reasons[] = {
	{ "The bank", true },
	{ "Łukasz: \"die Bank\" = #4711", true },
	{ "a;b", true },
	{ "", false },
	{ " a", false },
	{ "a ", false },
	{ "a ; b", false },
	{ ";a", false },
	{ "two\nlines", false },
	{ "a\ttab", false },
	{ "\x1b[2J", false },
	{ "turned \xe2\x80\xae round", false },         /* U+202E */
	{ "\xff", false },
};

START_TEST(a_reason_is_what_a_line_can_hold_and_people_see)
{
	ck_assert_msg(waivers_file_is_reason(reasons[_i].text) == reasons[_i].is_good, "%s",
	              reasons[_i].text);
}

static const char *written;

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(written);
	return strcmp(name, "own") == 0 ? 0 : -ENOENT;
}

/* Also where each part of it is as long as it may be. */
START_TEST(what_is_written_is_read_as_it_was_meant)
{
	static const char *const devices[] = { "3c:52:82:11:22:33", "192.0.2.7", "192.0.2.0/25",
		                               "2001:db8:aaaa:bbbb:cccc:dddd:eeee:fff0/124" };
	const struct policy_from from      = { .waivers = "own", .fetch = fetch };
	char                     longest[WAIVERS_REASON_MAX + 1];
	struct waiver_new        n         = new_waiver(devices[_i]);
	struct writer            w         = writer_over(room, WAIVERS_SECTION_MAX);
	struct policy           *policy;
	const struct waiver     *is;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	n.reason = longest;
	n.by     = "a-name-that-is-longer-than-any-that-a-person-has-in-any-country";
	ck_assert(waivers_file_is_reason(longest));
	ck_assert(waivers_file_name(&n, ""));
	waivers_file_add(&w, &n);
	ck_assert(!w.full);
	room[w.len] = '\0';
	written     = room;
	ck_assert_msg(policy_build_from(&from, &policy, &problem) == 0, "%s", problem.text);
	ck_assert_uint_eq(policy_num_waivers(policy), 1);
	is = policy_waiver(policy, 0);
	ck_assert_str_eq(is->id, n.id);
	ck_assert_str_eq(is->reason, longest);
	ck_assert_int_eq(is->until_us, n.until_us);
	ck_assert_int_eq(is->effective_us, INSTANT_ALWAYS);
	ck_assert_uint_eq(is->devices.num, 1);
	ck_assert_mem_eq(&is->devices.at[0], &n.device, sizeof(n.device));
	policy_free(policy);
}

START_TEST(a_section_says_who_made_it_and_when)
{
	struct waiver_new n = new_waiver("3c:52:82:11:22:33");
	struct writer     w = writer_over(room, sizeof(room));

	waivers_file_name(&n, "");
	write_text(&w, "# mine");
	waivers_file_add(&w, &n);
	ck_assert_bytes(writer_written(&w),
	                "# mine\n\n[waiver 3c5282112233-261130t172000]\n"
	                "# made 2026-11-30T17:20:00Z by jb\n"
	                "devices = 3c:52:82:11:22:33\ncategories = *\n"
	                "until = 2026-11-30T18:20:00Z\nreason = The bank\n");
	w    = writer_over(room, sizeof(room));
	n.by = "nobody\n[category x]";
	waivers_file_section(&w, &n);
	ck_assert_ptr_null(memmem(room, w.len, "nobody", 6));
}

#define ENDED  "until = 2026-11-30T17:20:00Z\n"         /* now: it does not count any more */
#define COUNTS "until = 2026-11-30T17:20:01Z\n"

static const struct { const char *what, *text, *end, *is; size_t num_ended; bool has_end; } edits[] = {
	{ "nothing", "", "x", "", 0, false },
	{ "one that counts stays", "[waiver x]\n" COUNTS, NULL, "[waiver x]\n" COUNTS, 0, false },
	{ "one that has ended goes", "[waiver x]\n" ENDED, NULL, "", 1, false },
	{ "one that is named goes", "[waiver x]\n" COUNTS "[waiver y]\n" COUNTS, "x",
	  "[waiver y]\n" COUNTS, 0, true },
	{ "one that has ended and is named", "[waiver x]\n" ENDED, "x", "", 0, true },
	{ "what another name begins with stays", "[waiver xy]\n" COUNTS, "x",
	  "[waiver xy]\n" COUNTS, 0, false },
	{ "all else stays, byte for byte",
	  "; mine\n\n [policy]\r\nid=own ; too\n[waiver x]\n" ENDED "\n\n# of y\n# again\n"
	  "[waiver y]\n" COUNTS "# last", NULL,
	  "; mine\n\n [policy]\r\nid=own ; too\n# of y\n# again\n[waiver y]\n" COUNTS "# last", 1,
	  false },
	{ "its own comments go with it", "[waiver x]\n# made\n" ENDED "# why\nreason = r\n", NULL, "",
	  1, false },
	{ "a section in two places", "[waiver x]\nreason = r\n[waiver y]\n" COUNTS
	  "[waiver x]\n" ENDED, NULL, "[waiver y]\n" COUNTS, 1, false },
	{ "the last line of several counts", "[waiver x]\n" ENDED COUNTS, NULL,
	  "[waiver x]\n" ENDED COUNTS, 0, false },
	{ "an indented head", "[waiver x]\n  [waiver y]\n" COUNTS, "x", "  [waiver y]\n" COUNTS, 0,
	  false },
	{ "behind a byte order mark", "\xef\xbb\xbf[waiver x]\n" ENDED "[waiver y]\n" COUNTS, NULL,
	  "\xef\xbb\xbf[waiver y]\n" COUNTS, 1, false },
	{ "no newline at the end", "[waiver x]\nreason = r\nuntil = 2026-11-30T17:20:00Z", NULL, "", 1,
	  false },
};

START_TEST(sections_that_go_are_taken_out_and_nothing_else)
{
	struct waivers_edit e = { .end = edits[_i].end, .now_us = NOW };
	struct writer       w = writer_over(room, strlen(edits[_i].text));

	ck_assert_msg(waivers_file_edit(edits[_i].text, "own", &e, &w, &problem) == 0, "%s: %s",
	              edits[_i].what, problem.text);
	ck_assert_msg(bytes_equal(writer_written(&w), bytes_text(edits[_i].is)), "%s: '%.*s'",
	              edits[_i].what, (int)w.len, room);
	ck_assert_msg(e.num_ended == edits[_i].num_ended && e.has_end == edits[_i].has_end, "%s",
	              edits[_i].what);
}

START_TEST(a_text_that_cannot_be_read_is_left_alone)
{
	struct waivers_edit e = { .now_us = NOW };
	struct writer       w = writer_over(room, sizeof(room));

	ck_assert_int_eq(waivers_file_edit("[waiver x]\nuntil = tomorrow\n", "own", &e, &w, &problem),
	                 -EINVAL);
	ck_assert_msg(strncmp(problem.text, "own: line 2: 'until = tomorrow': expected a date", 48) == 0,
	              "%s", problem.text);
	ck_assert_uint_eq(w.len, 0);
}

int main(void)
{
	Suite *s = suite_create("waivers_file");
	TCase *t = tcase_create("waivers_file");

	tcase_add_loop_test(t, a_name_is_of_the_device_and_the_time_and_no_other_has_it, 0,
	                    COUNT(named));
	tcase_add_test(t, where_all_names_are_taken_there_is_none);
	tcase_add_loop_test(t, a_reason_is_what_a_line_can_hold_and_people_see, 0, COUNT(reasons));
	tcase_add_loop_test(t, what_is_written_is_read_as_it_was_meant, 0, 4);
	tcase_add_test(t, a_section_says_who_made_it_and_when);
	tcase_add_loop_test(t, sections_that_go_are_taken_out_and_nothing_else, 0, COUNT(edits));
	tcase_add_test(t, a_text_that_cannot_be_read_is_left_alone);
	suite_add_tcase(s, t);
	return suite_run(s);
}
