/* SPDX-License-Identifier: MIT */

#include "inspect/preamble.h"
#include "support/suite.h"

#define HELLO     "\x16\3\1\0\x2f\1\0\0\x2b\3\3"
#define STARTTLS  "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define LDAP_OID  "1.3.6.1.4.1.1466.20037"

static uint8_t room[1024];

static const struct {
	const char  *what;
	struct bytes stream;
	enum parse   want;
	size_t       len;
	uint8_t      cost;
} pieces[] = {
	{ "nothing", BYTES(""), PARSE_MORE, 0, 0 },
	{ "half a line", BYTES("STARTT"), PARSE_MORE, 0, 0 },
	{ "CR alone", BYTES("STARTTLS\r"), PARSE_MORE, 0, 0 },
	{ "half a tag", BYTES("<starttls\n xmlns='a>b'"), PARSE_MORE, 0, 0 },
	{ "half a message of LDAP", BYTES("\x30\x1d\2\1"), PARSE_MORE, 0, 0 },
	{ "SMTP", BYTES("STARTTLS\r\n" HELLO), PARSE_OK, 10, 1 },
	{ "LF alone", BYTES("STARTTLS\n" HELLO), PARSE_OK, 9, 1 },
	{ "IMAP", BYTES("a1 STARTTLS\r\n" HELLO), PARSE_OK, 13, 1 },
	{ "POP3", BYTES("STLS\r\n"), PARSE_OK, 6, 1 },
	{ "FTP", BYTES("AUTH TLS\r\n"), PARSE_OK, 10, 1 },
	{ "one line of several", BYTES("EHLO x\r\nSTARTTLS\r\n" HELLO), PARSE_OK, 8, 0 },
	{ "a line that is no command", BYTES("FOO\r\n"), PARSE_OK, 5, 1 },
	{ "a line with a NUL", BYTES("A\0B\r\n"), PARSE_OK, 5, 2 },
	{ "a line of control characters", BYTES("\1\2\3\r\n"), PARSE_OK, 5, 2 },
	{ "a line of another alphabet", BYTES("\xc3\xa4\r\n"), PARSE_OK, 4, 2 },
	{ "two lines that cost nothing", BYTES("NOOP\r\nCAPA\r\nSTARTTLS\r\n"), PARSE_OK, 12, 0 },
	{ "a line that costs nothing, and half a line", BYTES("NOOP\r\nSTART"), PARSE_OK, 6, 0 },
	{ "a space", BYTES(" "), PARSE_OK, 1, 0 },
	{ "a line behind spaces", BYTES("  STARTTLS\r\n"), PARSE_OK, 12, 1 },
	{ "half a line behind spaces", BYTES("  START"), PARSE_OK, 2, 0 },
	{ "binary bytes behind spaces", BYTES("  \1\r\n"), PARSE_OK, 2, 0 },
	{ "an empty line", BYTES("\r\n" HELLO), PARSE_OK, 2, 0 },
	{ "a command that does nothing", BYTES("NOOP\r\n"), PARSE_OK, 6, 0 },
	{ "and with words behind it", BYTES("noop a b\r\n"), PARSE_OK, 10, 0 },
	{ "of IMAP", BYTES("a1 noop\r\n"), PARSE_OK, 9, 0 },
	{ "without its end", BYTES("NOOP " HELLO), PARSE_OK, 5, 1 },
	{ "one that begins like it", BYTES("NOOPS\r\n"), PARSE_OK, 7, 1 },
	{ "a hello behind no line", BYTES("abc" HELLO), PARSE_OK, 3, 1 },
	{ "a byte that may begin one", BYTES("abc\x16"), PARSE_OK, 3, 1 },
	{ "a hello of another version", BYTES("abc\x16\x83\1\0\x2f\1\0\0\x2b\3\3\n"), PARSE_OK, 3, 1 },
	{ "the beginning of one", BYTES("abc\x16\4\n"), PARSE_OK, 3, 1 },
	{ "bytes of such a version that are none",
	  BYTES("abc\x16\x83\1\0\x2f\1\0\0\x2b\2\3\n"), PARSE_OK, 15, 2 },
	{ "a byte that begins none", BYTES("abc\x16\4\1\0\x2f\2\n"), PARSE_OK, 10, 2 },
	{ "what was no hello", BYTES("\x16\3\1\0\4\1\0\n" HELLO), PARSE_OK, 8, 2 },
	{ "a tag", BYTES(STARTTLS HELLO), PARSE_OK, sizeof(STARTTLS) - 1, 1 },
	{ "a tag with its end quoted", BYTES("<a b='>' c=\">'\">x"), PARSE_OK, 16, 1 },
	{ "a tag behind white space", BYTES("\n <a>\n"), PARSE_OK, 5, 1 },
	{ "a tag that a hello follows too soon", BYTES("<a b='" HELLO), PARSE_OK, 6, 1 },
	{ "angle brackets in a line", BYTES("MAIL FROM:<a@b.c>\r\n"), PARSE_OK, 19, 1 },
	{ "LDAP", BYTES("\x30\x1d\2\1\1\x77\x18\x80\x16" LDAP_OID HELLO), PARSE_OK, 31, 2 },
	{ "PostgreSQL", BYTES("\0\0\0\x08\4\xd2\x16\x2f" HELLO), PARSE_OK, 8, 2 },
	{ "MySQL", BYTES("\x20\0\0\1\1\x8a\0\0\0\0\0\1\x21" "01234567890123456789012" HELLO),
	  PARSE_OK, 1, 0 },
	{ "MySQL, behind its first byte",
	  BYTES("\0\0\1\1\x8a\0\0\0\0\0\1\x21" "01234567890123456789012" HELLO), PARSE_OK, 35, 2 },
	{ "RDP", BYTES("\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\1\0\0\0" HELLO), PARSE_OK, 19, 2 },
};

START_TEST(piece_ends_where_a_hello_may_begin)
{
	struct preamble p   = { 0 };
	struct hosts    hosts;
	size_t          len = 0;

	ck_assert_msg(preamble_read(pieces[_i].stream, &p, &len, &hosts) == pieces[_i].want, "%s",
	              pieces[_i].what);
	ck_assert_uint_eq(len, pieces[_i].len);
	ck_assert_uint_eq(p.spent, pieces[_i].cost);
}
END_TEST

static const struct {
	const char  *what;
	struct bytes stream, host;
	bool         is_unreadable;
} names[] = {
	{ "a line", BYTES("EHLO a.example\r\n"), BYTES(""), false },
	{ "HOST of FTP", BYTES("HOST a.example\r\n"), BYTES("a.example"), false },
	{ "HOST of FTP, an address", BYTES("host [192.0.2.1]\r\n"), BYTES("192.0.2.1"), false },
	{ "HOST without one", BYTES("HOST\r\n"), BYTES(""), false },
	{ "a tag that is none of a stream", BYTES("<iq to='a.example'>"), BYTES(""), false },
	{ "a stream to nobody", BYTES("<stream:stream version='1.0'>"), BYTES(""), false },
	{ "a stream", BYTES("<stream:stream xmlns='jabber:client' to='a.example' version='1.0'>"),
	  BYTES("a.example"), false },
	{ "a stream over several lines", BYTES("\n<stream:stream\n to = \"a.example\"\n>"),
	  BYTES("a.example"), false },
	{ "a stream with a prefix of its own", BYTES("<s:stream to='a.example'>"),
	  BYTES("a.example"), false },
	{ "a stream without a prefix", BYTES("<stream to='a.example'>"), BYTES("a.example"),
	  false },
	{ "a value that looks like it", BYTES("<stream:stream id=\" to='b.example'\" to='a.example'>"),
	  BYTES("a.example"), false },
	{ "a name with an entity", BYTES("<stream:stream to='&#97;.example'>"),
	  BYTES("&#97;.example"), true },
	{ "a stream whose tag is cut", BYTES("<stream:stream id='" HELLO), BYTES(""), true },
	{ "attributes without a value", BYTES("<stream:stream to= a=b to>"), BYTES(""), false },
};

START_TEST(host_that_a_piece_names)
{
	struct preamble p = { 0 };
	struct hosts    hosts;
	size_t          len;

	ck_assert(preamble_read(names[_i].stream, &p, &len, &hosts) == PARSE_OK);
	ck_assert_uint_eq(hosts.num, names[_i].host.len > 0);
	if (hosts.num > 0)
		ck_assert_msg(bytes_equal(hosts.at[0], names[_i].host), "%s", names[_i].what);
	ck_assert(hosts.is_unreadable == names[_i].is_unreadable);
}
END_TEST

START_TEST(line_of_any_length_is_passed_over_in_pieces)
{
	struct writer   w = writer_over(room, sizeof(room));
	struct preamble p = { 0 };
	struct hosts    hosts;
	size_t          len;

	while (w.len < PREAMBLE_PIECE_MAX - 1)
		write_u8(&w, 'x');
	ck_assert(preamble_read(writer_written(&w), &p, &len, &hosts) == PARSE_MORE);
	write_u8(&w, 'x');
	ck_assert(preamble_read(writer_written(&w), &p, &len, &hosts) == PARSE_OK);
	ck_assert_uint_eq(len, PREAMBLE_PIECE_MAX);
	ck_assert_uint_eq(p.spent, 1);
}
END_TEST

static const struct {
	const char  *what;
	struct bytes stream;
	bool         want;
	size_t       at;
} beginnings[] = {
	{ "a hello", BYTES("abc" HELLO), true, 3 },
	{ "a request of SOCKS for a name", BYTES("abc\5\1\0\3\1a\0\x50"), true, 3 },
	{ "whichever is first", BYTES("a\5\1\0\3" HELLO), true, 1 },
	{ "half of one", BYTES("abc\5\1"), true, 3 },
	{ "a request for an address", BYTES("abc\5\1\0\1\1\2\3\4"), false, 1 },
};

START_TEST(place_where_anything_may_begin)
{
	size_t at = 1;

	ck_assert_msg(preamble_find_beginning(beginnings[_i].stream, &at) == beginnings[_i].want,
	              "%s", beginnings[_i].what);
	ck_assert_uint_eq(at, beginnings[_i].at);
}
END_TEST

/* How many of these are passed over, of at most 1,000? */
static unsigned num_taken(struct bytes piece)
{
	struct preamble p = { 0 };
	struct hosts    hosts;
	size_t          len;
	unsigned        num = 0;

	while (num < 1000 && preamble_read(piece, &p, &len, &hosts) == PARSE_OK)
		num++;
	return num;
}

START_TEST(session_in_the_clear_is_soon_let_alone)
{
	ck_assert_uint_eq(num_taken(BYTES("a FETCH 1 BODY[]\r\n")), PREAMBLE_PIECES);
	ck_assert_uint_eq(num_taken(BYTES("\xff\xfe\n")), PREAMBLE_PIECES / 2);
}
END_TEST

/* Postfix 3.7 ends the session with the twentieth. */
START_TEST(command_of_any_bytes_may_fail_as_often_as_a_server_bears)
{
	ck_assert_uint_ge(num_taken(BYTES("\x80\r\n")), 20);
}
END_TEST

START_TEST(commands_that_do_nothing_hide_no_hello)
{
	ck_assert_uint_eq(num_taken(BYTES("NOOP\r\n")), 1000);
	ck_assert_uint_eq(num_taken(BYTES("\r\n")), 1000);
}
END_TEST

static const struct {
	const char  *what;
	struct bytes stream;
	size_t       from;
	bool         want;
	size_t       at;
} places[] = {
	{ "nothing", BYTES(""), 0, false, 0 },
	{ "none", BYTES("abc"), 0, false, 0 },
	{ "at the beginning", BYTES(HELLO), 0, true, 0 },
	{ "not looked at from there on", BYTES(HELLO), 1, false, 1 },
	{ "behind text", BYTES("abc" HELLO), 0, true, 3 },
	{ "the second one", BYTES(HELLO "abc" HELLO), 1, true, 14 },
	{ "too few bytes to tell", BYTES("abc\x16\3\1\0"), 0, true, 3 },
	{ "another version", BYTES("\x16\x0f\xff\0\x2f\1\0\0\x2b\3\3"), 0, true, 0 },
	{ "another version, and cut", BYTES("\x16\x0f\xff\0\1\1"), 0, true, 0 },
	{ "a longer message than any", BYTES("\x16\x0f\xff\0\x2f\1\1\0\x2b\3\3"), 0, false, 0 },
	{ "an empty record", BYTES("\x16\3\1\0\0\1"), 0, false, 0 },
	{ "another message", BYTES("\x16\3\1\0\1\2"), 0, false, 0 },
	{ "an empty record before it", BYTES("\x16\3\1\0\0" HELLO), 0, true, 5 },
	{ "beyond the end", BYTES("abc"), 9, false, 9 },
};

START_TEST(place_where_a_hello_may_begin)
{
	size_t at = places[_i].from;

	ck_assert_msg(preamble_find_hello(places[_i].stream, &at) == places[_i].want, "%s",
	              places[_i].what);
	ck_assert_uint_eq(at, places[_i].at);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("preamble");
	TCase *t = tcase_create("preamble");

	tcase_add_loop_test(t, piece_ends_where_a_hello_may_begin, 0, COUNT(pieces));
	tcase_add_loop_test(t, host_that_a_piece_names, 0, COUNT(names));
	tcase_add_test(t, line_of_any_length_is_passed_over_in_pieces);
	tcase_add_test(t, session_in_the_clear_is_soon_let_alone);
	tcase_add_test(t, command_of_any_bytes_may_fail_as_often_as_a_server_bears);
	tcase_add_test(t, commands_that_do_nothing_hide_no_hello);
	tcase_add_loop_test(t, place_where_a_hello_may_begin, 0, COUNT(places));
	tcase_add_loop_test(t, place_where_anything_may_begin, 0, COUNT(beginnings));
	suite_add_tcase(s, t);
	return suite_run(s);
}
