/* SPDX-License-Identifier: MIT */

#include "inspect/pasted.h"
#include "support/suite.h"

#include <string.h>

static struct pasted pasted;

static const struct {
	const char *in, *host;
	uint16_t    port;               /* 0: none */
	const char *path;
	bool        is_address, is_udp, is_encrypted;
} good[] = {
	{ .in = "www.example.org", .host = "www.example.org" },
	{ .in = " \t\"www.example.org.\"\n", .host = "www.example.org" },
	{ .in = "\xe2\x80\x9cwww.example.org\xe2\x80\x9d,", .host = "www.example.org" },
	{ .in = "<https://www.example.org/>", .host = "www.example.org", .port = 443, .path = "/",
	  .is_encrypted = true },
	{ .in = "HTTP://WWW.example.org/a/b?c#d", .host = "WWW.example.org", .port = 80,
	  .path = "/a/b" },
	{ .in = "http://www.example.org?c=/d", .host = "www.example.org", .port = 80 },
	{ .in = "http:\\\\www.example.org\\a", .host = "www.example.org", .port = 80,
	  .path = "/a" },
	{ .in = "//www.example.org/a", .host = "www.example.org", .path = "/a" },
	{ .in = "https://user:pass@www.example.org:8443/", .host = "www.example.org", .port = 8443,
	  .path = "/", .is_encrypted = true },
	{ .in = "https://good.example@www.example.org", .host = "www.example.org", .port = 443,
	  .is_encrypted = true },
	{ .in = "gopher://www.example.org:70", .host = "www.example.org", .port = 70,
	  .is_encrypted = true },
	{ .in = "quic://dns.example", .host = "dns.example", .port = 853, .is_udp = true,
	  .is_encrypted = true },
	{ .in = "www.example.org:8080", .host = "www.example.org", .port = 8080 },
	{ .in = "www.example.org:/a", .host = "www.example.org", .path = "/a" },
	{ .in = ".example.org", .host = "example.org" },
	{ .in = "*.example.org", .host = "example.org" },
	{ .in = "hxxps://www[.]example(.)org/a", .host = "www.example.org", .port = 443,
	  .path = "/a", .is_encrypted = true },
	{ .in = "www[dot]example.org", .host = "www.example.org" },
	{ .in = "b\xc3\xbc" "cher.example", .host = "b\xc3\xbc" "cher.example" },
	{ .in = "192.0.2.1", .host = "192.0.2.1", .is_address = true },
	{ .in = "192.0.2.0/24", .host = "192.0.2.0", .path = "/24", .is_address = true },
	{ .in = "192[.]0[.]2[.]1:853", .host = "192.0.2.1", .port = 853, .is_address = true },
	{ .in = "2001:db8::1", .host = "2001:db8::1", .is_address = true },
	{ .in = "fe80::1%eth0", .host = "fe80::1", .is_address = true },
	{ .in = "[2001:db8::1]", .host = "2001:db8::1", .is_address = true },
	{ .in = "https://[2001:db8::1]:8443/a", .host = "2001:db8::1", .port = 8443, .path = "/a",
	  .is_address = true, .is_encrypted = true },
};

START_TEST(the_host_is_found_in_what_people_paste)
{
	struct bytes path = bytes_text(good[_i].path != NULL ? good[_i].path : "");

	ck_assert_msg(pasted_read(bytes_text(good[_i].in), &pasted) == PARSE_OK, "%s", good[_i].in);
	ck_assert_msg(bytes_equal(pasted.host, bytes_text(good[_i].host)), "%s: %.*s", good[_i].in,
	              (int)pasted.host.len, (const char *)pasted.host.at);
	ck_assert_msg(pasted.has_port == (good[_i].port > 0) && pasted.port == good[_i].port,
	              "%s: %u", good[_i].in, pasted.port);
	ck_assert_msg(bytes_equal(pasted.path, path), "%s: %.*s", good[_i].in, (int)pasted.path.len,
	              (const char *)pasted.path.at);
	ck_assert_int_eq(pasted.kind == PASTED_ADDRESS, good[_i].is_address);
	ck_assert_int_eq(pasted.is_udp, good[_i].is_udp);
	ck_assert_int_eq(pasted.is_plain, !good[_i].is_encrypted);
}

static const char *const bad[] = {
	"", " ", "\"\"", "http://", "http:///a", ":443", "[]", "[2001:db8::1]x", "a.example:x",
	"a.example:0", "a.example:65536", "a.example:99999999999999999999", ".", "*.", "user@",
};

START_TEST(what_has_no_host_in_it_is_refused)
{
	ck_assert_msg(pasted_read(bytes_text(bad[_i]), &pasted) == PARSE_BAD, "%s", bad[_i]);
}

START_TEST(a_text_of_any_length_is_bounded)
{
	static char text[PASTED_MAX + 2];

	memset(text, 'a', sizeof(text));
	ck_assert_int_eq(pasted_read(bytes_of(text, PASTED_MAX), &pasted), PARSE_OK);
	ck_assert_int_eq(pasted_read(bytes_of(text, PASTED_MAX + 1), &pasted), PARSE_BAD);
}

int main(void)
{
	Suite *s = suite_create("pasted");
	TCase *t = tcase_create("pasted");

	tcase_add_loop_test(t, the_host_is_found_in_what_people_paste, 0, COUNT(good));
	tcase_add_loop_test(t, what_has_no_host_in_it_is_refused, 0, COUNT(bad));
	tcase_add_test(t, a_text_of_any_length_is_bounded);
	suite_add_tcase(s, t);
	return suite_run(s);
}
