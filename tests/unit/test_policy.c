/* SPDX-License-Identifier: MIT */

#include "base/instant.h"
#include "policy/builtin.h"
#include "policy/policy_file.h"
#include "support/policy.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CUTOFF INT64_C(1727582400000000)        /* 2024-09-29T04:00:00Z */

static const char *policy_text, *first_list, *second_list;
static struct policy *policy;
static struct problem problem;
static struct decision decision;

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	if (strcmp(name, "dir/p.policy") == 0)
		*content_out = bytes_text(policy_text);
	else if (strcmp(name, "dir/first.list") == 0)
		*content_out = bytes_text(first_list);
	else if (strcmp(name, "dir/second.list") == 0)
		*content_out = bytes_text(second_list);
	else
		return -ENOENT;
	return 0;
}

static int build(const char *text, const char *first, const char *second)
{
	static const char *const files[] = { "dir/p.policy" };

	policy_text = text;
	first_list  = first;
	second_list = second;
	policy      = NULL;
	problem.text[0] = '\0';
	return policy_build(files, 1, fetch, NULL, &policy, &problem);
}

#define HEAD "[policy]\nid = p\ntitle = The policy\nauthority = The law\n"
#define FIRST(action) "[category first]\naction = " action "\neffective = 2024-09-29T00:00:00-04:00\nnames = first.list\n"
#define SECOND(action) "[category second]\naction = " action "\nnames = second.list\n"

static const struct { const char *text, *first; const char *says;
} refused[] = {
	{ "", "", "dir/p.policy: expected a section [policy] with an id" },
	{ HEAD, "", "dir/p.policy: expected at least one [category NAME] or [waiver NAME]" },
	{ HEAD "[category first]\nnames = first.list\n", "",
	  "dir/p.policy: [category first] lacks a line; expected action = allow, block or log" },
	{ HEAD "[category first]\naction = stop\n", "",
	  "dir/p.policy: line 6: 'action = stop': expected allow, block or log" },
	{ HEAD "[category first]\naction = block\neffective = 2024-09-31T00:00:00Z\n", "",
	  "dir/p.policy: line 7: 'effective = 2024-09-31T00:00:00Z': expected a date and time with "
	  "offset such as "
	  "2024-09-29T00:00:00-04:00" },
	{ HEAD "[category first]\naction = block\nnames = third.list\n", "",
	  "dir/p.policy: [category first] names: cannot read 'dir/third.list': No such file or "
	  "directory" },
	{ HEAD "[category first]\naction = block\npaths = /lists/\n", "",
	  "dir/p.policy: [category first] paths: a path is evidence, and no reason to block; "
	  "expected action = log" },
	{ HEAD "[category first]\naction = log\npaths = lists\n", "",
	  "dir/p.policy: line 7: 'paths = lists': expected paths" },
	{ HEAD "[category first]\naction = block\nports = 853\n", "",
	  "dir/p.policy: line 7: 'ports = 853': expected ports" },
	{ HEAD "[category first]\naction = block\nports = tcp/65536\n", "",
	  "dir/p.policy: line 7: 'ports = tcp/65536'" },
	{ HEAD "[category first]\naction = block\nports = tcp/0853\n", "",
	  "dir/p.policy: line 7: 'ports = tcp/0853'" },
	{ HEAD "[category first]\naction = block\n ports = tcp/853\n", "",
	  "dir/p.policy: line 7: 'action = ports = tcp/853': expected no blank before it, which "
	  "makes a line part of the one before" },
	{ HEAD "[category probe]\naction = block\n", "",
	  "dir/p.policy: line 6: 'action = block': expected a category of another name: 'probe' is "
	  "that of the test name" },
	{ HEAD "[other]\na = b\n", "",
	  "dir/p.policy: line 6: 'a = b': expected to stand in [policy], [category NAME] or "
	  "[waiver NAME]" },
	{ HEAD "nonsense\n" FIRST("block"), "",
	  "dir/p.policy: line 5: expected '[section]', 'name = value' or a comment beginning with "
	  "'#' or ';'" },
	{ HEAD FIRST("block"), "# a.com\nexa$mple.com\n",
	  "dir/first.list: line 2, column 1: 'exa$mple.com' has a character no host name has; "
	  "expected a host name, .name "
	  "for all below it, or a pattern in the first label such as ksn-*.example.com" },
	{ HEAD FIRST("block"), "a.*.com\n",
	  "dir/first.list: line 1, column 1: 'a.*.com' has a character no host name has" },
	{ HEAD FIRST("block"), "a.com b.com\n",
	  "dir/first.list: line 1, column 7: 'b.com' comes after another word" },
	{ HEAD FIRST("block"), "192.0.2.1\n",
	  "dir/first.list: line 1, column 1: '192.0.2.1' is an address" },
	{ HEAD FIRST("block"), "@@||a.com^\n",
	  "dir/first.list: line 1, column 1: '@@||a.com^' is an exception; expected its name in "
	  "the list of a category with action = allow" },
	{ HEAD FIRST("block"), "||a.com^$third-party\n",
	  "dir/first.list: line 1, column 1: '||a.com^$third-party' is a rule of an ad blocker "
	  "that names more; expected ||name^ without options" },
	{ HEAD FIRST("block"), "||a.com\n",
	  "dir/first.list: line 1, column 1: '||a.com' is a rule of an ad blocker" },
	{ HEAD FIRST("block"), "||^\n", "dir/first.list: line 1, column 1: '||^' is a rule" },
	{ HEAD FIRST("block"), "|\n", "dir/first.list: line 1, column 1: '|' is a rule" },
	{ HEAD FIRST("block"), "||192.0.2.1^\n",
	  "dir/first.list: line 1, column 3: '192.0.2.1' is an address" },
	{ HEAD FIRST("block"), "address=/a.com/192.0.2.1\n",
	  "dir/first.list: line 1, column 1: 'address=/a.com/192.0.2.1' is a line of dnsmasq that "
	  "prohibits nothing; expected address=/name/, or with the address 0.0.0.0" },
	{ HEAD FIRST("block"), "server=/a.com/192.0.2.53\n",
	  "dir/first.list: line 1, column 1: 'server=/a.com/192.0.2.53' is a line of dnsmasq" },
	{ HEAD FIRST("block"), "address=/#/0.0.0.0\n",
	  "dir/first.list: line 1, column 10: '#' has a character no host name has" },
	{ HEAD FIRST("block"), "address=//\n",
	  "dir/first.list: line 1, column 1: 'address=//' is a line of dnsmasq" },
	{ HEAD FIRST("block"), "address=/a.com\n",
	  "dir/first.list: line 1, column 1: 'address=/a.com' is a line of dnsmasq" },
	{ HEAD FIRST("block"), "*.a*.com\n",
	  "dir/first.list: line 1, column 1: '*.a*.com' is not a pattern" },
	{ HEAD FIRST("block"), "*.\n", "dir/first.list: line 1, column 1: '*.' is not a host name" },
	{ HEAD FIRST("block"), "<html>\n<body>\nNot found\na.com\n",
	  "dir/first.list: line 1, column 1: '<html>' has a character no host name has" },
};

START_TEST(what_is_wrong_is_said_with_its_place)
{
	ck_assert_int_ne(build(refused[_i].text, refused[_i].first, ""), 0);
	ck_assert_msg(strncmp(problem.text, refused[_i].says, strlen(refused[_i].says)) == 0,
	              "expected: %s\ncame: %s", refused[_i].says, problem.text);
}

static enum ruling decide(const char *host, int64_t now_us)
{
	policy_decide(policy, host_literal(host), now_us, &decision);
	return decision.ruling;
}

static const struct { const char *host; enum ruling ruling; const char *category; } hosts[] = {
	{ "a.com", RULING_BLOCK, "first" },             /* exact */
	{ "b.a.com", RULING_PASS, NULL },               /* exact is not below */
	{ "xa.com", RULING_PASS, NULL },
	{ "s.com", RULING_BLOCK, "first" },             /* a suffix is the name itself */
	{ "x.y.s.com", RULING_BLOCK, "first" },         /* and all below it */
	{ "xs.com", RULING_PASS, NULL },                /* at a label's edge */
	{ "s.com.evil.net", RULING_PASS, NULL },
	{ "ok.s.com", RULING_LOG, "second" },           /* the longer suffix */
	{ "x.ok.s.com", RULING_LOG, "second" },
	{ "ksn-1.ok.s.com", RULING_BLOCK, "first" },    /* a label pattern before a suffix */
	{ "ksn-.ok.s.com", RULING_BLOCK, "first" },
	{ "x.ksn-1.ok.s.com", RULING_LOG, "second" },   /* within the leftmost label only */
	{ "exact.ok.s.com", RULING_LOG, "second" },     /* exact before a label pattern */
	{ "d7.com", RULING_BLOCK, "first" },            /* a range */
	{ "dx.com", RULING_PASS, NULL },
	{ "both.com", RULING_BLOCK, "first" },          /* among equals block before log */
	{ "com", RULING_PASS, NULL },
};

START_TEST(the_most_specific_pattern_decides)
{
	ck_assert_int_eq(build(HEAD FIRST("block") SECOND("log"),
	                       "a.com\n.s.com\nksn-*.ok.s.com\ne*.ok.s.com\nd[0-9].com\nboth.com\n",
	                       "# second\n.ok.s.com ; all\nexact.ok.s.com\nboth.com\n"), 0);
	ck_assert_msg(decide(hosts[_i].host, CUTOFF) == hosts[_i].ruling, "%s", hosts[_i].host);
	ck_assert_int_eq(decision.has_rule, hosts[_i].category != NULL);
	if (decision.has_rule)
		ck_assert_str_eq(decision.rule.category->id, hosts[_i].category);
	policy_free(policy);
}

START_TEST(among_equals_allow_wins)
{
	ck_assert_int_eq(build(HEAD FIRST("block") SECOND("allow"), ".s.com\n", ".s.com\n"), 0);
	ck_assert_int_eq(decide("x.s.com", CUTOFF), RULING_PASS);
	ck_assert_str_eq(decision.rule.category->id, "second");
	policy_free(policy);
}

START_TEST(at_an_unknown_time_what_has_a_date_has_begun_and_not_ended)
{
	ck_assert_int_eq(build(HEAD FIRST("block") "until = 2025-01-01T00:00:00Z\n" SECOND(
				       "log") "until = 2025-01-01T00:00:00Z\n",
	                       "a.com\n", "b.com\n"),
	                 0);
	ck_assert_int_eq(decide("a.com", INSTANT_UNKNOWN), RULING_BLOCK);
	ck_assert_int_eq(decide("b.com", INSTANT_UNKNOWN), RULING_LOG);
	ck_assert(policy_blocks_at(policy, INSTANT_UNKNOWN));
	ck_assert(!policy_blocks_at(policy, INSTANT_UNKNOWN - 1));
	policy_free(policy);
}

START_TEST(a_listed_host_passes_one_microsecond_before_the_cutoff)
{
	ck_assert_int_eq(build(HEAD FIRST("block"), "a.com\n", ""), 0);
	ck_assert_int_eq(decide("a.com", CUTOFF - 1), RULING_OBSERVE);
	ck_assert_int_eq(decide("a.com", CUTOFF), RULING_BLOCK);
	ck_assert_int_eq(policy_next_change(policy, CUTOFF - 1), CUTOFF);
	ck_assert_int_eq(policy_next_change(policy, CUTOFF), INSTANT_NEVER);
	policy_free(policy);
}

/* What a record says of a policy file: also when it does not block at all. */
#define CATEGORY(name, rest) "[category " name "]\nnames = first.list\n" rest
#define HOUR INT64_C(3600000000)

static const struct { const char *text; int64_t cutoff_us; const char *cutoff; } cutoffs[] = {
	{ FIRST("block"), CUTOFF, "2024-09-29T00:00:00-04:00" },
	{ FIRST("log"), INSTANT_NEVER, "" },
	{ CATEGORY("a", "action = block\n"), INSTANT_ALWAYS, "" },
	{ FIRST("block") CATEGORY("a", "action = block\n"), INSTANT_ALWAYS, "" },
	/* the first in time, whatever its place, and the first place of two at one time */
	{ FIRST("block") CATEGORY("a", "action = block\neffective = 2024-09-29T05:00:00+02:00\n"),
	  CUTOFF - HOUR, "2024-09-29T05:00:00+02:00" },
	{ FIRST("block") CATEGORY("a", "action = block\neffective = 2024-09-29T06:00:00+02:00\n"),
	  CUTOFF, "2024-09-29T00:00:00-04:00" },
	{ FIRST("block") CATEGORY("a", "action = log\neffective = 2020-01-01T00:00:00Z\n"), CUTOFF,
	  "2024-09-29T00:00:00-04:00" },
	/* one form, and the longest there is */
	{ CATEGORY("a", "action = block\neffective = 2024-09-29 04:00:00z\n"), CUTOFF,
	  "2024-09-29T04:00:00Z" },
	{ CATEGORY("a", "action = block\neffective = 2024-09-29t00:00:00.000001-04:00\n"),
	  CUTOFF + 1, "2024-09-29T00:00:00.000001-04:00" },
};

START_TEST(a_file_has_its_cutoff_with_its_own_offset)
{
	const struct policy_source *sources;
	char                        text[1024];
	size_t                      num;

	snprintf(text, sizeof(text), HEAD "serial = 7\n%s", cutoffs[_i].text);
	ck_assert_int_eq(build(text, "a.com\n", ""), 0);
	sources = policy_sources(policy, &num);
	ck_assert_uint_eq(num, 1);
	ck_assert_str_eq(sources[0].title, "The policy");
	ck_assert_uint_eq(sources[0].serial, 7);
	ck_assert_int_eq(sources[0].cutoff_us, cutoffs[_i].cutoff_us);
	ck_assert_str_eq(sources[0].cutoff, cutoffs[_i].cutoff);
	policy_free(policy);
}

START_TEST(a_category_ends_at_its_until)
{
	ck_assert_int_eq(build(HEAD FIRST("block") "until = 2024-09-29T05:00:00Z\n", "a.com\n", ""),
	                 0);
	ck_assert_int_eq(decide("a.com", CUTOFF + INT64_C(3600000000) - 1), RULING_BLOCK);
	ck_assert_int_eq(decide("a.com", CUTOFF + INT64_C(3600000000)), RULING_PASS);
	policy_free(policy);
}

START_TEST(a_decision_names_its_line)
{
	ck_assert_int_eq(build(HEAD FIRST("block"), "\n# one\n.s.com\n", ""), 0);
	decide("x.s.com", CUTOFF);
	ck_assert_str_eq(decision.rule.file, "dir/first.list");
	ck_assert_uint_eq(decision.rule.line, 3);
	ck_assert_str_eq(decision.rule.category->source->authority, "The law");
	policy_free(policy);
}

START_TEST(hosts_files_are_lists)
{
	ck_assert_int_eq(build(HEAD FIRST("block"),
	                       "127.0.0.1 localhost\n::1 localhost\n0.0.0.0 a.com b.com # both\n",
	                       ""),
	                 0);
	ck_assert_uint_eq(policy_num_rules(policy), 2);
	ck_assert_int_eq(decide("b.com", CUTOFF), RULING_BLOCK);
	policy_free(policy);
}

static const struct { const char *list, *host; enum ruling ruling; } forms[] = {
	{ "*.a.com\n", "x.a.com", RULING_BLOCK },
	{ "*.a.com\n", "x.y.a.com", RULING_BLOCK },
	{ "*.a.com\n", "a.com", RULING_PASS },
	{ "*.a.com\n", "xa.com", RULING_PASS },
	{ "\xef\xbb\xbf" "a.com\r\nb.com\r\n", "a.com", RULING_BLOCK },
	{ "\xef\xbb\xbf" "a.com\r\nb.com\r\n", "b.com", RULING_BLOCK },
	{ "[Adblock Plus 2.0]\n! Title: ads\n||a.com^\n", "a.com", RULING_BLOCK },
	{ "||a.com^\r\n", "x.y.a.com", RULING_BLOCK },
	{ "||*.a.com^\n", "a.com", RULING_PASS },
	{ "||*.a.com^\n", "x.a.com", RULING_BLOCK },
	{ "address=/a.com/\n", "a.com", RULING_BLOCK },
	{ "address=/a.com/\n", "x.y.a.com", RULING_BLOCK },
	{ "address=/b.com/a.com/0.0.0.0\n", "a.com", RULING_BLOCK },
	{ "address=/b.com/a.com/0.0.0.0\n", "b.com", RULING_BLOCK },
	{ "address=/*.a.com/#\n", "a.com", RULING_PASS },
	{ "address=/.a.com/::\n", "a.com", RULING_BLOCK },
	{ "local=/a.com/\n", "x.a.com", RULING_BLOCK },
	{ "server=/a.com/\n", "x.a.com", RULING_BLOCK },
	{ "address.com\n", "address.com", RULING_BLOCK },
	{ "local\nserver.com\n", "server.com", RULING_BLOCK },
};

START_TEST(lists_of_other_programs_mean_what_they_mean_there)
{
	ck_assert_int_eq(build(HEAD FIRST("block"), forms[_i].list, ""), 0);
	ck_assert_msg(decide(forms[_i].host, CUTOFF) == forms[_i].ruling, "%s: %s", forms[_i].list,
	              forms[_i].host);
	policy_free(policy);
}

START_TEST(a_wrong_line_is_left_out_and_told)
{
	const char *first;

	ck_assert_int_eq(build(HEAD FIRST("block") SECOND("block"),
	                       "a.com\nwr$ng.com\n0.0.0.0 b.com x$y.com c.com\nd.com\n",
	                       "wr^ng.com\ne.com\n"),
	                 0);
	ck_assert_uint_eq(policy_wrong_lines(policy, &first), 3);
	ck_assert_msg(strncmp(first, "dir/first.list: line 2, column 1: 'wr$ng.com'", 45) == 0,
	              "%s", first);
	for (const char *host = "abcde"; *host != '\0'; host++) {
		char name[] = { *host, '.', 'c', 'o', 'm', '\0' };

		ck_assert_msg(decide(name, CUTOFF) == RULING_BLOCK, "%s", name);
	}
	policy_free(policy);
}

START_TEST(where_lists_are_strict_one_wrong_line_refuses_its_list)
{
	static const char *const files[] = { "dir/p.policy" };
	const struct policy_from strict  = { .files = files, .num_files = 1, .is_strict = true,
	                                     .fetch = fetch };

	policy_text = HEAD FIRST("block");
	first_list  = "a.com\nb.com\nwr$ng.com\n";
	ck_assert_int_eq(policy_build_from(&strict, &policy, &problem), -EINVAL);
	ck_assert_msg(strstr(problem.text, "first.list: line 3, column 1:") != NULL, "%s",
	              problem.text);
}

START_TEST(all_below_is_counted_with_its_first_line)
{
	const char *file;
	uint32_t    line;

	ck_assert_int_eq(build(HEAD FIRST("block"), "a.com\n*.b.com\n*.c.com\n", ""), 0);
	ck_assert_uint_eq(policy_below(policy, &file, &line), 2);
	ck_assert_str_eq(file, "dir/first.list");
	ck_assert_uint_eq(line, 2);
	policy_free(policy);
}

/* As filterd-policy(5) has it. */
static const struct { const char *host; enum ruling ruling; } examples[] = {
	{ "example.com", RULING_PASS },
	{ "www.example.com", RULING_PASS },
	{ "ads.example.com", RULING_BLOCK },
	{ "x.ads.example.com", RULING_PASS },
	{ "www.tracker.example.com", RULING_BLOCK },
	{ "good.tracker.example.com", RULING_PASS },
};

START_TEST(an_allowed_domain_does_not_allow_what_is_listed_more_exactly)
{
	ck_assert_int_eq(build(HEAD FIRST("block") SECOND("allow"),
	                       "ads.example.com\n.tracker.example.com\n",
	                       ".example.com\ngood.tracker.example.com\n"),
	                 0);
	ck_assert_msg(decide(examples[_i].host, CUTOFF) == examples[_i].ruling, "%s",
	              examples[_i].host);
	policy_free(policy);
}

static const struct { const char *pattern, *label; bool matches; } labels[] = {
	{ "ksn-*", "ksn-", true }, { "ksn-*", "ksn-url-geo", true }, { "ksn-*", "aksn-1", false },
	{ "*", "x", true }, { "*a*", "bab", true }, { "*a*", "bb", false }, { "a*b*c", "aXbYc",
	  true },
	{ "a*b*c", "aXbY", false }, { "d[0-9]", "d5", true }, { "d[0-9]", "d", false }, { "d[0-9]",
	  "d55", false },
	{ "[abx]y", "xy", true }, { "[abx]y", "cy", false }, { "*[0-9]", "ab1", true }, { "*[0-9]",
	  "ab", false },
};

START_TEST(patterns_match_within_a_label)
{
	ck_assert_msg(pattern_matches_label(bytes_text(labels[_i].pattern),
	                                    bytes_text(labels[_i].label)) == labels[_i].matches,
	              "%s %s", labels[_i].pattern, labels[_i].label);
}

/*
 * The budget: at most 64 bytes a name in all, and as many look-ups as labels whatever the number of
 * names.
 */
START_TEST(many_names_take_at_most_64_bytes_each)
{
	static char list[200000 * 32];
	char       *at = list;

	for (int i = 0; i < 200000; i++)
		at += sprintf(at, "host-%06d.example%d.com\n", i, i % 100);
	ck_assert_int_eq(build(HEAD FIRST("block"), list, ""), 0);
	ck_assert_uint_eq(policy_num_rules(policy), 200000);
	ck_assert_uint_le(policy_bytes(policy) / 200000, 64);
	ck_assert_int_eq(decide("host-123456.example56.com", CUTOFF), RULING_BLOCK);
	ck_assert_int_eq(decide("host-123456.example57.com", CUTOFF), RULING_PASS);
	policy_free(policy);
}

static const struct { const char *text; bool good; int64_t us; } instants[] = {
	{ "2024-09-29", false, 0 }, { "2024-09-29T00:00:00", false, 0 }, { "2023-02-29T00:00:00Z",
	  false, 0 },
	{ "2024-13-01T00:00:00Z", false, 0 }, { "2024-09-29T24:00:00Z", false, 0 },
	{ "2024-09-29T00:00:00-04:00x", false, 0 }, { "2024-09-29T00:00:00.1234567Z", false, 0 },
	{ "2024-09-29T00:00:00-04:00", true, CUTOFF }, { "2024-09-29 04:00:00z", true, CUTOFF },
	{ "2024-09-29T04:00:00.000001Z", true, CUTOFF + 1 }, { "1970-01-01T00:00:00Z", true, 0 },
	{ "1969-12-31T23:59:59.5Z", true, -500000 }, { "2024-02-29T12:00:00+05:30", true,
	  INT64_C(1709188200000000) },
};

START_TEST(instants_are_read_as_rfc_3339_says)
{
	int64_t us = 0;

	ck_assert_msg((instant_parse(bytes_text(instants[_i].text), &us) == PARSE_OK) ==
	                      instants[_i].good,
	              "%s", instants[_i].text);
	ck_assert_int_eq(us, instants[_i].us);
}

START_TEST(instants_are_written_as_they_are_read)
{
	char          room[120];
	struct writer w = writer_over(room, sizeof(room));

	instant_write(&w, CUTOFF + 1);
	write_text(&w, " ");
	instant_write(&w, -500000);
	write_text(&w, " ");
	instant_write_eve(&w, CUTOFF);
	ck_assert_bytes(writer_written(&w),
	                "2024-09-29T04:00:00.000001Z 1969-12-31T23:59:59.500000Z "
	                "2024-09-29T04:00:00.000000+0000");
}

static const struct { int64_t us, seconds; int32_t days; const char *text; } whole[] = {
	{ CUTOFF + 999999, CUTOFF / 1000000, 19995, "2024-09-29T04:00:00Z" },
	{ 999999, 0, 0, "1970-01-01T00:00:00Z" },
	{ 0, 0, 0, "1970-01-01T00:00:00Z" },
	{ -1, -1, -1, "1969-12-31T23:59:59Z" },
	{ -1000000, -1, -1, "1969-12-31T23:59:59Z" },
	{ INT64_C(-86400000000), -86400, -1, "1969-12-31T00:00:00Z" },
	{ INT64_MAX, INT64_MAX / 1000000, 106751991, "294247-01-10T04:00:54Z" },
	{ INT64_MIN, INT64_MIN / 1000000 - 1, -106751992, "0000-12-21T19:59:05Z" },
};

START_TEST(seconds_and_days_are_those_that_have_passed_whole)
{
	ck_assert_int_eq(instant_seconds(whole[_i].us), whole[_i].seconds);
	ck_assert_int_eq(instant_days(whole[_i].us), whole[_i].days);
	ck_assert_str_eq(instant_text_to_second(whole[_i].us).text, whole[_i].text);
}

static const struct { const char *host; enum ruling want; } test_names[] = {
	{ "blocked.filterd.test", RULING_BLOCK },
	{ "1.blocked.filterd.test", RULING_BLOCK },
	{ "a.b.blocked.filterd.test", RULING_BLOCK },
	{ "unblocked.filterd.test", RULING_PASS },
	{ "passes.filterd.test", RULING_PASS },
	{ "filterd.test", RULING_PASS },
	{ "blocked.filterd.test.example", RULING_PASS },
};

START_TEST(the_test_name_is_blocked_whatever_the_policy_and_the_date)
{
	static const int64_t times[] = { CUTOFF - 1, INSTANT_UNKNOWN, INT64_MAX - 1 };

	ck_assert_int_eq(build(HEAD "[category first]\naction = allow\nnames = first.list\n",
	                       ".test\n.blocked.filterd.test\n1.blocked.filterd.test\n", ""), 0);
	for (size_t i = 0; i < COUNT(times); i++) {
		policy_decide(policy, host_literal(test_names[_i].host), times[i], &decision);
		ck_assert_msg(decision.ruling == test_names[_i].want, "%s", test_names[_i].host);
		ck_assert_int_eq(builtin_is_probe(&decision), test_names[_i].want == RULING_BLOCK);
	}
	policy_free(policy);
}

int main(void)
{
	Suite *s = suite_create("policy");
	TCase *t = tcase_create("policy");

	tcase_add_loop_test(t, what_is_wrong_is_said_with_its_place, 0, COUNT(refused));
	tcase_add_loop_test(t, the_most_specific_pattern_decides, 0, COUNT(hosts));
	tcase_add_test(t, among_equals_allow_wins);
	tcase_add_test(t, at_an_unknown_time_what_has_a_date_has_begun_and_not_ended);
	tcase_add_test(t, a_listed_host_passes_one_microsecond_before_the_cutoff);
	tcase_add_loop_test(t, a_file_has_its_cutoff_with_its_own_offset, 0, COUNT(cutoffs));
	tcase_add_test(t, a_category_ends_at_its_until);
	tcase_add_test(t, a_decision_names_its_line);
	tcase_add_test(t, hosts_files_are_lists);
	tcase_add_loop_test(t, lists_of_other_programs_mean_what_they_mean_there, 0, COUNT(forms));
	tcase_add_test(t, a_wrong_line_is_left_out_and_told);
	tcase_add_test(t, where_lists_are_strict_one_wrong_line_refuses_its_list);
	tcase_add_test(t, all_below_is_counted_with_its_first_line);
	tcase_add_loop_test(t, an_allowed_domain_does_not_allow_what_is_listed_more_exactly, 0,
	                    COUNT(examples));
	tcase_add_loop_test(t, patterns_match_within_a_label, 0, COUNT(labels));
	tcase_add_loop_test(t, the_test_name_is_blocked_whatever_the_policy_and_the_date, 0,
	                    COUNT(test_names));
	tcase_add_test(t, many_names_take_at_most_64_bytes_each);
	tcase_add_loop_test(t, instants_are_read_as_rfc_3339_says, 0, COUNT(instants));
	tcase_add_test(t, instants_are_written_as_they_are_read);
	tcase_add_loop_test(t, seconds_and_days_are_those_that_have_passed_whole, 0, COUNT(whole));
	suite_add_tcase(s, t);
	return suite_run(s);
}
