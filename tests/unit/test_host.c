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
	  X63 "." X63 "." X63 "." "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "" },
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

static const struct { const char *host; bool is_address; } addresses[] = {
	{ "192.0.2.1", true }, { "[2001:db8::1]", true }, { "2001:db8::1", true },
	{ "1.2.3", false }, { "example.com", false }, { "1.2.3.4a", false }, { "1.2.3.4.5", false },
};

START_TEST(addresses_are_told_from_names)
{
	ck_assert_int_eq(host_is_address(host_literal(addresses[_i].host)), addresses[_i].is_address);
}

int main(void)
{
	Suite *s = suite_create("host");
	TCase *t = tcase_create("host");

	tcase_add_loop_test(t, a_text_that_is_no_name_is_refused, 0, COUNT(refused));
	tcase_add_loop_test(t, a_name_has_one_canonical_spelling_and_keeps_the_one_sent, 0, COUNT(taken));
	tcase_add_test(t, a_dot_within_a_dns_label_parts_nothing);
	tcase_add_loop_test(t, addresses_are_told_from_names, 0, COUNT(addresses));
	suite_add_tcase(s, t);
	return suite_run(s);
}
