/* SPDX-License-Identifier: MIT */

#include "inspect/proxy_line.h"
#include "support/suite.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define ADDRESSES "\1\2\3\4\5\6\7\x08\0\x50\1\xbb"

static uint8_t long_line[8192];

static const struct {
	const char  *what;
	struct bytes stream;
	enum parse   want;
	size_t       len;
} lines[] = {
	{ "nothing", BYTES(""), PARSE_MORE, 0 },
	{ "its first bytes", BYTES("PRO"), PARSE_MORE, 0 },
	{ "a line without end", BYTES("PROXY TCP4 1.2.3.4 5.6.7.8 80 443"), PARSE_MORE, 0 },
	{ "half of its end", BYTES("PROXY TCP4 1.2.3.4 5.6.7.8 80 443\r"), PARSE_MORE, 0 },
	{ "another line", BYTES("PROXIES"), PARSE_BAD, 0 },
	{ "lower case", BYTES("proxy TCP4 1.2.3.4 5.6.7.8 80 443\r\n"), PARSE_BAD, 0 },
	{ "another family", BYTES("PROXY FOO 1.2.3.4 5.6.7.8 80 443\r\n"), PARSE_BAD, 0 },
	{ "a request of a method that is called so", BYTES("PROXY / HTTP/1.1\r\n"), PARSE_BAD, 0 },
	{ "CR alone", BYTES("PROXY TCP4 1.2.3.4 5.6.7.8 80 443\rG"), PARSE_BAD, 0 },
	{ "IPv4", BYTES("PROXY TCP4 1.2.3.4 5.6.7.8 80 443\r\nGET"), PARSE_OK, 35 },
	{ "IPv6", BYTES("PROXY TCP6 ::1 ::2 80 443\r\n\x16"), PARSE_OK, 27 },
	{ "unknown", BYTES("PROXY UNKNOWN\r\n"), PARSE_OK, 15 },
	{ "unknown, and anything", BYTES("PROXY UNKNOWN a\nb\r\n"), PARSE_OK, 19 },
	{ "unknown, and a letter", BYTES("PROXY UNKNOWNX\r\n"), PARSE_OK, 16 },
	{ "two lines, one by one", BYTES("PROXY UNKNOWN\r\nPROXY UNKNOWN\r\n"), PARSE_OK, 15 },
	{ "an empty line", BYTES("\r\n"), PARSE_MORE, 0 },
	{ "empty lines before a request", BYTES("\r\n\r\nGET"), PARSE_BAD, 0 },
	{ "a signature alone", BYTES(SIGNATURE), PARSE_MORE, 0 },
	{ "version 2 without its length", BYTES(SIGNATURE "\x21\x11\0"), PARSE_MORE, 0 },
	{ "version 3", BYTES(SIGNATURE "\x31\x11\0\0"), PARSE_BAD, 0 },
	{ "version 2", BYTES(SIGNATURE "\x21\x11\0\x0c" ADDRESSES "\x16"), PARSE_OK, 28 },
	{ "version 2, nobody's connection", BYTES(SIGNATURE "\x20\0\0\0"), PARSE_OK, 16 },
	{ "version 2, a command and a family that do not exist",
	  BYTES(SIGNATURE "\x22\x41\0\1" "x"), PARSE_OK, 17 },
	{ "version 2, with a name", BYTES(SIGNATURE "\x21\x11\0\x12" ADDRESSES "\2\0\3a.b"),
	  PARSE_OK, 34 },
	{ "version 2, longer than what there is", BYTES(SIGNATURE "\x21\x11\xff\xff" "x"),
	  PARSE_MORE, 0 },
};

START_TEST(length_of_a_line)
{
	size_t len = 0;

	ck_assert_msg(proxy_line_read(lines[_i].stream, &len) == lines[_i].want, "%s",
	              lines[_i].what);
	ck_assert_uint_eq(len, lines[_i].len);
}
END_TEST

START_TEST(line_of_any_length_is_not_waited_for)
{
	struct writer w = writer_over(long_line, sizeof(long_line));
	size_t        len;

	write_text(&w, "PROXY UNKNOWN");
	while (w.len < 4096)
		write_u8(&w, 'x');
	ck_assert(proxy_line_read(writer_written(&w), &len) == PARSE_MORE);
	write_u8(&w, 'x');
	ck_assert(proxy_line_read(writer_written(&w), &len) == PARSE_BAD);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("proxy_line");
	TCase *t = tcase_create("proxy_line");

	tcase_add_loop_test(t, length_of_a_line, 0, COUNT(lines));
	tcase_add_test(t, line_of_any_length_is_not_waited_for);
	suite_add_tcase(s, t);
	return suite_run(s);
}
