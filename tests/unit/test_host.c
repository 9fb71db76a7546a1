/* SPDX-License-Identifier: MIT */

#include "base/host.h"
#include "support/suite.h"

static struct host_text host;

#define X63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct { const char *what; struct bytes in; } refused[] = {
	{ "nothing", BYTES("") },
	{ "a dot alone", BYTES(".") },
	{ "an empty label at the start", BYTES(".example.com") },
	{ "an empty label within", BYTES("a..com") },
	{ "two trailing dots", BYTES("a.com..") },
	{ "a NUL", BYTES("a\0b.com") },
	{ "a label of 64 octets", BYTES(X63 "a.com") },
	{ "256 octets", BYTES(X63 "." X63 "." X63 "." X63) },
};

START_TEST(a_text_that_is_no_name_is_refused)
{
	ck_assert_msg(host_from_text(refused[_i].in, &host) == PARSE_BAD, "%s", refused[_i].what);
}

static const struct { struct bytes in; const char *text, *sent; } taken[] = {
	{ BYTES("example.com"), "example.com", "" },
	{ BYTES("eXample.COM"), "example.com", "eXample.COM" },
	{ BYTES("www.Example.com"), "www.example.com", "www.Example.com" },
	{ BYTES("example.com."), "example.com", "example.com." },
	{ BYTES("Example.com."), "example.com", "Example.com." },
	{ BYTES("_sip._udp.x"), "_sip._udp.x", "" },
	{ BYTES("b\xc3\xbc.x"), "b\\195\\188.x", "" },
	{ BYTES("a b\"\\.x"), "a\\032b\\034\\092.x", "" },
	{ BYTES(X63 "." X63 "." X63 "." "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	  X63 "." X63 "." X63 "." "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "" },
};

START_TEST(a_name_has_one_canonical_spelling_and_keeps_the_one_sent)
{
	ck_assert_int_eq(host_from_text(taken[_i].in, &host), PARSE_OK);
	ck_assert_str_eq(host.text, taken[_i].text);
	ck_assert_str_eq(host.sent, taken[_i].sent);
	ck_assert_uint_eq(host.len, strlen(taken[_i].text));
}

START_TEST(a_dot_within_a_dns_label_parts_nothing)
{
	host_clear(&host);
	ck_assert_int_eq(host_add_label(&host, BYTES("a.b")), PARSE_OK);
	ck_assert_int_eq(host_add_label(&host, BYTES("com")), PARSE_OK);
	ck_assert_str_eq(host.text, "a\\046b.com");
}

static const struct { struct bytes wire; const char *text, *sent; size_t left; } runs[] = {
	{ BYTES("\3www\7example\3com\0"), "www.example.com", "", 1 },
	{ BYTES("\3wWw\7example\3com\0"), "www.example.com", "wWw.example.com", 1 },
	{ BYTES("\3www\7exaMple\3com\0"), "www.example.com", "www.exaMple.com", 1 },
	{ BYTES("\3a.b\3com\0"), "a\\046b.com", "", 1 },
	{ BYTES("\1a\1b\xc0\x0c"), "a.b", "", 2 },
	{ BYTES("\1a"), "a", "", 0 },
	{ BYTES("\0"), "", "", 1 },
};

START_TEST(labels_of_a_message_are_read_up_to_what_is_none)
{
	struct reader r = reader_over(runs[_i].wire, PARSE_BAD);

	host_clear(&host);
	ck_assert_int_eq(host_read_labels(&host, &r), PARSE_OK);
	ck_assert_str_eq(host.text, runs[_i].text);
	ck_assert_str_eq(host.sent, runs[_i].sent);
	ck_assert_uint_eq(r.left.len, runs[_i].left);
}

START_TEST(labels_of_a_message_go_on_behind_those_before)
{
	struct reader first  = reader_over(BYTES("\1A\1b"), PARSE_BAD),
		      second = reader_over(BYTES("\1c\1d"), PARSE_BAD);
	struct reader plain  = reader_over(BYTES("\1a\1b"), PARSE_BAD),
		      last   = reader_over(BYTES("\1c\1D"), PARSE_BAD);

	host_clear(&host);
	ck_assert_int_eq(host_read_labels(&host, &first), PARSE_OK);
	ck_assert_int_eq(host_read_labels(&host, &second), PARSE_OK);
	ck_assert_str_eq(host.text, "a.b.c.d");
	ck_assert_str_eq(host.sent, "A.b.c.d");
	host_clear(&host);
	ck_assert_int_eq(host_read_labels(&host, &plain), PARSE_OK);
	ck_assert_int_eq(host_read_labels(&host, &last), PARSE_OK);
	ck_assert_str_eq(host.text, "a.b.c.d");
	ck_assert_str_eq(host.sent, "a.b.c.D");
}

static const struct { const char *what; struct bytes wire; } cut_runs[] = {
	{ "an end within a label", BYTES("\3www\7exampl") },
	{ "256 octets", BYTES("\x3f" X63 "\x3f" X63 "\x3f" X63 "\x3f" X63) },
};

START_TEST(labels_of_a_message_that_are_cut_or_too_many_are_refused)
{
	struct reader r = reader_over(cut_runs[_i].wire, PARSE_BAD);

	host_clear(&host);
	ck_assert_msg(host_read_labels(&host, &r) == PARSE_BAD, "%s", cut_runs[_i].what);
}

static const struct { const char *host; bool is_address; } addresses[] = {
	{ "192.0.2.1", true }, { "[2001:db8::1]", true }, { "2001:db8::1", true },
	{ "1.2.3", false }, { "example.com", false }, { "1.2.3.4a", false }, { "1.2.3.4.5", false },
};

START_TEST(addresses_are_told_from_names)
{
	ck_assert_int_eq(host_is_address(host_literal(addresses[_i].host)),
	                 addresses[_i].is_address);
}

int main(void)
{
	Suite *s = suite_create("host");
	TCase *t = tcase_create("host");

	tcase_add_loop_test(t, a_text_that_is_no_name_is_refused, 0, COUNT(refused));
	tcase_add_loop_test(t, a_name_has_one_canonical_spelling_and_keeps_the_one_sent, 0,
	                    COUNT(taken));
	tcase_add_test(t, a_dot_within_a_dns_label_parts_nothing);
	tcase_add_loop_test(t, labels_of_a_message_are_read_up_to_what_is_none, 0, COUNT(runs));
	tcase_add_test(t, labels_of_a_message_go_on_behind_those_before);
	tcase_add_loop_test(t, labels_of_a_message_that_are_cut_or_too_many_are_refused, 0,
	                    COUNT(cut_runs));
	tcase_add_loop_test(t, addresses_are_told_from_names, 0, COUNT(addresses));
	suite_add_tcase(s, t);
	return suite_run(s);
}
