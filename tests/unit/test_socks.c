/* SPDX-License-Identifier: MIT */

#include "inspect/socks.h"
#include "support/suite.h"

static const struct {
	const char  *what;
	struct bytes stream;
	enum parse   want;
	struct bytes host;
	size_t       len;
} requests[] = {
	{ "nothing", BYTES(""), PARSE_MORE, { 0 }, 0 },
	{ "another version", BYTES("\6\1\0"), PARSE_BAD, { 0 }, 0 },
	{ "no methods", BYTES("\5\0\5"), PARSE_BAD, { 0 }, 0 },
	{ "more methods than exist", BYTES("\5\x11" "12345678901234567" "\5\1\0\3\1" "a\1\xbb"),
	  PARSE_OK, BYTES("a"), 27 },
	{ "a NUL in the name", BYTES("\5\1\0\5\1\0\3\5" "a.b\0c" "\1\xbb"), PARSE_OK,
	  BYTES("a.b"), 15 },
	{ "a greeting", BYTES("\5\2\0\2"), PARSE_MORE, { 0 }, 0 },
	{ "GSSAPI", BYTES("\5\1\1\1\x7f\xff"), PARSE_MORE, { 0 }, 0 },
	{ "something else behind the greeting", BYTES("\5\1\0\x16\3\1"), PARSE_BAD, { 0 }, 0 },
	{ "an unknown command", BYTES("\5\1\0\5\x09"), PARSE_BAD, { 0 }, 0 },
	{ "an unknown kind of address", BYTES("\5\1\0\5\1\0\2"), PARSE_BAD, { 0 }, 0 },
	{ "a name cut short", BYTES("\5\1\0\5\1\0\3\4ab"), PARSE_MORE, { 0 }, 0 },
	{ "a name", BYTES("\5\1\0\5\1\0\3\3a.b\1\xbb\x16"), PARSE_OK, BYTES("a.b"), 13 },
	{ "login and name", BYTES("\5\1\2\1\1u\1p\5\1\0\3\3a.b\1\xbb"), PARSE_OK, BYTES("a.b"),
	  18 },
	{ "the request alone", BYTES("\5\1\0\3\3a.b\1\xbb\x16"), PARSE_OK, BYTES("a.b"), 10 },
	{ "the request alone, cut short", BYTES("\5\1\0\3\3a."), PARSE_MORE, { 0 }, 0 },
	{ "another method, and no request", BYTES("\5\1\2\3\3a.b\1\xbb"), PARSE_BAD, { 0 }, 0 },
	{ "other bytes before the request", BYTES("\5\1\0junk\5\1\0\3\3a.b\1\xbb\x16"), PARSE_BAD,
	  { 0 }, 0 },
	{ "a greeting that goes on", BYTES("\5\xff\0junk\5\1\0\3\3a.b\1\xbb\x16"), PARSE_MORE,
	  { 0 }, 0 },
	{ "an IPv4 address", BYTES("\5\1\0\5\1\0\1\xcb\0\x71\5\1\xbb"), PARSE_OK, BYTES(""), 13 },
	{ "an IPv6 address", BYTES("\5\1\0\5\1\0\4" "0123456789abcdef\1\xbb"), PARSE_OK, BYTES(""),
	  25 },
	{ "version 4, listening", BYTES("\4\2\0\x50\xcb\0\x71\5u\0"), PARSE_BAD, { 0 }, 0 },
	{ "version 4", BYTES("\4\1\0\x50\xcb\0\x71\5u\0"), PARSE_OK, BYTES(""), 10 },
	{ "version 4A", BYTES("\4\1\0\x50\0\0\0\1u\0a.b\0"), PARSE_OK, BYTES("a.b"), 14 },
};

START_TEST(host_of_a_request)
{
	struct socks_request r;

	ck_assert_msg(socks_read_request(requests[_i].stream, &r) == requests[_i].want, "%s",
	              requests[_i].what);
	if (requests[_i].want != PARSE_OK)
		return;
	ck_assert(bytes_equal(r.host, requests[_i].host));
	ck_assert_uint_eq(r.len, requests[_i].len);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("socks");
	TCase *t = tcase_create("socks");

	tcase_add_loop_test(t, host_of_a_request, 0, COUNT(requests));
	suite_add_tcase(s, t);
	return suite_run(s);
}
