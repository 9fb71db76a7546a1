/* SPDX-License-Identifier: MIT */

/*
 * Zones as knotd and BIND write them, and as people do; each case is the rules it gives, or what is
 * said against it.
 */

#include "base/instant.h"
#include "policy/policy_file.h"
#include "policy/zone.h"
#include "support/policy.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char                 rules[4096];
static struct zone_left_out left_out;
static struct problem       problem;

static bool take(void *context, const struct zone_rule *rule)
{
	struct writer w = writer_over(rules + strlen(rules), sizeof(rules) - strlen(rules) - 1);
	struct rule   r = { .kind = rule->kind, .pattern = rule->pattern };

	(void)context;
	write_decimal(&w, rule->line);
	write_text(&w, rule->is_exception ? " except " : " ");
	rule_write(&w, &r);
	write_text(&w, "\n");
	w.start[w.len] = '\0';
	return true;
}

static int walk(const char *text)
{
	rules[0] = '\0';
	problem.text[0] = '\0';
	return zone_walk(bytes_text(text), "z", take, NULL, &left_out, &problem);
}

#define SOA "$ORIGIN rpz.example.\n@ SOA . . 1 60 60 60 60\n"

static const struct { const char *what, *text, *rules; uint64_t num_left_out;
} good[] = {
	{ "knotd's",
	  ";; Zone dump (Knot DNS 3.2.6)\nrpz.example.        \t300\tSOA\tlocalhost. h.localhost. "
	  "2 60 30 86400 60\n"
	  "rpz.example.        \t300\tNS\tlocalhost.\na.com.rpz.example.\t300\tCNAME\t.\n"
	  "*.a.com.rpz.example. 300\tCNAME\t.\nok.a.com.rpz.example.\t60\tCNAME\trpz-passthru.\n;; "
	  "Written 5 records\n",
	  "4 exact:a.com\n5 below:a.com\n6 except exact:ok.a.com\n", 0 },
	{ "BIND's",
	  "$ORIGIN .\n$TTL 300\t; 5 minutes\nrpz.example\t\tIN SOA\tlocalhost. h.localhost. "
	  "(\n\t\t\t\t2 ; serial\n"
	  "\t\t\t\t60 ; refresh (1 minute)\n\t\t\t\t)\n\t\t\tNS\tlocalhost.\n$ORIGIN "
	  "com.rpz.example.\na\t\t\tCNAME\t.\n"
	  "$ORIGIN a.com.rpz.example.\n*\t\t\tCNAME\t.\n$TTL 60\nok\t\t\tCNAME\trpz-passthru.\n",
	  "9 exact:a.com\n11 below:a.com\n13 except exact:ok.a.com\n", 0 },
	{ "a person's, that does not say what it is called",
	  "@ 1h IN SOA localhost. hostmaster.localhost. ( 1 60 30 1d 60 ) ; all in one\n  IN NS "
	  "localhost.\n\n"
	  "Block.Example.NET IN 60 cname *. ; no data\n*.example.net A 192.0.2.1\n AAAA "
	  "2001:db8::1\n",
	  "4 exact:block.example.net\n5 below:example.net\n", 0 },
	{ "with a name only in its SOA record",
	  "rpz.example. SOA . . 1 1 1 1 1\na.com CNAME .\nb.com.rpz.example. CNAME .\n",
	  "2 exact:a.com\n3 exact:b.com\n", 0 },
	{ "with lines that end as Windows has them",
	  "$ORIGIN rpz.example.\r\n@ SOA . . 1 1 1 1 1\r\na.com CNAME .\r\n", "3 exact:a.com\n",
	  0 },
	{ "empty", SOA, "", 0 },
	{ "what goes by addresses and name servers",
	  SOA "32.1.2.0.192.rpz-ip CNAME .\n24.0.2.0.192.RPZ-client-ip CNAME rpz-drop.\n"
	      "ns.a.com.rpz-nsdname CNAME .\n128.1.zz.rpz-nsip CNAME .\na.com CNAME rpz-drop.\n",
	  "7 exact:a.com\n", 4 },
	{ "rpz-tcp-only, and a delegation", SOA "t.com CNAME rpz-tcp-only.\nsub NS ns.a.com.\n", "",
	  2 },
	{ "DNSSEC",
	  SOA "@ DNSKEY 257 3 13 AwEAAQ==\na.com CNAME .\n RRSIG CNAME 13 4 300 20261201000000 (\n "
	      "20261101000000 1 rpz.example. AA== )\n"
	      " NSEC b.com CNAME RRSIG NSEC\n3u.rpz.example. NSEC3 1 0 1 - AA A\n",
	  "4 exact:a.com\n", 0 },
	{ "data of its own",
	  SOA "a.com A 192.0.2.1\n TXT \"a; b ( \\\"c\" d\nb.com CNAME walled.garden.\nc.com "
	      "TYPE65 \\# 0\n",
	  "3 exact:a.com\n5 exact:b.com\n6 exact:c.com\n", 0 },
	{ "a target that is the name itself: an exception as of old", SOA "a.com CNAME a.com.\n",
	  "3 except exact:a.com\n", 0 },
	{ "escapes", SOA "a\\.b.com CNAME .\n\\097.com CNAME .\n\\*.c.com CNAME .\n",
	  "3 exact:a\\046b.com\n4 exact:a.com\n5 below:c.com\n", 0 },
	{ "mixed case in its own name",
	  "$ORIGIN RPZ.Example.\n@ SOA . . 1 1 1 1 1\nA.com.rpz.eXample. CNAME .\n",
	  "3 exact:a.com\n", 0 },
	{ "a second SOA record, as a transfer ends", SOA "a.com CNAME .\n@ SOA . . 1 60 60 60 60\n",
	  "3 exact:a.com\n", 0 },
	{ "types that are rare, and old ones",
	  SOA "a.com WKS 192.0.2.1 6 smtp\nb.com RESINFO qnamemin\nc.com nsap-ptr d.com.\nd.com A6 "
	      "0 2001:db8::1\ne.com KEY 256 3 13 AwEAAQ==\n",
	  "3 exact:a.com\n4 exact:b.com\n5 exact:c.com\n6 exact:d.com\n", 0 },
	{ "behind a byte order mark", "\xef\xbb\xbf" SOA "a.com CNAME .\n", "3 exact:a.com\n", 0 },
	{ "an origin that is relative to the one before",
	  SOA "$ORIGIN com\na CNAME .\n$ORIGIN b\n@ CNAME .\n", "4 exact:a.com\n6 exact:b.com\n",
	  0 },
	{ "a name that begins with '@'", SOA "@a.com CNAME .\n", "3 exact:@a.com\n", 0 },
	{ "a name of many escapes",
	  SOA "\\097\\098\\099\\100.\\101\\102.com CNAME .\n", "3 exact:abcd.ef.com\n", 0 },
	{ "a word in quotes", SOA "\"a.com\" CNAME \".\"\n", "3 exact:a.com\n", 0 },
};

START_TEST(a_zone_is_the_names_it_is_about)
{
	ck_assert_msg(walk(good[_i].text) == 0, "%s: %s", good[_i].what, problem.text);
	ck_assert_str_eq(rules, good[_i].rules);
	ck_assert_uint_eq(left_out.num, good[_i].num_left_out);
	ck_assert(zone_is_one(bytes_text(good[_i].text)));
}

static const struct { const char *text, *says;
} refused[] = {
	{ "", "z: line 1, column 1: the zone has no SOA record; is the file whole?" },
	{ "; nothing\n", "z: line 2, column 1: the zone has no SOA record; is the file whole?" },
	{ "a.com CNAME .\n",
	  "z: line 1, column 1: 'a.com' is not how a zone begins; expected its SOA record" },
	{ " CNAME .\n", "z: line 1, column 2: 'CNAME' has no name before it; expected the "
	                "zone's SOA record first" },
	{ SOA "a.com CNAME .",
	  "z: line 3, column 13: is where the file ends, within a line; is it whole?" },
	{ SOA "a.com CNAME . ",
	  "z: line 3, column 15: is where the file ends, within a line; is it whole?" },
	{ SOA "a.com CNAME ( . ",
	  "z: line 3, column 17: is the end of the file, with a parenthesis open" },
	{ SOA "a.com CNAME ( .\nb.com CNAME .\n",
	  "z: line 5, column 1: is the end of the file, with a parenthesis open" },
	{ SOA "a.com CNAME . )\n",
	  "z: line 3, column 15: closes a parenthesis that nothing opened" },
	{ SOA "a.com TXT \"x\n",
	  "z: line 3, column 12: begins a quotation that the line does not end" },
	{ SOA "a.com TXT x\\\n", "z: line 3, column 11: has nothing after its backslash" },
	{ SOA "caf\xc3\xa9.com CNAME .\n",
	  "z: line 3, column 1: has a byte that is not text" },
	{ SOA "a.com CNMAE .\n", "z: line 3, column 7: 'CNMAE' is not a record type of a "
	                         "policy zone; expected one such as CNAME" },
	{ SOA "a.com 300 IN\n",
	  "z: line 3, column 11: 'IN' is the end of a record; expected a type such as CNAME" },
	{ SOA "a.com CNAME\n",
	  "z: line 3, column 7: 'CNAME' has nothing after it; expected a target" },
	{ SOA "a.com A\n", "z: line 3, column 7: 'A' has nothing after it; expected a target" },
	{ SOA "a.com CNAME . b.com CNAME .\n",
	  "z: line 3, column 15: 'b.com' comes after the end of a record; expected a new line" },
	{ SOA "a.com A 192.0.2.1 b.com CNAME .\n", "z: line 3, column 19: 'b.com' comes after" },
	{ SOA "a.com CNAME a..b\n",
	  "z: line 3, column 13: 'a..b' is not a domain name; expected a target" },
	{ SOA "a.com CNAME rpz-passthru\n",
	  "z: line 3, column 13: 'rpz-passthru' lacks the dot at its end" },
	{ SOA "a..com CNAME .\n", "z: line 3, column 1: 'a..com' is not a domain name" },
	{ SOA "\\25.com CNAME .\n", "z: line 3, column 1: '\\25.com' is not a domain name" },
	{ SOA "a.\\25 CNAME .\n", "z: line 3, column 1: 'a.\\25' is not a domain name" },
	{ SOA "\\300.com CNAME .\n", "z: line 3, column 1: '\\300.com' is not a domain name" },
	{ SOA "a.com. CNAME .\n",
	  "z: line 3, column 1: 'a.com.' is not in this zone; expected a name relative to it" },
	{ SOA "* CNAME .\n", "z: line 3, column 1: '*' stands for every name there is" },
	{ "@ SOA . . 1 1 1 1 1\na.com.rpz.example. CNAME .\n",
	  "z: line 2, column 1: 'a.com.rpz.example.' ends with a dot, in a file that does not say "
	  "what its zone is called" },
	{ SOA "$INCLUDE other.zone\n", "z: line 3, column 1: '$INCLUDE' is not read here" },
	{ SOA "$GENERATE 1-9 $.com CNAME .\n",
	  "z: line 3, column 1: '$GENERATE' is not read here" },
	{ SOA "$TTL soon\n", "z: line 3, column 1: '$TTL' has no time after it" },
	{ SOA "$ORIGIN\n", "z: line 3, column 1: '$ORIGIN' has no domain name after it" },
	{ SOA "a234567890123456789012345678901234567890123456789012345678901234.com CNAME .\n",
	  "z: line 3, column 1: 'a2345" },
};

/* 63 of a label, 254 of a name with its zone's "rpz.example", are the most. */
START_TEST(a_name_may_be_as_long_as_names_are)
{
	char label[65] = "", text[512];

	for (size_t len = 1; len <= 64; len++) {
		label[len - 1] = 'a';
		snprintf(text, sizeof(text), SOA "%s.com CNAME .\n", label);
		ck_assert_int_eq(walk(text), len <= 63 ? 0 : -EINVAL);
	}
	label[63] = '\0';
	for (size_t len = 40; len <= 60; len++) {
		snprintf(text, sizeof(text), SOA "%s.%s.%s.%.*s CNAME .\n", label, label, label,
		         (int)len, label);
		ck_assert_int_eq(walk(text), 3 * 64 + len + 1 + 12 <= 254 ? 0 : -EINVAL);
		snprintf(text, sizeof(text), SOA "%s.%s.%s.%.*s.rpz.example. CNAME .\n", label,
		         label, label, (int)len, label);
		ck_assert_int_eq(walk(text), 3 * 64 + len + 1 + 12 <= 254 ? 0 : -EINVAL);
	}
}

START_TEST(what_is_wrong_is_said_with_its_place)
{
	ck_assert_int_eq(walk(refused[_i].text), -EINVAL);
	ck_assert_msg(strncmp(problem.text, refused[_i].says, strlen(refused[_i].says)) == 0,
	              "expected: %s\ncame: %s", refused[_i].says, problem.text);
}

/* A zone cut off anywhere is never taken for a whole one, unless it ends with a line. */
START_TEST(a_zone_cut_within_a_line_is_refused)
{
	const char  *text = good[0].text;
	struct bytes all  = bytes_text(text);

	for (size_t len = 0; len < all.len; len++) {
		bool ends_a_line = len > 0 && text[len - 1] == '\n';
		bool in_comment  = len < 30 || len > (size_t)(strstr(text, ";; Written") - text);

		rules[0] = '\0';
		if (!ends_a_line && !in_comment)
			ck_assert_int_eq(zone_walk(bytes_first(all, len), "z", take, NULL,
			                           &left_out, &problem),
			                 -EINVAL);
	}
}

static const char *const others[] = {
	"",
	"a.com\n",
	"# $ORIGIN a.\na.com\n",
	"# 1 SOA\n",
	"0.0.0.0 a.com\n",
	"; a comment\n.a.com\n",
	"a.com ; SOA\n",
	"\n\na.com\n",
	"caf\xc3\xa9.com\n",
	"# caf\xc3\xa9 (\n",
};

START_TEST(other_lists_are_no_zones)
{
	ck_assert_msg(!zone_is_one(bytes_text(others[_i])), "%s", others[_i]);
}

/* Whole policies from here on: zones among lists. */
static const char *policy_text, *zone_text, *other_text;
static struct policy *policy;

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	if (strcmp(name, "p.policy") == 0)
		*content_out = bytes_text(policy_text);
	else
		*content_out = bytes_text(strcmp(name, "a.zone") == 0 ? zone_text : other_text);
	return 0;
}

#define HEAD     "[policy]\nid = p\n"
#define OF_ZONE  HEAD "[category z]\naction = block\neffective = 2024-09-29T00:00:00-04:00\nzones = a.zone\n"
#define AND_LIST "[category l]\naction = block\nnames = l.list\n"
#define LATER    INT64_C(1800000000000000)

static int build(const char *text, const char *zone, const char *other)
{
	static const char *const files[] = { "p.policy" };

	policy_text = text;
	zone_text   = zone;
	other_text  = other;
	return policy_build(files, 1, fetch, NULL, &policy, &problem);
}

static const char *decide(const char *host)
{
	static const char *const names[] = { "pass", "log", "observe", "block" };
	struct decision          d;

	policy_decide(policy, host_literal(host), LATER, &d);
	return d.has_rule ? d.rule.category->id : names[d.ruling];
}

START_TEST(a_wildcard_is_all_below_and_not_the_name)
{
	ck_assert_int_eq(build(OF_ZONE, SOA "*.a.com CNAME .\nb.com CNAME .\n", ""), 0);
	ck_assert_str_eq(decide("a.com"), "pass");
	ck_assert_str_eq(decide("x.a.com"), "z");
	ck_assert_str_eq(decide("x.y.a.com"), "z");
	ck_assert_str_eq(decide("xa.com"), "pass");
	ck_assert_str_eq(decide("b.com"), "z");
	ck_assert_str_eq(decide("x.b.com"), "pass");
	policy_free(policy);
}

START_TEST(an_exception_is_one_from_the_zone_alone)
{
	ck_assert_int_eq(build(OF_ZONE AND_LIST,
	                       SOA "*.a.com CNAME .\n*.ok.a.com CNAME rpz-passthru.\nok.a.com "
	                           "CNAME rpz-passthru.\n"
	                           "no.ok.a.com CNAME .\nlisted.com CNAME rpz-passthru.\nb.com "
	                           "CNAME .\nb.com CNAME rpz-passthru.\n",
	                       ".listed.com\nx.ok.a.com\n"),
	                 0);
	ck_assert_str_eq(decide("x.a.com"), "z");
	ck_assert_str_eq(decide("ok.a.com"), "pass");
	ck_assert_str_eq(decide("y.ok.a.com"), "pass");
	/* more specific than the exception */
	ck_assert_str_eq(decide("no.ok.a.com"), "z");
	/* no zone permits what another list prohibits */
	ck_assert_str_eq(decide("listed.com"), "l");
	ck_assert_str_eq(decide("x.ok.a.com"), "l");
	ck_assert_str_eq(decide("b.com"), "pass");
	policy_free(policy);
}

/* Two zones of one category: what one excepts the other may prohibit. */
START_TEST(an_exception_does_not_reach_another_zone_of_its_category)
{
	ck_assert_int_eq(
		build(HEAD "[category z]\naction = block\nzones = a.zone b.zone\n",
	              SOA
	              "*.a.com CNAME .\nx.a.com CNAME rpz-passthru.\ny.a.com CNAME rpz-passthru.\n",
	              SOA "x.a.com CNAME .\n"),
		0);
	ck_assert_str_eq(decide("x.a.com"), "z");
	ck_assert_str_eq(decide("y.a.com"), "pass");
	policy_free(policy);
	ck_assert_int_eq(build(HEAD "[category z]\naction = block\nzones = a.zone b.zone\n",
	                       SOA "x.a.com CNAME .\nx.a.com CNAME rpz-passthru.\n",
	                       SOA "x.a.com CNAME .\n"),
	                 0);
	ck_assert_str_eq(decide("x.a.com"), "z");
	policy_free(policy);
}

START_TEST(of_an_allowing_category_it_is_the_names_let_pass)
{
	ck_assert_int_eq(build(HEAD "[category free]\naction = allow\nzones = a.zone\n" AND_LIST,
	                       SOA "a.com CNAME rpz-passthru.\nb.com CNAME .\n", "a.com\nb.com\n"),
	                 0);
	ck_assert_str_eq(decide("a.com"), "free");
	ck_assert_str_eq(decide("b.com"), "l");
	policy_free(policy);
}

/* Either may stand first in the policy, and either may be the one that allows. */
START_TEST(of_a_zone_and_a_list_as_specific_the_one_that_allows_wins)
{
	static const char *const policies[] = {
		HEAD "[category no]\naction = block\nzones = a.zone\n"
		     "[category yes]\naction = allow\nnames = l.list\n",
		HEAD "[category yes]\naction = allow\nnames = l.list\n"
		     "[category no]\naction = block\nzones = a.zone\n",
		HEAD "[category no]\naction = block\nnames = l.list\n"
		     "[category yes]\naction = allow\nzones = a.zone\n",
		HEAD "[category yes]\naction = allow\nzones = a.zone\n"
		     "[category no]\naction = block\nnames = l.list\n",
	};
	/* What of an allowing zone lets pass is its exceptions. */
	const char *zone = _i < 2 ? SOA "*.a.com CNAME .\n" : SOA "*.a.com CNAME rpz-passthru.\n";

	ck_assert_int_eq(build(policies[_i], zone, ".a.com\n"), 0);
	ck_assert_str_eq(decide("x.a.com"), "yes");
	policy_free(policy);
}

START_TEST(a_zone_among_names_is_told_by_its_beginning)
{
	ck_assert_int_eq(build(HEAD AND_LIST, "", SOA "a.com CNAME .\n"), 0);
	ck_assert_str_eq(decide("a.com"), "l");
	policy_free(policy);
	ck_assert_int_eq(build(OF_ZONE, "", ""), -EINVAL);
	ck_assert_str_eq(
		problem.text,
		"a.zone: line 1, column 1: the zone has no SOA record; is the file whole?");
}

START_TEST(what_is_left_out_is_counted_with_the_first_place)
{
	const char *file;
	uint32_t    line;

	ck_assert_int_eq(
		build(OF_ZONE,
	              SOA "a.com CNAME .\n32.1.2.0.192.rpz-ip CNAME .\n8.10.rpz-ip CNAME .\n", ""),
		0);
	ck_assert_uint_eq(policy_left_out(policy, &file, &line), 2);
	ck_assert_str_eq(file, "a.zone");
	ck_assert_uint_eq(line, 4);
	policy_free(policy);
}

static struct { const char *what, *zone; bool same;
} spellings[] = {
	{ "another serial, order, TTL and comments",
	  "a.rpz.example. SOA . . 9 9 9 9 9\n*.ok.b.com 5 CNAME rpz-passthru.\nc.com CNAME . ; "
	  "since May\n"
	  "*.b.com CNAME *.\nb.com A 192.0.2.1\nb.com AAAA ::1\nc.com TXT again\n",
	  true },
	{ "a name more",
	  SOA "b.com CNAME .\n*.b.com CNAME .\n*.ok.b.com CNAME rpz-passthru.\nc.com CNAME "
	      ".\nd.com CNAME .\n",
	  false },
	{ "a name less", SOA "b.com CNAME .\n*.b.com CNAME .\n*.ok.b.com CNAME rpz-passthru.\n",
	  false },
	{ "no exception", SOA "b.com CNAME .\n*.b.com CNAME .\n*.ok.b.com CNAME .\nc.com CNAME .\n",
	  false },
	{ "a name for a wildcard",
	  SOA "b.com CNAME .\nx.b.com CNAME .\n*.ok.b.com CNAME rpz-passthru.\nc.com CNAME .\n",
	  false },
};

START_TEST(the_hash_of_a_zone_is_that_of_its_names)
{
	uint8_t first[32];

	ck_assert_int_eq(build(OF_ZONE,
	                       SOA "b.com CNAME .\n*.b.com CNAME .\n*.ok.b.com CNAME "
	                           "rpz-passthru.\nc.com CNAME .\n",
	                       ""),
	                 0);
	memcpy(first, policy_digest(policy).at, sizeof(first));
	policy_free(policy);
	ck_assert_int_eq(build(OF_ZONE, spellings[_i].zone, ""), 0);
	ck_assert_msg(bytes_equal(policy_digest(policy), bytes_of(first, sizeof(first))) ==
	                      spellings[_i].same,
	              "%s", spellings[_i].what);
	policy_free(policy);
}

/* What the manual says: the policy file, then each zone as these lines. By sha256sum. */
START_TEST(the_hash_is_of_the_policy_file_and_the_sorted_names)
{
	char          hex[65] = "";
	struct writer w       = writer_over(hex, 64);

	ck_assert_int_eq(build(HEAD "[category z]\naction = block\nzones = a.zone\n",
	                       SOA "c.com CNAME .\nb.com CNAME .\n*.b.com CNAME .\n*.ok.b.com "
	                           "CNAME rpz-passthru.\n",
	                       ""),
	                 0);
	write_hex(&w, policy_digest(policy));
	/*
	 * printf '[policy]\nid = p\n[category z]\naction = block\nzones =
	 *        a.zone\nbelow:b.com\nexact:b.com\nexact:c.com\n'\ 'except below:ok.b.com\n' |
	 *        sha256sum
	 */
	ck_assert_str_eq(hex, "2d337afb2875edc2c693d83a3603ca06005e1fd8172fce65a302762f887aea76");
	policy_free(policy);
}

/* The budget of a list holds for a zone: at most 64 bytes a name. */
START_TEST(many_names_take_at_most_64_bytes_each)
{
	static char zone[200000 * 40];
	char       *at = zone + sprintf(zone, SOA);

	for (int i = 0; i < 200000; i++)
		at += sprintf(at, "host-%06d.example%d.com CNAME .\n", i, i % 100);
	ck_assert_int_eq(build(OF_ZONE, zone, ""), 0);
	ck_assert_uint_eq(policy_num_rules(policy), 200000);
	ck_assert_uint_le(policy_bytes(policy) / 200000, 64);
	ck_assert_str_eq(decide("host-123456.example56.com"), "z");
	policy_free(policy);
}

int main(void)
{
	Suite *s = suite_create("zone");
	TCase *t = tcase_create("zone");

	tcase_add_loop_test(t, what_is_wrong_is_said_with_its_place, 0, COUNT(refused));
	tcase_add_test(t, a_name_may_be_as_long_as_names_are);
	tcase_add_test(t, a_zone_cut_within_a_line_is_refused);
	tcase_add_loop_test(t, other_lists_are_no_zones, 0, COUNT(others));
	tcase_add_loop_test(t, a_zone_is_the_names_it_is_about, 0, COUNT(good));
	tcase_add_test(t, a_wildcard_is_all_below_and_not_the_name);
	tcase_add_test(t, an_exception_is_one_from_the_zone_alone);
	tcase_add_test(t, an_exception_does_not_reach_another_zone_of_its_category);
	tcase_add_test(t, of_an_allowing_category_it_is_the_names_let_pass);
	tcase_add_loop_test(t, of_a_zone_and_a_list_as_specific_the_one_that_allows_wins, 0, 4);
	tcase_add_test(t, a_zone_among_names_is_told_by_its_beginning);
	tcase_add_test(t, what_is_left_out_is_counted_with_the_first_place);
	tcase_add_loop_test(t, the_hash_of_a_zone_is_that_of_its_names, 0, COUNT(spellings));
	tcase_add_test(t, the_hash_is_of_the_policy_file_and_the_sorted_names);
	tcase_add_test(t, many_names_take_at_most_64_bytes_each);
	suite_add_tcase(s, t);
	return suite_run(s);
}
